import { inspect } from 'node:util';
import { type Test, test } from 'tap';
import { HandClock } from '../../support/hand-clock.ts';
import { openLine } from '../terminal-side.ts';
import { frame } from './frame.ts';
import { VirtualPinPad } from './virtual-pin-pad.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const masterKey = bytes('0123456789ABCDEFFEDCBA9876543210');

/** PAN 6212345678901232 and the working key 1111222233334444AAAABBBBCCCCDDDD under the master key. */
const request = bytes(
  `02 5A36302E 36323132333435363738393031323332 1C
   3530463243464133363139464641333334314242303946314333304441433335 03 68`.replace(/\s/g, ''),
);
/** PIN 123456: the block AA6011445EFAC617, computed with openssl. */
const entered = bytes('02 37312E 30 3036 3031 41413630313134343545464143363137 03 1E');
const bypassed = bytes('02 37312E 30 3030 3031 30303030303030303030303030303030 03 1A');
const ack = bytes('06');
const nak = bytes('15');
const eot = bytes('04');

const rig = async (t: Test, settings: { masterKey?: Buffer; entryTimeoutMs?: number } = {}) => {
  const { far, near } = await openLine(t);
  const clock = new HandClock();
  const pad = new VirtualPinPad(clock, { masterKey, ...settings });
  pad.attach(far);
  const expect = async (wanted: Buffer, what: string) => t.same(await near.take(wanted.length), wanted, what);
  /** Proves that the pad has sent nothing more: a byte sent now is the next that comes. */
  const quiet = async () => {
    pad.unmute();
    pad.babble(bytes('7E'));
    await expect(bytes('7E'), 'nothing else was sent');
  };
  return { clock, pad, near, expect, quiet };
};

test('a PIN is asked for, entered, encrypted and acknowledged', async (t) => {
  const { clock, pad, near, expect, quiet } = await rig(t);
  pad.willEnter('123456');
  await near.write(request);
  await expect(ack, 'the request is taken');
  await expect(entered, 'and answered');
  await near.write(ack);
  t.strictSame(await pad.until('acknowledged'), { type: 'acknowledged' });
  t.strictSame(pad.events, [
    { type: 'request', pan: '621234******1232', keyBytes: 16 },
    { type: 'answered', end: 'entered' },
    { type: 'acknowledged' },
  ]);
  t.equal(clock.pending, 0);
  await near.write(request);
  await expect(Buffer.concat([ack, entered]), 'he enters it again when he is asked again');
  await near.write(ack);
  await pad.until('acknowledged', 2);
  await quiet();
});

test('a request is understood byte by byte', async (t) => {
  const { pad, near, expect } = await rig(t);
  pad.willEnter('123456');
  for (const byte of request) await near.write(Buffer.of(byte));
  await expect(Buffer.concat([ack, entered]), 'answered once');
});

test('a working key of 8 bytes encrypts by single DES', async (t) => {
  const { pad, near, expect } = await rig(t);
  pad.willEnter('123456');
  await near.write(frame('Z60.6212345678901232\x1c1A4D672DCA6CB335'));
  await expect(Buffer.concat([ack, frame('71.0060130C26B42CEE7F241')]), 'as openssl does under 0123456789ABCDEF');
});

test('the cardholder bypasses, cancels, stays away, comes late', async (t) => {
  const { clock, pad, near, expect } = await rig(t, { entryTimeoutMs: 30_000 });
  pad.willBypass();
  await near.write(request);
  await expect(Buffer.concat([ack, bypassed]), 'no PIN');
  await near.write(ack);
  await pad.until('acknowledged');

  pad.willCancel();
  await near.write(request);
  await expect(Buffer.concat([ack, eot]), 'cancelled');

  pad.willStaySilent();
  await near.write(request);
  await expect(ack, 'taken');
  clock.advance(29_999);
  t.notMatch(pad.events.at(-1), { end: 'timedOut' });
  clock.advance(1);
  await expect(eot, 'timed out');

  pad.willAnswerLate(5000);
  pad.willEnter('123456');
  await near.write(request);
  await expect(ack, 'taken');
  clock.advance(4999);
  t.match(pad.events.at(-1), { type: 'request' });
  clock.advance(1);
  await expect(entered, 'late');

  pad.willAnswerLate(0);
  pad.willStaySilent();
  await near.write(request);
  await expect(ack, 'taken');
  pad.willEnter('123456');
  await expect(entered, 'he comes while the request runs');
  t.strictSame(
    pad.events.flatMap((event) => (event.type === 'answered' ? [event.end] : [])),
    ['bypassed', 'cancelled', 'timedOut', 'entered', 'entered'],
  );
});

test('the host takes a request back', async (t) => {
  const { clock, pad, near, expect, quiet } = await rig(t);
  pad.willAnswerLate(1000);
  pad.willEnter('123456');
  await near.write(request);
  await expect(ack, 'taken');
  await near.write(eot);
  await pad.until('withdrawn');
  clock.advance(120_000);
  await quiet();
  await near.write(eot);
  await near.write(frame('Z2OK'));
  await expect(ack, 'an EOT between requests changes nothing');
  t.equal(pad.events.filter((event) => event.type === 'withdrawn').length, 1);
});

