import type { Clock } from '../../hal/clock.ts';
import type { Health } from '../../hal/device.ts';
import type { Key, KeyEvent, Keypad } from '../../hal/keypad.ts';
import { InputDevice, type InputLine } from '../input-device.ts';
import { SerialLine, type SerialSettings } from '../serial/serial-line.ts';

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

const keyOfByte: ReadonlyMap<number, Key> = new Map<number, Key>([
  ...(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const).map((digit, n) => [0x30 + n, digit] as const),
  [carriageReturn, 'enter'],
  [0x1b, 'cancel'],
  [0x08, 'clear'],
  [0x7f, 'clear'],
  [0x44, '00'],
  [0x4d, 'menu'],
  [0x46, 'function'],
]);

/** More bytes a second than a finger makes, a held key's repetition included. */
const fingerBytesPerSecond = 50;
/** How many bytes at once a busy moment of this process explains: one second's worth. */
const burstBytes = 50;
/** The most that a flood is remembered, so that two quiet seconds end it however long it was. */
const rememberedBytes = 100;
/** So many bytes in a row that are no keys: the line's settings are wrong, rather than a spark on the cable. */
const suspiciousNoise = 8;

/**
 * A clear-text keypad on a serial line, one ASCII byte a press:
 *
 * | byte (hex) | key |
 * |---|---|
 * | 30 … 39 | digits `0` … `9` |
 * | 0D | `enter` 确认; a 0A right after it is ignored |
 * | 1B | `cancel` 取消 |
 * | 08, 7F | `clear` 退格 |
 * | 44 (`D`) | `00` |
 * | 4D (`M`) | `menu` 菜单 |
 * | 46 (`F`) | `function` 功能 |
 * | any other | noise: ignored and counted |
 *
 * Example: `31 32 44 0D` is 1, 2, 00, enter.
 *
 * More than 50 bytes a second, sustained, are no finger: the keypad is `babbling`, is reported offline, and its bytes
 * are dropped until it has calmed down.
 */
export class SerialKeypad extends InputDevice<KeyEvent> implements Keypad {
  readonly #line: InputLine;
  readonly #clock: Clock;
  #afterReturn = false;
  #noiseInARow = 0;
  /** Bytes above the finger's pace: rises with each byte, and falls as time passes. */
  #excess = 0;
  #excessAt = 0;
  #cancelCalm: (() => void) | undefined;

  constructor(settings: SerialSettings, clock: Clock, line: InputLine = new SerialLine('keypad', settings, clock)) {
    super(line);
    this.#line = line;
    this.#clock = clock;
  }

  override async checkHealth(): Promise<Health> {
    const health = await super.checkHealth();
    if (!health.healthy || this.#noiseInARow < suspiciousNoise) return health;
    const fault = this.#line.fault(
      'babbling',
      `The last ${this.#noiseInARow} bytes from the keypad were no keys.`,
      "Compare the port's speed and parity in the configuration with the keypad's.",
    );
    return { healthy: false, fault };
  }

  protected received(chunk: Buffer): void {
    if (this.#isFlood(chunk.length)) return;
    for (const byte of chunk) {
      const endsLine = byte === lineFeed && this.#afterReturn;
      this.#afterReturn = byte === carriageReturn;
      if (endsLine) continue;
      const key = keyOfByte.get(byte);
      this.#noiseInARow = key === undefined ? this.#noiseInARow + 1 : 0;
      if (key !== undefined) this.emit({ type: 'key', key });
    }
  }

  protected lost(): void {
    this.#cancelCalm?.();
    this.#cancelCalm = undefined;
    this.#afterReturn = false;
    this.#noiseInARow = 0;
    this.#excess = 0;
  }

  #isFlood(count: number): boolean {
    this.#drain();
    this.#excess = Math.min(this.#excess + count, rememberedBytes);
    if (this.#cancelCalm !== undefined) return true;
    if (this.#excess <= burstBytes) return false;
    this.#awaitCalm();
    this.offline(
      this.#line.fault(
        'babbling',
        `The keypad sends more than ${fingerBytesPerSecond} bytes a second.`,
        "Check its cable, and the port's speed in the configuration; its keys are ignored until it is quiet.",
      ),
    );
    return true;
  }

  #drain(): void {
    const now = this.#clock.monotonic();
    this.#excess = Math.max(0, this.#excess - ((now - this.#excessAt) * fingerBytesPerSecond) / 1000);
    this.#excessAt = now;
  }

  #awaitCalm(): void {
    this.#cancelCalm = this.#clock.schedule(Math.ceil((this.#excess * 1000) / fingerBytesPerSecond), () => {
      this.#drain();
      if (this.#excess > 0) return this.#awaitCalm();
      this.#cancelCalm = undefined;
      this.online();
    });
  }
}
