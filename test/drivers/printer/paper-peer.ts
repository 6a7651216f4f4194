import iconv from 'iconv-lite';
import type { Line, SerialListener } from '../../../drivers/serial/serial-line.ts';
import type { DeviceFault, DeviceFaultCode } from '../../../hal/device.ts';
import type { HandClock } from '../../support/hand-clock.ts';

export interface PeerAbilities {
  readonly realTime: boolean;
  readonly automaticStatus: boolean;
  readonly processId: boolean;
  readonly clearBuffers: boolean;
  /** DLE ENQ 2 clears always, not only in an error. */
  readonly clearsAlways?: boolean;
}

export type ProfileName = 'epson' | 'clone' | 'cheap58' | 'mute';

export const abilities: Record<ProfileName, PeerAbilities> = {
  epson: { realTime: true, automaticStatus: true, processId: true, clearBuffers: true },
  clone: { realTime: true, automaticStatus: true, processId: false, clearBuffers: false },
  cheap58: { realTime: false, automaticStatus: false, processId: false, clearBuffers: false },
  mute: { realTime: false, automaticStatus: false, processId: false, clearBuffers: false },
};

export const baudRate = 9600;
const msPerByte = 10_000 / baudRate;
/** 3.75 mm at 75 mm/s. */
export const msPerLine = 50;

/**
 * A small printer at the far end of a line that exists in memory only, on a clock moved by hand. Bytes take their
 * time, lines take theirs, and what is on paper is known. Faults are fields that a test sets.
 */
export class PaperPeer implements Line {
  readonly #clock: HandClock;
  readonly #can: PeerAbilities;
  #listener: SerialListener | undefined;
  #wire: { byte: number; last: (() => void) | undefined }[] = [];
  #wireBusy = false;
  readonly #unsent = new Set<(written: boolean) => void>();
  #realTime: number[] = [];
  #buffer: number[] = [];
  #line: number[] = [];
  #mechanismBusy = false;
  #asb = false;
  #lastAsb = '';
  #slow = 1;
  #isOn = true;
  /** How often it was switched off. */
  #runs = 0;

  online = false;
  readonly where = 'memory';
  /** Every line that is on paper, from the first. */
  readonly paper: string[] = [];
  /** Everything that was sent, real-time commands included. */
  readonly received: number[] = [];
  hasPaper = true;
  nearEnd = false;
  coverOpen = false;
  overheated = false;
  cutterJammed = false;
  /** While it is, no recovery helps. */
  bladeStuck = false;
  broken = false;
  /** Offline for no reason that it would tell. */
  plainOffline = false;
  /** Answers nothing; prints all the same. */
  mute = false;
  /** Holds the line off, as the operating system does it: writes stay pending. */
  wireHeld = false;
  /** Called when so many lines are on paper. */
  onLine: (lines: number) => void = () => {};
  /** What becomes of a reply on its way: any bytes, none, or later. */
  tamper: (reply: Buffer) => Buffer | undefined = (reply) => reply;

  constructor(clock: HandClock, can: PeerAbilities) {
    this.#clock = clock;
    this.#can = can;
  }

  // --- the line, as the driver sees it

  open(listener: SerialListener): Promise<void> {
    this.#listener = listener;
    this.plugIn();
    return Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<boolean> {
    if (!this.online) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (written: boolean): void => {
        if (this.#unsent.delete(settle)) resolve(written);
      };
      this.#unsent.add(settle);
      for (const [index, byte] of bytes.entries()) {
        this.#wire.push({ byte, last: index === bytes.length - 1 ? () => settle(true) : undefined });
      }
      this.#sendNext();
    });
  }

  reset(fault: DeviceFault): Promise<void> {
    this.unplug(fault);
    this.plugIn();
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#listener = undefined;
    this.online = false;
    return Promise.resolve();
  }

  fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return { device: 'printer', code, where: this.where, what, remedy };
  }

  // --- what a person or mischance does to it

  unplug(fault: DeviceFault = this.fault('unplugged', 'The cable was pulled.', 'Plug it in.')): void {
    this.online = false;
    this.#wire = [];
    for (const settle of this.#unsent) settle(false);
    this.#listener?.offline(fault);
  }

  plugIn(): void {
    this.online = true;
    this.#listener?.online();
  }

  /** A state field was changed: the printer notices. */
  changed(): void {
    this.#tellAutomatic();
    this.#work();
  }

  /** Bytes come out of it, as they are. */
  say(...bytes: number[]): void {
    if (this.online && bytes.length > 0) this.#listener?.data(Buffer.from(bytes));
  }

  /** Prints everything so many times slower than it should. */
  slowDown(factor: number): void {
    this.#slow = factor;
  }

  /** Its line stays up: it has forgotten what it was told, and what comes is lost until it is switched on. */
  switchOff(): void {
    this.#clear();
    this.#realTime = [];
    this.#asb = false;
    this.#mechanismBusy = false;
    this.#isOn = false;
    this.#runs++;
  }

  /** Most say XON then. */
  switchOn(xon = true): void {
    this.#isOn = true;
    if (xon) this.say(0x11);
  }

  releaseWire(): void {
    this.wireHeld = false;
    this.#sendNext();
  }

  // --- inside

  #sendNext(): void {
    if (this.#wireBusy || this.wireHeld || this.#wire.length === 0) return;
    this.#wireBusy = true;
    this.#clock.schedule(msPerByte, () => {
      this.#wireBusy = false;
      const next = this.wireHeld ? undefined : this.#wire.shift();
      if (next === undefined) return;
      this.received.push(next.byte);
      this.#arrive(next.byte);
      next.last?.();
      this.#sendNext();
    });
  }

  #reply(...bytes: number[]): void {
    if (this.mute) return;
    const sent = this.tamper(Buffer.from(bytes));
    if (sent !== undefined) this.say(...sent);
  }

  get #stopped(): boolean {
    return !this.hasPaper || this.coverOpen || this.overheated || this.cutterJammed || this.broken || this.plainOffline;
  }

  /** Real-time commands are taken out on arrival; the rest waits in the buffer. */
  #arrive(byte: number): void {
    if (!this.#isOn) return;
    if (!this.#can.realTime || (this.#realTime.length === 0 && byte !== 0x10)) {
      this.#buffer.push(byte);
      this.#work();
      return;
    }
    this.#realTime.push(byte);
    const [, command, n] = this.#realTime;
    if (command === 0x14 ? this.#realTime.length < 10 : this.#realTime.length < 3) return;
    this.#realTime = [];
    if (command === 0x04) this.#answerRealTime(n ?? 0);
    if (command === 0x05 && (this.#can.clearsAlways || this.cutterJammed)) {
      this.#clear();
      this.cutterJammed = this.bladeStuck;
      this.changed();
    }
    if (command === 0x14 && this.#can.clearBuffers) {
      this.#clear();
      this.#reply(0x37, 0x25, 0x00);
    }
  }

  #clear(): void {
    this.#buffer = [];
    this.#line = [];
  }

  #answerRealTime(n: number): void {
    const error =
      (this.cutterJammed ? 0x08 : 0) | (this.broken ? 0x20 : 0) | (this.overheated || this.coverOpen ? 0x40 : 0);
    const bits = [
      0,
      this.#stopped ? 0x08 : 0,
      (this.coverOpen ? 0x04 : 0) | (this.hasPaper ? 0 : 0x20) | (error ? 0x40 : 0),
      error,
      (this.nearEnd ? 0x0c : 0) | (this.hasPaper ? 0 : 0x60),
    ];
    this.#reply(0x12 | (bits[n] ?? 0));
  }

  #tellAutomatic(always = false): void {
    if (!this.#asb) return;
    const status = [
      0x10 | (this.#stopped ? 0x08 : 0) | (this.coverOpen ? 0x20 : 0),
      (this.cutterJammed ? 0x08 : 0) | (this.broken ? 0x20 : 0) | (this.overheated ? 0x40 : 0),
      (this.nearEnd ? 0x03 : 0) | (this.hasPaper ? 0 : 0x0c),
      0x00,
    ];
    if (!always && status.join() === this.#lastAsb) return;
    this.#lastAsb = status.join();
    this.#reply(...status);
  }

  /** The interpreter: goes on until a line is being printed, the printer has stopped, or a command isn't whole yet. */
  #work(): void {
    while (!this.#mechanismBusy && !this.#stopped && this.#buffer.length > 0) {
      const length = this.#commandLength();
      if (this.#buffer.length < length) return;
      this.#obey(this.#buffer.splice(0, length));
    }
  }

  #commandLength(): number {
    const [first = 0, second = 0] = this.#buffer;
    if (first === 0x1b) return second === 0x40 ? 2 : 3;
    if (first === 0x1c) return 2;
    if (first === 0x1d) return second === 0x28 ? 11 : 3;
    return 1;
  }

  #obey([first = 0, second = 0, third = 0, ...rest]: number[]): void {
    if (first === 0x0a) {
      this.#feed(this.#line.splice(0), 1);
    } else if (first === 0x1b && second === 0x40) {
      this.#line = [];
      this.#asb = false;
    } else if (first === 0x1b && second === 0x64) {
      this.#feed([], third);
    } else if (first === 0x1b && second === 0x76) {
      this.#reply((this.nearEnd ? 0x01 : 0) | (this.overheated ? 0x40 : 0));
    } else if (first === 0x1d && second === 0x61 && this.#can.automaticStatus) {
      this.#asb = third === 0xff;
      this.#tellAutomatic(true);
    } else if (first === 0x1d && second === 0x72) {
      this.#reply(this.nearEnd ? 0x03 : 0x00);
    } else if (first === 0x1d && second === 0x28 && this.#can.processId) {
      this.#reply(0x37, 0x22, ...rest.slice(-4), 0x00);
    } else if (first >= 0x20) {
      this.#line.push(first);
    }
  }

  #feed(text: number[], lines: number): void {
    this.#mechanismBusy = true;
    const run = this.#runs;
    this.#clock.schedule(msPerLine * lines * this.#slow, () => {
      if (run !== this.#runs) return;
      this.#mechanismBusy = false;
      if (text.length > 0) this.paper.push(iconv.decode(Buffer.from(text), 'gbk'));
      this.onLine(this.paper.length);
      this.#work();
    });
  }
}

/** Lets time pass in small steps until the promise is settled, giving all else its turn between them. */
export const runOn = async <T>(clock: HandClock, promise: Promise<T>, limitMs = 180_000): Promise<T> => {
  let settled = false;
  const outcome = promise.finally(() => {
    settled = true;
  });
  outcome.catch(() => {}); // told by the promise that is returned
  for (let passed = 0; ; passed += 5) {
    await new Promise(setImmediate);
    if (settled) return outcome;
    if (passed > limitMs) throw new Error(`not settled within ${limitMs} ms`);
    clock.advance(5);
  }
};
