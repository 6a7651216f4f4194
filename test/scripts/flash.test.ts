/** scripts/flash for real: OpenSSH and rsync to a server on loopback, each board a folder of this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import tap, { type Test, test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { agree } from '../hil/agreement.ts';
import { makeBundle, makeKeys, makeTar } from '../support/bundles.ts';
import { sshServer } from '../support/ssh-server.ts';

const dist = join(import.meta.dirname, '..', '..');
const hosts = ['till-1', 'till-2', 'till-3', 'till-4'];
const folder = mkdtempSync(join(tmpdir(), 'slipsafe-flash-'));
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
const keys = makeKeys(folder);
const config = await sshServer(tap, hosts);

/** The real bundle of this checkout, of which the others are copies under another name. */
const build = (): {
  readonly build: string;
  readonly tar: string;
  readonly files: Readonly<Record<string, Buffer>>;
} => {
  const machine = { x64: 'x64', arm64: 'arm64', arm: 'armv7' }[process.arch as 'x64'];
  const args = [join(dist, 'scripts', 'build-firmware.js'), '--json', '--architecture', machine, '--out', folder];
  const [made] = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as [
    { build: string; tar: string; folder: string },
  ];
  const needed = [
    'terminalctl.cjs',
    'slipsafe.cjs',
    'slipsafe.js',
    'thermal-printer.cjs',
    'serialport.node',
    ...['epson', 'clone', 'cheap58', 'mute'].map((name) => `profiles/${name}.json`),
  ];
  const files = Object.fromEntries(needed.map((path) => [path, readFileSync(join(made.folder, path))]));
  return { build: made.build, tar: made.tar, files };
};
const real = build();

/** What systemd would do: the first start, and after it the trial is judged as a file beside the slots says. */
const judges = join(folder, 'judges');
mkdirSync(judges);
writeFileSync(join(judges, 'node'), '#!/bin/sh\ntest ! -e unwell\n', { mode: 0o755 });
const prefix = join(folder, '%h');
const restart = `cd ${prefix}/opt/slipsafe && export SLIPSAFE_ROOT=$PWD && libexec/slots begin &&
  if test -e unwell; then libexec/slots failed; else PATH=${judges}:$PATH libexec/slots judge; fi`;

const rootOf = (host: string): string => join(folder, host, 'opt', 'slipsafe');
const current = (host: string): string => basename(readlinkSync(join(rootOf(host), 'current')));

interface Report {
  readonly host: string;
  readonly result: string;
  readonly why?: string;
  readonly build?: string;
}

