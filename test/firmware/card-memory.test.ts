import { test } from 'tap';
import { CardMemory } from '../../firmware/card-memory.ts';

const card = {
  entry: 'swipe',
  pan: '4111111111111111',
  serviceCode: '101',
  track2: '4111111111111111=30121010000',
} as const;

test('the first card after the question is taken, and no second one replaces it', async (t) => {
  const memory = new CardMemory();
  t.equal(memory.take(card), false, 'nobody asked');
  memory.await();
  t.equal(memory.take(card), true);
  t.equal(memory.take({ ...card, pan: '6216261000000000018' }), false);
  t.equal(memory.pan, card.pan);
});

test('M9: after forget nothing is left', async (t) => {
  const memory = new CardMemory();
  memory.await();
  memory.take(card);
  memory.takePinBlock('0123456789ABCDEF');
  t.strictSame(memory.secrets(), { track2: card.track2, pinBlock: '0123456789ABCDEF' });
  memory.stop();
  t.equal(memory.pan, card.pan, 'the reader is disabled and the card stays until its answer');
  memory.forget();
  t.equal(memory.secrets(), undefined);
  t.equal(memory.pan, undefined);
  t.notMatch(JSON.stringify(memory), /4111/);
  memory.await();
  memory.takePinBlock('0123456789ABCDEF');
  memory.take(card);
  t.strictSame(memory.secrets(), { track2: card.track2 }, "a PIN that was still being entered is not the next card's");
});
