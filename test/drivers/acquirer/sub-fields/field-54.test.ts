import fc from 'fast-check';
import { test } from 'tap';
import { packBalances, readBalances } from '../../../../drivers/acquirer/sub-fields/field-54.ts';

test('54 tells what is on the account', async (t) => {
  t.strictSame(readBalances('3002156C000000123456'), {
    ok: true,
    value: [{ accountType: '30', amountType: '02', currency: '156', amount: 123_456 }],
  });
  t.match(readBalances('1001156D000000000100'), { value: [{ amount: -100 }] }, 'what is owed is less than nothing');
  const nothing = readBalances('1001156D000000000000');
  t.ok(nothing.ok && Object.is(nothing.value[0]?.amount, 0), 'nothing owed is nothing, without a sign');
  const good = '3002156C000000123456';
  for (const [field54, field] of [
    ['', '54'],
    [good.slice(1), '54'],
    ['3002156X000000123456', '54.1'],
    [`${good}300215CC000000123456`, '54.2'],
  ] as const) {
    t.match(readBalances(field54), { ok: false, fault: { field } }, field54);
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
      const read = readBalances(packBalances(balances));
      return read.ok && JSON.stringify(read.value) === JSON.stringify(balances);
    }),
  );
});
