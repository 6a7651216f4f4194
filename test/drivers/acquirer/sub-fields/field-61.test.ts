import fc from 'fast-check';
import { test } from 'tap';
import { packOriginal, readOriginal } from '../../../../drivers/acquirer/sub-fields/field-61.ts';
import { batchNumber, stan } from '../../../../hal/units.ts';

test('61 names the original, by what the message tells of it', async (t) => {
  t.equal(packOriginal({ batch: batchNumber(1), stan: stan(101), date: '1122' }), '0000010001011122');
  t.equal(packOriginal({ batch: batchNumber(1), stan: stan(101) }), '000001000101');
  t.equal(packOriginal({ batch: 0, stan: 0, date: '1122' }), '0000000000001122');
  t.throws(() => packOriginal({ batch: 0, stan: 0, date: '112' }), RangeError);
});

test('61 is read back as it was packed', async (t) => {
  const date = fc.option(fc.stringMatching(/^\d{4}$/), { nil: undefined });
  const number = fc.nat({ max: 999_999 });
  fc.assert(
    fc.property(number, number, date, (batch, trace, day) => {
      const original = { batch, stan: trace, ...(day !== undefined && { date: day }) };
      const read = readOriginal(packOriginal(original as never));
      return read.ok && JSON.stringify(read.value) === JSON.stringify(original);
    }),
  );
  for (const field61 of ['', '00000100010', '0000010001011']) {
    t.match(readOriginal(field61), { ok: false, fault: { field: '61' } }, field61);
  }
});
