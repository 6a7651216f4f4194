import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'tap';

const simulate = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, '..', '..', 'scripts', 'simulate.js'), ...args], {
    encoding: 'utf8',
  });

test('shops that hold end in a summary, for a person and for a machine, on one core or two', (t) => {
  const told = simulate('--seeds', '1..4', '--customers', '3', '--jobs', '2');
  t.equal(told.status, 0, told.stderr);
  t.match(told.stdout, /^4 shops, \d+ starts: \d+ sales, .*\nevery rule held \(.* sales a second\)\n$/m);
  const machine = simulate('--seeds', '1..4', '--customers', '3', '--json');
  t.equal(machine.status, 0);
  const read = JSON.parse(machine.stdout);
  t.match(read, { shops: 4, failed: 0, failures: [], faults: { 'power cut': Number } });
  t.match(told.stdout, `: ${read.transactions} sales,`, 'the same shops, however many processes');
  t.end();
});

test('a story can be told up to any step, and its end alone', (t) => {
  const { status, stdout } = simulate('--seed', '1', '--customers', '2', '--until', '300', '--trace', '--last', '5');
  t.equal(status, 0);
  const lines = stdout.split('\n');
  t.equal(lines.filter((line) => /^#\d+ day 1 09:/.test(line)).length, 5);
  t.match(lines[0], /^#2\d\d /, 'the last ones before that step');
  t.end();
});

test('a command line that makes no sense is told in one line, with exit code 2', (t) => {
  for (const args of [['--seeds', '9..1'], ['--faults', 'some'], ['--colour'], ['--days', '0']]) {
    const { status, stderr } = simulate(...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, /^simulate: .*\nSee npm run simulate -- --help\.\n$/);
  }
  t.match(simulate('--help').stdout, /--seeds A\.\.B/);
  t.end();
});
