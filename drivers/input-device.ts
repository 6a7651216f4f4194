import type { Device, DeviceFault, Health, LinkEvent } from '../hal/device.ts';
import type { Line } from './serial/serial-line.ts';

/** What an input device needs of its line, be it serial or USB HID. */
export type InputLine = Pick<Line, 'open' | 'close' | 'fault'>;

/**
 * A device that only sends: keypad or swipe reader. Holds the line between claim and release, tells the listener how
 * the line is, and remembers it for checkHealth (such a device can't be asked anything).
 */
export abstract class InputDevice<Event> implements Device<Event> {
  readonly #line: InputLine;
  #listener: ((event: Event | LinkEvent) => void) | undefined;
  #fault: DeviceFault | undefined;

  constructor(line: InputLine) {
    this.#line = line;
    this.#fault = line.fault('missing', 'The device is not claimed.', 'Start the terminal.');
  }

  claim(listener: (event: Event | LinkEvent) => void): Promise<void> {
    if (this.#listener !== undefined) throw new Error('a device is claimed once');
    this.#listener = listener;
    return this.#line.open({
      online: () => this.online(),
      offline: (fault) => {
        this.lost();
        this.offline(fault);
      },
      data: (chunk) => this.received(chunk),
    });
  }

  async release(): Promise<void> {
    this.#listener = undefined;
    this.lost();
    await this.#line.close();
  }

  checkHealth(): Promise<Health> {
    return Promise.resolve(this.#fault === undefined ? { healthy: true } : { healthy: false, fault: this.#fault });
  }

  /** Bytes of a serial line, cut anywhere; or one whole HID report. */
  protected abstract received(chunk: Buffer): void;

  /** The line went away: whatever was half received will never be completed. */
  protected abstract lost(): void;

  protected emit(event: Event): void {
    this.#listener?.(event);
  }

  protected online(): void {
    this.#fault = undefined;
    this.#listener?.({ type: 'online' });
  }

  protected offline(fault: DeviceFault): void {
    this.#fault = fault;
    this.#listener?.({ type: 'offline', fault });
  }
}
