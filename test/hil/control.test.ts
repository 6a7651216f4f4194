/** The technician's tool, asked of the built firmware on the virtual board. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Test, test } from 'tap';
import { askOnce } from '../../firmware/control/control-client.ts';
import type { Status } from '../../firmware/control/monitor.ts';
import { run } from '../../firmware/terminalctl/program.ts';
import { VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { programs } from '../bench/firmware-process.ts';
import { agree } from './agreement.ts';

const board = async (t: Test, options = {}): Promise<VirtualBoard> => {
  const built = await VirtualBoard.build(options);
  t.teardown(() => built.dismantle());
  chmodSync(built.configurationPath, 0o600);
  return built;
};

/** Runs terminalctl in this process: its exit code, and all that it said. */
const terminalctl = async (it: VirtualBoard, ...args: readonly string[]) => {
  const lines: string[] = [];
  const add = (text: string): void => void lines.push(text);
  const code = await run([...args, '--config', it.configurationPath], { line: add, text: add, problem: add });
  return { code, text: lines.join('\n') };
};

const statusOf = async (it: VirtualBoard): Promise<Status> =>
  JSON.parse((await terminalctl(it, 'status', '--json')).text) as Status;

const socketOf = (it: VirtualBoard): string => join(dirname(it.configurationPath), 'state', 'control.sock');

test('status, devices and doctor tell a terminal that is well', async (t) => {
  const it = await board(t);
  await it.powerOnToIdle();
  const { code, text } = await terminalctl(it, 'status');
  t.equal(code, 0);
  t.match(
    text,
    /terminal {2}00000001, build \d+\.\d+\.\d+-\w+[\s\S]*phase {5}idle[\s\S]*请输入金额[\s\S]*may be applied now/,
  );
  t.match(await terminalctl(it, 'devices'), { code: 0, text: /ok {3}printer/ });
  const findings = (await terminalctl(it, 'doctor', '--json')).text
    .split('\n')
    .map((line) => JSON.parse(line) as { check: string; good: boolean; what: string });
  // How a machine that runs tests is set is no matter of the terminal's.
  const board_ = ['core dumps', 'clock', 'journal'];
  t.strictSame(
    findings.filter(({ check, good }) => !good && !board_.includes(check)),
    [],
  );
  for (const check of [
    'runtime',
    'trading',
    'printer',
    'paper',
    'reversal',
    'configuration',
    'keys',
    'ledger',
    'space',
  ])
    t.ok(
      findings.some((finding) => finding.check === check),
      check,
    );
  t.equal(statSync(socketOf(it)).mode & 0o777, 0o660, 'the socket is for owner and group');
});

test('doctor names what is bad, and what to do', async (t) => {
  const it = await board(t);
  await it.powerOnToIdle();
  await it.unplug('cardReader');
  it.printer.endPaper();
  await it.display.until('打印机缺纸');
  await it.firmware.until((line) => line.msg === 'step' && line.device === 'cardReader' && line.online === false);
  chmodSync(it.configurationPath, 0o644);
  const { code, text } = await terminalctl(it, 'doctor');
  t.equal(code, 1);
  t.match(text, /BAD {3}cardReader[\s\S]*→/);
  t.match(text, /BAD {3}paper +not ready: paperEnd/);
  t.match(text, /BAD {3}configuration +.* can be read by others\n +→ chmod 600/);
  t.match(await terminalctl(it, 'devices'), { code: 1, text: /LOST cardReader/ });
});

test('a terminal that is off, and one without its keys, are told apart', async (t) => {
  const it = await board(t);
  t.match(await terminalctl(it, 'status'), { code: 2, text: /it does not run/ });
  t.match(await terminalctl(it, 'doctor'), { code: 1, text: /BAD {3}runtime/ });
  rmSync(join(dirname(it.configurationPath), 'state', 'master.key'));
  await it.powerOn();
  t.match(await terminalctl(it, 'status'), { code: 1, text: /outOfService: keys[\s\S]*密钥故障/ });
  t.match(await terminalctl(it, 'doctor'), { code: 1, text: /BAD {3}keys/ });
});

test('watch tells a whole sale, screen by screen, and no card number (M9)', async (t) => {
  const it = await board(t);
  await it.powerOnToIdle();
  const child = spawn(process.execPath, [programs.terminalctl, 'watch', '--json', '--config', it.configurationPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const seen: Status[] = [];
  const rested = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      seen.push(JSON.parse(line) as Status);
      if (seen.some(({ phase }) => phase === 'notice') && seen.at(-1)?.phase === 'idle') resolve();
    });
  });
  await once(lines, 'line');
  await it.sell('1234');
  await rested;
  const phases = seen.map(({ phase }) => phase);
  for (const phase of ['card', 'authorising', 'printingMerchant', 'tearOff', 'printingCardholder'])
    t.ok(phases.includes(phase as Status['phase']), phase);
  t.match(seen.at(-1), { captured: { count: 1, amount: 1234 } });
  t.notMatch(JSON.stringify(seen), new RegExp(testCards.debit.pan.slice(6, -4)));
  const ended = once(child, 'exit');
  await it.firmware.stop();
  t.strictSame(await ended, [0, null], 'and ends when the terminal does');
});

