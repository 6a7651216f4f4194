import { type Test, test } from 'tap';
import type { LinkEvent } from '../../../hal/device.ts';
import type { PinRequest } from '../../../hal/pin-pad.ts';
import { minorUnits } from '../../../hal/units.ts';
import { pinPadContract } from '../../contract/pin-pad.contract.ts';
import { ReportLog } from '../../support/report-log.ts';
import { contractRig, padRig, type WirePad } from './wire-pad.ts';

const request: PinRequest = {
  pan: '4111111111111111',
  pinKey: '0123456789ABCDEFFEDCBA9876543210',
  amount: minorUnits(1234),
  timeoutMs: 30_000,
};
const eot = '04';
const ack = '06';
const nak = '15';
const amountFrame = '025a3231322e33340341';
const requestFrame =
  '025a36302e343131313131313131313131313131311c30313233343536373839414243444546464544434241393837363534333231300368';
const enteredFrame = '0237312e3030343031423143324433453446353036313732380363';
const bypassedFrame = '0237312e303030303130303030303030303030303030303030031a';
const errorFrame = '023731350330';
const entered = { outcome: 'entered', block: 'B1C2D3E4F5061728' };

/** A claimed driver and the pad at its far end, past the EOT that greets it. */
const claimed = async (t: Test) => {
  const rig = padRig(t);
  const log = new ReportLog<LinkEvent>();
  const wire = await rig.plug();
  await rig.pad.claim(log.add);
  t.equal(await wire.next(), eot, 'a pad that still asks for an earlier run is stopped');
  return { ...rig, log, wire };
};

/** Plays the pad up to where the cardholder is asked. */
const acceptRequest = async (t: Test, wire: WirePad): Promise<void> => {
  t.equal(await wire.next(), amountFrame);
  wire.send(ack);
  t.equal(await wire.next(), requestFrame);
  wire.send(ack);
};

test('fulfils the contract of a PIN pad', (t) => {
  pinPadContract(t, (st) => Promise.resolve(contractRig(st)));
  t.end();
});

test('a PIN entry, to the byte', async (t) => {
  const { pad, wire } = await claimed(t);
  const outcome = pad.requestPin(request);
  await acceptRequest(t, wire);
  wire.send(enteredFrame);
  t.strictSame(await outcome, entered);
  t.equal(await wire.next(), ack);
});

test('a key of 16 digits, confirmed without a PIN, refused by the pad', async (t) => {
  const { pad, wire } = await claimed(t);
  const bypassed = pad.requestPin({ ...request, pan: '6212345678901232', pinKey: '0123456789ABCDEF' });
  t.equal(await wire.next(), amountFrame);
  wire.send(ack);
  t.equal(await wire.next(), '025a36302e363231323334353637383930313233321c30313233343536373839414243444546036c');
  wire.send(ack + bypassedFrame);
  t.strictSame(await bypassed, { outcome: 'bypassed' });
  t.equal(await wire.next(), ack);

  const failed = pad.requestPin(request);
  await acceptRequest(t, wire);
  wire.send(errorFrame);
  t.match(await failed, { outcome: 'failed', fault: { what: /error 5\b/, remedy: /master key/ } });
});

test('a reply is read however it is split, in one chunk with its ACK too', async (t) => {
  const { pad, wire } = await claimed(t);
  for (let at = 0; at <= enteredFrame.length; at += 2) {
    const outcome = pad.requestPin(request);
    t.equal(await wire.next(), amountFrame);
    wire.send(ack);
    t.equal(await wire.next(), requestFrame);
    wire.send(ack + enteredFrame.slice(0, at));
    await new Promise(setImmediate);
    wire.send(enteredFrame.slice(at));
    t.strictSame(await outcome, entered, `split at ${at / 2}`);
    t.equal(await wire.next(), ack);
  }
});

test('a damaged reply is asked for again; three of them end in failed, not in cancelled', async (t) => {
  const { pad, wire } = await claimed(t);
  const damagedFrame = enteredFrame.replace(/63$/, '62');
  const mended = pad.requestPin(request);
  await acceptRequest(t, wire);
  wire.send(damagedFrame);
  t.equal(await wire.next(), nak);
  wire.send(enteredFrame);
  t.strictSame(await mended, entered);
  t.equal(await wire.next(), ack);

  const lost = pad.requestPin(request);
  await acceptRequest(t, wire);
  for (let times = 0; times < 3; times++) {
    wire.send(damagedFrame);
    t.equal(await wire.next(), nak);
  }
  wire.send(eot);
  t.match(await lost, { outcome: 'failed', fault: { what: /damaged/ } });
});

test('a message that comes damaged or unanswered is sent three times, then EOT', async (t) => {
  const { pad, clock, wire } = await claimed(t);
  const refused = pad.requestPin(request);
  t.equal(await wire.next(), amountFrame);
  wire.send(nak);
  t.equal(await wire.next(), amountFrame);
  wire.send(ack);
  for (let times = 0; times < 3; times++) {
    t.equal(await wire.next(), requestFrame);
    wire.send(nak);
  }
  t.equal(await wire.next(), eot);
  t.match(await refused, { outcome: 'failed', fault: { what: /could not read/ } });

  const start = clock.monotonic();
  const silent = pad.requestPin(request);
  for (let times = 0; times < 3; times++) {
    t.equal(await wire.next(), amountFrame);
    clock.advance(1000);
  }
  t.equal(await wire.next(), eot);
  t.match(await silent, { outcome: 'failed', fault: { what: /does not answer/ } });
  t.equal(clock.monotonic() - start, 3000);
});

