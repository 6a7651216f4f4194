import fc from 'fast-check';
import { test } from 'tap';
import { packBalances, readBalances } from '../../../../drivers/acquirer/sub-fields/field-54.ts';

test('54 tells what is on the account', async (t) => {
  t.strictSame(readBalances('3002156C000000123456'), [
    { accountType: '30', amountType: '02', currency: '156', amount: 123_456 },
  ]);
  t.match(readBalances('1001156D000000000100'), [{ amount: -100 }], 'what is owed is less than nothing');
  for (const field54 of ['', '3002156C00000012345', '3002156X000000123456', '300215CC000000123456']) {
    t.equal(readBalances(field54), undefined, field54);
  }
});

test('54 is read back as it was packed', async () => {
  const balance = fc.record({
    accountType: fc.stringMatching(/^\d\d$/),
    amountType: fc.stringMatching(/^\d\d$/),
    currency: fc.stringMatching(/^\d{3}$/),
    amount: fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }),
  });
  fc.assert(
    fc.property(fc.array(balance, { minLength: 1, maxLength: 6 }), (balances) => {
      return JSON.stringify(readBalances(packBalances(balances))) === JSON.stringify(balances);
    }),
  );
});
