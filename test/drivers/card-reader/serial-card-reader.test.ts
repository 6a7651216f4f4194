import fc from 'fast-check';
import { type Test, test } from 'tap';
import { SerialCardReader } from '../../../drivers/card-reader/serial-card-reader.ts';
import type { CardEvent } from '../../../hal/card-reader.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import { type CardReaderRig, cardReaderContract } from '../../contract/card-reader.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startSerialRig } from '../../support/hid-serial-rig.ts';
import { ReportLog } from '../../support/report-log.ts';

const t1 = '%B4111111111111111^DOE/JOHN^25122010000000000000?';
const t2 = ';4111111111111111=25122010000000000000?';
const t3 = '+014111111111111111=72400000000000000000030250000046008000000000=000000?';
const swipe = `${t1}${t2}\r`;
const card = { type: 'card', card: { pan: '4111111111111111', track2: t2.slice(1, -1) } };
const unreadable = { type: 'cardFault', fault: 'unreadable' };

/** The driver, telling how many bytes it has dealt with, and taking bytes without a line as well. */
class WatchedReader extends SerialCardReader {
  readonly dealtWith = new ReportLog<number>();

  override received(chunk: Buffer): void {
    super.received(chunk);
    for (const byte of chunk) this.dealtWith.add(byte);
  }

  override lost(): void {
    super.lost();
  }
}

/** The parser hands its lines on in later turns. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
};

const contractRig = async (t: Test): Promise<CardReaderRig> => {
  const rig = await startSerialRig(t, (path, clock) => new WatchedReader({ path, baudRate: 9600 }, clock));
  return {
    reader: rig.driver,
    swipe: async ({ track1 = '', track2 = '', track3 = '', track2Fails }) => {
      await rig.send(`${track1}${track2Fails ? ';E?' : track2}${track3}\r\n`);
      await settled();
      rig.clock.advance(1000);
    },
    unplug: rig.unplug,
    replug: rig.replug,
  };
};

/** A reader that was claimed without its port, is enabled, and is fed by hand. */
const fedByHand = async (t: Test) => {
  const clock = new HandClock();
  const reader = new WatchedReader({ path: '/nonexistent/tty', baudRate: 9600 }, clock);
  const log = new ReportLog<CardEvent | LinkEvent>();
  await reader.claim(log.add);
  t.teardown(() => reader.release());
  log.reports.length = 0;
  reader.enable();
  const feed = async (text: string): Promise<void> => {
    reader.received(Buffer.from(text, 'latin1'));
    await settled();
  };
  return { clock, reader, log, feed };
};

test('the card reader contract, on a serial reader', async (t) => cardReaderContract(t, contractRig));

test('a swipe on one line is reported with its return, wherever the bytes are cut', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  for (let cut = 0; cut <= swipe.length; cut++) {
    log.reports.length = 0;
    await feed(swipe.slice(0, cut));
    clock.advance(499);
    await feed(swipe.slice(cut));
    if (log.reports.length !== 1 || log.reports[0]?.type !== 'card') t.fail(`cut at ${cut}`);
  }
  t.match(log.reports, [card]);
});

test('tracks on lines of their own make one swipe', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  await feed(`${t1}\r${t2}\r`);
  t.equal(log.reports.length, 0, 'there may be a third');
  clock.advance(100);
  t.match(log.reports, [card]);
  await feed(`${t1}\r\n`);
  clock.advance(99);
  await feed(`${t2}\r\n`);
  clock.advance(99);
  await feed(`${t3}\r\n`);
  t.match(log.reports.slice(1), [{ ...card, card: { track3: t3.slice(1, -1) } }], 'the third ends it');
  clock.advance(1000);
  t.equal(log.reports.length, 2);
});

test('preamble, line feed and LRC may be there or not', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  const lines = [swipe, `\n${swipe}`, `01>${swipe}`, `${t1}8${t2};\r`, `${t1}${t2}#END\r`, `${t2};\r`, `\x02${t2}\r`];
  for (const line of lines) {
    await feed(line);
    clock.advance(100);
  }
  t.match(
    log.reports,
    lines.map(() => card),
  );
  t.equal(log.reports.length, lines.length);
});

test('a track that stops half-way is dropped after a pause', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  await feed(t2.slice(0, 10));
  clock.advance(500);
  t.strictSame(log.reports, [unreadable], 'the cardholder is not left waiting');
  await feed(`${t2.slice(10)}\r`);
  clock.advance(500);
  await feed(swipe);
  t.match(log.reports.slice(1), [card]);
  t.equal(log.reports.length, 2, 'the two halves made no card');
});

test('noise is dropped after a pause without a word', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  await feed('\x00\xff12');
  clock.advance(500);
  await feed('\r\r\n');
  clock.advance(500);
  t.equal(log.reports.length, 0);
  await feed(swipe);
  t.match(log.reports, [card]);
});

test('a half track is dropped at an unplugging', async (t) => {
  const { log, reader, feed } = await fedByHand(t);
  await feed(t2.slice(0, 10));
  reader.lost();
  await feed(`${t2.slice(10)}\r`);
  t.equal(log.reports.length, 0);
  await feed(swipe);
  t.match(log.reports, [card]);
});

test('what came before enable is discarded, also the rest of a line that had begun', async (t) => {
  const { clock, log, reader, feed } = await fedByHand(t);
  reader.disable();
  await feed(`${swipe}${t1}`);
  reader.enable();
  await feed(`${t2}\r`);
  clock.advance(100);
  t.equal(log.reports.length, 0);
  await feed(`${t1}\r`);
  reader.enable();
  clock.advance(100);
  t.equal(log.reports.length, 0, 'whole lines too');
  reader.disable();
  await feed('\x00');
  clock.advance(500);
  reader.enable();
  await feed(swipe);
  t.match(log.reports, [card], 'noise of some time ago costs nothing');
});

test('a disable in the middle of a swipe ends it', async (t) => {
  const { clock, log, reader, feed } = await fedByHand(t);
  await feed(t1);
  reader.disable();
  await feed(`${t2}\r${swipe}`);
  clock.advance(1000);
  t.equal(log.reports.length, 0);
});

test('a line without an end is bounded, and what follows its end is read', async (t) => {
  const { log, reader, feed } = await fedByHand(t);
  for (let kilobyte = 0; kilobyte < 100; kilobyte++) await feed(';'.repeat(1024));
  t.strictSame(log.reports, [unreadable], 'it is said once');
  await feed(`\r${swipe}`);
  t.match(log.reports.slice(1), [card]);
  await feed(`${'0'.repeat(600)}${swipe}${swipe}`);
  t.match(log.reports.slice(2), [unreadable, card], 'the same within one chunk');
  reader.disable();
});

test('two swipes that ran together make no card', async (t) => {
  const { log, feed } = await fedByHand(t);
  await feed(`${t1}${t2}${t1}${t2}\r`);
  t.strictSame(log.reports, [{ type: 'cardFault', fault: 'badFormat' }]);
});

test('any bytes before a swipe leave the reader able to read it', async (t) => {
  const { clock, log, feed } = await fedByHand(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 4 }), async (chunks) => {
      for (const chunk of chunks) await feed(Buffer.from(chunk).toString('latin1'));
      clock.advance(1000);
      log.reports.length = 0;
      await feed(swipe);
      return log.reports.length === 1 && log.reports[0]?.type === 'card';
    }),
    { numRuns: 50 },
  );
});
