import { SerialPort } from 'serialport';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, DeviceName } from '../../hal/device.ts';
import { hangUpNoticing } from './hang-up.ts';

/** How a serial port is set, as the device's manual says. */
export interface SerialSettings {
  /** Such as `/dev/ttyS1` or, better, `/dev/serial/by-id/…`. */
  readonly path: string;
  /** Bits a second, such as 9600 or 115200. */
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly stopBits?: 1 | 2;
  /** `rtscts` by wire, `xonxoff` by bytes 11h and 13h, which then can't be data. Default `none`. */
  readonly flowControl?: 'none' | 'rtscts' | 'xonxoff';
}

export interface SerialListener {
  online(): void;
  offline(fault: DeviceFault): void;
  data(chunk: Buffer): void;
}

/** A serial line as its driver uses it: a `SerialLine`, or what a test or a simulation has in its place. */
export type Line = Pick<SerialLine, keyof SerialLine>;

/** How long after a failed open or an unplugging the port is tried again. */
const reopenMs = 1000;

/**
 * A serial port that is kept open. The package's own port object must not outlive an unplugging: after it, writes
 * queue silently and go to whatever is plugged in next, and a destroyed port reopens without ever working. So each
 * opening makes a new one, nothing is written while the line is down, and a listener is there before the first byte
 * (a port with no reader doesn't notice a hang-up, and spins once a reader comes).
 */
export class SerialLine {
  readonly #device: DeviceName;
  readonly #settings: SerialSettings;
  readonly #clock: Clock;
  #listener: SerialListener | undefined;
  #port: SerialPort | undefined;
  #cancelReopen: (() => void) | undefined;
  #lastFault: DeviceFaultCode | undefined;
  readonly #pendingWrites = new Set<(written: boolean) => void>();

  constructor(device: DeviceName, settings: SerialSettings, clock: Clock) {
    this.#device = device;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** True while bytes can be written. */
  get online(): boolean {
    return this.#port !== undefined;
  }

  /** The port as messages name it. */
  get where(): string {
    return this.#settings.path;
  }

  /** Opens the port, and keeps it open until `close`. Resolves after the first attempt, whatever came of it. */
  async open(listener: SerialListener): Promise<void> {
    this.#listener = listener;
    await this.#tryOpen();
  }

  /**
   * Writes, and resolves with true when the kernel has sent all bytes to the line, with false when the line was down
   * or went away before. A peer that holds us off (flow control, or not reading) can keep it pending for ever: the
   * caller sets its own time limit and calls `reset`.
   */
  write(bytes: Uint8Array): Promise<boolean> {
    const port = this.#port;
    if (port === undefined) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (written: boolean): void => {
        if (this.#pendingWrites.delete(settle)) resolve(written);
      };
      this.#pendingWrites.add(settle);
      port.write(bytes, (writeError) => {
        if (writeError) return settle(false);
        port.drain((drainError) => settle(!drainError));
      });
    });
  }

  /**
   * Drops what is not yet sent, and opens the port anew. Reported as offline and online. Closing alone drops nothing
   * on a real UART that is held off: the kernel waits with the close, for up to 30 s, to send the rest all the same.
   */
  async reset(fault: DeviceFault): Promise<void> {
    const port = this.#port;
    if (port === undefined) return;
    this.#lost(port, fault);
    await new Promise<void>((resolve) => port.flush(() => resolve()));
    await closePort(port);
    await this.#tryOpen();
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#cancelReopen?.();
    this.#cancelReopen = undefined;
    const port = this.#port;
    this.#port = undefined;
    this.#settleWrites();
    if (port !== undefined) await closePort(port);
  }

  /** A fault of this line's device, in its words. */
  fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return { device: this.#device, code, where: this.#settings.path, what, remedy };
  }

  async #tryOpen(): Promise<void> {
    this.#cancelReopen?.();
    this.#cancelReopen = undefined;
    if (this.#listener === undefined || this.#port !== undefined) return;
    const { path, baudRate, dataBits = 8, parity = 'none', stopBits = 1, flowControl = 'none' } = this.#settings;
    const options = {
      binding: hangUpNoticing,
      path,
      baudRate,
      dataBits,
      parity,
      stopBits,
      rtscts: flowControl === 'rtscts',
      xon: flowControl === 'xonxoff',
      xoff: flowControl === 'xonxoff',
      autoOpen: false,
    };
    const port = new SerialPort(options);
    port.on('data', (chunk: Buffer) => {
      if (this.#port === port) this.#listener?.data(chunk);
    });
    const wentAway = (error: Error | null | undefined): void => {
      if (!this.#lost(port, this.#unplugged(error?.message ?? 'closed'))) return;
      void closePort(port).then(() => this.#reopenLater());
    };
    port.on('error', wentAway);
    port.on('close', wentAway);
    const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
    if (this.#listener === undefined) {
      if (failure === null) await closePort(port);
      return;
    }
    if (failure !== null) {
      this.#report(openFault(failure.message, this.#settings, (...words) => this.fault(...words)));
      this.#reopenLater();
      return;
    }
    this.#port = port;
    this.#lastFault = undefined;
    this.#listener.online();
  }

  /** Takes the port out of use; true when it was the one in use. */
  #lost(port: SerialPort, fault: DeviceFault): boolean {
    if (this.#port !== port) return false;
    this.#port = undefined;
    this.#settleWrites();
    this.#report(fault);
    return true;
  }

  #settleWrites(): void {
    for (const settle of this.#pendingWrites) settle(false);
  }

  /** Says a fault once, not at every attempt. */
  #report(fault: DeviceFault): void {
    if (fault.code === this.#lastFault) return;
    this.#lastFault = fault.code;
    this.#listener?.offline(fault);
  }

  #reopenLater(): void {
    if (this.#listener === undefined) return;
    this.#cancelReopen ??= this.#clock.schedule(reopenMs, () => void this.#tryOpen());
  }

  #unplugged(detail: string): DeviceFault {
    return this.fault(
      'unplugged',
      `The line to the ${this.#device} went away (${detail}).`,
      'Check its cable and power; it is taken up again by itself.',
    );
  }
}

/** serialport's open errors carry no code, only the system's words. */
const openFault = (
  message: string,
  settings: SerialSettings,
  fault: (code: DeviceFaultCode, what: string, remedy: string) => DeviceFault,
): DeviceFault => {
  if (/permission denied/i.test(message)) {
    return fault(
      'denied',
      'This user may not open the port.',
      'Add the user to the group that owns the port (dialout).',
    );
  }
  if (/cannot lock port|temporarily unavailable|busy/i.test(message)) {
    return fault('locked', 'Another process holds the port.', 'Stop the other process (find it with fuser).');
  }
  if (/no such file|no such device|ENXIO/i.test(message)) {
    return fault('missing', 'There is no such port.', 'Plug the device in, or correct its path in the configuration.');
  }
  return fault(
    'notSuitable',
    `The port can't be set to ${settings.baudRate} baud; it may be no serial port.`,
    'Correct the path and the speed in the configuration.',
  );
};

const closePort = (port: SerialPort): Promise<void> =>
  new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve()));
