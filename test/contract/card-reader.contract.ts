import type { Test } from 'tap';
import type { CardEvent, CardFault, CardReader, ReadCard } from '../../hal/card-reader.ts';
import type { DeviceFault, LinkEvent } from '../../hal/device.ts';
import { ReportLog } from '../support/report-log.ts';

/** Tracks as the reader's head reads them, in ASCII with their sentinels. */
export interface SwipedCard {
  readonly track1?: string;
  readonly track2?: string;
  readonly track3?: string;
  /** The head gets nothing out of track 2. */
  readonly track2Fails?: boolean;
}

/** A card reader driver with a reader at its line that a test can handle. */
export interface CardReaderRig {
  readonly reader: CardReader;
  /** Swipes; resolves when the driver has dealt with it. */
  swipe(card: SwipedCard): Promise<void>;
  unplug(): Promise<void>;
  /** Plugs in again, and lets the driver's time until its next try pass. */
  replug(): Promise<void>;
}

type Report = CardEvent | LinkEvent;

const visa: SwipedCard = {
  track1: '%B4111111111111111^DOE/JOHN^25122010000000000000?',
  track2: ';4111111111111111=25122010000000000000?',
};
const visaRead: ReadCard = {
  entry: 'swipe',
  pan: '4111111111111111',
  expiry: '2512',
  serviceCode: '201',
  track2: '4111111111111111=25122010000000000000',
};
const unionPay: SwipedCard = {
  track2: ';6212345678901232=49121200000000?',
  track3: ';996212345678901232=1561560000000000000003000000114000049121=000000000000=000000000000?',
};
const unionPayRead: ReadCard = {
  entry: 'swipe',
  pan: '6212345678901232',
  serviceCode: '120',
  track2: '6212345678901232=49121200000000',
  track3: '996212345678901232=1561560000000000000003000000114000049121=000000000000=000000000000',
};

const isOffline = (report: Report): report is { type: 'offline'; fault: DeviceFault } => report.type === 'offline';
const swipesOf = (reports: readonly Report[]): (ReadCard | CardFault)[] =>
  reports.flatMap((report): (ReadCard | CardFault)[] => {
    if (report.type === 'card') return [report.card];
    return report.type === 'cardFault' ? [report.fault] : [];
  });

/** What every swipe reader driver must do. `makeRig` makes a fresh rig, its reader plugged in, and cleans up after it. */
export const cardReaderContract = (t: Test, makeRig: (t: Test) => Promise<CardReaderRig>): void => {
  const claimed = async (t: Test) => {
    const rig = await makeRig(t);
    const log = new ReportLog<Report>();
    await rig.reader.claim(log.add);
    t.strictSame(log.reports, [{ type: 'online' }], 'it is there, and says so first');
    return { rig, log };
  };

  t.test('a swipe is reported when it was asked for, and only then', async (t) => {
    const { rig, log } = await claimed(t);
    t.strictSame(await rig.reader.checkHealth(), { healthy: true });
    await rig.swipe(visa);
    rig.reader.enable();
    await rig.swipe(unionPay);
    await rig.swipe(visa);
    rig.reader.disable();
    await rig.swipe(unionPay);
    t.strictSame(swipesOf(log.reports), [unionPayRead, visaRead]);
  });

  t.test('a swipe that gives no card says why', async (t) => {
    const { rig, log } = await claimed(t);
    rig.reader.enable();
    await rig.swipe({ ...visa, track2Fails: true });
    await rig.swipe({ track2: ';4111111111111112=25122010000000000000?' });
    await rig.swipe({ track2: ';41111111=25122010000000000000?' });
    await rig.swipe({ track2: ';4111111111111111=25132010000000000000?' });
    await rig.swipe({ track2: ';4111111111111111=25122010000000000000?0' });
    await rig.swipe(visa);
    t.strictSame(swipesOf(log.reports), ['unreadable', 'badLuhn', 'badLength', 'badFormat', 'badLrc', visaRead]);
  });

  t.test('an unplugged reader is said once, in words that help and hold no card, and stays enabled', async (t) => {
    const { rig, log } = await claimed(t);
    rig.reader.enable();
    await rig.swipe(visa);
    await rig.unplug();
    const { fault } = await log.until(isOffline);
    t.match(fault, { device: 'cardReader', code: 'unplugged', where: /./, what: /\.$/, remedy: /\.$/ });
    t.notMatch(JSON.stringify(fault), /4111111/);
    t.match(await rig.reader.checkHealth(), { healthy: false, fault: { device: 'cardReader' } });
    await rig.replug();
    await log.until((report) => report.type === 'online' && report !== log.reports[0]);
    t.strictSame(await rig.reader.checkHealth(), { healthy: true });
    await rig.swipe(unionPay);
    t.strictSame(swipesOf(log.reports), [visaRead, unionPayRead]);
  });

  t.test('a reader that is missing at boot is taken up when it comes', async (t) => {
    const rig = await makeRig(t);
    await rig.unplug();
    const log = new ReportLog<Report>();
    await rig.reader.claim(log.add);
    t.match(log.reports, [{ type: 'offline', fault: { code: 'missing', remedy: /configuration/ } }]);
    rig.reader.enable();
    await rig.replug();
    await log.until((report) => report.type === 'online');
    await rig.swipe(visa);
    t.strictSame(swipesOf(log.reports), [visaRead]);
  });

  t.test('a released reader reports nothing more, and may be released twice', async (t) => {
    const { rig, log } = await claimed(t);
    rig.reader.enable();
    await rig.reader.release();
    await rig.reader.release();
    await rig.unplug();
    t.equal(log.reports.length, 1);
  });
};
