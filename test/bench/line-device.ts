import { EventEmitter } from 'node:events';

/** What a device needs of the far end of its line: a pty's streams, or a line that is simulated. */
export interface DeviceEnd {
  /** What the terminal sends. */
  readonly received: {
    on(event: 'data', listener: (chunk: Buffer) => void): unknown;
    off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  };
  /** What the device sends. */
  readonly send: { write(bytes: Uint8Array): unknown };
}

/**
 * A device of the virtual board at the far end of a serial line. What it sends is written at once; what the terminal
 * sends comes to `receive`, cut anywhere. Sending while it isn't attached is a mistake of the test and throws.
 */
export abstract class LineDevice<Events extends Record<string, unknown[]>> extends EventEmitter<Events> {
  #far: DeviceEnd | undefined;
  readonly #onData = (chunk: Buffer): void => this.receive(chunk);

  attach(far: DeviceEnd): void {
    if (this.#far !== undefined) throw new Error(`${this.constructor.name} is attached already: detach it first`);
    this.#far = far;
    far.received.on('data', this.#onData);
  }

  /** Takes the device off the line, which stays up. May be called twice. */
  detach(): void {
    this.#far?.received.off('data', this.#onData);
    this.#far = undefined;
  }

  protected send(bytes: Uint8Array): void {
    if (this.#far === undefined) throw new Error(`${this.constructor.name} is not attached: attach it to a line first`);
    this.#far.send.write(bytes);
  }

  protected abstract receive(chunk: Buffer): void;
}
