import type { Clock } from '../../hal/clock.ts';
import type { Key, KeyEvent, Keypad } from '../../hal/keypad.ts';
import { HidLine, type HidSettings } from '../hid/hid-line.ts';
import { InputDevice } from '../input-device.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

const keyOfUsage: ReadonlyMap<number, Key> = new Map<number, Key>([
  ...digits.map((digit, n) => [0x1e + n, digit] as const),
  ...digits.map((digit, n) => [0x59 + n, digit] as const),
  [0x28, 'enter'],
  [0x58, 'enter'],
  [0x29, 'cancel'],
  [0x56, 'cancel'],
  [0x2a, 'clear'],
  [0x57, 'clear'],
  [0x63, '00'],
  [0x55, 'menu'],
  [0x54, 'function'],
]);

/** Usages 01–03 stand in every place and say that the keypad can't tell which keys are down. */
const lastErrorUsage = 0x03;

/**
 * A USB keypad that sends the boot keyboard's input report, 8 bytes (HID 1.11, appendix B.1), with the keys' usages
 * (HID Usage Tables, page 07h):
 *
 * | byte | content |
 * |---|---|
 * | 0 | modifiers, ignored |
 * | 1 | reserved |
 * | 2 … 7 | usages of the keys that are down, 00 for none; 01 in all: too many at once |
 *
 * Example: `00 00 59 00 00 00 00 00` keypad 1 goes down, `00 …` it comes up.
 *
 * | usage (hex) | on the keypad | key |
 * |---|---|---|
 * | 59 … 61, 62; 1E … 26, 27 | 1 … 9, 0; the same in the number row | digits |
 * | 58, 28 | Enter | `enter` 确认 |
 * | 56, 29 | −, Esc | `cancel` 取消 |
 * | 57, 2A | +, Backspace | `clear` 退格 |
 * | 63 | . | `00` |
 * | 55 | * | `menu` 菜单 |
 * | 54 | / | `function` 功能 |
 * | any other, such as 53 NumLock | | not reported |
 *
 * A press is a usage that was not in the report before. The kernel types the same keys on its console as well: leave
 * no login prompt there.
 */
export class HidKeypad extends InputDevice<KeyEvent> implements Keypad {
  #down: ReadonlySet<number> = new Set();

  constructor(settings: HidSettings, clock: Clock) {
    super(
      new HidLine(
        settings,
        {
          device: 'keypad',
          expected: 'a keypad with 8-byte boot reports',
          usages: [
            { page: 0x01, usage: 0x06 },
            { page: 0x01, usage: 0x07 },
          ],
          reportLength: 8,
        },
        clock,
      ),
    );
  }

  protected received(report: Buffer): void {
    const usages = new Set(report.subarray(2));
    usages.delete(0);
    for (const usage of usages) if (usage <= lastErrorUsage) return;
    const before = this.#down;
    this.#down = usages;
    for (const usage of usages) {
      const key = keyOfUsage.get(usage);
      if (key !== undefined && !before.has(usage)) this.emit({ type: 'key', key });
    }
  }

  protected lost(): void {
    this.#down = new Set();
  }
}
