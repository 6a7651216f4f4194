import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'tap';

/** Runs a built script to its end. */
const run = async (name: string, ...args: readonly string[]) => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', `${name}.js`);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = await once(child, 'close');
  return { code: code as number, out, err };
};

for (const name of ['model', 'crash', 'kill', 'fscrash']) {
  test(`${name} explains itself, and refuses a command line that it can not follow`, async (t) => {
    const help = await run(name, '--help');
    t.match(help, { code: 0, err: '' });
    t.match(help.out, new RegExp(`npm run ${name}[\\s\\S]*--json[\\s\\S]*Exit code 0`));
    t.match(await run(name, '--colour'), { code: 2, out: '', err: /^\w+: .*--colour/ });
  });
}

test('a number that is none is refused', async (t) => {
  t.match(await run('kill', '--kills', 'many'), { code: 2, err: 'kill: --kills takes a whole number, not many\n' });
});

test('with --json a run prints one object and nothing else; without, one line at the end', async (t) => {
  const { code, out } = await run('kill', '--kills', '0', '--seed', '5', '--json');
  t.match([code, JSON.parse(out)], [0, { holds: true, seed: 5, kills: 0, differences: [] }]);
  t.match((await run('kill', '--kills', '0')).out, /\nHOLDS: 0 kills, [^\n]*\n$/);
});
