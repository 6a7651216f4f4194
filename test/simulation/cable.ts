import { EventEmitter } from 'node:events';
import type { Line, SerialListener } from '../../drivers/serial/serial-line.ts';
import type { DeviceFault, DeviceFaultCode, DeviceName } from '../../hal/device.ts';
import type { DeviceEnd } from '../bench/line-device.ts';
import type { FarSide } from '../bench/printer/wire.ts';
import type { Chance } from './chance.ts';
import type { Life } from './disk.ts';
import type { Scheduler } from './scheduler.ts';

/** What becomes of a message on a serial line. Such a line has no check of its own: that is the protocols' business. */
export type Garbling = 'lost' | 'late' | 'doubled' | 'bitWrong' | 'stray' | 'held';
export type Direction = 'toTerminal' | 'toDevice';

/** How often a line that went away is looked for, as `SerialLine` does. */
const reopenMs = 1000;

/** The end that a device has: streams of which no more is there than devices use. */
class FarStreams extends EventEmitter implements DeviceEnd, FarSide {
  readonly received = this;
  readonly send;
  readonly writable = true;
  readonly writableLength = 0;

  constructor(send: (bytes: Uint8Array) => void) {
    super();
    this.send = Object.assign(new EventEmitter(), { writable: true, writableLength: 0, write: send });
  }

  pause(): void {
    // It has nothing to hold back.
  }

  resume(): void {
    // Nor to go on with.
  }
}

/**
 * A serial cable between a port of the board and a device. It keeps the pace of its baud rate, can be pulled out at
 * both ends, can be stuck, and can have things happen to what goes over it.
 */
export class Cable {
  readonly device: DeviceName;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #byteMs: number;
  /** A device that keeps the pace of its line by itself gets what is sent at once. */
  readonly #paced: boolean;
  #far: FarStreams | undefined;
  #port: Port | undefined;
  /** When all that was written is on the line, also what a process wrote that was killed since. */
  #busyUntil = 0;
  /** When the terminal has read all that the device has sent. */
  #readUntil = 0;
  readonly #garblings: { readonly direction: Direction; readonly how: Garbling; readonly told: () => void }[] = [];
  #held: Buffer[] = [];
  /** What waits for a line that is stuck. */
  #waiting: (() => void)[] | undefined;
  /** Told what goes over it. */
  onBytes: (direction: Direction, bytes: Buffer) => void = () => undefined;

  constructor(
    scheduler: Scheduler,
    chance: Chance,
    options: { device: DeviceName; baudRate: number; paced?: boolean },
  ) {
    this.device = options.device;
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#byteMs = 10_000 / options.baudRate;
    this.#paced = options.paced ?? true;
  }

  get pluggedIn(): boolean {
    return this.#far !== undefined;
  }

  /** A device is plugged in: its end of the cable. */
  plugIn(): DeviceEnd & FarSide {
    this.#far = new FarStreams((bytes) => this.#fromDevice(Buffer.from(bytes)));
    return this.#far;
  }

  /** The plug is pulled: the terminal's port notices. What is on the line is lost. */
  unplug(): void {
    const far = this.#far;
    this.#far = undefined;
    this.#held = [];
    far?.emit('close');
    this.#port?.hangUp();
  }

  /** The terminal's end has lost its power. The device at the other end doesn't notice. */
  losePower(): void {
    if (this.#port !== undefined) this.#port.powerless = true;
    this.drop();
  }

  /** The next message in that direction suffers so. */
  garbleNext(direction: Direction, how: Garbling, told: () => void): void {
    this.#garblings.push({ direction, how, told });
  }

  /** The device takes nothing for a while, as under flow control: what is sent waits. */
  stick(): void {
    this.#waiting ??= [];
  }

  letGo(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const send of waiting) send();
  }

  heal(): void {
    this.#garblings.length = 0;
    this.letGo();
  }

  /** Bytes that the device never sent reach the terminal. */
  babble(bytes: Buffer): void {
    this.#toTerminal(bytes, 0);
  }

  /** The port that a run of the terminal has at its end. */
  portFor(life: Life, path: string): Line {
    const port = new Port(this, this.#scheduler, life, path);
    this.#port = port;
    return port;
  }

  /** What was written and isn't on the line yet never will be. */
  drop(): void {
    this.#busyUntil = 0;
  }

  /** What a port sends; `sent` is called when it is on the line, unless the port has dropped it before. */
  send(bytes: Buffer, isWanted: () => boolean, sent: () => void): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(() => {
        if (isWanted()) this.send(bytes, isWanted, sent);
      });
      return;
    }
    const far = this.#far;
    if (far === undefined) return;
    this.onBytes('toDevice', bytes);
    const take = (taken: Buffer): void => {
      if (this.#far === far) far.emit('data', taken);
    };
    const deliver = (): void => this.#garbled('toDevice', bytes, take);
    this.#busyUntil = Math.max(this.#busyUntil, this.#scheduler.now) + bytes.length * this.#byteMs;
    const inMs = this.#busyUntil - this.#scheduler.now;
    if (!this.#paced) deliver();
    this.#scheduler.after(inMs, () => {
      if (this.#paced && isWanted()) deliver();
      sent();
    });
  }

