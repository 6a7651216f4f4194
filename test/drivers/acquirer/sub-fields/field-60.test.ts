import fc from 'fast-check';
import { test } from 'tap';
import { packKind, readBatch, readKind } from '../../../../drivers/acquirer/sub-fields/field-60.ts';
import { batchNumber } from '../../../../hal/units.ts';

test('60 names the kind and the batch', async (t) => {
  const batch = batchNumber(726);
  t.equal(packKind({ transactionType: '22', networkCode: '000', financial: true }, batch), '2200072600020');
  t.equal(packKind({ transactionType: '22', networkCode: '000', financial: true }, batch, '5', '2'), '2200072600052');
  t.equal(packKind({ transactionType: '00', networkCode: '003' }, batch), '00000726003');
  t.equal(packKind({ transactionType: '00', networkCode: '301' }, 0), '00000000301');
});

test('60.2 of an answer', async (t) => {
  t.equal(readBatch('00000727003'), 727);
  t.equal(readBatch('22000727'), 727);
  for (const field60 of ['2200072', '00000000003', '']) t.equal(readBatch(field60), undefined);
});

test('60 is read back as it was packed', async (t) => {
  const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
  fc.assert(
    fc.property(
      digits(2),
      digits(3),
      fc.boolean(),
      fc.nat({ max: 999_999 }),
      (transactionType, networkCode, financial, batch) => {
        const kind = { transactionType, networkCode, ...(financial && { financial: true as const }) };
        return JSON.stringify(readKind(packKind(kind, batch as never))) === JSON.stringify({ kind, batch });
      },
    ),
  );
  t.equal(readKind('22000001'), undefined);
});
