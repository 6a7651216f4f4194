import fc from 'fast-check';
import { test } from 'tap';
import {
  packRecords,
  packTotals,
  packUploadCount,
  readFlags,
  readRecords,
  readTotals,
  readUploadCount,
} from '../../../../drivers/acquirer/sub-fields/field-48.ts';
import { minorUnits, stan } from '../../../../hal/units.ts';

const tally = (amount: number, count: number) => ({ amount: minorUnits(amount), count });

test('48 of a settlement', async (t) => {
  const totals = {
    domestic: { debit: tally(15300, 3), credit: tally(5100, 1) },
    foreign: { debit: tally(100, 1), credit: tally(0, 0) },
  };
  t.equal(
    packTotals(totals),
    `${'000000015300'}${'003'}${'000000005100'}${'001'}${'0'}${'000000000100'}${'001'}${'000000000000'}${'000'}${'0'}`,
  );
  const crowded = { ...totals, domestic: { debit: tally(1, 1000), credit: tally(0, 0) } };
  t.throws(() => packTotals(crowded), RangeError);

  const answer = (domestic: string, foreign: string) => `${'1'.repeat(30)}${domestic}${'2'.repeat(30)}${foreign}`;
  t.strictSame(readFlags(answer('1', '2')), { ok: true, value: { domestic: 'balanced', foreign: 'unbalanced' } });
  t.strictSame(readFlags(answer('3', '1')), { ok: true, value: { domestic: 'error', foreign: 'balanced' } });
  t.match(readFlags(answer('0', '1')), { ok: false, fault: { field: '48.domestic' } });
  t.match(readFlags(answer('1', '4')), { ok: false, fault: { field: '48.foreign' } });
  t.match(readFlags(answer('1', '').slice(0, 61)), { ok: false, fault: { field: '48' } });
  t.match(readTotals('1'.repeat(61)), { ok: false, fault: { field: '48' } });
});

test('48 of an upload', async (t) => {
  const record = { half: 'domestic', stan: stan(101), pan: '6212345678901232', amount: minorUnits(5100) } as const;
  const foreign = { ...record, half: 'foreign', pan: '4111111111111111' } as const;
  t.equal(
    packRecords([record, foreign]),
    `${'02'}${'00'}${'000101'}${'00006212345678901232'}${'000000005100'}${'01'}${'000101'}${'00004111111111111111'}${'000000005100'}`,
  );
  t.equal(packRecords(Array.from({ length: 8 }, () => record)).length, 322);
  t.throws(() => packRecords([]), RangeError);
  t.throws(() => packRecords(Array.from({ length: 9 }, () => record)), RangeError);
  t.throws(() => packRecords([{ ...record, pan: '62123' }]), { message: /^(?!.*62123)/ });
  t.match(readRecords('02'), { ok: false, fault: { field: '48' } });
  t.match(readRecords(`01${'02'}${'0'.repeat(38)}`), { ok: false, fault: { field: '48.1' } });
  t.match(readRecords(`01${'00'}${'0'.repeat(38)}`), { ok: false, fault: { field: '48.1', what: /card number/ } });
  for (const field48 of ['', '123', '12345', 'abcd']) {
    t.match(readUploadCount(field48), { ok: false, fault: { field: '48' } });
  }
});

test('48 is read back as it was packed', async () => {
  const some = fc.record({ amount: fc.nat({ max: 999_999_999_999 }), count: fc.nat({ max: 999 }) });
  const half = fc.record({ debit: some, credit: some });
  fc.assert(
    fc.property(fc.record({ domestic: half, foreign: half }), (totals) => {
      const read = readTotals(packTotals(totals as never));
      return read.ok && JSON.stringify(read.value) === JSON.stringify(totals);
    }),
  );
  const record = fc.record({
    half: fc.constantFrom('domestic', 'foreign'),
    stan: fc.integer({ min: 1, max: 999_999 }),
    pan: fc.stringMatching(/^[1-9]\d{11,18}$/),
    amount: fc.nat({ max: 999_999_999_999 }),
  });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), (records) => {
      const read = readRecords(packRecords(records as never));
      return read.ok && JSON.stringify(read.value) === JSON.stringify(records);
    }),
  );
  fc.assert(
    fc.property(fc.nat({ max: 9999 }), (count) => {
      const read = readUploadCount(packUploadCount(count));
      return read.ok && read.value === count;
    }),
  );
});
