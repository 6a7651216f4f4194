import { EventEmitter } from 'node:events';
import { type Complaint, Electronics } from './electronics.ts';
import { type FaultMoment, Faults } from './faults.ts';
import { dotsPerMm, Mechanism, type MechanismEvents } from './mechanism.ts';
import { type Copy, Paper, type PaperLine } from './paper.ts';
import { resolveOptions, type VirtualPrinterOptions } from './printer-options.ts';
import type { PrinterProfile } from './profiles.ts';
import { Replies, type ReplyKind, type SpoiltReplies } from './replies.ts';
import { Sensors } from './sensors.ts';
import { isOnline } from './status.ts';
import { Timeline } from './timeline.ts';
import { type FarSide, Wire } from './wire.ts';

export interface PrinterState {
  readonly power: 'on' | 'off';
  readonly plugged: boolean;
  readonly online: boolean;
  readonly paper: 'ok' | 'nearEnd' | 'end';
  readonly cover: 'closed' | 'open';
  readonly error: 'none' | 'cutter' | 'overheat' | 'unrecoverable';
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

/**
 * A thermal printer with paper, heat, a cover, a blade and a speed, at the far end of a line. What it has on paper is
 * the truth; what it says of itself comes as early or late as from a real one.
 */
export class VirtualPrinter extends EventEmitter<PrinterEvents> {
  readonly profile: PrinterProfile;
  readonly paper: Paper;
  /** The last thousand. */
  readonly complaints: Complaint[] = [];
  readonly #coolDownMs: number;
  readonly #timeline: Timeline;
  readonly #wire: Wire;
  readonly #replies: Replies;
  readonly #mechanism: Mechanism;
  readonly #electronics: Electronics;
  readonly #sensors = new Sensors(() => this.#mechanism.moving);
  readonly #faults = new Faults();
  #cooling: (() => void) | undefined;
  #changed = false;
  #lastState: PrinterState;
  #waiting: { readonly fits: (printer: VirtualPrinter) => boolean; readonly resolve: () => void }[] = [];

