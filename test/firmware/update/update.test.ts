/** Bundles that are refused, and one that isn't; through terminalctl, on a folder that plays the board's. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { test } from 'tap';
import { nodeFileSystem } from '../../../drivers/storage/node-file-system.ts';
import type { Status } from '../../../firmware/control/monitor.ts';
import { run } from '../../../firmware/terminalctl/program.ts';
import { shortOf } from '../../../firmware/terminalctl/update-command.ts';
import { type BundleContent, makeBundle, makeKeys, makeTar } from '../../support/bundles.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipsafe-update-'));
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
const keys = makeKeys(folder);
const root = join(folder, 'opt');
mkdirSync(join(root, 'slots'), { recursive: true });
cpSync(join(import.meta.dirname, '..', '..', '..', '..', 'firmware', 'board', 'libexec'), join(root, 'libexec'), {
  recursive: true,
});

/** No terminal runs at this socket, and nothing starts one; what a test says itself counts more. */
const quiet = ['--root', root, '--socket', join(folder, 'none'), '--restart', 'true'];

const terminalctl = async (...args: readonly string[]) => {
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  const code = await run([...args.slice(0, 2), ...quiet, ...args.slice(2)], { line: add, text: add, problem: add });
  return { code, text: lines.join('\n') };
};
const stage = (tar: string) => terminalctl('update', 'stage', tar, '--key', keys.open);
const bundle = (content: BundleContent) => makeBundle(folder, keys.secret, content);
const staged = () => readdirSync(join(root, 'slots')).sort();

test('a right bundle is staged, whole, and started on trial', async (t) => {
  t.match(await stage(bundle({ build: '0.1.0-one' })), { code: 0, text: '0.1.0-one is staged' });
  t.match(await terminalctl('update', 'apply', '0.1.0-one'), { code: 0 });
  t.match(await stage(bundle({ build: '0.1.0-two' })), { code: 0 });
  t.strictSame(staged(), ['0.1.0-one', '0.1.0-two']);
  t.equal(readFileSync(join(root, 'slots/0.1.0-two/board/x.conf'), 'utf8'), '#\n');
  t.equal(statSync(join(root, 'slots/0.1.0-two/terminalctl.cjs')).mode & 0o777, 0o755);
  t.equal(statSync(join(root, 'slots/0.1.0-two/slipsafe.cjs')).mode & 0o777, 0o644);
  t.match(await stage(bundle({ build: '0.1.0-two' })), { code: 0, text: /there already/ });
  t.match(JSON.parse((await terminalctl('update', 'show', '--json')).text), { current: '0.1.0-one', floor: 0 });
});

const wrong: readonly (readonly [string, () => string, RegExp])[] = [
  ['unsigned', () => makeTar(folder, { build: 'unsigned' }).tar, /it is not signed/],
  [
    'signed by another',
    () => makeBundle(folder, makeKeys(folder, 'other').secret, { build: 'other' }),
    /signed with another key/,
  ],
  [
    'altered',
    () => {
      const tar = bundle({ build: 'altered' });
      const content = readFileSync(tar);
      content[1000] = 1;
      writeFileSync(tar, content);
      return tar;
    },
    /was altered/,
  ],
  [
    'truncated',
    () => {
      const tar = bundle({ build: 'truncated' });
      truncateSync(tar, 3000);
      return tar;
    },
    /was altered, or is not complete/,
  ],
  [
    'appended to',
    () => {
      const tar = bundle({ build: 'appended' });
      appendFileSync(tar, 'more');
      return tar;
    },
    /was altered/,
  ],
  ['for another board', () => bundle({ build: 'b', manifest: { architecture: 'mips' } }), /for another board: mips/],
  ['for a newer Node', () => bundle({ build: 'b', manifest: { node: '>=99.0' } }), /needs Node >=99/],
  ['of another product', () => bundle({ build: 'b', manifest: { product: 'toaster' } }), /not one of this product/],
  [
    'without a way from these data to its own',
    () => bundle({ build: 'b', manifest: { data: { oldest: 2, writes: 3 } } }),
    /formats 2 to 3, and this board's are of 1/,
  ],
  ['named like a way out', () => bundle({ build: 'b', manifest: { build: '../../etc' } }), /not one of this product/],
  ['with a file more', () => bundle({ build: 'b', unlisted: { extra: 'x' } }), /extra is not as its manifest says/],
  ['with a file less', () => bundle({ build: 'b', left: ['slipsafe.cjs'] }), /slipsafe.cjs is missing/],
  [
    'that is no tar',
    () => {
      const tar = bundle({ build: 'b' });
      writeFileSync(tar, 'no tar');
      return tar;
    },
    /was altered/,
  ],
];

