/** What goes to the board's own folders, as far as it can be proven without one. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

const board = join(import.meta.dirname, '..', '..', '..', '..', 'firmware', 'board');

/** A root folder with what a board has at these paths. */
const rootFor = (t: Test): string => {
  const root = mkdtempSync(join(tmpdir(), 'slipsafe-root-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['etc/systemd/system', 'opt/slipsafe', 'usr/bin', 'bin'])
    mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(board, 'systemd'), join(root, 'etc/systemd/system'), { recursive: true });
  cpSync(join(board, 'libexec'), join(root, 'opt/slipsafe/libexec'), { recursive: true });
  // systemd's own targets and services, which ours are ordered by.
  cpSync('/lib/systemd/system', join(root, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
  for (const program of ['usr/bin/env', 'bin/sh', 'bin/systemctl'])
    writeFileSync(join(root, program), '', { mode: 0o755 });
  return root;
};

const run = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8' });

const units = ['slipsafe.service', 'slipsafe-failed.service', 'slipsafe-trial.service', 'slipsafe-trial.timer'];

test('systemd finds nothing wrong in the units, and would in a wrong one', (t) => {
  const root = rootFor(t);
  const verify = () =>
    run('systemd-analyze', 'verify', `--root=${root}`, '--man=no', '--recursive-errors=no', ...units);
  const { status, stderr } = verify();
  t.equal(stderr, '');
  t.equal(status, 0);
  const service = join(root, 'etc/systemd/system/slipsafe.service');
  writeFileSync(service, readFileSync(service, 'utf8').replace('WatchdogSec=60', 'WatchdogSecs=60'));
  t.match(verify().stderr, /WatchdogSecs/);
  t.end();
});

test('what the unit leaves exposed is at most 1.5, by the reckoning of systemd', (t) => {
  const root = rootFor(t);
  const service = join(root, 'etc/systemd/system/slipsafe.service');
  const gate = () =>
    run('systemd-analyze', 'security', '--offline=true', '--no-pager', '--threshold=15', service).status;
  t.equal(gate(), 0);
  writeFileSync(service, readFileSync(service, 'utf8').replace('SystemCallFilter=@system-service', ''));
  t.not(gate(), 0, 'and the gate sees one protection less');
  t.end();
});

test('the service is watched, starts anew, gives a crash loop up, and writes no core', (t) => {
  const text = readFileSync(join(board, 'systemd', 'slipsafe.service'), 'utf8');
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];
  t.match([value('Type'), value('NotifyAccess'), value('Restart')], ['notify', 'main', 'always']);
  t.match([value('LimitCORE'), value('UMask'), value('SocketBindDeny')], ['0', '0077', 'any']);
  t.equal(value('OnFailure'), 'slipsafe-failed.service');
  const [burst, interval, start, watchdog, pause] = [
    'StartLimitBurst',
    'StartLimitIntervalSec',
    'TimeoutStartSec',
    'WatchdogSec',
    'RestartSec',
  ].map((key) => Number(value(key))) as [number, number, number, number, number];
  t.ok(burst * (start + watchdog + pause) < interval, 'starts that hang to their end still count as a loop');
  t.end();
});

test('users and folders are made as they are described', { skip: process.getuid?.() !== 0 && 'needs root' }, (t) => {
  const root = rootFor(t);
  mkdirSync(join(root, 'etc/slipsafe'));
  writeFileSync(join(root, 'etc/slipsafe/terminal.json'), '{}', { mode: 0o644 });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nsystemd-journal:x:99:\n');
  t.match(run('systemd-sysusers', `--root=${root}`, join(board, 'sysusers.d', 'slipsafe.conf')), { status: 0 });
  t.match(readFileSync(join(root, 'etc/passwd'), 'utf8'), /^slipsafe:.*:\/var\/lib\/slipsafe:.*nologin$/m);
  t.match(readFileSync(join(root, 'etc/group'), 'utf8'), /^pos:x:\d+:slipsafe$/m);
  const made = run('systemd-tmpfiles', `--root=${root}`, '--create', join(board, 'tmpfiles.d', 'slipsafe.conf'));
  t.match(made, { status: 0 }, made.stderr);
  const mode = (path: string) => statSync(join(root, path)).mode & 0o777;
  t.equal(mode('etc/slipsafe/terminal.json'), 0o600, 'the configuration is for its user alone');
  t.equal(mode('etc/slipsafe'), 0o750);
  t.equal(mode('var/lib/slipsafe-incoming'), 0o700);
  t.end();
});
