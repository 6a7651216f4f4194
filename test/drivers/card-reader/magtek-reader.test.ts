import fc from 'fast-check';
import { type Test, test } from 'tap';
import { readMagTekReport } from '../../../drivers/card-reader/magtek-reader.ts';
import type { CardEvent } from '../../../hal/card-reader.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import { cardReaderContract, type SwipedCard } from '../../contract/card-reader.contract.ts';
import { remoteReader } from '../../support/hid-remote.ts';
import { magTekReport } from '../../support/hid-reports.ts';
import { type HidRig, startHidRig } from '../../support/hid-rig.ts';
import { ReportLog } from '../../support/report-log.ts';

const identity = { vendorId: 0x0801, productId: 0x0002 };
const t1 = '%B4111111111111111^DOE/JOHN^25122010000000000000?';
const t2 = ';4111111111111111=25122010000000000000?';
const card = { type: 'card', card: { pan: '4111111111111111', expiry: '2512', track2: t2.slice(1, -1) } };
const fault = (code: string) => ({ type: 'cardFault', fault: code });

const startReader = async (t: Test, rig: HidRig) => {
  const reader = remoteReader(rig, identity);
  t.teardown(() => reader.kill());
  return reader;
};

const hidRig = async (t: Test) => {
  const rig = await startHidRig();
  t.teardown(() => rig.stop());
  const reader = await startReader(t, rig);
  return {
    reader,
    swipe: ({ track2Fails, track1, track2, track3 }: SwipedCard) => {
      const tracks = { ...(track1 && { track1 }), ...(track3 && { track3 }) };
      const report = track2Fails
        ? magTekReport({ ...tracks, failed: [2] })
        : magTekReport({ ...tracks, ...(track2 && { track2 }) });
      return reader.deliver(() => rig.swipe(report));
    },
    unplug: () => rig.unplug('reader'),
    replug: () => rig.replug('reader'),
  };
};

test('the card reader contract, on a MagTek reader', async (t) => cardReaderContract(t, hidRig));

test('the example of the layout, byte by byte', (t) => {
  const report = Buffer.concat([
    Buffer.from('00000000270000', 'hex'),
    Buffer.alloc(110),
    Buffer.from(t2),
    Buffer.alloc(181),
  ]);
  t.match(readMagTekReport(report), card);
  t.strictSame(report, magTekReport({ track2: t2 }));
  t.end();
});

test('what follows a track in its place does not matter', (t) => {
  const report = magTekReport({ track1: t1, track2: t2 });
  report.write('=000?', 117 + t2.length);
  t.match(readMagTekReport(report), card);
  t.end();
});

test('a failed track 2, or none, is unreadable; tracks 1 and 3 may fail', (t) => {
  t.strictSame(readMagTekReport(magTekReport({ track1: t1, failed: [2] })), fault('unreadable'));
  t.strictSame(readMagTekReport(magTekReport({ track1: t1 })), fault('unreadable'));
  t.strictSame(readMagTekReport(magTekReport({ track2: t2, failed: [2] })), fault('unreadable'), 'whatever its length');
  t.strictSame(readMagTekReport(magTekReport({ encodeType: 6 })), fault('unreadable'));
  t.match(readMagTekReport(magTekReport({ track2: t2, failed: [1, 3] })), card);
  t.end();
});

test('a length that is not the track’s own', (t) => {
  for (const length of [1, t2.length - 1, t2.length + 2, 110, 111, 255]) {
    const report = magTekReport({ track2: t2 });
    report.writeUInt8(length, 4);
    t.strictSame(readMagTekReport(report), fault('badLength'), String(length));
  }
  const report = magTekReport({ track1: t1, track2: t2 });
  report.writeUInt8(200, 3);
  t.strictSame(readMagTekReport(report), fault('badLength'), 'of any track');
  t.end();
});

test('a driving licence is no card', (t) => {
  for (const encodeType of [1, 2]) {
    t.strictSame(readMagTekReport(magTekReport({ track2: t2, encodeType })), fault('badFormat'));
  }
  t.end();
});

test('any report gives a card or a fault', (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 337, maxLength: 337 }),
      (bytes) => readMagTekReport(bytes).type !== undefined,
    ),
  );
  t.throws(() => readMagTekReport(Buffer.alloc(336)), RangeError);
  t.end();
});

test('a killed terminal finds the reader again when it restarts', async (t) => {
  const rig = await startHidRig();
  t.teardown(() => rig.stop());
  for (const _run of [1, 2]) {
    const reader = await startReader(t, rig);
    const log = new ReportLog<CardEvent | LinkEvent>();
    await reader.claim(log.add);
    reader.enable();
    await reader.deliver(() => rig.swipe(magTekReport({ track1: t1, track2: t2 })));
    t.match(log.reports, [{ type: 'online' }, card]);
    reader.kill();
  }
});