  #fromDevice(bytes: Buffer): void {
    this.#garbled('toTerminal', bytes, (garbled) => this.#toTerminal(garbled, garbled.length * this.#byteMs));
  }

  #toTerminal(bytes: Buffer, onLineMs: number): void {
    const port = this.#port;
    if (this.#far === undefined || port === undefined) return;
    this.#readUntil = Math.max(this.#readUntil, this.#scheduler.now) + onLineMs;
    this.#scheduler.after(this.#readUntil - this.#scheduler.now, () => {
      this.onBytes('toTerminal', bytes);
      port.receive(bytes);
    });
  }

  /** Passes on what a message has become, and what was held back before it. */
  #garbled(direction: Direction, bytes: Buffer, pass: (bytes: Buffer) => void): void {
    if (direction === 'toTerminal') for (const held of this.#held.splice(0)) pass(held);
    const at = this.#garblings.findIndex((garbling) => garbling.direction === direction);
    const [garbling] = at < 0 ? [] : this.#garblings.splice(at, 1);
    garbling?.told();
    if (garbling?.how === 'held') this.#held.push(bytes);
    else if (garbling?.how === 'late') this.#scheduler.after(this.#chance.between(50, 3000), () => pass(bytes));
    else for (const each of garbled(bytes, garbling?.how, this.#chance)) pass(each);
  }
}

/** What comes out of a line at its other end. */
const garbled = (bytes: Buffer, how: Garbling | undefined, chance: Chance): readonly Buffer[] => {
  switch (how) {
    case 'lost':
      return [];
    case 'doubled':
      return [bytes, bytes];
    case 'bitWrong': {
      const wrong = Buffer.from(bytes);
      const place = chance.integer(0, wrong.length - 1);
      wrong[place] = (wrong[place] as number) ^ (1 << chance.integer(0, 7));
      return [wrong];
    }
    case 'stray': {
      const place = chance.integer(0, bytes.length);
      return [Buffer.concat([bytes.subarray(0, place), chance.bytes(chance.integer(1, 4)), bytes.subarray(place)])];
    }
    default:
      return [bytes];
  }
};

/** The port at the terminal's end, which does what a `SerialLine` does. */
class Port implements Line {
  readonly where: string;
  /** The board has lost its power: what was not on the line yet will never be. */
  powerless = false;
  readonly #cable: Cable;
  readonly #scheduler: Scheduler;
  readonly #life: Life;
  readonly #pending = new Set<(written: boolean) => void>();
  #listener: SerialListener | undefined;
  #lastFault: DeviceFaultCode | undefined;
  #cancelReopen: (() => void) | undefined;
  online = false;

  constructor(cable: Cable, scheduler: Scheduler, life: Life, path: string) {
    this.#cable = cable;
    this.#scheduler = scheduler;
    this.#life = life;
    this.where = path;
  }

  open(listener: SerialListener): Promise<void> {
    this.#listener = listener;
    this.#tryOpen();
    return Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<boolean> {
    if (!this.online || this.#life.ended) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (written: boolean): void => {
        if (this.#pending.delete(settle) && !this.#life.ended) resolve(written);
      };
      this.#pending.add(settle);
      const isWanted = (): boolean => this.#pending.has(settle) && !this.powerless;
      this.#cable.send(Buffer.from(bytes), isWanted, () => settle(true));
    });
  }

  async reset(fault: DeviceFault): Promise<void> {
    if (!this.online) return;
    this.#lose(fault);
    this.#cable.drop();
    this.#tryOpen();
  }

  close(): Promise<void> {
    this.#listener = undefined;
    this.#cancelReopen?.();
    this.online = false;
    this.#settleWrites();
    return Promise.resolve();
  }

  fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return { device: this.#cable.device, code, where: this.where, what, remedy };
  }

  receive(bytes: Buffer): void {
    if (this.online && !this.#life.ended) this.#listener?.data(Buffer.from(bytes));
  }

  /** The plug was pulled at the other end. */
  hangUp(): void {
    if (!this.online || this.#life.ended) return;
    this.#lose(this.fault('unplugged', `The line to the ${this.#cable.device} went away.`, 'Check its cable.'));
    this.#reopenLater();
  }

  #lose(fault: DeviceFault): void {
    this.online = false;
    this.#settleWrites();
    this.#report(fault);
  }

  #settleWrites(): void {
    for (const settle of this.#pending) settle(false);
  }

  #tryOpen(): void {
    if (this.#listener === undefined || this.online || this.#life.ended) return;
    if (this.#cable.pluggedIn) {
      this.online = true;
      this.#lastFault = undefined;
      this.#listener.online();
      return;
    }
    this.#report(this.fault('missing', 'There is no such port.', 'Plug the device in.'));
    this.#reopenLater();
  }

  #report(fault: DeviceFault): void {
    if (fault.code === this.#lastFault) return;
    this.#lastFault = fault.code;
    this.#listener?.offline(fault);
  }

  #reopenLater(): void {
    this.#cancelReopen = this.#scheduler.after(reopenMs, () => this.#tryOpen());
  }
}
