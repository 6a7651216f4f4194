import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { requirementsIn, shownBy, titlesIn } from './requirements.ts';

const rows = requirementsIn('| id | scope | what |\n| --- | --- | --- |\n| 900-01 | C | one |\n| 900-02 | R | two |\n');

test('rows are read, and one that stands twice is refused', async (t) => {
  t.strictSame(rows, [
    { id: '900-01', scope: 'C', text: 'one' },
    { id: '900-02', scope: 'R', text: 'two' },
  ]);
  t.throws(() => requirementsIn('| 900-01 | C | one |\n| 900-01 | C | again |\n'), /900-01 stands twice/);
});

test('titles are read whatever their quotes and lines, and nothing else is taken for one', async (t) => {
  const source = `test('it\\'s one', () => {});\ntest(\n  "two (x)",\n);\ntest(\`three\`, f);\nlatest('four');\nconst id = 'x';`;
  t.strictSame(titlesIn(source), ["it\\'s one", 'two (x)', 'three']);
});

test('a row is shown by each title that has its number; a number that is no row is told', async (t) => {
  const file = 'a.test.ts';
  const titles = ['one and two (900-01, 900-02)', 'again (900-01)', 'none (900-09)', 'Q/CUP 009-2005'].map((title) => ({
    file,
    title,
  }));
  const { shown, unknown } = shownBy(rows, titles);
  t.equal(shown.get('900-01')?.length, 2);
  t.equal(shown.get('900-02')?.length, 1);
  t.strictSame(unknown, [{ file, title: 'none (900-09)', id: '900-09' }]);
});

test('the table has every row of the five articles', async (t) => {
  const all = requirementsIn(readFileSync('docs/requirements.md', 'utf8'));
  t.equal(all.length, 130);
  for (const article of ['000', '001', '002', '003', '004']) {
    const own = all.filter(({ id }) => id.startsWith(article));
    for (const [at, { id }] of own.entries()) t.equal(id, `${article}-${String(at + 1).padStart(2, '0')}`);
  }
});
