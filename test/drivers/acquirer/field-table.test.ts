import { test } from 'tap';
import { fieldNumbers, fieldTable } from '../../../drivers/acquirer/field-table.ts';

test('the table is in the order of the bitmap and can be told in its prefixes', async (t) => {
  t.strictSame(
    [...fieldNumbers].sort((a, b) => a - b),
    fieldNumbers,
  );
  for (const number of fieldNumbers) {
    const { length, max } = fieldTable[number];
    t.ok(number >= 2 && number <= 64);
    t.ok(length === 'fixed' || max <= (length === 'LL' ? 99 : 999), `field ${number}`);
  }
});
