import { test } from 'tap';
import {
  packAmount,
  packEntryMode,
  packKind,
  packOperator,
  packOriginal,
  packRecords,
  packSecurity,
  packStan,
  packTerminalInfo,
  packTotals,
  packUploadCount,
  readBatch,
  readCardOrganisation,
  readFlags,
  readInstitutions,
} from '../../../drivers/acquirer/sub-fields.ts';
import { batchNumber, minorUnits, stan } from '../../../hal/units.ts';

test('numbers have their width', async (t) => {
  t.equal(packAmount(minorUnits(5100)), '000000005100');
  t.equal(packAmount(minorUnits(999_999_999_999)), '999999999999');
  t.equal(packStan(stan(101)), '000101');
  t.equal(packUploadCount(12), '0012');
  t.throws(() => packUploadCount(10_000), RangeError);
  t.throws(() => packUploadCount(-1), RangeError);
  t.throws(() => packUploadCount(1.5), RangeError);
});

test('22 and 53 tell of the PIN', async (t) => {
  t.equal(packEntryMode('swipe', true), '021');
  t.equal(packEntryMode('swipe', false), '022');
  t.equal(packSecurity(true), '2600000000000000');
  t.equal(packSecurity(false), '0600000000000000');
});

test('60 names the kind and the batch', async (t) => {
  const batch = batchNumber(726);
  t.equal(packKind({ transactionType: '22', networkCode: '000', terminal: '20' }, batch), '2200072600020');
  t.equal(packKind({ transactionType: '00', networkCode: '003' }, batch), '00000726003');
  t.equal(packKind({ transactionType: '00', networkCode: '301' }, 0), '00000000301');
  t.equal(readBatch('00000727003'), 727);
  t.equal(readBatch('22000727'), 727);
  t.equal(readBatch('2200072'), undefined);
  t.equal(readBatch('00000000003'), undefined);
  t.equal(readBatch(''), undefined);
});

test('61 names the original', async (t) => {
  t.equal(packOriginal({ batch: batchNumber(1), stan: stan(101), date: '1122' }), '0000010001011122');
});

test('62 and 63 of a sign-on', async (t) => {
  t.equal(String(packTerminalInfo('310000000042')), 'Sequence No12310000000042');
  t.equal(packOperator('01'), '01 ');
  for (const operator of ['1', '001', 'ab']) t.throws(() => packOperator(operator), RangeError);
});

test('44 and 63 of an answer, in GBK', async (t) => {
  t.strictSame(readInstitutions('0102       0103       '), { issuer: '0102', acquirer: '0103' });
  const gbk = Buffer.from('D6D0B9FAD2F8D0D0202020', 'hex').toString('latin1');
  t.strictSame(readInstitutions(gbk), { issuer: '中国银行', acquirer: undefined });
  t.strictSame(readInstitutions(''), { issuer: undefined, acquirer: undefined });
  t.equal(readCardOrganisation(`CUP${' '.repeat(60)}`), 'CUP');
  t.equal(readCardOrganisation('   '), undefined);
});

test('48 of a settlement', async (t) => {
  const tally = (amount: number, count: number) => ({ amount: minorUnits(amount), count });
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
  t.strictSame(readFlags(answer('1', '2')), { ok: true, domestic: 'balanced', foreign: 'unbalanced' });
  t.strictSame(readFlags(answer('3', '1')), { ok: true, domestic: 'error', foreign: 'balanced' });
  t.match(readFlags(answer('0', '1')), { ok: false, fault: { field: '48.domestic' } });
  t.match(readFlags(answer('1', '4')), { ok: false, fault: { field: '48.foreign' } });
  t.match(readFlags(answer('1', '').slice(0, 61)), { ok: false, fault: { field: '48' } });
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
});
