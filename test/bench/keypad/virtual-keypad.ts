import type { Clock } from '../../../hal/clock.ts';
import type { Key } from '../../../hal/keypad.ts';
import { LineDevice } from '../line-device.ts';

/**
 * What the keypad sends, one byte a press and nothing on a release. Printed beside each byte is its ASCII name.
 *
 * | key | byte | | key | byte |
 * |---|---|---|---|---|
 * | 0–9 | 30–39 `0`–`9` | | 清除 clear | 08 BS |
 * | 00 | 44 `D` | | 菜单 menu | 4D `M` |
 * | 确认 enter | 0D CR | | 功能 function | 46 `F` |
 * | 取消 cancel | 1B ESC | | | |
 *
 * Example, 12.50 and 确认: `31 32 35 30 0D`.
 */
const codes: Readonly<Record<Key, number>> = {
  '0': 0x30,
  '1': 0x31,
  '2': 0x32,
  '3': 0x33,
  '4': 0x34,
  '5': 0x35,
  '6': 0x36,
  '7': 0x37,
  '8': 0x38,
  '9': 0x39,
  '00': 0x44,
  enter: 0x0d,
  cancel: 0x1b,
  clear: 0x08,
  menu: 0x4d,
  function: 0x46,
};

/** A serial keypad with plain ASCII codes, played by a test or a person. */
export class VirtualKeypad extends LineDevice<Record<never, never>> {
  readonly #clock: Clock;
  #letGo: (() => void) | undefined;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** Presses the keys one after the other; their bytes leave together, as from a clerk whom no terminal outruns. */
  press(...keys: readonly Key[]): void {
    this.send(Uint8Array.from(keys, (key) => codes[key]));
  }

  /** Presses the digits of a text such as `1250`, one by one. */
  type(digits: string): void {
    this.press(
      ...Array.from(digits, (digit) => {
        if (!/^[0-9]$/.test(digit)) throw new RangeError('Only digits can be typed: press other keys by their names');
        return digit as Key;
      }),
    );
  }

  /** A key that jams: it is sent now and again every `everyMs`, until `letGo` or `detach`. */
  stick(key: Key, everyMs = 100): void {
    this.letGo();
    const again = (): void => {
      this.press(key);
      this.#letGo = this.#clock.schedule(everyMs, again);
    };
    again();
  }

  /** Frees the key that sticks; nothing to do otherwise. */
  letGo(): void {
    this.#letGo?.();
    this.#letGo = undefined;
  }

  /** Sends bytes that no key sends: line noise, or the wrong device in the socket. */
  babble(bytes: Uint8Array): void {
    this.send(bytes);
  }

  override detach(): void {
    this.letGo();
    super.detach();
  }

  /** A keypad doesn't listen. */
  protected override receive(): void {}
}
