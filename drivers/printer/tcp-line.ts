import { connect, type Socket } from 'node:net';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, DeviceName } from '../../hal/device.ts';
import type { Line, SerialListener } from '../serial/serial-line.ts';

/** A printer in the network, which takes ESC/POS at a TCP port: 9100, "raw" or "JetDirect". */
export interface TcpSettings {
  readonly transport: 'tcp';
  readonly host: string;
  readonly port: number;
}

/** How long a connection may take to come about, in ms. */
const connectMs = 5000;
/** How long after a connection ended or failed the next one is tried, in ms. */
const reconnectMs = 1000;
/** How long what was written may take to go out when the line is given up. */
const closeMs = 2000;

/**
 * A TCP connection to a printer that is kept open, as a line like a serial one. What differs: a network cable that is
 * pulled out is not noticed here, only by the printer's silence, and what was written meanwhile still arrives when the
 * cable is back, unless `reset` has dropped it.
 */
export class TcpLine implements Line {
  readonly #device: DeviceName;
  readonly #settings: TcpSettings;
  readonly #clock: Clock;
  #listener: SerialListener | undefined;
  #socket: Socket | undefined;
  #isConnected = false;
  #cancelRetry: (() => void) | undefined;
  #lastFault: DeviceFaultCode | undefined;
  readonly #pendingWrites = new Set<(written: boolean) => void>();

  constructor(device: DeviceName, settings: TcpSettings, clock: Clock) {
    this.#device = device;
    this.#settings = settings;
    this.#clock = clock;
  }

  get online(): boolean {
    return this.#isConnected;
  }

  get where(): string {
    return `${this.#settings.host}:${this.#settings.port}`;
  }

  async open(listener: SerialListener): Promise<void> {
    this.#listener = listener;
    await this.#connect();
  }

  /** Resolves with true when the system has taken all bytes, with false when the connection was or went away. */
  write(bytes: Uint8Array): Promise<boolean> {
    const socket = this.#socket;
    if (socket === undefined || !this.#isConnected) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (written: boolean): void => {
        if (this.#pendingWrites.delete(settle)) resolve(written);
      };
      this.#pendingWrites.add(settle);
      socket.write(bytes, (error) => settle(!error));
    });
  }

  /** Drops what has not arrived, and connects anew. Reported as offline and online. */
  async reset(fault: DeviceFault): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || !this.#isConnected) return;
    this.#lost(socket, fault);
    // A FIN would let the system send the rest all the same.
    socket.resetAndDestroy();
    await this.#connect();
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#cancelRetry?.();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#settleWrites();
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      // A printer that takes no more bytes would keep it open for ever.
      const cancel = this.#clock.schedule(closeMs, () => socket.resetAndDestroy());
      socket.once('close', () => {
        cancel();
        resolve();
      });
      socket.destroySoon();
    });
  }

  fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return { device: this.#device, code, where: this.where, what, remedy };
  }

  #connect(): Promise<void> {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#listener === undefined || this.#socket !== undefined) return Promise.resolve();
    const socket = connect({ host: this.#settings.host, port: this.#settings.port, noDelay: true, keepAlive: true });
    this.#socket = socket;
    return new Promise((resolve) => {
      const cancelTimeout = this.#clock.schedule(connectMs, () => {
        socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      });
      let failure: Error | undefined;
      socket.once('connect', () => {
        cancelTimeout();
        if (this.#socket !== socket) return;
        this.#isConnected = true;
        this.#lastFault = undefined;
        this.#listener?.online();
        resolve();
      });
      socket.on('data', (chunk: Buffer) => {
        if (this.#socket === socket) this.#listener?.data(chunk);
      });
      socket.on('end', () => socket.destroy());
      socket.on('error', (error) => {
        failure = error;
      });
      socket.once('close', () => {
        cancelTimeout();
        if (this.#socket === socket) {
          this.#lost(socket, this.#isConnected ? this.#wentAway(failure) : this.#notReached(failure));
          this.#retryLater();
        }
        resolve();
      });
    });
  }

  #lost(socket: Socket, fault: DeviceFault): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#settleWrites();
    if (fault.code === this.#lastFault) return;
    this.#lastFault = fault.code;
    this.#listener?.offline(fault);
  }

  #settleWrites(): void {
    for (const settle of this.#pendingWrites) settle(false);
  }

  #retryLater(): void {
    if (this.#listener === undefined) return;
    this.#cancelRetry ??= this.#clock.schedule(reconnectMs, () => void this.#connect());
  }

  #wentAway(failure: Error | undefined): DeviceFault {
    return this.fault(
      'unplugged',
      `The connection to the ${this.#device} ended (${failure?.message ?? 'closed by it'}).`,
      'Check its power and network; it is taken up again by itself.',
    );
  }

  #notReached(failure: Error | undefined): DeviceFault {
    return this.fault(
      'missing',
      `Nothing takes a connection there (${failure?.message ?? 'closed at once'}).`,
      'Check host and port in the configuration, the network, and that no other computer holds the printer.',
    );
  }
}
