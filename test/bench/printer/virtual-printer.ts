import { EventEmitter } from 'node:events';
import { type FaultMoment, Faults } from './faults.ts';
import { Interpreter, type InterpreterHost } from './interpreter.ts';
import { dotsPerMm, Mechanism } from './mechanism.ts';
import { type Copy, Paper, type PaperLine } from './paper.ts';
import { type PrinterProfile, type ProfileName, profiles } from './profiles.ts';
import { type RealTimeCommand, RealTimeScanner } from './real-time-scanner.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { Replies, type ReplyKind, type SpoiltReplies } from './replies.ts';
import {
  automaticStatus,
  type Condition,
  changedCategories,
  isOnline,
  moduleStatus,
  paperSensors,
  realTimeStatus,
} from './status.ts';
import { type BenchClock, realClock, Timeline } from './timeline.ts';
import { type FarSide, Wire } from './wire.ts';

const xon = 0x11;
const xoff = 0x13;

export interface VirtualPrinterOptions {
  /** A make by name, or one of your own. Default `epson`. */
  readonly profile?: ProfileName | PrinterProfile;
  /** Default 115200. Bytes arrive at a tenth of it a second. */
  readonly baudRate?: number;
  /** Default 60. */
  readonly mmPerSecond?: number;
  /** Bytes. Default 4096. */
  readonly receiveBuffer?: number;
  /** Default `xonxoff`; with `none` what finds the receive buffer full is lost. A mute printer can't send XOFF. */
  readonly flowControl?: 'xonxoff' | 'none';
  /** Free bytes of the receive buffer at and below which XOFF goes out. Default an eighth of it. */
  readonly xoffFree?: number;
  /** Free bytes at and above which XON follows. Default a quarter. */
  readonly xonFree?: number;
  /** Blank lines of 30 dots that end a copy on a printer without cutter: 15 mm, from head to tear bar. Default 4. */
  readonly copyFeedLines?: number;
  /** How long an overheated head needs. Default 5000. */
  readonly coolDownMs?: number;
  /** How many lines of paper are remembered. Default 20000. */
  readonly keepLines?: number;
  /** 20 lets line and motor run twenty times as fast. Default 1. */
  readonly speed?: number;
  readonly clock?: BenchClock;
}

export interface PrinterState {
  readonly power: 'on' | 'off';
  readonly plugged: boolean;
  readonly online: boolean;
  readonly paper: 'ok' | 'nearEnd' | 'end';
  readonly cover: 'closed' | 'open';
  readonly error: 'none' | 'cutter' | 'overheat' | 'unrecoverable';
}

/** Bytes that the interpreter didn't know what to do with, or a misuse of the protocol. */
export interface Complaint {
  readonly what: string;
  /** Where in the bytes that the interpreter has read, from 1. */
  readonly atByte: number;
  /** The command, in hex, its first 16 bytes. */
  readonly bytes: string;
}

/** What a script can have go wrong. */
export type Fault = 'paperEnd' | 'coverOpen' | 'unplug' | 'powerOff' | 'overheat' | 'cutterJam' | 'unrecoverable';

export interface PrinterEvents {
  line: [PaperLine];
  /** A copy is complete: cut, or fed out on a printer without cutter. */
  cut: [Copy];
  state: [PrinterState];
  /** Bytes to the terminal, after what went wrong with them on the way. */
  reply: [kind: ReplyKind, bytes: Buffer];
  complaint: [Complaint];
  drawer: [];
}

const keptComplaints = 1000;
const noPrinting = { atOnce: true, afterLine: false, cutterStuck: false };

/**
 * A thermal printer with paper, heat, a cover, a blade and a speed, at the far end of a line. What it has on paper is
 * the truth; what it says of itself comes as early or late as from a real one.
 */
export class VirtualPrinter extends EventEmitter<PrinterEvents> {
  readonly profile: PrinterProfile;
  readonly paper: Paper;
  /** The last thousand. */
  readonly complaints: Complaint[] = [];
  readonly #options: Required<Omit<VirtualPrinterOptions, 'profile' | 'clock'>>;
  readonly #timeline: Timeline;
  readonly #wire: Wire;
  readonly #replies: Replies;
  readonly #buffer: ReceiveBuffer;
  readonly #scanner = new RealTimeScanner();
  readonly #interpreter: Interpreter;
  readonly #mechanism: Mechanism;
  readonly #faults = new Faults();

