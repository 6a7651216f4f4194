import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { findCardData } from '../../firmware/card-data.ts';
import { testCards } from '../bench/cards.ts';

test('M9: every test card is found, as a number, in a track and in JSON', (t) => {
  for (const { pan } of Object.values(testCards)) {
    t.strictSame(findCardData(`{"card":"${pan}"}`), [{ kind: 'PAN', offset: 9 }], pan.slice(0, 6));
    t.match(
      findCardData(`;${pan}=30122010000000000?`).map(({ kind }) => kind),
      ['PAN', 'track'],
    );
    t.match(findCardData(`${pan}D30122010000000000`), [{ kind: 'track' }]);
    t.match(findCardData(`%B${pan}^CARD/TEST^3012201`), [{ kind: 'track' }]);
  }
  t.end();
});

test('M9: a key is found as hex of either case and as base64', (t) => {
  const key = randomBytes(16);
  for (const text of [key.toString('hex'), key.toString('hex').toUpperCase(), key.toString('base64')]) {
    t.match(findCardData(`x ${text} y`, [key]), [{ kind: 'key', offset: 2 }]);
  }
  t.strictSame(findCardData(randomBytes(64).toString('hex'), [key]), []);
  t.end();
});

test('what a terminal rightly tells is no card data', (t) => {
  const rightly = [
    '622200******1234',
    '{"at":1795000000005,"merchantId":"898110154110001","rrn":"123456789012","stan":123456}',
    '4111111111111112',
    '0f4111111111111111ab',
  ];
  for (const text of rightly) t.strictSame(findCardData(text), [], text);
  t.end();
});
