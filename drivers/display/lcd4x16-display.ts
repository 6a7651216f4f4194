import type { Clock } from '../../hal/clock.ts';
import type { Health, LinkEvent } from '../../hal/device.ts';
import type { Display, Screen } from '../../hal/display.ts';
import { type Line, SerialLine, type SerialSettings } from '../serial/serial-line.ts';
import { ScreenLine } from './screen-line.ts';
import { cutToColumns } from './text-columns.ts';

const columns = 16;
const clear = Buffer.of(0x0c);
const endOfLine = Buffer.of(0x0d, 0x0a);

/**
 * A four-line display of sixteen columns behind a small controller, by Slipsafe's plain line protocol, usually
 * 9600 8N1. Each screen is sent whole:
 *
 * | bytes | meaning |
 * |---|---|
 * | `0C` | clear, and go to the start of line 1; also ends a screen that was cut off |
 * | 0 … 16, then `0D 0A` | a line, GBK; the rest of it stays blank; then the next line |
 * | … | four lines in all |
 *
 * Example, 请刷卡 on the first line: `0C C7EB CBA2 BFA8 0D0A 0D0A 0D0A 0D0A`. GBK text holds no byte below 20h, so
 * that the controller may tell commands by their value. The display doesn't answer.
 */
export class Lcd4x16Display implements Display {
  readonly #line: ScreenLine;

  constructor(settings: SerialSettings, clock: Clock, line: Line = new SerialLine('display', settings, clock)) {
    this.#line = new ScreenLine(line, clock, Buffer.alloc(0), clear);
  }

  claim(listener: (event: LinkEvent) => void): Promise<void> {
    return this.#line.open(listener);
  }

  release(): Promise<void> {
    return this.#line.close();
  }

  checkHealth(): Promise<Health> {
    return Promise.resolve(this.#line.health());
  }

  show(screen: Screen): void {
    const lines = screen.lines.flatMap((line) => [cutToColumns(line, columns, 'gbk'), endOfLine]);
    this.#line.put(Buffer.concat([clear, ...lines]));
  }
}
