/** What `docs/acquirer.md` says in tables is what the tables of the driver and the golden messages say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { type FieldSpec, fieldNumbers, fieldTable } from '../../../drivers/acquirer/field-table.ts';
import { packBalances } from '../../../drivers/acquirer/sub-fields/field-54.ts';
import { answers, hexOf, plain } from './literal-frames.ts';

const manual = readFileSync('docs/acquirer.md', 'utf8');
const section = (title: string): string => manual.split(`\n### ${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';

const rowOf = ({ encoding, length, max, align, wide }: FieldSpec): string => {
  const most = length === 'fixed' ? `${max}` : `${length} ${max}`;
  const left = length === 'fixed' && align === 'left' ? ', left' : '';
  return `${encoding} | ${most}${left}${wide === undefined ? '' : `, under SM4 ${wide}`}`;
};

test("the manual's fields are those of the table", async (t) => {
  const rows = [...manual.matchAll(/^\| (\d+) \| [^|]+ \| ((?:n|z|an|ans|b) \| [^|]+) \|$/gm)];
  t.strictSame(
    rows.map(([, number, spec]) => [Number(number), spec]),
    fieldNumbers.map((number) => [number, rowOf(fieldTable[number])]),
  );
});

test("the manual's sub-fields are as messages have them", async (t) => {
  const folder = 'test/drivers/acquirer/messages';
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .map((line) => plain(line.replace(/#.*/, '')));
  const balance = packBalances([{ accountType: '30', amountType: '02', currency: '156', amount: 123_456 }]);
  const known = new Set([...lines, `0020${hexOf(Buffer.from(balance))}`]);
  const examples = [...section('Sub-fields').matchAll(/^\| \*\*(\d+)\*\*[^|`]*`([^`]+)`/gm)];
  t.equal(examples.length, 13);
  for (const [, number, example = ''] of examples) {
    const hex = plain(example);
    t.ok(known.has(hex) || (number === '44' && plain(answers.approved).includes(hex)), `${number}: ${example}`);
  }
});
