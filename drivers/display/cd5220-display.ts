import type { Clock } from '../../hal/clock.ts';
import type { Health, LinkEvent } from '../../hal/device.ts';
import type { Display, Screen } from '../../hal/display.ts';
import { type Line, SerialLine, type SerialSettings } from '../serial/serial-line.ts';
import { ScreenLine } from './screen-line.ts';
import { type DisplayEncoding, fitToColumns } from './text-columns.ts';

/** How long a page stays before the other one is turned to. */
const pageMs = 2500;
const columns = 20;
const initialise = Buffer.of(0x1b, 0x40);
const clear = Buffer.of(0x0c);
const upperRow = Buffer.of(0x1b, 0x51, 0x41);
const lowerRow = Buffer.of(0x1b, 0x51, 0x42);
const endOfRow = Buffer.of(0x0d);

export interface Cd5220Settings {
  readonly serial: SerialSettings;
  /** `gbk` for a display with a Chinese character set, else `ascii`. No manual names a command to switch it. */
  readonly encoding: DisplayEncoding;
}

/**
 * A two-row, twenty-column serial display (VFD or LCD) in CD5220 command mode, usually 9600 8N1:
 *
 * | bytes | meaning |
 * |---|---|
 * | `1B 40` | initialise; sent when the line comes up |
 * | `0C` | clear; sent then, when there is no screen to send again |
 * | `1B 51 41` 20 characters `0D` | write the upper row |
 * | `1B 51 42` 20 characters `0D` | write the lower row |
 *
 * The four lines of a screen are two pages, lines 1–2 and 3–4, turned every 2.5 s while the second isn't blank. A
 * screen whose first page is new begins with that page; otherwise turning goes on where it is.
 */
export class Cd5220Display implements Display {
  readonly #line: ScreenLine;
  readonly #clock: Clock;
  readonly #encoding: DisplayEncoding;
  #pages: readonly [Buffer, Buffer];
  #shown: 0 | 1 = 0;
  #stopTurning: (() => void) | undefined;

  constructor(settings: Cd5220Settings, clock: Clock, line: Line = new SerialLine('display', settings.serial, clock)) {
    this.#line = new ScreenLine(line, clock, initialise, clear);
    this.#clock = clock;
    this.#encoding = settings.encoding;
    this.#pages = [this.#page('', ''), this.#page('', '')];
  }

  claim(listener: (event: LinkEvent) => void): Promise<void> {
    return this.#line.open(listener);
  }

  async release(): Promise<void> {
    this.#stopTurning?.();
    this.#stopTurning = undefined;
    await this.#line.close();
  }

  checkHealth(): Promise<Health> {
    return Promise.resolve(this.#line.health());
  }

  show(screen: Screen): void {
    const [first, second, third, fourth] = screen.lines;
    const before = this.#pages;
    this.#pages = [this.#page(first, second), this.#page(third, fourth)];
    const secondIsBlank = this.#pages[1].equals(this.#page('', ''));
    if (secondIsBlank || !this.#pages[0].equals(before[0])) {
      this.#stopTurning?.();
      this.#stopTurning = undefined;
      this.#shown = 0;
    }
    this.#line.put(this.#pages[this.#shown]);
    if (!secondIsBlank) this.#stopTurning ??= this.#clock.schedule(pageMs, () => this.#turn());
  }

  #turn(): void {
    this.#shown = this.#shown === 0 ? 1 : 0;
    this.#line.put(this.#pages[this.#shown]);
    this.#stopTurning = this.#clock.schedule(pageMs, () => this.#turn());
  }

  #page(upper: string, lower: string): Buffer {
    const row = (text: string): Buffer => fitToColumns(text, columns, this.#encoding);
    return Buffer.concat([upperRow, row(upper), endOfRow, lowerRow, row(lower), endOfRow]);
  }
}
