/** What the documents promise is there: each test that is named, each command, each link. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { run } from '../firmware/terminalctl/program.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));

test('each test that docs/security.md names is in the file that it names', (t) => {
  const rows = read('docs/security.md').matchAll(/\[[^\]]+\]\(\.\.\/(test\/[^)]+)\)((?:,? “[^”]+”)+)/g);
  let named = 0;
  for (const [, path = '', titles = ''] of rows) {
    const text = read(path);
    for (const [, title = ''] of titles.matchAll(/“([^”]+)”/g)) {
      named += 1;
      // In a title: between the quotes of a test, whether or not all of it is named.
      const isTitle = text.split('\n').some((line) => /\btest\(|^\s*[`']/.test(line) && line.includes(title));
      t.ok(isTitle, `${path}: ${title}`);
    }
  }
  t.ok(named > 30, `${named} are named`);
  t.end();
});

test('each claim of docs/security.md has its test', (t) => {
  const claims = read('docs/security.md')
    .split('\n## What is not protected')[0]
    ?.split('\n## What is protected')[1]
    ?.split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:claim|---)/.test(line));
  t.ok((claims?.length ?? 0) > 25);
  for (const claim of claims ?? []) t.match(claim, /\.test\.ts\]\(\.\.\/test\/.*“/, claim);
  t.end();
});

test('each terminalctl command that a document names is one', async (t) => {
  for (const name of ['technician.md', 'device.md', 'operating.md', 'security.md']) {
    for (const [, words = ''] of read(`docs/${name}`).matchAll(/\bterminalctl((?: [a-z][a-z-]*)+)/g)) {
      const wanted = words.trim().split(' ');
      let code = 2;
      // A sentence may go on behind the command.
      for (; code !== 0 && wanted.length > 0; wanted.pop()) {
        code = await run([...wanted, '--help'], {
          line: () => undefined,
          text: () => undefined,
          problem: () => undefined,
        });
        if (code === 0) break;
      }
      t.ok(wanted.length > 0, `${name}: terminalctl${words}`);
    }
  }
});

test('each link of a document to a file leads to one', (t) => {
  for (const path of ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]) {
    for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      t.ok(existsSync(join(root, dirname(path), target)), `${path}: ${target}`);
    }
  }
  t.end();
});
