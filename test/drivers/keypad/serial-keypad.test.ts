import fc from 'fast-check';
import { type Test, test } from 'tap';
import { SerialKeypad } from '../../../drivers/keypad/serial-keypad.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { Key, KeyEvent } from '../../../hal/keypad.ts';
import { type KeypadRig, keypadContract } from '../../contract/keypad.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startSerialRig } from '../../support/hid-serial-rig.ts';
import { ReportLog } from '../../support/report-log.ts';

const byteOf = (key: Key): string =>
  ({ '00': 'D', enter: '\r', cancel: '\x1b', clear: '\x08', menu: 'M', function: 'F' })[key as string] ?? key;

/** The driver, telling how many bytes it has dealt with, and taking bytes without a line as well. */
class WatchedKeypad extends SerialKeypad {
  readonly dealtWith = new ReportLog<number>();

  override received(chunk: Buffer): void {
    super.received(chunk);
    for (const byte of chunk) this.dealtWith.add(byte);
  }
}

const startKeypad = (t: Test) => startSerialRig(t, (path, clock) => new WatchedKeypad({ path, baudRate: 9600 }, clock));

const contractRig = async (t: Test): Promise<KeypadRig> => {
  const { driver, clock, send, unplug, replug } = await startKeypad(t);
  const press = (byte: string): Promise<void> => {
    clock.advance(100);
    return send(byte);
  };
  return { keypad: driver, press: (key) => press(byteOf(key)), pressOther: () => press('?'), unplug, replug };
};

/** A keypad that was claimed without its port, and is fed by hand. */
const fedByHand = async (t: Test) => {
  const clock = new HandClock();
  const keypad = new WatchedKeypad({ path: '/nonexistent/tty', baudRate: 9600 }, clock);
  const log = new ReportLog<KeyEvent | LinkEvent>();
  await keypad.claim(log.add);
  t.teardown(() => keypad.release());
  log.reports.length = 0;
  const keys = (): Key[] => log.reports.flatMap((report) => (report.type === 'key' ? [report.key] : []));
  return { clock, keypad, log, keys };
};

test('the keypad contract, on a serial keypad', async (t) => keypadContract(t, contractRig));

test('the byte table', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  keypad.received(Buffer.from('0123456789D\r\x1b\x08\x7fMF', 'latin1'));
  t.strictSame(keys(), [
    ...(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '00'] as const),
    ...(['enter', 'cancel', 'clear', 'clear', 'menu', 'function'] as const),
  ]);
});

test('a line feed belongs to the return before it, also when it comes later', async (t) => {
  const { keypad, keys } = await fedByHand(t);
  for (const byte of '1\r\n2\r') keypad.received(Buffer.from(byte));
  t.strictSame(keys(), ['1', 'enter', '2', 'enter']);
});

test('any bytes give the same keys however they are cut', async (t) => {
  const { clock, keypad, log, keys } = await fedByHand(t);
  const decoded = (chunks: readonly Buffer[]): Key[] => {
    clock.advance(60_000);
    log.reports.length = 0;
    for (const chunk of chunks) keypad.received(chunk);
    return keys();
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (bytes, cut) => {
      const whole = Buffer.from(bytes);
      const at = Math.min(cut, whole.length);
      const cutKeys = decoded([whole.subarray(0, at), whole.subarray(at)]);
      return cutKeys.length <= whole.length && cutKeys.join() === decoded([whole]).join();
    }),
  );
});

test('a flood takes the keypad offline until it is calm again', async (t) => {
  const { clock, keypad, log, keys } = await fedByHand(t);
  keypad.received(Buffer.alloc(400, '7'));
  t.match(log.reports, [{ type: 'offline', fault: { code: 'babbling', remedy: /speed/ } }], 'none of it was a key');
  t.match(await keypad.checkHealth(), { healthy: false, fault: { code: 'babbling' } });
  for (let second = 0; second < 5; second++) {
    clock.advance(1000);
    keypad.received(Buffer.alloc(400, '7'));
  }
  t.equal(log.reports.length, 1, 'it is said once');
  clock.advance(1999);
  t.equal(log.reports.length, 1);
  clock.advance(1);
  t.strictSame(log.reports.slice(1), [{ type: 'online' }]);
  keypad.received(Buffer.from('5'));
  t.strictSame(keys(), ['5']);
  t.strictSame(await keypad.checkHealth(), { healthy: true });
});

test('fast fingers and a held key are no flood', async (t) => {
  const { clock, keypad, keys } = await fedByHand(t);
  for (let press = 0; press < 600; press++) {
    clock.advance(25);
    keypad.received(Buffer.from('8'));
  }
  t.equal(keys().length, 600);
});

test('noise is ignored, and is told by checkHealth when nothing else comes', async (t) => {
  const { driver: keypad, send } = await startKeypad(t);
  const log = new ReportLog<KeyEvent | LinkEvent>();
  await keypad.claim(log.add);
  await send('\x00\x80\xff?a\n\x02');
  t.strictSame(await keypad.checkHealth(), { healthy: true });
  await send('\xfe');
  t.match(await keypad.checkHealth(), {
    healthy: false,
    fault: { code: 'babbling', what: /8 bytes/, remedy: /parity/ },
  });
  await send('1');
  t.strictSame(await keypad.checkHealth(), { healthy: true });
  t.strictSame(log.reports, [{ type: 'online' }, { type: 'key', key: '1' }]);
});