  #power = true;
  #sensors = { paperOut: false, paperNearEnd: false, coverOpen: false, overheated: false, unrecoverable: false };
  #coverOpenInPrint = false;
  #bladeStuck = false;
  #cutterError = false;
  #cooling: (() => void) | undefined;

  #bytesRead = 0;
  #bytesLost = 0;
  #xoffSent = false;
  #clearing = false;
  #realTimeEnabled = { drawer: true, powerOff: true };
  #automaticStatus: { readonly mask: number; readonly last: Buffer } | undefined;
  #processId: { readonly id: Buffer; readonly whenFinished: number } | undefined;

  #changed = false;
  #lastState: PrinterState;
  #waiting: { readonly fits: (printer: VirtualPrinter) => boolean; readonly resolve: () => void }[] = [];

  constructor(options: VirtualPrinterOptions = {}) {
    super();
    const { profile = 'epson', clock = realClock, receiveBuffer = 4096 } = options;
    this.profile = typeof profile === 'string' ? profiles[profile] : profile;
    this.#options = {
      baudRate: 115_200,
      mmPerSecond: 60,
      flowControl: 'xonxoff',
      xoffFree: Math.floor(receiveBuffer / 8),
      xonFree: Math.ceil(receiveBuffer / 4),
      copyFeedLines: 4,
      coolDownMs: 5000,
      keepLines: 20_000,
      speed: 1,
      ...options,
      receiveBuffer,
    };
    const { baudRate, mmPerSecond, speed, keepLines, copyFeedLines } = this.#options;
    for (const [name, value] of Object.entries({ baudRate, mmPerSecond, speed })) {
      if (!(value > 0)) throw new RangeError(`${name} must be greater than 0, not ${value}`);
    }
    this.#buffer = new ReceiveBuffer(receiveBuffer);
    this.paper = new Paper({
      copyEndsByFeedMm: this.profile.cutter ? undefined : (copyFeedLines * 30) / dotsPerMm,
      keepLines,
    });
    const timeline = new Timeline(clock, speed, () => this.#settle());
    this.#timeline = timeline;
    this.#wire = new Wire({ timeline, baudRate, arrive: (byte) => this.#arrive(byte), hungUp: () => this.#touch() });
    this.#replies = new Replies(timeline, (kind, bytes) => {
      this.#wire.send(bytes);
      this.emit('reply', kind, bytes);
    });
    this.#mechanism = new Mechanism({
      timeline,
      paper: this.paper,
      mmPerSecond,
      hindrances: () =>
        this.#power
          ? {
              atOnce: this.#sensors.coverOpen || this.#sensors.unrecoverable || this.#cutterError,
              afterLine: this.#sensors.paperOut || this.#sensors.overheated,
              cutterStuck: this.#bladeStuck,
            }
          : noPrinting,
      cutterJammed: () => {
        this.#cutterError = true;
        this.#touch();
      },
      events: {
        lineStarts: (line) => {
          if (this.paper.opensCopy(line)) this.#faults.copyStarts(this.paper.placeOf(line).copy);
        },
        lineHalfOut: (line) => {
          const place = this.paper.placeOf(line);
          this.#faults.lineHalfOut(place.copy, place.line);
        },
        linePrinted: (line, opensCopy) => {
          if (opensCopy) this.#replies.sendStale();
          this.emit('line', line);
        },
        copyEnded: (copy) => this.emit('cut', copy),
      },
    });
    this.#interpreter = new Interpreter(this.profile, this.#interpreterHost());
    this.#lastState = this.state;
  }

  // What is seen of it

  get state(): PrinterState {
    const condition = this.#condition();
    let error: PrinterState['error'] = 'none';
    if (condition.unrecoverable) error = 'unrecoverable';
    else if (condition.cutterError) error = 'cutter';
    else if (condition.overheated) error = 'overheat';
    let paper: PrinterState['paper'] = 'ok';
    if (condition.paperOut) paper = 'end';
    else if (condition.paperNearEnd) paper = 'nearEnd';
    return {
      power: this.#power ? 'on' : 'off',
      plugged: this.#wire.plugged,
      online: this.#power && isOnline(condition),
      paper,
      cover: condition.coverOpen ? 'open' : 'closed',
      error,
    };
  }

  /** Nothing is on the wire, in a buffer or under the head: without new bytes nothing more comes on paper. */
  get idle(): boolean {
    const { waiting } = this.#wire;
    return waiting === 0 && this.#buffer.length === 0 && this.#mechanism.idle && this.#interpreter.idle;
  }

  /** Bytes that wait in the receive buffer. */
  get held(): number {
    return this.#buffer.length;
  }

  /** Bytes that found the receive buffer full, or came while it was being cleared. */
  get bytesLost(): number {
    return this.#bytesLost;
  }

  /** Resolves as soon as it holds, at once if it does now. */
  until(fits: (printer: VirtualPrinter) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ fits, resolve });
      this.#timeline.act(() => this.#touch());
    });
  }

  // The line

  /** Plugs it in. */
  attach(far: FarSide): void {
    this.#do(() => this.#wire.attach(far));
  }

  /** Pulls its plug, without a hang-up at the terminal's end. */
  detach(): void {
    this.#do(() => void this.#wire.detach());
  }

  /** Pulls the plug, so that the terminal's end hangs up. `attach` plugs in again. */
  async unplug(): Promise<void> {
    let far: FarSide | undefined;
    this.#do(() => {
      far = this.#wire.detach();
    });
    await far?.unplug?.();
  }

  spoilReplies(rule: SpoiltReplies): void {
    this.#replies.spoil(rule);
  }

  // What people and wear do to it

  /** Scripts a fault, or any deed. Returns a function that takes it back. */
  fault(moment: FaultMoment, fault: Fault | (() => void)): () => void {
    const strike = typeof fault === 'function' ? fault : () => this.#strike(fault);
    return this.#faults.script(moment, this.paper.nextCopy, strike);
  }

  /** The roll runs out: the line under way is still finished. */
  endPaper(): void {
    this.#do(() => {
      this.#sensors.paperOut = true;
    });
  }

  /** The roll is down to its last metres. Stops nothing. */
  nearEndPaper(): void {
    this.#do(() => {
      this.#sensors.paperNearEnd = true;
    });
  }

  /** A new roll: it goes on by itself with what it holds, even if that is a slip that nobody wants any more. */
  loadPaper(): void {
    this.#do(() => {
      this.#sensors.paperOut = false;
      this.#sensors.paperNearEnd = false;
      this.paper.split();
    });
  }

  /** Stops in the middle of a line. */
  openCover(): void {
    this.#do(() => {
      this.#coverOpenInPrint = !this.#mechanism.idle;
      this.#sensors.coverOpen = true;
    });
  }

  /** The line that was broken off restarts from its first dot. */
  closeCover(): void {
    this.#do(() => {
      this.#coverOpenInPrint = false;
      this.#sensors.coverOpen = false;
    });
  }

  /** The head is too hot; after `coolDownMs` it goes on. */
  overheat(): void {
    this.#do(() => {
      this.#sensors.overheated = true;
      this.#cooling?.();
      this.#cooling = this.#timeline.after(this.#options.coolDownMs, () => {
        this.#sensors.overheated = false;
      });
    });
  }

  /** The blade will not move at the next cut. */
  jamCutter(): void {
    this.#do(() => {
      this.#bladeStuck = true;
    });
  }

  /** Somebody takes the jam out. The error stays until DLE ENQ 1 or 2. */
  freeCutter(): void {
    this.#do(() => {
      this.#bladeStuck = false;
    });
  }

  /** A fault that only power-off and on may mend. */
  breakDown(): void {
    this.#do(() => {
      this.#sensors.unrecoverable = true;
    });
  }

  /** Both buffers are gone; paper keeps what is on it. What arrives from now on is lost. */
  powerOff(): void {
    this.#do(() => {
      if (!this.#power) return;
      this.#power = false;
      this.#mechanism.kill();
      this.#buffer.clear();
      this.#scanner.reset();
      this.#clearing = false;
      this.#processId = undefined;
      this.#automaticStatus = undefined;
      this.#interpreter.powerOn();
      this.paper.tear();
    });
  }

  powerOn(): void {
    this.#do(() => {
      if (this.#power) return;
      this.#power = true;
      this.#cutterError = false;
      this.#sensors.unrecoverable = false;
      this.#realTimeEnabled = { drawer: true, powerOff: true };
      // A terminal that was held off before the power went would wait for ever.
      if (this.#controlsFlow()) this.#flow(xon);
    });
  }

  /** Somebody tears off what is out: a copy that is under way ends there. */
  tearOff(): void {
    this.#do(() => this.paper.tear());
  }

  // Inside

  /** Something happens to it from outside, or from a listener. */
  #do(deed: () => void): void {
    this.#timeline.act(() => {
      deed();
      this.#touch();
    });
  }

  #touch(): void {
    this.#changed = true;
  }

  #strike(fault: Fault): void {
    const deeds: Record<Fault, () => void> = {
      paperEnd: () => this.endPaper(),
      coverOpen: () => this.openCover(),
      unplug: () => void this.unplug(),
      powerOff: () => this.powerOff(),
      overheat: () => this.overheat(),
      cutterJam: () => this.jamCutter(),
      unrecoverable: () => this.breakDown(),
    };
    deeds[fault]();
  }

  #condition(): Condition {
    return {
      ...this.#sensors,
      stoppedByPaperEnd: this.#sensors.paperOut && !this.#mechanism.moving,
      coverOpenInPrint: this.#coverOpenInPrint,
      cutterError: this.#cutterError,
    };
  }

  #arrive(byte: number): void {
    if (this.#power) {
      if (this.#clearing) {
        this.#bytesLost++;
        this.#complain('sent before the clearing was confirmed: lost', [byte]);
      } else if (!this.#buffer.push(byte)) this.#bytesLost++;
      const command = this.profile.realTime ? this.#scanner.scan(byte) : undefined;
      if (command !== undefined) this.#obey(command);
    }
    this.#faults.byteArrived();
  }

  /** The first stage: obeyed on arrival, whatever state it is in. */
  #obey(command: RealTimeCommand): void {
    switch (command.type) {
      case 'status':
        this.#reply('dleEot', [realTimeStatus(command.n, this.#condition(), this.profile)]);
        break;
      case 'recover':
        if (this.profile.dleEnqOnlyInError && !this.#cutterError) break;
        if (command.n === 1) this.#recover();
        else this.#clear(() => this.#recover());
        break;
      case 'drawer':
        if (this.profile.dleDc4 && this.#realTimeEnabled.drawer) this.emit('drawer');
        break;
      case 'clear':
        if (this.profile.dleDc4) this.#clear(() => this.#reply('cleared', [0x37, 0x25, 0x00]));
        break;
      case 'powerOff':
        if (!this.profile.dleDc4 || !this.#realTimeEnabled.powerOff) break;
        this.#reply('powerOff', [0x3b, 0x30, 0x00]);
        this.powerOff();
        break;
    }
  }

  /** Works only once the blade is free again. */
  #recover(): void {
    if (!this.#bladeStuck) this.#cutterError = false;
  }

  #clear(then: () => void): void {
    this.#clearing = true;
    this.#buffer.clear();
    this.#interpreter.drop();
    this.#processId = undefined;
    this.#mechanism.clear(() => {
      this.#clearing = false;
      this.paper.tear();
      then();
    });
  }

  #reply(kind: ReplyKind, bytes: readonly number[] | Buffer): void {
    if (this.profile.answers) this.#replies.send(kind, Buffer.from(bytes));
  }

  #complain(what: string, bytes: readonly number[]): void {
    const complaint = { what, atByte: this.#bytesRead, bytes: Buffer.from(bytes).toString('hex') };
    this.complaints.push(complaint);
    if (this.complaints.length > keptComplaints) this.complaints.shift();
    this.emit('complaint', complaint);
  }

  #interpreterHost(): InterpreterHost {
    const mechanism = this.#mechanism;
    const isReadyToRead = (): boolean =>
      this.#power && !this.#clearing && (!this.profile.stopsReadingOffline || isOnline(this.#condition()));
    const isAllPrinted = (): boolean => this.#power && mechanism.idle && isOnline(this.#condition());
    return {
      read: () => {
        const byte = isReadyToRead() ? this.#buffer.shift() : undefined;
        if (byte !== undefined) this.#bytesRead++;
        return byte;
      },
      get room() {
        return mechanism.room;
      },
      get allPrinted() {
        return isAllPrinted();
      },
      print: (job) => mechanism.take(job),
      transmitStatus: (n) => this.#reply('gsR', [n === 1 ? paperSensors(this.#condition(), this.profile) : 0x00]),
      transmitPaperStatus: () => {
        const condition = this.#condition();
        const byte = this.profile.escV === 'epson' ? paperSensors(condition, this.profile) : moduleStatus(condition);
        this.#reply('escV', [byte]);
      },
      setAutomaticStatusBack: (mask) => {
        if (!this.profile.automaticStatusBack) return;
        const last = automaticStatus(this.#condition(), this.profile);
        this.#automaticStatus = mask === 0 ? undefined : { mask, last };
        if (mask !== 0) this.#reply('automaticStatus', last);
      },
      identifyProcess: (id, jobsToCome) => {
        // Where several wait, only the latest is answered.
        this.#processId = { id, whenFinished: mechanism.taken + jobsToCome };
      },
      pulseDrawer: () => this.emit('drawer'),
      enableRealTime: (command, enabled) => {
        this.#realTimeEnabled[command] = enabled;
      },
      initialised: () => {
        this.#automaticStatus = undefined;
        this.#realTimeEnabled = { drawer: true, powerOff: true };
      },
      complain: (what, bytes) => this.#complain(what, bytes),
    };
  }

  /** After whatever has happened: everything that follows from it, until nothing more does. */
  #settle(): void {
    do {
      this.#changed = false;
      this.#interpreter.run();
      this.#mechanism.wake();
      this.#answerProcessId();
      this.#controlFlow();
      this.#reportStatus();
      this.#reportState();
      this.#wakeWaiting();
    } while (this.#changed);
  }

  #answerProcessId(): void {
    if (this.#processId === undefined || this.#mechanism.finished < this.#processId.whenFinished) return;
    const { id } = this.#processId;
    this.#processId = undefined;
    this.#reply('processId', Buffer.concat([Buffer.from([0x37, 0x22]), id, Buffer.from([0x00])]));
  }

  #controlsFlow(): boolean {
    return this.#options.flowControl === 'xonxoff' && this.profile.answers;
  }

  #controlFlow(): void {
    if (!this.#power || !this.#controlsFlow()) return;
    const { free } = this.#buffer;
    if (!this.#xoffSent && free <= this.#options.xoffFree) this.#flow(xoff);
    else if (this.#xoffSent && free >= this.#options.xonFree) this.#flow(xon);
  }

  #flow(byte: typeof xon | typeof xoff): void {
    this.#xoffSent = byte === xoff;
    // A transmitter sends on what its shift register and queue already hold, 16 bytes in a common one.
    if (this.#xoffSent) this.#wire.hold(Math.min(16, this.#options.xoffFree));
    else this.#wire.release();
    this.#reply('flowControl', [byte]);
  }

  #reportStatus(): void {
    if (!this.#power || this.#automaticStatus === undefined) return;
    const { mask, last } = this.#automaticStatus;
    const status = automaticStatus(this.#condition(), this.profile);
    if (status.equals(last)) return;
    this.#automaticStatus = { mask, last: status };
    if ((changedCategories(last, status) & mask) !== 0) this.#reply('automaticStatus', status);
  }

  #reportState(): void {
    const { state } = this;
    const last: Readonly<Record<string, unknown>> = { ...this.#lastState };
    if (Object.entries(state).every(([name, value]) => last[name] === value)) return;
    this.#lastState = state;
    this.emit('state', state);
  }

  #wakeWaiting(): void {
    const met = this.#waiting.filter(({ fits }) => fits(this));
    if (met.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}
