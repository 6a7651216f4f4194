import fc from 'fast-check';
import { type Test, test } from 'tap';
import { HidKeypad } from '../../../drivers/keypad/hid-keypad.ts';
import type { DeviceFault, LinkEvent } from '../../../hal/device.ts';
import type { Key, KeyEvent } from '../../../hal/keypad.ts';
import { keypadContract } from '../../contract/keypad.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { remoteKeypad } from '../../support/hid-remote.ts';
import { keypadReport, usageOf } from '../../support/hid-reports.ts';
import { type HidRig, startHidRig } from '../../support/hid-rig.ts';
import { ReportLog } from '../../support/report-log.ts';

const identity = { vendorId: 0x0c45, productId: 0x7690 };

const capOf: Readonly<Record<Key, number>> = {
  ...usageOf,
  '00': usageOf['.'],
  enter: usageOf.Enter,
  cancel: usageOf['-'],
  clear: usageOf['+'],
  menu: usageOf['*'],
  function: usageOf['/'],
};

const startRig = async (t: Test): Promise<HidRig> => {
  const rig = await startHidRig();
  t.teardown(() => rig.stop());
  return rig;
};

const startKeypad = (t: Test, rig: HidRig, settings: ConstructorParameters<typeof HidKeypad>[0] = identity) => {
  const keypad = remoteKeypad(rig, settings);
  t.teardown(() => keypad.kill());
  return keypad;
};

const hidRig = async (t: Test) => {
  const rig = await startRig(t);
  const keypad = startKeypad(t, rig);
  const press = async (usage: number): Promise<void> => {
    await keypad.deliver(() => rig.send('keypad', keypadReport(usage)));
    await keypad.deliver(() => rig.send('keypad', keypadReport()));
  };
  return {
    keypad,
    press: (key: Key) => press(capOf[key]),
    pressOther: () => press(usageOf.NumLock),
    unplug: () => rig.unplug('keypad'),
    replug: () => rig.replug('keypad'),
  };
};

type Report = KeyEvent | LinkEvent;
const isOffline = (report: Report): report is { type: 'offline'; fault: DeviceFault } => report.type === 'offline';

/** The driver without a device, fed by hand. */
class FedKeypad extends HidKeypad {
  override received(report: Buffer): void {
    super.received(report);
  }

  override lost(): void {
    super.lost();
  }
}

const fedByHand = async (t: Test) => {
  const keypad = new FedKeypad({ vendorId: 0xfffe, productId: 0xfffe }, new HandClock());
  const log = new ReportLog<Report>();
  await keypad.claim(log.add);
  t.match(log.reports, [{ type: 'offline', fault: { code: 'missing', where: 'HID fffe:fffe' } }]);
  t.teardown(() => keypad.release());
  const keys = (): Key[] => log.reports.flatMap((report) => (report.type === 'key' ? [report.key] : []));
  return { keypad, log, keys };
};

test('the keypad contract, on a USB HID keypad', async (t) => keypadContract(t, hidRig));

test('the number row and the editing keys of a whole keyboard do as well', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  for (let usage = 0x1e; usage <= 0x2a; usage++) {
    keypad.received(keypadReport(usage));
    keypad.received(keypadReport());
  }
  t.strictSame(keys(), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'enter', 'cancel', 'clear']);
});

test('a held key is one press, and overlapping fingers are one each', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  for (let repeat = 0; repeat < 3; repeat++) keypad.received(keypadReport(0x59));
  keypad.received(keypadReport(0x59, 0x5a));
  keypad.received(keypadReport(0x5a));
  keypad.received(keypadReport(0x5a, 0x59));
  keypad.received(keypadReport());
  t.strictSame(keys(), ['1', '2', '1']);
});

test('a rollover report changes nothing', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  keypad.received(keypadReport(0x59));
  for (const error of [1, 2, 3]) keypad.received(keypadReport(error, error, error, error, error, error));
  keypad.received(keypadReport(0x59));
  t.strictSame(keys(), ['1']);
});

test('a key held at an unplugging counts as let go', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  keypad.received(keypadReport(0x59));
  keypad.lost();
  keypad.received(keypadReport(0x59));
  t.strictSame(keys(), ['1', '1']);
});

test('any report gives at most six keys, and the same one again none', async (t) => {
  const { keypad, log, keys } = await fedByHand(t);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      log.reports.length = 0;
      keypad.received(Buffer.from(bytes));
      const first = keys().length;
      keypad.received(Buffer.from(bytes));
      return first <= 6 && keys().length === first;
    }),
  );
});

test('a release while the device is being opened is the end of it', async (t) => {
  const keypad = new HidKeypad({ vendorId: 0xfffe, productId: 0xfffe }, new HandClock());
  const log = new ReportLog<Report>();
  const claiming = keypad.claim(log.add);
  await keypad.release();
  await claiming;
  t.strictSame(log.reports, []);
});

test('a keypad that this user may not open is said with the udev rule that helps', async (t) => {
  const rig = await startRig(t);
  await rig.deny('keypad');
  const keypad = startKeypad(t, rig);
  const log = new ReportLog<Report>();
  await keypad.claim(log.add);
  t.match(log.reports, [{ fault: { code: 'denied', where: 'HID 0c45:7690', remedy: /hidraw.*"0c45".*"7690"/ } }]);
  await rig.replug('keypad');
  await log.until((report) => report.type === 'online');
});

test('a configuration that names another kind of device is said', async (t) => {
  const rig = await startRig(t);
  const keypad = startKeypad(t, rig, { vendorId: 0x0801, productId: 0x0002 });
  const log = new ReportLog<Report>();
  await keypad.claim(log.add);
  t.match(log.reports, [{ fault: { code: 'notSuitable', what: /8-byte boot reports/, remedy: /identifiers/ } }]);
});

test('reports of another length are said, until one of the right length comes', async (t) => {
  const rig = await startRig(t);
  const keypad = startKeypad(t, rig);
  const log = new ReportLog<Report>();
  await keypad.claim(log.add);
  await rig.send('keypad', Buffer.alloc(9, 1));
  t.match((await log.until(isOffline)).fault, { code: 'notSuitable', what: /9 bytes/ });
  await rig.press(usageOf['3']);
  await log.until((report) => report.type === 'key');
  t.strictSame(log.reports.slice(2), [{ type: 'online' }, { type: 'key', key: '3' }]);
});

test('a path chooses among devices, also through a link that a udev rule made', async (t) => {
  const rig = await startRig(t);
  rig.link('keypad', '/dev/pos/keypad');
  for (const [path, first] of [
    ['/dev/hidraw1', 'online'],
    ['/dev/pos/keypad', 'online'],
    ['/dev/hidraw0', 'offline'],
    ['/dev/pos/other', 'offline'],
  ] as const) {
    const keypad = startKeypad(t, rig, { ...identity, path });
    const log = new ReportLog<Report>();
    await keypad.claim(log.add);
    t.match(log.reports, [{ type: first }], path);
    await keypad.release();
    t.equal(await keypad.exit('by itself'), 0, 'once released, nothing keeps the process');
  }
});

test('once released, process.exit does not hang on the handle', async (t) => {
  const rig = await startRig(t);
  const keypad = startKeypad(t, rig);
  await keypad.claim(() => undefined);
  await keypad.release();
  t.equal(await keypad.exit('process.exit'), 0);
});
