import fc from 'fast-check';
import { test } from 'tap';
import { readTracks, sortTracks, tracksIn } from '../../../drivers/card-reader/tracks.ts';
import type { CardFault } from '../../../hal/card-reader.ts';

const t1 = '%B4111111111111111^DOE/JOHN^25122010000000000000?';
const t2 = ';4111111111111111=25122010000000000000?';
const t3 = ';014111111111111111=72400000000000000000030250000046008000000000=000000?';

const faultOf = (track2: string): CardFault | undefined => {
  const event = readTracks({ track2 });
  return event.type === 'cardFault' ? event.fault : undefined;
};

test('the tracks of a line, whatever stands around them', (t) => {
  for (const [line, texts] of [
    ['', []],
    ['hello', []],
    [t2, [t2]],
    [t1 + t2 + t3, [t1, t2, t3]],
    [`${t1}8${t2};`, [`${t1}8`, `${t2};`]],
    [`${t2};${t3}`, [`${t2};`, t3]],
    [`${t2};+${t3.slice(1)}`, [`${t2};`, `+${t3.slice(1)}`]],
    [`\n02 ${t1}${t2}\n`, [t1, t2]],
    [`pre ${t2}post`, [t2]],
    [`;41111111${t2}`, [t2]],
    [`%B4111${t1}${t2}`, [t1, t2]],
    [`${t2};4111`, [t2]],
    ['%E?;E?+E?', ['%E?', ';E?', '+E?']],
  ] as const) {
    t.strictSame(tracksIn(line), texts, line);
  }
  t.end();
});

test('which track is which', (t) => {
  t.strictSame(sortTracks([t1, t2, t3]), { track1: t1, track2: t2, track3: t3 });
  t.strictSame(sortTracks([t2, '+E?']), { track2: t2, track3: '+E?' });
  t.strictSame(sortTracks(['+E?', t2]), { track2: t2, track3: '+E?' });
  t.equal(sortTracks([t1, t2, t1]), undefined, 'two swipes that ran together');
  t.equal(sortTracks([t2, t3, t3]), undefined);
  t.end();
});

test('a card, with and without LRC', (t) => {
  const card = {
    entry: 'swipe',
    pan: '4111111111111111',
    expiry: '2512',
    serviceCode: '201',
    track2: '4111111111111111=25122010000000000000',
  };
  t.strictSame(readTracks({ track2: t2 }), { type: 'card', card });
  t.strictSame(readTracks({ track1: `${t1}8`, track2: `${t2};` }), { type: 'card', card });
  t.strictSame(readTracks({ track1: t1, track2: t2, track3: t3 }), {
    type: 'card',
    card: { ...card, track3: t3.slice(1, -1) },
  });
  t.end();
});

test('a card without an expiry', (t) => {
  for (const expiry of ['4912', '0000', '=']) {
    const event = readTracks({ track2: `;6212345678901232=${expiry}1200000000?` });
    t.match(event, { type: 'card', card: { pan: '6212345678901232', serviceCode: '120' } });
    t.notOk(event.type === 'card' && 'expiry' in event.card, expiry);
  }
  t.end();
});

test('what is wrong with a track 2', (t) => {
  t.strictSame(readTracks({ track1: t1 }), { type: 'cardFault', fault: 'unreadable' });
  for (const [track2, fault] of [
    [';E?', 'unreadable'],
    [`${t2}:`, 'badLrc'],
    [';4111111111111111=251220100000000000000?', 'badLength'],
    [';?', 'badFormat'],
    [';4111111111111111?', 'badFormat'],
    [';4111111111111111=2512?', 'badFormat'],
    [';4111111111111111=2500201?', 'badFormat'],
    [';4111111111111111=2513201?', 'badFormat'],
    [';4111111111111111=2512=000?', 'badFormat'],
    [';411111111111111A=2512201?', 'badFormat'],
    [';4111111111111111=2512201<?', 'badFormat'],
    ['4111111111111111=2512201?', 'badFormat'],
    [';4111111111111111=2512201', 'badFormat'],
    [';00000000000=2512201?', 'badLength'],
    [';00000000000000000000=2512201?', 'badLength'],
    [';4111111111111112=2512201?', 'badLuhn'],
  ] as const) {
    t.equal(faultOf(track2), fault, track2);
  }
  t.end();
});

test('the PAN has 12 to 19 digits', (t) => {
  for (const pan of ['000000000000', '6222020000000000000', '4222222222222']) {
    t.match(readTracks({ track2: `;${pan}=2512201?` }), { type: 'card', card: { pan } });
  }
  t.end();
});

test('track 1 must name the same card, when it is in order', (t) => {
  const track2 = ';5555555555554444=2512201?';
  t.strictSame(readTracks({ track1: t1, track2 }), { type: 'cardFault', fault: 'badFormat' });
  for (const track1 of [`${t1}9`, '%E?', '%Bnothing?', t1.replace('^DOE/JOHN^', '^^'), `%${'B'.repeat(77)}?`]) {
    t.match(readTracks({ track1, track2 }), { type: 'card' }, 'a track 1 out of order is left aside');
  }
  t.end();
});

test('track 3 is passed on when it is in order', (t) => {
  for (const track3 of [`${t3}0`, ';E?', ';01=5?', `;${'1'.repeat(105)}?`]) {
    const event = readTracks({ track2: t2, track3 });
    t.notOk(event.type === 'card' && 'track3' in event.card, track3);
  }
  const plus = `+${t3.slice(1)}`;
  const lrc = String.fromCharCode(Buffer.from(t3).reduce((parity, code) => parity ^ (code - 0x30), 0) + 0x30);
  t.match(readTracks({ track2: t2, track3: plus + lrc }), { type: 'card', card: { track3: t3.slice(1, -1) } });
  t.end();
});

const stripe = fc.string({ unit: fc.constantFrom(...'%;+?=^BE0123456789/ \n'.split('')), maxLength: 600 });
const tracksOfAny = fc.record({ track1: stripe, track2: stripe, track3: stripe }, { requiredKeys: [] });

test('any text gives a card that fits its port, or a fault', (t) => {
  const check = (event: ReturnType<typeof readTracks>): boolean => {
    if (event.type === 'cardFault') return true;
    const { pan, serviceCode, track2, track3 } = event.card;
    return (
      /^\d{12,19}$/.test(pan) &&
      /^\d{3}$/.test(serviceCode) &&
      /^[\d=]{17,37}$/.test(track2) &&
      /^[\d=]{15,104}$/.test(track3 ?? '0'.repeat(15))
    );
  };
  fc.assert(fc.property(tracksOfAny, (tracks) => check(readTracks(tracks))));
  fc.assert(
    fc.property(stripe, stripe, (before, after) => {
      const tracks = sortTracks(tracksIn(`${before}${t2}${after}`));
      return tracks === undefined || check(readTracks(tracks));
    }),
  );
  t.end();
});

test('one wrong character anywhere in a track 2 with LRC never gives another card', (t) => {
  const whole = `${t2};`;
  const misread: string[] = [];
  for (let at = 0; at < whole.length; at++) {
    for (let code = 0x30; code < 0x40; code++) {
      const wrong = whole.slice(0, at) + String.fromCharCode(code) + whole.slice(at + 1);
      if (wrong === whole) continue;
      const event = readTracks(sortTracks(tracksIn(wrong)) ?? {});
      if (event.type === 'card' && event.card.track2 !== t2.slice(1, -1)) misread.push(wrong);
    }
  }
  t.strictSame(misread, []);
  t.end();
});
