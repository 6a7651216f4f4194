import { test } from 'tap';
import { minorUnits, stan } from '../../hal/units.ts';

test('money and trace numbers stay within their fields', async (t) => {
  t.equal(minorUnits(999_999_999_999), 999_999_999_999);
  t.throws(() => minorUnits(1.5), /an amount must be an integer/);
  t.throws(() => minorUnits(-1));
  t.throws(() => minorUnits(1_000_000_000_000));
  t.equal(stan(999_999), 999_999);
  t.throws(() => stan(0), /a trace number/);
});
