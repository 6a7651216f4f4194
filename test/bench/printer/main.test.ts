import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Test, test } from 'tap';
import { ReportLog } from '../../support/report-log.ts';

const program = fileURLToPath(new URL('./main.js', import.meta.url));

const start = (t: Test, ...options: string[]) => {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, ...options]);
  t.teardown(() => child.kill());
  const exited = once(child, 'exit');
  const log = new ReportLog<string>();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => log.add(chunk.toString()));
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    await log.until(() => pattern.test(log.reports.join('')));
    return pattern.exec(log.reports.join('')) as RegExpExecArray;
  };
  return { exited, until, type: (word: string) => child.stdin.write(`${word}\n`) };
};

test('over TCP: the paper shows, ends where told, and is loaded by hand', async (t) => {
  const { exited, until, type } = start(
    t,
    '--tcp',
    '0',
    '--times',
    '20',
    '--paper-out-at-line',
    '2',
    '--profile',
    'clone',
  );
  const [, port] = await until(/listening on 127\.0\.0\.1:(\d+)/);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(Buffer.from('1b6101c7a9b9bab5a50a1b61001b2110410a1b2100420a1d5600100402', 'hex'));
  t.equal(((await once(socket, 'data'))[0] as Buffer).toString('hex'), '12');
  await until(/online false, paper end/);
  const [before] = await until(/[\s\S]*/);
  t.match(before, `│${' '.repeat(13)}签购单${' '.repeat(13)}│\n`);
  t.match(before, `│A${' '.repeat(31)}│ double height\n`);
  t.notMatch(before, '│B');
  type('paper');
  await until(/│B +│\n✂-+✂ copy 1, 3 lines, torn\n/);
  type('what');
  await until(/\? out near paper/);
  type('unplug');
  await once(socket, 'close');
  type('quit');
  t.strictSame(await exited, [0, null]);
});

test('on a pty: a serial port that comes and goes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-printer-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'tty');
  const { exited, until, type } = start(t, '--pty', path, '--times', '20');
  await until(/plugged in at/);
  const toPrinter = createWriteStream(path);
  const fromPrinter = createReadStream(path);
  const hungUp = once(fromPrinter, 'error');
  const answered = once(fromPrinter, 'data');
  toPrinter.write('hello\n\x10\x04\x01');
  t.equal(((await answered)[0] as Buffer).toString('hex'), '12');
  await until(/│hello +│/);
  type('unplug');
  await until(/plugged false/);
  t.match((await hungUp)[0], { code: 'EIO' });
  toPrinter.destroy();
  type('plug');
  await until(/plugged in at[\s\S]*plugged in at/);
  t.equal(existsSync(path), true);
  type('quit');
  t.strictSame(await exited, [0, null]);
  t.equal(existsSync(path), false);
});

test('help, and what is wrong with a command line', async (t) => {
  const help = start(t, '--help');
  await help.until(/--paper-out-at-line N/);
  t.strictSame(await help.exited, [0, null]);
  for (const [options, message] of [
    [[], /either --pty PATH or --tcp PORT/],
    [['--tcp', '0', '--profile', 'laser'], /no profile laser: epson, clone, cheap58, mute/],
    [['--tcp', '0', '--baud', 'fast'], /--baud takes a number from 1, not fast/],
    [['--tcp', '0', '--flow', 'rts'], /--flow takes xonxoff or none, not rts/],
    [['--pty', '/dev/null'], /something at \/dev\/null already/],
    [['--ink', 'blue'], /Unknown option '--ink'/],
  ] as const) {
    const wrong = start(t, ...options);
    await wrong.until(message);
    t.strictSame(await wrong.exited, [2, null]);
  }
});
