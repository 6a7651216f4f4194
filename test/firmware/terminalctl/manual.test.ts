import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { run } from '../../../firmware/terminalctl/program.ts';

const said = async (...args: readonly string[]): Promise<string> => {
  const all: string[] = [];
  const add = (text: string): void => void all.push(text);
  await run(args, { line: add, text: add, problem: add });
  return all.join('\n');
};

const folder = mkdtempSync(join(tmpdir(), 'slipsafe-manual-'));

test('the manual page names every command and option', async (t) => {
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const page = await said('manual');
  for (const word of ['ledger verify', 'keys load', 'update stage <bundle>', 'support\\-bundle', '\\-\\-voucher <n>'])
    t.match(page, word);
  const file = join(folder, 'terminalctl.1');
  writeFileSync(file, page);
  const groff = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', file], { encoding: 'utf8' });
  if (groff.error === undefined) t.equal(groff.stderr, '', 'groff has nothing to complain of');
});

/** What bash would offer at the end of this line. */
const offered = (script: string, line: string): string[] => {
  const words = line.split(' ');
  const array = words.map((word) => `'${word}'`).join(' ');
  const code = `${script}\nCOMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _terminalctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return spawnSync('bash', ['-c', code], { encoding: 'utf8' }).stdout.trim().split('\n');
};

test('bash completes commands, what is below them, and options', async (t) => {
  const script = await said('completion');
  t.strictSame(offered(script, 'terminalctl sta'), ['status']);
  t.strictSame(offered(script, 'terminalctl ledger v'), ['verify']);
  t.strictSame(offered(script, 'terminalctl ledger verify --co'), ['--config', '--code']);
  t.strictSame(offered(script, 'terminalctl update ').sort(), [
    '--help',
    'apply',
    'health',
    'rollback',
    'show',
    'stage',
  ]);
});
