import { isDeepStrictEqual } from 'node:util';
import { test } from 'tap';
import { maskEvent, maskFact, unmaskEvent, unmaskFact } from '../../../firmware/export/masked.ts';
import { fold } from '../../../state-machine/book.ts';
import type { Event } from '../../../state-machine/events.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { walk } from '../../state-machine/walk.ts';
import { approval, card, provisioned, signedOn } from '../../state-machine/world.ts';

const secretCard = { ...card, sealedPan: 'SEALED', cardHash: '0123456789abcdef' };
const time = { at: 1, wall: 2, id: 'id' } as unknown as Pick<Event, 'at' | 'wall' | 'id'>;

/** Facts with a card as a terminal has it. */
const withCard = (fact: Fact): Fact => {
  if (fact.type === 'intended') return { ...fact, card: secretCard };
  return fact.type === 'carried' ? { ...fact, sale: { ...fact.sale, card: secretCard } } : fact;
};

test('M9: a masked fact has no sealed card number and no whole hash, and folds to the same book', (t) => {
  const types = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const facts = walk(seed, 300, () => undefined).map(withCard);
    const masked = facts.map(maskFact);
    const text = JSON.stringify(masked);
    if (/SEALED|0123456789abcdef|sealedPan|cardHash/.test(text)) t.fail(`seed ${seed} leaks`);
    const again = masked.map((fact) => unmaskFact(JSON.parse(JSON.stringify(fact))));
    const bare = JSON.stringify(fold(facts)).replaceAll('SEALED', '').replaceAll('0123456789abcdef', '01234567');
    if (!isDeepStrictEqual(fold(again), JSON.parse(bare))) t.fail(`seed ${seed} folds to another book`);
    for (const { type } of facts) types.add(type);
  }
  t.ok(types.size >= 18, `facts of ${types.size} types were seen`);
  t.end();
});

test('M9: what nobody listed is dropped, however deep', (t) => {
  const intended = { ...provisioned, type: 'intended', saleId: 's', kind: 'sale', stan: 1, amount: 5, operator: '01' };
  const fact = {
    ...intended,
    card: { ...secretCard, track2: 'TRACK' },
    pinEntered: true,
    pan: 'PAN',
  } as unknown as Fact;
  t.strictSame(maskFact(fact), {
    type: 'intended',
    at: provisioned.at,
    saleId: 's',
    kind: 'sale',
    stan: 1,
    amount: 5,
    card: { masked: '622200******1234', entry: 'swipe', tag: '01234567' },
    pinEntered: true,
    operator: '01',
  });
  const approved = { ...approval, pan: 'PAN', field55: 'CHIP' };
  const event = { ...time, type: 'authorised', effect: 'e', answer: approved } as unknown as Event;
  t.notMatch(JSON.stringify(maskEvent(event)), /PAN|CHIP/);
  t.end();
});

test('M9: a sign-on answer loses its PIN key, and is an answer all the same', (t) => {
  const event = {
    ...time,
    type: 'signOnAnswered',
    effect: 'e',
    answer: { ...signedOn, pinKey: 'KEY' },
  } as unknown as Event;
  const masked = maskEvent(event);
  t.notMatch(JSON.stringify(masked), /KEY/);
  t.match(unmaskEvent(masked), { answer: { outcome: 'signedOn', batch: 1, hostTime: '130000' } });
  t.end();
});

test('the same card has the same tag, and can be told from another one', (t) => {
  const event = (cardHash: string) => ({ ...time, type: 'card', card: { ...secretCard, cardHash } }) as Event;
  t.strictSame(maskEvent(event('aaaaaaaa11')), maskEvent(event('aaaaaaaa11')));
  t.notSame(maskEvent(event('aaaaaaaa11')), maskEvent(event('bbbbbbbb11')));
  t.match(unmaskEvent(maskEvent(event('aaaaaaaa11'))), { card: { cardHash: 'aaaaaaaa', sealedPan: '' } });
  t.end();
});

test('what is no fact is refused in masking as in reading', (t) => {
  t.throws(() => maskFact({ type: 'invented', at: 1 } as unknown as Fact));
  t.throws(() => maskFact({ type: 'notSent', at: 'noon', saleId: 's' } as unknown as Fact));
  t.end();
});
