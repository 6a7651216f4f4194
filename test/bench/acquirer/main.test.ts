import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { sale, signOn } from './sample-requests.ts';
import { dial } from './test-line.ts';

const program = fileURLToPath(new URL('./main.js', import.meta.url));
const needed = ['--terminal', '00000001', '--merchant', '898110154110001'];
const key = ['--master-key', '0123456789ABCDEFFEDCBA9876543210'];

const start = (args: string[]) => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let errors = '';
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, errors, lines }));
  const until = async (fits: RegExp): Promise<string> => {
    for (;;) {
      const line = lines.find((one) => fits.test(one));
      if (line !== undefined) return line;
      await once(reader, 'line');
    }
  };
  return { child, ended, until };
};

test('it runs alone, and tells each message in one line', async (t) => {
  const { child, ended, until } = start([...needed, ...key, '--port', '0']);
  const [, port] = /:(\d+),/.exec(await until(/^listening on 127/)) ?? [];
  const socket = await dial(Number(port));
  socket.write(signOn());
  await until(/-> 0810 signOn STAN 000001 batch 000001 39=00$/);
  socket.write(sale({ stan: 2 }));
  await until(/<- 0200 sale STAN 000002 batch 000001 12.34 621234\*{6}1232$/);
  await until(/^!! 0200 sale STAN 2: field 64 is no MAC/);
  await until(/-> 0210 sale STAN 000002 batch 000001 12.34 39=A0$/);
  socket.destroy();
  await until(/== connection 1 closed/);
  child.kill('SIGTERM');
  const { status, lines } = await ended;
  t.equal(lines.at(-1), '0 sales booked, 0.00 open, batch 1');
  t.equal(status, 1, 'there was a complaint');
});

test('--help tells the options, and what is wrong is told in words', async (t) => {
  const help = await start(['--help']).ended;
  t.equal(help.status, 0);
  t.match(help.lines.join('\n'), /--master-key HEX/);
  const cases: [string[], RegExp][] = [
    [[], /--master-key takes 16 or 32 hex digits/],
    [[...key, ...needed, '--port', '70000'], /--port takes a number from 0 to 65535/],
    [[...key, ...needed, '--card', 'x'], /--card takes PAN/],
    [['--nonsense'], /nonsense/],
  ];
  const results = await Promise.all(cases.map(([args]) => start(args).ended));
  for (const [index, { status, errors }] of results.entries()) {
    t.equal(status, 2);
    t.match(errors, cases[index]?.[1]);
  }
});
