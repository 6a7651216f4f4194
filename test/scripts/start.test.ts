import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';

const start = join(import.meta.dirname, '..', '..', 'scripts', 'start.js');

/** The processes whose command line has that text in it, by their ids. */
const processesOf = (text: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);

/** A run of `scripts/start`, or of what runs it, with a temporary folder of its own, by which all that it starts is known. */
const run = (t: Test, command: string, args: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-start-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const child: ChildProcess = spawn(command, args, { env: { ...env, TMPDIR: folder, NO_COLOR: '' } });
  t.teardown(() => child.kill());
  let out = '';
  let errors = '';
  let closed = false;
  child.stdout?.on('data', (chunk) => {
    out += String(chunk);
    child.emit('printed');
  });
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  const ended = once(child, 'close').then(([code]) => {
    closed = true;
    return { code, out, errors, left: [...processesOf(folder), ...readdirSync(folder)] };
  });
  return {
    child,
    folder,
    ended,
    /** Resolves when that text has been printed since `from`, and gives where it ends. */
    printed: async (text: string, from = 0): Promise<number> => {
      while (!out.includes(text, from)) {
        if (closed) throw new Error(`It ended without printing "${text}":\n${out}\n${errors}`);
        await Promise.race([once(child, 'printed'), ended]);
      }
      return out.indexOf(text, from) + text.length;
    },
  };
};

const show = (t: Test, ...options: readonly string[]) => run(t, process.execPath, [start, ...options]);

test('the show ends by itself with both ledgers agreeing, and leaves nothing behind', async (t) => {
  const { code, out, errors, left } = await show(t, '--json', '--speed', '20').ended;
  t.equal(errors, '');
  t.equal(code, 0);
  const result = JSON.parse(out);
  t.match(result, { agree: true, differences: [], complaints: [], totals: { terminal: 1234, acquirer: 1234 } });
  t.match(result.vouchers, [
    { terminal: { status: 'captured', amount: 1234 }, acquirer: { settled: true }, paper: ['merchant', 'cardholder'] },
    { terminal: { status: 'reversed', reason: '96' }, acquirer: { state: 'reversed' }, paper: ['torn', 'reversal'] },
    { terminal: { status: 'reversed', reason: '98' }, acquirer: { state: 'reversed' }, paper: ['reversal'] },
  ]);
  t.equal(result.scenes.length, 5);
  t.same(left, []);
});

test('what is drawn fits 100 columns, has no colours in a pipe, and ends with the verdict', async (t) => {
  const { code, out, left } = await show(t, '--speed', '20').ended;
  t.equal(code, 0);
  const rows = out.trimEnd().split('\n');
  const wide = rows.filter((row) => Array.from(row).reduce((sum, c) => sum + (c >= '\u2e80' ? 2 : 1), 0) > 100);
  t.same(wide, []);
  t.notOk(out.includes('\u001b'));
  for (const scene of [1, 2, 3, 4, 5]) t.ok(rows.some((row) => row.startsWith(`── ${scene} `)));
  t.ok(
    rows.some((row) => /│请撕商户存根 +│/.test(row)),
    'the display',
  );
  t.ok(
    rows.some((row) => /│金额:RMB 12.34 +│/.test(row)),
    'the paper',
  );
  t.ok(
    rows.some((row) => row.includes('terminal  000002 captured 12.34')),
    "the terminal's ledger",
  );
  t.ok(
    rows.some((row) => row.includes('acquirer  0400 000003 reversed (96)')),
    "the acquirer's ledger",
  );
  t.match(rows.at(-1), /^AGREED: 3 vouchers, 12\.34 in both ledgers/);
  t.same(left, []);
});

test('a terminal that dies fails the show, which says in which scene, and what was on the display', async (t) => {
  const { folder, printed, ended } = show(t, '--speed', '20');
  await printed('000002 approved');
  const firmware = processesOf(folder).filter((pid) =>
    readFileSync(join('/proc', String(pid), 'cmdline'), 'utf8').includes('slipsafe.cjs'),
  );
  t.equal(firmware.length, 1);
  for (const pid of firmware) process.kill(pid, 'SIGKILL');
  const { code, errors, left } = await ended;
  t.equal(code, 1);
  // The approval is on the disk; whether its screen was still drawn before the end is a matter of milliseconds.
  t.match(errors, /Scene 2, "A sale": .*Last on the display: (?:正在打印|RMB 12\.34 \/ 正在联机交易)/s);
  t.same(left, []);
});

test('Ctrl-C takes everything down', async (t) => {
  const { child, printed, ended } = show(t);
  await printed('请刷卡');
  child.kill('SIGINT');
  const { code, left } = await ended;
  t.equal(code, 130);
  t.same(left, []);
});

test('a reader that goes away, as head does, takes everything down', async (t) => {
  const { child, printed, ended } = show(t, '--speed', '20');
  await printed('DISPLAY');
  child.stdout?.destroy();
  const { code, left } = await ended;
  t.equal(code, 1);
  t.same(left, []);
});

test('by hand: a sale typed on the keyboard, and q for the comparison', async (t) => {
  const command = `${process.execPath} ${start} --interactive --speed 20`;
  const { child, printed, ended } = run(t, 'socat', ['STDIO', `EXEC:${command},pty,setsid,ctty,raw,echo=0`]);
  const type = (keys: string): void => void child.stdin?.write(keys);
  let at = await printed('请输入金额');
  type('1234\r');
  at = await printed('RMB 12.34', at);
  at = await printed('请顾客核对', at);
  type('\r');
  at = await printed('请刷卡', at);
  type('s');
  at = await printed('captured 12.34', at);
  at = await printed('确认打持卡人联', at);
  type('\r');
  at = await printed('cardholder copy printed', at);
  type('q');
  await printed('AGREED: 1 vouchers, 12.34', at);
  const { left } = await ended;
  t.same(left, []);
});

test('a command line that can not be followed is said so, with exit code 2', async (t) => {
  for (const [options, words] of [
    [['--speed', 'fast'], /--speed takes a number/],
    [['--json', '--interactive'], /do not go together/],
    [['--interactive'], /needs a terminal window/],
    [['--loud'], /--loud/],
  ] as const) {
    const { code, errors, left } = await show(t, ...options).ended;
    t.equal(code, 2, options.join(' '));
    t.match(errors, words);
    t.same(left, []);
  }
  const { code, out } = await show(t, '--help').ended;
  t.equal(code, 0);
  for (const option of ['--interactive', '--json', '--speed']) t.match(out, option);
});
