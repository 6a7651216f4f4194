import type { Writable } from 'node:stream';
import iconv from 'iconv-lite';
import type { DeviceFault, Health, LinkEvent } from '../../hal/device.ts';
import type { Display, Screen } from '../../hal/display.ts';
import { fitToColumns } from './text-columns.ts';

const columns = 16;
const boxRows = 6;

/**
 * A display for developers, on a stream. On a terminal it draws a box, over the last one; into a file or pipe it
 * writes one line a change, so that a log stays readable:
 *
 *     ┌────────────────┐
 *     │请刷卡          │
 *     │12.34           │            │请刷卡          │12.34           │                │                │
 *     │                │
 *     │                │
 *     └────────────────┘
 *
 * It shows what a GBK display would: `?` for what that lacks. The stream stays open after `release`.
 */
export class ConsoleDisplay implements Display {
  readonly #stream: Writable & { readonly isTTY?: boolean };
  #listener: ((event: LinkEvent) => void) | undefined;
  #fault: DeviceFault | undefined;
  #written: string | undefined;
  #waiting: Screen | undefined;
  #heldOff = false;

  constructor(stream: Writable & { readonly isTTY?: boolean }) {
    this.#stream = stream;
  }

  claim(listener: (event: LinkEvent) => void): Promise<void> {
    this.#listener = listener;
    this.#stream.on('error', this.#onError);
    this.#stream.on('drain', this.#onDrain);
    listener({ type: 'online' });
    return Promise.resolve();
  }

  release(): Promise<void> {
    this.#listener = undefined;
    this.#stream.off('error', this.#onError);
    this.#stream.off('drain', this.#onDrain);
    return Promise.resolve();
  }

  checkHealth(): Promise<Health> {
    return Promise.resolve(this.#fault === undefined ? { healthy: true } : { healthy: false, fault: this.#fault });
  }

  show(screen: Screen): void {
    if (this.#listener === undefined || this.#fault !== undefined) return;
    if (this.#heldOff) {
      this.#waiting = screen;
      return;
    }
    const lines = screen.lines.map((line) => iconv.decode(fitToColumns(line, columns, 'gbk'), 'gbk'));
    const drawing = this.#stream.isTTY ? box(lines) : `│${lines.join('│')}│\n`;
    if (drawing === this.#written) return;
    const overTheLast = this.#stream.isTTY && this.#written !== undefined ? `\u001b[${boxRows}A` : '';
    this.#written = drawing;
    this.#heldOff = !this.#stream.write(overTheLast + drawing);
  }

  readonly #onDrain = (): void => {
    this.#heldOff = false;
    const screen = this.#waiting;
    this.#waiting = undefined;
    if (screen !== undefined) this.show(screen);
  };

  readonly #onError = (error: Error): void => {
    if (this.#fault !== undefined) return;
    this.#fault = {
      device: 'display',
      code: 'unplugged',
      where: 'console',
      what: `The console takes no more output (${error.message}).`,
      remedy: 'Start the terminal with its output open, or configure a real display.',
    };
    this.#listener?.({ type: 'offline', fault: this.#fault });
  };
}

const box = (lines: readonly string[]): string => {
  const edge = '─'.repeat(columns);
  return [`┌${edge}┐`, ...lines.map((line) => `│${line}│`), `└${edge}┘`, ''].join('\n');
};