const flash = async (...args: readonly string[]) => {
  const common = ['--json', '--ssh-config', config, '--prefix', prefix, '--restart', restart, '--pause', '0.1'];
  const child = spawn(process.execPath, [join(dist, 'scripts', 'flash.js'), ...common, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  const reports =
    stdout.trim() === ''
      ? []
      : stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Report);
  return { code, stderr, reports };
};

const bundle = (name: string, manifest = {}) =>
  makeBundle(folder, keys.secret, { build: name, files: real.files, manifest });

const results = (reports: readonly Report[]) => reports.map(({ result }) => result);

test('a board that has nothing is installed, and says so', async (t) => {
  t.match(await flash('till-1', '--bundle', real.tar, '--key', keys.secret), {
    code: 1,
    reports: [{ result: 'failed', why: /not installed here: --install/ }],
  });
  const args = ['--install', '--public-key', keys.open, '--bundle', real.tar, '--key', keys.secret];
  const { code, reports, stderr } = await flash(...hosts, ...args);
  t.equal(code, 0, stderr + JSON.stringify(reports));
  t.strictSame(results(reports), ['installed', 'installed', 'installed', 'installed']);
  t.equal(current('till-4'), real.build);
  const etc = join(folder, 'till-1', 'etc');
  for (const path of ['systemd/system/slipsafe.service', 'udev/rules.d/70-slipsafe.rules', 'slipsafe/update.pub'])
    t.ok(existsSync(join(etc, path)), path);
  t.strictSame(readdirSync(join(folder, 'till-1', 'var/lib/slipsafe-incoming')), [], 'nothing is left of the transfer');
});

test('what would be done is said, and nothing is done', async (t) => {
  const { code, reports } = await flash('till-1', '--bundle', bundle('0.2.0-dry'), '--dry-run');
  t.match({ code, reports }, { code: 0, reports: [{ result: 'would flash', from: real.build, build: '0.2.0-dry' }] });
  t.notOk(existsSync(join(rootOf('till-1'), 'slots', '0.2.0-dry')));
});

test('a build is brought to all, confirmed on each, and rolled back', async (t) => {
  const tar = bundle('0.2.0-two');
  const { code, reports, stderr } = await flash(...hosts, '--bundle', tar);
  t.equal(code, 0, stderr + JSON.stringify(reports));
  t.strictSame(results(reports), ['confirmed', 'confirmed', 'confirmed', 'confirmed']);
  for (const host of hosts) t.equal(current(host), '0.2.0-two', host);
  t.match(await flash('till-1', '--bundle', tar), { code: 0, reports: [{ result: 'nothing to do' }] });
  t.match(await flash('till-1', '--rollback'), { code: 0, reports: [{ result: 'rolled back', build: real.build }] });
  t.equal(current('till-1'), real.build);
  t.match(await flash('till-1', 'till-2', '--status'), {
    reports: [
      { host: 'till-1', current: real.build, previous: '0.2.0-two' },
      { host: 'till-2', current: '0.2.0-two' },
    ],
  });
});

test('after the first failure no further terminal is begun, and the bad build is taken back', async (t) => {
  writeFileSync(join(rootOf('till-2'), 'unwell'), '');
  t.teardown(() => rmSync(join(rootOf('till-2'), 'unwell')));
  const tar = bundle('0.3.0-bad');
  const canary = await flash('till-2', 'till-3', 'till-4', '--bundle', tar);
  t.equal(canary.code, 1);
  t.strictSame(results(canary.reports), ['failed', 'not tried', 'not tried']);
  t.match(canary.reports[0]?.why, /it was taken back: 0.2.0-two runs/);
  t.equal(current('till-2'), '0.2.0-two');
  t.ok(existsSync(join(rootOf('till-2'), 'refused-0.3.0-bad')));
  const second = await flash('till-3', 'till-2', 'till-4', '--jobs', '1', '--bundle', tar);
  t.strictSame(results(second.reports), ['confirmed', 'failed', 'not tried']);
});

test('what the board refuses is told by the board, which goes on', async (t) => {
  const { tar: unsigned } = makeTar(folder, { build: '0.4.0-unsigned' });
  t.match(await flash('till-4', '--bundle', unsigned), { code: 1, reports: [{ why: /is not signed/ }] });
  const other = makeKeys(folder, 'other');
  const foreign = makeBundle(folder, other.secret, { build: '0.4.0-foreign', files: real.files });
  t.match(await flash('till-4', '--bundle', foreign), {
    code: 1,
    reports: [{ why: /refused: it is signed with another key/ }],
  });
  writeFileSync(join(rootOf('till-4'), 'floor'), '2\n');
  t.teardown(() => rmSync(join(rootOf('till-4'), 'floor')));
  t.match(await flash('till-4', '--bundle', bundle('0.4.0-old')), { code: 1, reports: [{ why: /older than this/ }] });
  const elsewhere = bundle('0.4.0-mips', { architecture: 'mips' });
  t.match(await flash('till-4', '--bundle', elsewhere), { code: 1, reports: [{ why: /no bundle for/ }] });
  t.equal(current('till-4'), '0.2.0-two');
  t.strictSame(readdirSync(join(folder, 'till-4', 'var/lib/slipsafe-incoming')), []);
});

test('a transfer that broke off is gone on with, and what is wrong in its beginning is found', async (t) => {
  const tar = bundle('0.5.0-resumed');
  const incoming = join(folder, 'till-3', 'var/lib/slipsafe-incoming', basename(tar));
  const content = readFileSync(tar);
  const half = Buffer.from(content.subarray(0, content.length / 2));
  writeFileSync(incoming, half);
  t.match(await flash('till-3', '--bundle', tar, '--stage'), { code: 0, reports: [{ result: 'staged' }] });
  half.fill(7, 1000, 2000);
  const again = bundle('0.5.0-damaged');
  writeFileSync(join(dirname(incoming), basename(again)), half);
  t.match(await flash('till-3', '--bundle', again, '--stage'), { code: 0, reports: [{ result: 'staged' }] });
  t.equal(current('till-3'), '0.3.0-bad', 'staging touches nothing that runs');
});

test('a terminal in the middle of a transaction is waited for, and its sale is whole (M2)', async (t) => {
  const socket = join(folder, 'till-4', 'run', 'slipsafe', 'control.sock');
  mkdirSync(dirname(socket), { recursive: true });
  const it = await VirtualBoard.build({
    program: join(rootOf('till-4'), 'current', 'slipsafe.cjs'),
    sections: { control: { socket } },
    timers: { tearOffMs: 60_000 },
  });
  t.teardown(() => it.dismantle());
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.phase('tearOff');
  const tar = bundle('0.6.0-six');
  const refused = await flash('till-4', '--bundle', tar, '--wait', '0');
  t.match(refused.reports, [
    { result: 'failed', why: /it is staged, and was not idle in time: somebody is at the keys/ },
  ]);
  t.equal(current('till-4'), '0.2.0-two');
  const flashing = flash('till-4', '--bundle', tar);
  it.press('enter');
  t.match(await flashing, { code: 0, reports: [{ result: 'confirmed' }] });
  await it.firmware.until((line) => line.msg === 'standing down for another build');
  await it.firmware.stop();
  await it.powerOnToIdle();
  t.match(await statuses(t, it), ['captured']);
});

const statuses = async (t: Test, it: VirtualBoard) => (await agree(t, it)).map(({ status }) => status);

test('the command line is checked before anything is done', async (t) => {
  for (const [args, message] of [
    [[], /say which hosts/],
    [['till-1', 'till-1'], /named twice/],
    [['till-1', '--jobs', 'x'], /--jobs takes a number/],
    [['till-1', '--fly'], /--fly/],
  ] as const) {
    const { code, stderr } = await flash(...args);
    t.equal(code, 2);
    t.match(stderr, message);
  }
  t.match(await flash('nowhere.invalid', '--status'), { code: 1, reports: [{ why: /no connection/ }] });
});
