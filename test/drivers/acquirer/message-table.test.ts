import { test } from 'tap';
import { hasMac, type MessageRow, messages, signOnRow, trades } from '../../../drivers/acquirer/message-table.ts';

const rows: readonly (readonly [string, MessageRow, string, string, boolean])[] = [
  ['sale', trades.sale.request, '0200', '22000', true],
  ['reversal of a sale', trades.sale.reversal, '0400', '22000', true],
  ['sign-on', signOnRow('003'), '0800', '00003', false],
  ['settlement', messages.settlement, '0500', '00201', false],
  ['upload', messages.upload, '0320', '00201', false],
  ['balanced end', messages.balancedEnd, '0320', '00207', false],
  ['unbalanced end', messages.unbalancedEnd, '0320', '00202', false],
  ['echo', messages.echo, '0820', '00301', false],
];

for (const [name, row, mti, kind, mac] of rows) {
  test(`the row of ${name}`, async (t) => {
    t.equal(row.mti, mti);
    t.equal(`${row.kind.transactionType}${row.kind.networkCode}`, kind);
    t.equal(hasMac(row), mac);
    t.equal(row.mandatory.includes(3), row.processingCode !== undefined);
    t.equal(row.mandatory.includes(25), row.conditionCode !== undefined);
    t.strictSame(
      row.mandatory.filter((field) => row.conditional.includes(field)),
      [],
    );
  });
}

test('a reversal repeats its request without tracks and PIN', async (t) => {
  const { request, reversal } = trades.sale;
  t.strictSame(
    [...reversal.mandatory].sort((a, b) => a - b),
    [3, 4, 11, 22, 25, 39, 41, 42, 49, 60, 64],
  );
  t.strictSame(reversal.conditional, [2, 14, 23, 55, 38]);
  t.equal(reversal.processingCode, request.processingCode);
  t.equal(reversal.conditionCode, request.conditionCode);
  t.equal(reversal.kind, request.kind);
});
