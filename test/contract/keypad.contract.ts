import type { Test } from 'tap';
import type { DeviceFault, LinkEvent } from '../../hal/device.ts';
import type { Key, KeyEvent, Keypad } from '../../hal/keypad.ts';
import { ReportLog } from '../support/report-log.ts';

/** A keypad driver with a keypad at its line that a test can handle. */
export interface KeypadRig {
  readonly keypad: Keypad;
  /** Presses and lets go; resolves when the driver has dealt with it. */
  press(key: Key): Promise<void>;
  /** The same with a key that has no meaning to a terminal. */
  pressOther(): Promise<void>;
  unplug(): Promise<void>;
  /** Plugs in again, and lets the driver's time until its next try pass. */
  replug(): Promise<void>;
}

type Report = KeyEvent | LinkEvent;

const keys: readonly Key[] = [
  ...(['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '00'] as const),
  ...(['clear', 'enter', 'cancel', 'menu', 'function', 'enter', 'enter'] as const),
];

const isOffline = (report: Report): report is { type: 'offline'; fault: DeviceFault } => report.type === 'offline';
const keysOf = (reports: readonly Report[]): Key[] => reports.flatMap((r) => (r.type === 'key' ? [r.key] : []));

/** What every keypad driver must do. `makeRig` makes a fresh rig, its keypad plugged in, and cleans up after it. */
export const keypadContract = (t: Test, makeRig: (t: Test) => Promise<KeypadRig>): void => {
  const claimed = async (t: Test) => {
    const rig = await makeRig(t);
    const log = new ReportLog<Report>();
    await rig.keypad.claim(log.add);
    t.strictSame(log.reports, [{ type: 'online' }], 'it is there, and says so first');
    return { rig, log };
  };

  t.test('each press of each key is reported once, in order', async (t) => {
    const { rig, log } = await claimed(t);
    t.strictSame(await rig.keypad.checkHealth(), { healthy: true });
    for (const key of keys) await rig.press(key);
    t.strictSame(keysOf(log.reports), keys);
  });

  t.test('a key without a meaning is not reported', async (t) => {
    const { rig, log } = await claimed(t);
    await rig.press('1');
    await rig.pressOther();
    await rig.press('2');
    t.strictSame(keysOf(log.reports), ['1', '2']);
  });

  t.test('an unplugged keypad is said once, in words that help, and is taken up again', async (t) => {
    const { rig, log } = await claimed(t);
    await rig.press('5');
    await rig.unplug();
    const { fault } = await log.until(isOffline);
    t.match(fault, { device: 'keypad', code: 'unplugged', where: /./, what: /\.$/, remedy: /\.$/ });
    t.match(await rig.keypad.checkHealth(), { healthy: false, fault: { device: 'keypad' } });
    await rig.replug();
    await log.until((report) => report.type === 'online' && report !== log.reports[0]);
    t.strictSame(await rig.keypad.checkHealth(), { healthy: true });
    await rig.press('5');
    t.strictSame(keysOf(log.reports), ['5', '5'], 'a key held at the unplugging counts as let go');
  });

  t.test('a keypad that is missing at boot is taken up when it comes', async (t) => {
    const rig = await makeRig(t);
    await rig.unplug();
    const log = new ReportLog<Report>();
    await rig.keypad.claim(log.add);
    t.match(log.reports, [{ type: 'offline', fault: { code: 'missing', remedy: /configuration/ } }]);
    await rig.replug();
    await log.until((report) => report.type === 'online');
    await rig.press('7');
    t.strictSame(keysOf(log.reports), ['7']);
  });

  t.test('a released keypad reports nothing more, and may be released twice', async (t) => {
    const { rig, log } = await claimed(t);
    await rig.keypad.release();
    await rig.keypad.release();
    await rig.unplug();
    t.equal(log.reports.length, 1);
  });
};