test('an answer is sent again until it is taken, three times at most', async (t) => {
  const { clock, pad, near, expect, quiet } = await rig(t);
  pad.willEnter('123456');
  await near.write(request);
  await expect(Buffer.concat([ack, entered]), 'first');
  await near.write(nak);
  await expect(entered, 'refused, sent again');
  clock.advance(3000);
  await expect(entered, 'not acknowledged, sent again');
  await near.write(nak);
  await expect(eot, 'given up');
  await quiet();
  await near.write(nak);
  t.match(await pad.until('complaint'), { what: /refused, and none was sent/ });
  await near.write(ack);
  t.match(await pad.until('complaint', 2), { what: /acknowledged, and none was sent/ });
});

test('what is wrong is refused, and told without what it held', async (t) => {
  const { pad, near, expect, quiet } = await rig(t);
  pad.willEnter('123456');
  const wrong = Buffer.from(request);
  wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 1, wrong.length - 1);
  await near.write(wrong);
  await expect(nak, 'a wrong LRC');
  await near.write(frame('Z99'));
  await expect(nak, 'a message that it does not know');
  await near.write(bytes('41 42'));
  await pad.until('complaint', 3);
  await quiet();
  await near.write(frame('Z60.62123456\x1cXYZ'));
  await expect(Buffer.concat([ack, bytes('02 37 31 35 03 30')]), 'a bad key: error 5');
  t.same(await pad.until('answered'), { type: 'answered', end: 'failed' });
  t.notMatch(JSON.stringify(pad.events), /XYZ|62123456/);
});

test('a request that comes twice runs once, and another one has to wait', async (t) => {
  const { pad, near, expect } = await rig(t);
  await near.write(request);
  await expect(ack, 'taken');
  await near.write(request);
  await expect(ack, 'the host missed the acknowledgement');
  await near.write(frame('Z60.4111111111111111\x1c1A4D672DCA6CB335'));
  await expect(nak, 'one at a time');
  pad.willEnter('123456');
  await expect(entered, 'one answer, to the first');
  t.equal(pad.events.filter((event) => event.type === 'request').length, 1);
});

test('the faults of a pad and its line', async (t) => {
  const { pad, near, expect, quiet } = await rig(t);
  pad.willEnter('123456');
  pad.nakNext(2);
  await near.write(request);
  await expect(nak, 'refused');
  await near.write(request);
  await expect(nak, 'refused again');
  pad.spoilLrcNext(1);
  await near.write(request);
  const spoiled = Buffer.from(entered);
  spoiled.writeUInt8(0x1f, spoiled.length - 1);
  await expect(Buffer.concat([ack, spoiled]), 'a wrong LRC');
  pad.replyTwiceNext(1);
  await near.write(nak);
  await expect(Buffer.concat([entered, entered]), 'sent twice');
  await near.write(Buffer.concat([ack, ack]));
  await pad.until('acknowledged', 2);

  pad.replyBeforeAckNext(1);
  await near.write(request);
  await expect(Buffer.concat([entered, ack]), 'in the wrong order');
  await near.write(ack);
  await pad.until('acknowledged', 3);

  pad.willFail('9');
  await near.write(request);
  await expect(Buffer.concat([ack, bytes('02 37 31 39 03 3C')]), 'an error');
  await near.write(ack);

  pad.mute();
  await near.write(request);
  await pad.until('answered', 4);
  await quiet();
  t.notOk(
    pad.events.some((event) => event.type === 'complaint'),
    'none of it was the host’s fault',
  );
});

test('a text is shown', async (t) => {
  const { pad, near, expect } = await rig(t);
  await near.write(bytes('02 5A32 C7EBC8A1BFA8 03 39'));
  await expect(ack, 'taken');
  t.same(await pad.until('text'), { type: 'text', text: '请取卡' });
  await near.write(frame(`Z2${'x'.repeat(33)}`));
  await expect(ack, 'taken');
  t.match(await pad.until('complaint'), { what: /33 columns/ });
  t.match(await pad.until('text', 2), { text: 'x'.repeat(32) });
});

test('nothing that the pad tells has a PIN, a key or a card number in it', async (t) => {
  const { pad, near, expect } = await rig(t);
  pad.willEnter('123456');
  await near.write(request);
  await expect(Buffer.concat([ack, entered]), 'answered');
  const told = JSON.stringify(pad.events) + inspect(pad, { depth: 9, showHidden: true });
  t.notMatch(told, /123456(?!\*)/);
  t.notMatch(told, /6212345678901232|AA6011445EFAC617|50F2CFA3/i);
});

test('a script that no cardholder could follow is a mistake of the test', async (t) => {
  const pad = new VirtualPinPad(new HandClock(), { masterKey });
  t.throws(() => pad.willEnter('123'), RangeError);
  t.throws(() => pad.willFail('10'), RangeError);
  t.throws(() => new VirtualPinPad(new HandClock(), { masterKey: Buffer.alloc(24) }), RangeError);
});
