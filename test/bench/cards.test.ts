import { test } from 'tap';
import { type TestCard, testCard, testCards } from './cards.ts';

/** Luhn's sum by the table of doubled digits, from the right. */
const luhnSum = (pan: string): number =>
  Array.from(pan)
    .reverse()
    .map((digit, place) => Number(place % 2 === 1 ? '0246813579'[Number(digit)] : digit))
    .reduce((sum, value) => sum + value, 0);

for (const [key, card] of Object.entries<TestCard>(testCards)) {
  test(`the card ${key} is one that a bank could have made`, async (t) => {
    t.equal(card.name, key);
    t.match(card.pan, /^(?:[0-9]{16}|[0-9]{19})$/);
    t.equal(luhnSum(card.pan) % 10, 0, 'Luhn');
    t.match(card.pin, /^[0-9]{4,12}$/);
    t.match(card.expiry, /^[0-9]{2}(?:0[1-9]|1[0-2])$/);
    t.match(card.serviceCode, /^[1256][024][0-7]$/);
    t.match(card.holder, /^[A-Z]{2,20}\/[A-Z]{2,5}$/);
    t.match(card.discretionary, /^[0-9]+$/);
    t.equal(card.foreign, !card.pan.startsWith('62'), 'UnionPay numbers are domestic');
    t.notOk(card.discretionary.includes(card.pin), 'the PIN is not on the stripe');
    t.equal(testCard(key), card);
  });
}

test('each number belongs to one card, and an unknown name is told the known ones', async (t) => {
  const cards = Object.values(testCards);
  t.equal(new Set(cards.map((card) => card.pan)).size, cards.length);
  t.throws(() => testCard('gold'), { message: /gold: take debit, debit16, credit/ });
});
