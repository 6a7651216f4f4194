import { test } from 'tap';
import { digits, packAmount, packStan, packText, readText } from '../../../../drivers/acquirer/sub-fields/text.ts';
import { minorUnits, stan } from '../../../../hal/units.ts';

test('numbers have their width', async (t) => {
  t.equal(packAmount(minorUnits(5100)), '000000005100');
  t.equal(packAmount(minorUnits(999_999_999_999)), '999999999999');
  t.equal(packStan(stan(101)), '000101');
  t.equal(digits(12, 4), '0012');
  for (const value of [10_000, -1, 1.5, Number.NaN]) t.throws(() => digits(value, 4), RangeError);
});

test('a character of two bytes is never halved', async (t) => {
  t.equal(packText('中国', 3).length, 3);
  t.equal(readText(packText('中国', 3)), '中');
  t.equal(readText(packText('中国', 4)), '中国');
  t.equal(readText('   '), undefined);
});
