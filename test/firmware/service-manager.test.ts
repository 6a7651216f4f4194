import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Test, test } from 'tap';
import { ServiceManager } from '../../firmware/service-manager.ts';
import { VirtualBoard } from '../bench/board.ts';
import { programs } from '../bench/firmware-process.ts';
import { HandClock } from '../support/hand-clock.ts';

const folderFor = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-notify-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

test('M10: the watchdog is fed while nothing ails the terminal, and not by a timer alone', (t) => {
  const clock = new HandClock();
  const told = join(folderFor(t), 'told');
  const env = { SLIPSAFE_NOTIFY_FD: String(openSync(told, 'a')), WATCHDOG_USEC: '60000000' };
  const manager = new ServiceManager(env, clock);
  const said = () => readFileSync(told, 'utf8');
  let ailment: string | undefined;
  manager.ready(() => ailment);
  t.equal(said(), 'READY=1WATCHDOG=1');
  clock.advance(40_000);
  t.equal(said(), 'READY=1WATCHDOG=1WATCHDOG=1WATCHDOG=1');
  ailment = 'a bug stopped trading';
  clock.advance(60_000);
  t.equal(said().match(/WATCHDOG/g)?.length, 3, 'it goes hungry');
  t.match(said(), /STATUS=a bug stopped trading$/);
  ailment = undefined;
  clock.advance(20_000);
  t.equal(said().match(/WATCHDOG/g)?.length, 4);
  manager.stopping();
  clock.advance(600_000);
  t.match(said(), /WATCHDOG=1STOPPING=1$/);
  t.end();
});

test('without systemd nothing is told, and no alarm is set', (t) => {
  for (const env of [{}, { WATCHDOG_USEC: '1000' }, { SLIPSAFE_NOTIFY_FD: '99999', WATCHDOG_USEC: '' }]) {
    const clock = new HandClock();
    const manager = new ServiceManager(env, clock);
    manager.ready(() => undefined);
    manager.stopping();
    t.equal(clock.pending, 0);
  }
  t.end();
});

/** The end of systemd: a datagram socket, each datagram a line. */
const listen = async (t: Test, socket: string) => {
  const child = spawn('perl', [
    '-MSocket',
    '-e',
    `socket(S,PF_UNIX,SOCK_DGRAM,0); bind(S,pack_sockaddr_un($ARGV[0])) or die $!; $|=1; print "up\\n";
     while (defined recv(S,$_,4096,0)) { print "$_\\n" }`,
    socket,
  ]);
  t.teardown(() => child.kill('SIGKILL'));
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    heard.push(line);
    for (const wake of waiting) wake();
  });
  const until = async (fits: () => boolean): Promise<void> => {
    while (!fits())
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
  };
  await until(() => heard.includes('up'));
  return { heard, until };
};

const start = join(import.meta.dirname, '..', '..', '..', 'firmware', 'board', 'libexec', 'start');
const { slipsafe } = programs;

test('READY comes from the very process, after the ledger is recovered and the devices are claimed', async (t) => {
  const it = await VirtualBoard.build();
  t.teardown(() => it.dismantle());
  const socket = join(folderFor(t), 'notify');
  const { heard, until } = await listen(t, socket);
  const env = { ...process.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '300000' };
  const child = spawn(start, [process.execPath, slipsafe, 'run', '--config', it.configurationPath], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const log: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { msg, device, to, pid } = JSON.parse(line) as Record<string, string | number | undefined>;
    if (msg === 'online') log.push(String(device));
    if (msg === 'ledger open' || msg === 'ready') log.push(msg);
    if (msg === 'ready') t.equal(pid, child.pid, 'start became the firmware');
    if (msg === 'step' && log.at(-1) !== to) log.push(String(to));
  });
  await until(() => heard.filter((word) => word === 'WATCHDOG=1').length >= 3);
  t.strictSame(heard.slice(1, 3), ['READY=1', 'WATCHDOG=1']);
  t.equal(log[0], 'ledger open');
  for (const device of ['printer', 'cardReader']) t.ok(log.indexOf(device) < log.indexOf('ready'), device);
  t.equal(heard.filter((word) => word === 'READY=1').length, 1);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await until(() => heard.at(-1) === 'STOPPING=1');
});

test('a terminal that is out of service is ready too: what must be done is on its display', async (t) => {
  const it = await VirtualBoard.build();
  t.teardown(() => it.dismantle());
  rmSync(join(it.configurationPath, '..', 'state', 'master.key'));
  const socket = join(folderFor(t), 'notify');
  const { heard, until } = await listen(t, socket);
  const env = { ...process.env, NOTIFY_SOCKET: socket };
  const child = spawn(start, [process.execPath, slipsafe, 'run', '--config', it.configurationPath], { env });
  t.teardown(() => child.kill('SIGKILL'));
  await until(() => heard.includes('READY=1'));
  t.match(await it.display.until('密钥故障'), ['密钥故障']);
});

test('start runs its program without systemd too, and says when it can not', (t) => {
  const env = { PATH: process.env.PATH, NOTIFY_SOCKET: '/nowhere' };
  const { stdout, stderr } = spawnSync(start, ['env'], { env, encoding: 'utf8' });
  t.notMatch(stdout, /SLIPSAFE_NOTIFY_FD/);
  t.match(stderr, /start: \/nowhere: No such file/);
  t.match(spawnSync(start, ['/nowhere'], { encoding: 'utf8' }), { status: 2, stderr: /start: \/nowhere/ });
  t.end();
});
