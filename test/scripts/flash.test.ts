/** scripts/flash for real: OpenSSH and rsync to a server on loopback, each board a folder of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import tap, { type Test, test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { agree } from '../hil/agreement.ts';
import { makeBundle, makeKeys, makeTar } from '../support/bundles.ts';
import { type FlashReport, flashRig } from '../support/flash-rig.ts';

const hosts = ['till-1', 'till-2', 'till-3', 'till-4'];
const { folder, keys, config, real, flash, bundle, rootOf, current } = await flashRig(tap, hosts);

const results = (reports: readonly FlashReport[]) => reports.map(({ result }) => result);

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

test('no other file is taken for the key of a board’s updates, the secret one least of all', async (t) => {
  for (const given of [keys.secret, '/dev/null', join(folder, 'nowhere')]) {
    const { code, stderr } = await flash('till-1', '--install', '--public-key', given, '--bundle', real.tar);
    t.equal(code, 2, given);
    t.match(stderr, /--public-key .*: (?:this is no public key|ENOENT)/);
  }
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
  t.match(canary.reports[0]?.why, /it was taken back, it crashed again and again: 0.2.0-two runs/);
  t.equal(current('till-2'), '0.2.0-two');
  t.match((await flash('till-2', '--status')).reports, [
    { refused: [{ build: '0.3.0-bad', why: 'it crashed again and again' }] },
  ]);
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

test('a host whose key is not the known one is told nothing, and nothing is changed there', async (t) => {
  const wrong = join(folder, 'wrong_config');
  const known = /UserKnownHostsFile (.*)/.exec(readFileSync(config, 'utf8'))?.[1] ?? '';
  const [where, kind] = readFileSync(known, 'utf8').split(' ');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'another')]);
  const key = readFileSync(join(folder, 'another.pub'), 'utf8').split(' ')[1];
  for (const line of [`${where} ${kind} ${key}\n`, '']) {
    writeFileSync(`${wrong}.hosts`, line);
    writeFileSync(wrong, readFileSync(config, 'utf8').replace(known, `${wrong}.hosts`));
    const before = readdirSync(join(rootOf('till-1'), 'slots'));
    const { code, reports } = await flash('till-1', '--bundle', bundle('0.7.0-seven'), '--ssh-config', wrong);
    t.match({ code, reports }, { code: 1, reports: [{ result: 'failed', why: /[Hh]ost key verification failed/ }] });
    t.strictSame(readdirSync(join(rootOf('till-1'), 'slots')), before);
  }
});

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
