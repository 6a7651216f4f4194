/** `npm run requirements`: which rows of docs/requirements.md a test shows, and which none does. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirementsIn, shownBy, titlesIn } from '../test/support/requirements.ts';
import { longRun } from './long-run.ts';

await longRun({
  name: 'requirements',
  help: `Holds docs/requirements.md against the titles of all tests. A row is shown by the tests whose title has its number.

  npm run requirements             the rows of scope C and P that no test shows
  npm run requirements -- --all    every row, with the tests that show it
  npm run requirements -- --json   one JSON object
  npm run requirements -- --help

Exit code 0 when every number in a title is a row of the table; 1 otherwise. A row that no test shows is told, and is no
error: what it asks for may not be built yet.
`,
  flags: ['all'],
  run: (options) => {
    const rows = requirementsIn(readFileSync('docs/requirements.md', 'utf8'));
    const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join('test', name))
      .sort((one, other) => one.localeCompare(other));
    const titles = files.flatMap((file) => titlesIn(readFileSync(file, 'utf8')).map((title) => ({ file, title })));
    const { shown, unknown } = shownBy(rows, titles);
    const wanted = rows.filter(({ scope }) => scope === 'C' || scope === 'P');
    const open = wanted.filter(({ id }) => shown.get(id) === undefined);
    const lines = options.flag('all')
      ? rows.flatMap(({ id, scope, text }) => [
          `${id} ${scope} ${text}`,
          ...(shown.get(id) ?? []).map(({ file, title }) => `         ${file}: ${title}`),
        ])
      : open.map(({ id, scope, text }) => `${id} ${scope} ${text}`);
    return Promise.resolve({
      holds: unknown.length === 0,
      json: { rows: rows.map((row) => ({ ...row, tests: shown.get(row.id) ?? [] })), open, unknown },
      lines: [
        ...lines,
        ...unknown.map(({ id, file }) => `${id} in a title of ${file} is no row of docs/requirements.md`),
      ],
      summary: `${wanted.length - open.length} of ${wanted.length} rows of scope C and P are shown by a test`,
    });
  },
});
