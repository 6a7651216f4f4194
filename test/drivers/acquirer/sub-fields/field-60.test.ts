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

test('60 is read back as it was packed', async () => {
  const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
  const readable = fc.record({
    capability: fc.constantFrom('2', '5', '6'),
    condition: fc.constantFrom('0', '2'),
  });
  fc.assert(
    fc.property(
      digits(2),
      digits(3),
      fc.option(readable, { nil: undefined }),
      fc.nat({ max: 999_999 }),
      (transactionType, networkCode, terminal, batch) => {
        const kind = { transactionType, networkCode, ...(terminal && { financial: true as const }) };
        const read = readKind(packKind(kind, batch as never, terminal?.capability, terminal?.condition));
        return read.ok && JSON.stringify(read.value) === JSON.stringify({ kind, batch, ...terminal });
      },
    ),
  );
});

test('60 with more behind it than the terminal knows is read, and one that is no 60 names its place', async (t) => {
  t.match(readKind('22000001000601048'), { ok: true, value: { batch: 1, capability: '6', condition: '0' } });
  t.match(readKind('22000001'), { ok: false, fault: { field: '60' } });
  t.match(readKind('220000010009'), { ok: false, fault: { field: '60.4' } });
  t.match(readKind('2200000100061'), { ok: false, fault: { field: '60.5' } });
  t.match(readKind('220000010002'), { ok: false, fault: { field: '60.5' } });
});