for (const [what, make, reason] of wrong) {
  test(`a bundle ${what} is refused with the reason, and nothing is touched`, async (t) => {
    const before = staged();
    const { code, text } = await stage(make());
    t.equal(code, 2);
    t.match(text, /^refused: /);
    t.match(text, reason);
    t.strictSame(staged(), before);
    t.match(await terminalctl('update', 'show'), { text: /^current 0.1.0-one$/m });
  });
}

test('a build below the floor is refused, staged or not yet', async (t) => {
  t.match(await stage(bundle({ build: '0.1.0-old' })), { code: 0 });
  writeFileSync(join(root, 'floor'), '2\n');
  t.teardown(() => rmSync(join(root, 'floor')));
  const older = /older than this terminal allows: security epoch 1, and the floor is 2/;
  t.match(await stage(bundle({ build: '0.1.0-older' })), { code: 2, text: older });
  t.match(await terminalctl('update', 'apply', '0.1.0-old'), { code: 2, text: older });
  t.match(await terminalctl('update', 'apply', '../one'), { code: 2, text: /there is no build/ });
});

test('of two technicians at once one is told that the other is at it, and nothing is mixed', async (t) => {
  const [one, two] = [bundle({ build: '0.1.0-first' }), bundle({ build: '0.1.0-second' })];
  const both = await Promise.all([stage(one), stage(two)]);
  t.strictSame(
    both.map(({ code }) => code).sort((a, b) => a - b),
    [0, 2],
  );
  t.match(both.find(({ code }) => code === 2)?.text, /not now: somebody else is at the builds/);
  const unlock = await nodeFileSystem.lock(root);
  for (const args of [['apply', '0.1.0-first'], ['rollback']])
    t.match(await terminalctl('update', ...args), { code: 2, text: /somebody else/ });
  unlock?.();
  t.match(await stage(two), { code: 0 }, 'and then it is his turn');
  t.match(await terminalctl('update', 'show'), { text: /^current 0.1.0-one$/m });
});

test('a build that was taken back stays until another one is applied: the way back of the data may be its own', async (t) => {
  const kept = '0.1.0-kept';
  t.match(await stage(bundle({ build: kept })), { code: 0 });
  writeFileSync(join(root, `refused-${kept}`), 'no printer\n');
  t.match(await stage(bundle({ build: '0.1.0-next' })), { code: 0 });
  t.ok(staged().includes(kept));
  t.match(await terminalctl('update', 'show', '--json'), {
    text: /"refused":\[\{"build":"0.1.0-kept","why":"no printer"\}\]/,
  });
  rmSync(join(root, `refused-${kept}`));
  t.match(await stage(bundle({ build: '0.1.0-last' })), { code: 0 });
  t.notOk(staged().includes(kept));
});

test('a disk that is full while a bundle is staged: it is refused, the room is given back, what runs goes on', {
  skip: process.getuid?.() !== 0 && 'needs root, to mount a small disk',
}, async (t) => {
  const slots = join(root, 'slots');
  const [kept] = ['0.1.0-one'];
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  t.teardown(() => execFileSync('umount', [disk]));
  cpSync(join(slots, kept), join(disk, 'slots', kept), { recursive: true });
  symlinkSync(`slots/${kept}`, join(disk, 'current'));
  const free = statfsSync(disk).bfree;
  const big = bundle({ build: '0.1.0-big', files: { big: Buffer.alloc(1 << 20) } });
  const there = await terminalctl('update', 'stage', big, '--key', keys.open, '--root', disk);
  t.match(there, { code: 2, text: /refused: there is no room for it on the disk/ });
  t.strictSame(readdirSync(join(disk, 'slots')), [kept]);
  t.equal(statfsSync(disk).bfree, free);
});

test('a build is in good health when it trades for some minutes with all that a sale needs', (t) => {
  const devices = ['acquirer', 'printer', 'cardReader', 'keypad', 'ledger'] as const;
  const well = {
    healthy: true,
    phase: 'idle',
    signedOn: true,
    upSeconds: 180,
    devices: devices.map((device) => ({ device, online: true, faults: 0 })),
  } as unknown as Status;
  t.equal(shortOf(well), undefined);
  t.match(shortOf({ ...well, upSeconds: 179 }), /179 s of 180/);
  t.match(shortOf({ ...well, signedOn: false }), /not signed on/);
  t.match(shortOf({ ...well, phase: 'outOfService' }), /out of service/);
  t.match(shortOf({ ...well, healthy: false, ailment: 'a bug' }), /a bug/);
  for (const device of ['acquirer', 'printer', 'cardReader', 'ledger'] as const)
    t.equal(shortOf({ ...well, devices: [{ device, online: false, faults: 1 }] }), `no ${device}`);
  t.equal(shortOf({ ...well, devices: [{ device: 'display', online: false, faults: 1 }] }), undefined);
  t.end();
});

test('health says why not, of a terminal that can not be asked', async (t) => {
  t.match(await terminalctl('update', 'health'), { code: 1, text: /not yet: .*does not run/ });
});