test('standing down waits for an open reversal, then lets everything go, and the next start goes on', async (t) => {
  const it = await board(t, { acquirer: { answerTimeoutMs: 300, lateAnswerMs: 2000 }, timers: { retryMs: [60_000] } });
  await it.powerOnToIdle();
  it.acquirer.next('sale', { kind: 'noAnswer' });
  it.acquirer.next('reversal', { kind: 'noAnswer' });
  await it.sell('1234');
  await it.phase('reversalWait');
  t.match(await statusOf(it), {
    open: { status: 'reversalRequired', voucher: 2, attempt: 1 },
    veto: 'a reversal is open',
  });
  t.strictSame(await askOnce(socketOf(it), 'stand-down'), { ok: false, why: 'a reversal is open' });
  it.press('enter');
  await it.phase('idle', 2);
  t.match(await askOnce(socketOf(it), 'stand-down'), { ok: true });
  await it.firmware.until((line) => line.msg === 'standing down for another build');
  await it.firmware.stop();
  t.notOk(existsSync(socketOf(it)), 'its socket is gone');
  await it.powerOnToIdle();
  t.strictSame(
    (await agree(t, it)).map(({ status }) => status),
    ['reversed'],
  );
});

test('the next try of a reversal, and a settlement, are asked for from afar; the ledger tells by whom (M5, M7)', async (t) => {
  const it = await board(t, { acquirer: { answerTimeoutMs: 300, lateAnswerMs: 2000 }, timers: { retryMs: [60_000] } });
  await it.powerOnToIdle();
  t.match(await terminalctl(it, 'settle'), { code: 1, text: 'not now: there is nothing to settle: idle' });
  t.match(await terminalctl(it, 'reversal', 'retry', '--json'), { code: 1, text: /"result":"refused"/ });
  await it.sell('1234');
  await it.phase('idle', 2);
  it.acquirer.next('sale', { kind: 'noAnswer' });
  it.acquirer.next('reversal', { kind: 'noAnswer' });
  it.acquirer.next('reversal', { kind: 'noAnswer' });
  await it.sell('1500');
  await it.phase('reversalWait');
  t.match(await terminalctl(it, 'settle'), { code: 1, text: 'not now: something is in hand: reversalWait' });
  t.match(await terminalctl(it, 'reversal', 'retry'), { code: 1, text: /reversing[\s\S]*^open$[\s\S]*待冲正 第2次/m });
  const { code, text } = await terminalctl(it, 'reversal', 'retry', '--json');
  t.match({ code, answer: JSON.parse(text) as object }, { code: 0, answer: { result: 'reversed' } });
  it.press('enter');
  await it.phase('idle', 3);
  t.match(await terminalctl(it, 'settle'), { code: 0, text: /^settled$[\s\S]*结算完成/m });
  const ledger = await it.ledger();
  const me = new RegExp(`\\(${process.getuid?.()}\\)$`);
  t.match(
    ledger.filter(({ fact }) => fact === 'asked'),
    [
      { what: 'reversal', by: me },
      { what: 'reversal', by: me },
      { what: 'settlement', by: me },
    ],
  );
});

test('a support bundle has what helps, in one file, and neither card data nor keys (M9)', async (t) => {
  const it = await board(t);
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-support-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const output = join(folder, 'bundle.json');
  await it.powerOnToIdle();
  await it.sell('1234', testCards.visa);
  await it.phase('idle', 2);
  t.match(await terminalctl(it, 'support-bundle', '--output', output), { code: 0, text: /no card data/ });
  t.equal(statSync(output).mode & 0o777, 0o600);
  const text = readFileSync(output, 'utf8');
  const bundle = JSON.parse(text) as { facts: { fact: string }[]; events: string[]; parameters: object };
  t.ok(bundle.facts.some(({ fact }) => fact === 'captured'));
  t.ok(bundle.events.length > 10);
  t.match(bundle, { about: { node: process.version }, status: { phase: 'idle' }, parameters: { acquirer: {} } });
  t.notMatch(text, new RegExp(`${testCards.visa.pan}|passwordHash|scrypt|sealed`));
  t.match(await terminalctl(it, 'support-bundle', '--output', output), {
    code: 2,
    text: /bundle\.json: it is there already/,
  });
});

/** The inodes of the sockets that a process has open. */
const socketsOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });

/** Sockets of a table in /proc/net that wait for somebody: TCP's state 0A, and every UDP socket. */
const waitingIn = (table: string): readonly string[] =>
  readFileSync(`/proc/net/${table}`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => table.startsWith('udp') || state === '0A')
    .map((fields) => fields[9] ?? '');

test('no TCP or UDP port is open, neither at rest nor after a sale', async (t) => {
  const it = await board(t);
  await it.powerOnToIdle();
  const open = () => {
    const own = new Set(socketsOf(it.firmware.pid));
    return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(waitingIn).filter((inode) => own.has(inode));
  };
  t.ok(socketsOf(it.firmware.pid).length > 0, 'there is the control socket');
  t.strictSame(open(), []);
  await it.sell('1234');
  await it.phase('idle', 2);
  t.strictSame(open(), []);
  t.ok(['tcp', 'tcp6'].flatMap(waitingIn).length > 0, "and the acquirer's port is seen, which is another process'");
});