test('a pad that refuses the text is asked for the PIN all the same', async (t) => {
  const { pad, wire } = await claimed(t);
  const outcome = pad.requestPin(request);
  for (let times = 0; times < 3; times++) {
    t.equal(await wire.next(), amountFrame);
    wire.send(nak);
  }
  t.equal(await wire.next(), eot);
  t.equal(await wire.next(), requestFrame);
  wire.send(ack + enteredFrame);
  t.strictSame(await outcome, entered);
});

test("EOT is the cardholder's cancel before his time is over, and the time-out after", async (t) => {
  const { pad, clock, wire } = await claimed(t);
  const early = pad.requestPin(request);
  await acceptRequest(t, wire);
  wire.send(eot);
  t.strictSame(await early, { outcome: 'cancelled' });

  const late = pad.requestPin(request);
  t.equal(await wire.next(), amountFrame);
  wire.send(ack);
  t.equal(await wire.next(), requestFrame);
  // An unknown message makes the driver's ACK the sign that it has read the pad's.
  wire.send(`${ack}025a3103${'68'}`);
  t.equal(await wire.next(), ack);
  clock.advance(30_000);
  wire.send(eot);
  t.strictSame(await late, { outcome: 'timedOut' });
});

test('what an ended request still gets never passes for the next one', async (t) => {
  const { pad, wire } = await claimed(t);
  wire.send(enteredFrame);
  t.equal(await wire.next(), ack, 'a reply that nobody waits for is acknowledged and dropped');

  const first = pad.requestPin(request);
  await acceptRequest(t, wire);
  pad.cancel();
  t.strictSame(await first, { outcome: 'cancelled' });
  t.equal(await wire.next(), eot);
  const second = pad.requestPin({ ...request, amount: minorUnits(5) });
  t.equal(await wire.next(), '025a32302e30350370');
  wire.send(enteredFrame + eot + ack);
  t.equal(await wire.next(), ack);
  t.equal(await wire.next(), requestFrame);
  wire.send(enteredFrame);
  t.equal(await wire.next(), ack);
  wire.send(ack + bypassedFrame);
  t.strictSame(await second, { outcome: 'bypassed' });
});

test('cancel while the request is on its way', async (t) => {
  const { pad, clock, wire } = await claimed(t);
  const outcome = pad.requestPin(request);
  t.equal(await wire.next(), amountFrame);
  pad.cancel();
  t.strictSame(await outcome, { outcome: 'cancelled' });
  t.equal(await wire.next(), eot);
  const text = pad.showText('HI');
  t.equal(await wire.next(), '025a324849036a', 'and the request itself never goes out');
  wire.send(ack + ack);
  await text;

  const again = pad.requestPin(request);
  t.equal(await wire.next(), amountFrame);
  pad.cancel();
  t.strictSame(await again, { outcome: 'cancelled' });
  t.equal(await wire.next(), eot);
  const later = pad.showText('HI');
  t.equal(await wire.next(), '025a324849036a');
  wire.send(ack);
  clock.advance(1000);
  t.equal(await wire.next(), '025a324849036a', 'a pad that leaves the answer to the cancelled one out gets it twice');
  wire.send(ack);
  await later;
});

test('a request waits for a text, a text for a request, and a cancelled one is not sent', async (t) => {
  const { pad, wire } = await claimed(t);
  const text = pad.showText('请取卡');
  const given = pad.requestPin(request);
  t.equal(await wire.next(), '025a32c7ebc8a1bfa80339');
  pad.cancel();
  t.strictSame(await given, { outcome: 'cancelled' });
  const outcome = pad.requestPin(request);
  const later = pad.showText('HI');
  wire.send(ack);
  await text;
  await acceptRequest(t, wire);
  wire.send(enteredFrame);
  t.strictSame(await outcome, entered);
  t.equal(await wire.next(), ack);
  t.equal(await wire.next(), '025a324849036a');
  wire.send(ack);
  await later;
});

test('health: the text is shown once more; noise and silence are told', async (t) => {
  const { pad, clock, wire } = await claimed(t);
  const asked = pad.checkHealth();
  t.equal(await wire.next(), '025a32036b');
  wire.send(ack);
  t.strictSame(await asked, { healthy: true });

  const silent = pad.checkHealth();
  t.equal(await wire.next(), '025a32036b');
  clock.advance(500);
  t.match(await silent, { healthy: false, fault: { code: 'silent', where: /tty/, remedy: /\w/ } });
  await wire.next();

  const babbling = pad.checkHealth();
  t.equal(await wire.next(), '025a32036b');
  wire.send('55'.repeat(300) + ack);
  t.match(await babbling, { healthy: false, fault: { code: 'babbling' } });
  clock.advance(10_001);
  const calm = pad.checkHealth();
  t.equal(await wire.next(), '025a32036b');
  wire.send(ack);
  t.strictSame(await calm, { healthy: true });
});
