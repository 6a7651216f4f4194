import { test } from 'tap';
import { HandClock } from '../../support/hand-clock.ts';
import { type TestCard, testCards } from '../cards.ts';
import { openLine } from '../terminal-side.ts';
import { lrcOf, type Track, trackOf } from './tracks.ts';
import { type Swipe, VirtualCardReader } from './virtual-card-reader.ts';

const visa1 = '%B4111111111111111^DOE/JOHN^28121018250617394026?';
const visa2 = ';4111111111111111=28121018250617394026?';

test('the check characters are those of the standard', async (t) => {
  t.equal(lrcOf(';4111111111111111=25122010000000000000?', 2), ';');
  t.equal(lrcOf('%B4111111111111111^DOE/JOHN^25122010000000000000?', 1), '8');
});

for (const card of Object.values<TestCard>(testCards)) {
  test(`the tracks of the card ${card.name} keep to their lengths`, async (t) => {
    const one = trackOf(card, 1);
    const two = trackOf(card, 2);
    const three = trackOf(card, 3);
    t.match(one, /^%B[0-9]{16,19}\^[A-Z/]{2,26}\^[0-9]{7,}\?$/);
    t.match(two, /^;[0-9]{16,19}=[0-9]{7,}\?$/);
    t.match(three, /^;99[0-9]{16,19}=156156[0-9=]+\?$/);
    t.ok(one.length + 1 <= 79 && two.length + 1 <= 40 && three.length + 1 <= 107, 'with their LRC');
    for (const [track, text, base] of [
      [1, one, 0x20],
      [2, two, 0x30],
      [3, three, 0x30],
    ] as const) {
      const bits = Array.from(text + lrcOf(text, track), (character) => character.charCodeAt(0) - base);
      t.equal(
        bits.reduce((sum, value) => sum ^ value),
        0,
        'each column of bits has even parity',
      );
    }
  });
}

test('a swipe sends its tracks once and ends with a carriage return', async (t) => {
  const { far, near } = await openLine(t);
  const reader = new VirtualCardReader(new HandClock());
  reader.attach(far);
  const swiped = async (swipe: Swipe, expected: string) => {
    reader.swipe(testCards.visa, swipe);
    t.equal((await near.take(expected.length)).toString('latin1'), expected);
  };
  await swiped({}, `${visa1}${visa2}\r`);
  await swiped({ tracks: [2] }, `${visa2}\r`);
  await swiped({ tracks: [2], lrc: true }, `${visa2}${lrcOf(visa2, 2)}\r`);
  await swiped({ tracks: [2], badLrc: true }, `${visa2}${String.fromCharCode(lrcOf(visa2, 2).charCodeAt(0) ^ 1)}\r`);
  await swiped({ tracks: [2], badLuhn: true }, `${visa2.replace('1=', '2=')}\r`);
  await swiped({ tracks: [2], cut: 10 }, ';411111111');
  await swiped({ tracks: [2], cut: -1 }, visa2);
  await swiped({ tracks: [2], noise: Uint8Array.of(0x00, 0xff, 0x3f) }, `\x00\xff?${visa2}\r`);
  await swiped({ tracks: [] }, '\r');
  const order: Track[] = [2, 3];
  await swiped({ tracks: order }, `${visa2}${trackOf(testCards.visa, 3)}\r`);
});

test('a swipe in two halves comes when its pause is over, or never when the reader is pulled out', async (t) => {
  const { far, near } = await openLine(t);
  const clock = new HandClock();
  const reader = new VirtualCardReader(clock);
  reader.attach(far);
  reader.swipe(testCards.visa, { tracks: [2], twoHalvesWithPause: 200 });
  const half = (visa2.length + 1) >> 1;
  t.equal((await near.take(half)).toString(), visa2.slice(0, half));
  t.equal(clock.pending, 1);
  clock.advance(200);
  t.equal((await near.take(visa2.length + 1 - half)).toString(), `${visa2.slice(half)}\r`);
  reader.swipe(testCards.visa, { twoHalvesWithPause: 200 });
  reader.detach();
  t.equal(clock.pending, 0);
});