  constructor(options: VirtualPrinterOptions = {}) {
    super();
    const resolved = resolveOptions(options);
    const { profile, clock, speed, baudRate, mmPerSecond, keepLines, copyFeedLines } = resolved;
    this.profile = profile;
    this.#coolDownMs = resolved.coolDownMs;
    const copyEndsByFeedMm = profile.cutter ? undefined : (copyFeedLines * 30) / dotsPerMm;
    const paper = new Paper({ copyEndsByFeedMm, keepLines });
    this.paper = paper;
    const timeline: Timeline = new Timeline(clock, speed, {
      before: () => this.#wire.catchUp(),
      after: () => this.#settle(),
    });
    this.#timeline = timeline;
    const wire = new Wire({
      timeline,
      baudRate,
      arrive: (byte) => this.#arrive(byte),
      alone: () => Math.min(this.#electronics.bytesToFlowControl, this.#faults.bytesToGo),
      hungUp: () => this.#touch(),
    });
    this.#wire = wire;
    this.#replies = new Replies(timeline, (kind, bytes) => {
      wire.send(bytes);
      this.emit('reply', kind, bytes);
    });
    const sensors = this.#sensors;
    const mechanism = new Mechanism({
      timeline,
      paper,
      mmPerSecond,
      events: this.#mechanismEvents(),
      hindrances: () => ({
        atOnce: !sensors.power || sensors.coverOpen || sensors.unrecoverable || sensors.cutterError,
        afterLine: sensors.paperOut || sensors.overheated,
        cutterStuck: sensors.bladeStuck,
      }),
    });
    this.#mechanism = mechanism;
    this.#electronics = new Electronics(resolved, {
      sensors,
      mechanism,
      wire,
      events: {
        reply: (kind, bytes) => this.#replies.send(kind, bytes),
        complaint: (complaint) => {
          this.complaints.push(complaint);
          if (this.complaints.length > keptComplaints) this.complaints.shift();
          this.emit('complaint', complaint);
        },
        drawer: () => this.emit('drawer'),
        cleared: () => paper.tear(),
        powerOff: () => this.powerOff(),
      },
    });
    this.#lastState = this.state;
  }

  // What is seen of it

  get state(): PrinterState {
    const { power, paperOut, paperNearEnd, coverOpen, cutterError, overheated, unrecoverable } = this.#sensors;
    let error: PrinterState['error'] = 'none';
    if (unrecoverable) error = 'unrecoverable';
    else if (cutterError) error = 'cutter';
    else if (overheated) error = 'overheat';
    let paper: PrinterState['paper'] = 'ok';
    if (paperOut) paper = 'end';
    else if (paperNearEnd) paper = 'nearEnd';
    return {
      power: power ? 'on' : 'off',
      plugged: this.#wire.plugged,
      online: power && isOnline(this.#sensors),
      paper,
      cover: coverOpen ? 'open' : 'closed',
      error,
    };
  }

  /** Nothing is on the wire, in a buffer or under the head: without new bytes nothing more comes on paper. */
  get idle(): boolean {
    return this.#wire.waiting === 0 && this.#electronics.idle && this.#mechanism.idle;
  }

  /** Bytes that wait in the receive buffer. */
  get held(): number {
    return this.#electronics.held;
  }

  /** Bytes that found the receive buffer full, or came while it was being cleared. */
  get bytesLost(): number {
    return this.#electronics.bytesLost;
  }

  /** Resolves as soon as it holds, at once if it does now. */
  until(fits: (printer: VirtualPrinter) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#do(() => this.#waiting.push({ fits, resolve }));
    });
  }

  // The line

  /** Plugs it in. */
  attach(far: FarSide): void {
    this.#do(() => this.#wire.attach(far));
  }

  /** Pulls its plug, without a hang-up at the terminal's end. */
  detach(): void {
    this.#do(() => this.#wire.detach());
  }

  /** Pulls the plug, so that the terminal's end hangs up. `attach` plugs in again. */
  async unplug(): Promise<void> {
    await this.#do(() => this.#wire.detach())?.unplug?.();
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
      this.#sensors.coverOpenInPrint ||= !this.#mechanism.idle;
      this.#sensors.coverOpen = true;
    });
  }

  /** The line that was broken off restarts from its first dot. */
  closeCover(): void {
    this.#do(() => {
      this.#sensors.coverOpenInPrint = false;
      this.#sensors.coverOpen = false;
    });
  }

  /** The head is too hot; after `coolDownMs` it goes on. */
  overheat(): void {
    this.#do(() => {
      this.#sensors.overheated = true;
      this.#cooling?.();
      this.#cooling = this.#timeline.after(this.#coolDownMs, () => {
        this.#sensors.overheated = false;
      });
    });
  }

  /** The blade will not move at the next cut. */
  jamCutter(): void {
    this.#do(() => {
      this.#sensors.bladeStuck = true;
    });
  }

  /** Somebody takes the jam out. The error stays until DLE ENQ 1 or 2. */
  freeCutter(): void {
    this.#do(() => {
      this.#sensors.bladeStuck = false;
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
      if (!this.#sensors.power) return;
      this.#sensors.power = false;
      this.#mechanism.kill();
      this.#electronics.powerOff();
      this.paper.tear();
    });
  }

  powerOn(): void {
    this.#do(() => {
      if (this.#sensors.power) return;
      this.#sensors.power = true;
      this.#sensors.cutterError = false;
      this.#sensors.coverOpenInPrint = false;
      this.#sensors.unrecoverable = false;
      this.#electronics.powerOn();
    });
  }

  /** Somebody tears off what is out: a copy that is under way ends there. */
  tearOff(): void {
    this.#do(() => this.paper.tear());
  }

  // Inside

  /** Something happens to it from outside, or from a listener. */
  #do<Result>(deed: () => Result): Result {
    return this.#timeline.act(() => {
      this.#touch();
      return deed();
    });
  }

  #touch(): void {
    this.#changed = true;
  }

  #strike(fault: Fault): void {
    const deeds: Record<Fault, () => unknown> = {
      paperEnd: () => this.endPaper(),
      coverOpen: () => this.openCover(),
      unplug: () => this.unplug(),
      powerOff: () => this.powerOff(),
      overheat: () => this.overheat(),
      cutterJam: () => this.jamCutter(),
      unrecoverable: () => this.breakDown(),
    };
    deeds[fault]();
  }

  #mechanismEvents(): MechanismEvents {
    return {
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
      cutterJammed: () => {
        this.#sensors.cutterError = true;
        this.#touch();
      },
    };
  }

  #arrive(byte: number): void {
    if (this.#sensors.power) this.#electronics.arrive(byte);
    this.#faults.byteArrived();
  }

  /** After whatever has happened: everything that follows from it, until nothing more does. */
  #settle(): void {
    do {
      this.#changed = false;
      this.#electronics.settle();
      this.#mechanism.wake();
      this.#reportState();
      this.#wakeWaiting();
    } while (this.#changed);
  }

  #reportState(): void {
    const { state } = this;
    if (sameState(state, this.#lastState)) return;
    this.#lastState = state;
    this.emit('state', state);
  }

  #wakeWaiting(): void {
    if (this.#waiting.length === 0) return;
    const met = this.#waiting.filter(({ fits }) => fits(this));
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }
}

const sameState = (a: PrinterState, b: PrinterState): boolean =>
  a.power === b.power &&
  a.plugged === b.plugged &&
  a.online === b.online &&
  a.paper === b.paper &&
  a.cover === b.cover &&
  a.error === b.error;
