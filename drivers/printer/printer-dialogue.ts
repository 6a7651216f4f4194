import type { Clock } from '../../hal/clock.ts';
import type { PrinterReadiness } from '../../hal/printer.ts';
import type { Line } from '../serial/serial-line.ts';
import { moduleStatus, type RealTimeQuery, realTimeStatus } from './commands.ts';
import type { ModuleStatusMasks, PrinterProfile } from './printer-profile.ts';
import { readinessOfAutomatic, readinessOfModule, readinessOfRealTime } from './printer-status.ts';
import { type PrinterReply, ReplyParser } from './reply-parser.ts';

export type Sent = 'sent' | 'linkLost' | 'stalled';

/** How long, in ms, an answer in real time may take, the 3 bytes out and the one back at 9600 baud included. */
const answerMs = 250;
/** How long, in ms, all the questions of one readiness may take together. */
const readinessMs = 700;
/** Between two questions in real time, in ms: a doubled reply must not pass for the next one's. */
const betweenMs = 5;

/** What came of noise longer ago than this, in ms, was a spark on the cable. */
const noiseWindowMs = 10_000;

/** So many times one answer for one question, and what is owed beyond is taken for lost. */
const oneForOneIsLost = 4;

/** An answer that hasn't come by then, in ms, was lost. */
const lateMs = 60_000;

/** How often, in ms, a condition that also hangs on the time is looked at. */
const lookMs = 250;
/** After how long, in ms, a line that takes nothing is opened anew: an XON that got lost must not hold it for ever. */
const stuckMs = 30_000;

/**
 * The talk with a printer: one question at a time, each with its time limit, over a line that may hold bytes back,
 * go away, or bring anything. Keeps what must be known across slips: which buffered queries were never answered.
 */
export class PrinterDialogue {
  readonly #line: Line;
  readonly #profile: PrinterProfile;
  readonly #clock: Clock;
  readonly #parser: ReplyParser;
  readonly #wakers = new Set<() => void>();
  #writing = false;
  #writingSince = 0;
  #realTimeBits: number | undefined;
  #realTimeMissing = false;
  #statusBits: number | undefined;
  #lastByteAt = -Infinity;
  /** When each query was put that is not answered yet. */
  #open: number[] = [];
  /** Since when the printer has said, each time it was asked, that it is ready. */
  #readySince: number | undefined;
  /** How often running a module gave one answer for one question while it owed more. */
  #oneForOne = 0;
  /** Queries of before whose answers were not needed, and may still come. */
  #late = { count: 0, until: 0 };
  /** Bytes that are no reply, or one that nobody asked for, since the last `takeNoise`; old ones are forgotten. */
  #noise = { count: 0, since: 0 };
  #realTimeAsked = false;
  #lapses = 0;
  /** Set by XOFF and XON where the operating system doesn't take them: no slip bytes now, questions in real time still pass. */
  heldOff = false;
  /** It was given a slip, and neither proved it nor that its buffers are clear. */
  mayHold = false;
  /** What the printer last said by itself (ASB), since it was last asked. */
  automatic: PrinterReadiness | undefined;
  /** Hears each reply, beside the one who waits for it. */
  onReply: (reply: PrinterReply, atMs: number) => void = () => {};
  /** Hears each readiness that was asked for. */
  onReadiness: (readiness: PrinterReadiness) => void = () => {};
  /** How long, in ms, the line must be quiet for a burst of bytes to be over. USB adapters collect for up to 16 ms. */
  readonly settleMs: number;

  constructor(line: Line, profile: PrinterProfile, baudRate: number, clock: Clock) {
    this.#line = line;
    this.#profile = profile;
    this.#clock = clock;
    this.#parser = new ReplyParser({
      automatic: profile.automaticStatus,
      blocks: profile.fence === 'processId' || profile.cancel === 'clearBuffers',
    });
    this.settleMs = Math.max(25, 100_000 / baudRate);
  }

  get online(): boolean {
    return this.#line.online;
  }

  /** Buffered queries sent whose answers have not come, and may. */
  get debt(): number {
    this.#forgetLost();
    return this.#open.length + this.#lateCount;
  }

  /** A printer that was ready all the time has long answered what it was asked that long ago. */
  #forgetLost(): void {
    const since = this.#readySince;
    if (since === undefined) return;
    const now = this.#clock.monotonic();
    this.#open = this.#open.filter((askedAt) => now - Math.max(askedAt, since) < lateMs);
  }

  get #lateCount(): number {
    return this.#clock.monotonic() < this.#late.until ? this.#late.count : 0;
  }

  /**
   * Counts what a printer does that was switched off and on: it leaves two questions running unanswered, or says XON
   * to nobody whom it held off. What it held is gone then, though it answers each later question as if nothing had been.
   */
  get lapses(): number {
    return this.#lapses;
  }

  /**
   * To be called when it is proven that all that was sent has been processed: nothing unanswered is left in the printer.
   * What it answered may still be on its way, for a while.
   */
  settleDebt(): void {
    this.#late = { count: this.debt, until: this.#clock.monotonic() + lateMs };
    this.#open = [];
  }

  takeNoise(): number {
    const { count, since } = this.#noise;
    this.#noise = { count: 0, since: 0 };
    return this.#clock.monotonic() - since > noiseWindowMs ? 0 : count;
  }

  /** Whether anything has come from the printer since then (ms of the clock). */
  heardSince(atMs: number): boolean {
    return this.#lastByteAt >= atMs;
  }

  /** To be called when the line came up or went away: what was known of the printer holds no more. */
  linkChanged(): void {
    this.heldOff = false;
    this.automatic = undefined;
    this.#readySince = undefined;
    this.#wake();
  }

  data(chunk: Uint8Array): void {
    const now = this.#clock.monotonic();
    this.#lastByteAt = now;
    for (const reply of this.#parser.push(chunk, now)) this.#heard(reply, now);
    this.#wake();
  }

  #heard(reply: PrinterReply, now: number): void {
    switch (reply.type) {
      case 'realTime':
        if (!this.#realTimeAsked) this.#hearNoise(1, now);
        this.#realTimeAsked = false;
        this.#realTimeBits = reply.bits;
        break;
      case 'automatic':
        this.automatic = readinessOfAutomatic(reply.bytes);
        break;
      case 'status':
        if (this.#lateCount > 0) this.#late = { ...this.#late, count: this.#late.count - 1 };
        // The oldest ones are left, so that those that were lost grow old.
        else if (this.#open.pop() === undefined) this.#hearNoise(1, now);
        this.#statusBits = reply.bits;
        break;
      case 'flow':
        if (reply.go && !this.heldOff) this.#lapses++;
        this.heldOff = !reply.go;
        break;
      case 'noise':
        this.#hearNoise(reply.bytes, now);
        break;
      case 'processId':
      case 'cleared':
        break;
    }
    this.onReply(reply, now);
  }

  #hearNoise(bytes: number, now: number): void {
    if (now - this.#noise.since > noiseWindowMs) this.#noise = { count: 0, since: now };
    this.#noise.count += bytes;
  }

  /** Waits that long, or until a reply, the end of a write or a change of the link. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#wakers.delete(done);
        resolve();
      };
      const cancel = this.#clock.schedule(Math.max(0, ms), done);
      this.#wakers.add(done);
    });
  }

  /** Waits until the condition holds; false when it didn't within the time, or the link was lost. */
  async until(condition: () => boolean, limitMs: number): Promise<boolean> {
    const deadline = this.#clock.monotonic() + limitMs;
    for (;;) {
      if (condition()) return true;
      const left = deadline - this.#clock.monotonic();
      if (left <= 0 || !this.online) return false;
      await this.pause(Math.min(left, lookMs));
    }
  }

  /** Waits until nothing has come in for a moment, at most ten such moments. */
  async quiet(): Promise<void> {
    const deadline = this.#clock.monotonic() + 10 * this.settleMs;
    for (;;) {
      const now = this.#clock.monotonic();
      const at = Math.min(this.#lastByteAt + this.settleMs, deadline);
      if (now >= at || !this.online) return;
      await this.pause(at - now);
    }
  }

  /**
   * Sends, one write after the other. `stalled` when the line didn't take all bytes within the limit or before `giveUp`
   * holds; they are then still waiting in the operating system, until `reset` drops them or the line takes them.
   */
  async send(bytes: Uint8Array, limitMs: number, giveUp: () => boolean = () => false): Promise<Sent> {
    if (!this.online) return 'linkLost';
    const deadline = this.#clock.monotonic() + limitMs;
    if (!(await this.until(() => !this.#writing, limitMs))) {
      if (this.#clock.monotonic() - this.#writingSince > stuckMs) this.reset();
      return this.online ? 'stalled' : 'linkLost';
    }
    this.#writing = true;
    this.#writingSince = this.#clock.monotonic();
    let sent: Sent = 'stalled';
    void this.#line.write(bytes).then((written) => {
      this.#writing = false;
      sent = written ? 'sent' : 'linkLost';
      this.#wake();
    });
    await this.until(() => sent !== 'stalled' || giveUp(), deadline - this.#clock.monotonic());
    return sent === 'stalled' && !this.online ? 'linkLost' : sent;
  }

  /** Sends a buffered query that is answered by a status byte, and counts it as open until that comes. */
  sendBuffered(query: Uint8Array, limitMs: number): Promise<Sent> {
    this.#open.push(this.#clock.monotonic());
    return this.send(query, limitMs);
  }

  /** Drops what the line has not taken: it must not be printed after a verdict has been given. */
  reset(): void {
    void this.#line.reset(
      this.#line.fault(
        'silent',
        'The printer took no more bytes, so the rest of them was dropped.',
        'Look at the printer: paper, cover, power; then its flow control in the configuration.',
      ),
    );
  }

  /** The reply to DLE EOT n; undefined when none came. */
  async realTimeStatus(n: RealTimeQuery, limitMs = answerMs): Promise<number | undefined> {
    const deadline = this.#clock.monotonic() + limitMs;
    if (this.#realTimeMissing) await this.quiet(); // a late reply must not pass for this one's
    this.#realTimeBits = undefined;
    this.#realTimeAsked = true;
    const sent = await this.send(realTimeStatus(n), deadline - this.#clock.monotonic());
    if (sent === 'sent') {
      await this.until(() => this.#realTimeBits !== undefined, deadline - this.#clock.monotonic());
    }
    const isMissing = this.#realTimeBits === undefined;
    if (isMissing && this.#realTimeMissing) this.#lapses++;
    this.#realTimeMissing = isMissing;
    if (!isMissing) this.automatic = undefined;
    return this.#realTimeBits;
  }

  /**
   * Asks whether the printer could print now. Bad news must be told twice running, so that one garbled byte stops
   * nothing. Takes less than 1 s.
   */
  async readiness(): Promise<PrinterReadiness> {
    const deadline = this.#clock.monotonic() + readinessMs;
    const first = await this.#readinessOnce(deadline);
    const known = first.ready ? first : await this.#readinessOnce(deadline);
    if (!known.ready) this.#readySince = undefined;
    else this.#readySince ??= this.#clock.monotonic();
    this.onReadiness(known);
    return known;
  }

  async #readinessOnce(deadline: number): Promise<PrinterReadiness> {
    if (!this.online) return { ready: false, cause: 'linkLost' };
    const { status } = this.#profile;
    const known =
      status === 'none'
        ? ({ ready: true, paperNearEnd: false } as const)
        : status === 'realTime'
          ? await this.#askRealTime(deadline)
          : await this.#askModule(status, deadline);
    if (known !== undefined) return known;
    if (!this.online) return { ready: false, cause: 'linkLost' };
    // The question may not even have left, held up by flow control; then what the printer says by itself is all there is.
    if (this.automatic?.ready === false) return this.automatic;
    return { ready: false, cause: 'silence' };
  }

  async #askRealTime(deadline: number): Promise<PrinterReadiness | undefined> {
    const bits: number[] = [];
    for (const n of [1, 2, 3, 4] as const) {
      const reply = await this.realTimeStatus(n, Math.min(answerMs, deadline - this.#clock.monotonic()));
      if (reply === undefined) return undefined;
      bits.push(reply);
      await this.until(() => false, betweenMs);
    }
    const [printer = 0, offline = 0, error = 0, paper = 0] = bits;
    return readinessOfRealTime(printer, offline, error, paper);
  }

  async #askModule(masks: ModuleStatusMasks, deadline: number): Promise<PrinterReadiness | undefined> {
    await this.quiet();
    this.#statusBits = undefined;
    const owed = this.debt;
    const until = Math.min(this.#clock.monotonic() + 2 * answerMs, deadline);
    if ((await this.sendBuffered(moduleStatus, until - this.#clock.monotonic())) !== 'sent') return undefined;
    const answered = await this.until(() => this.#statusBits !== undefined, until - this.#clock.monotonic());
    await this.quiet();
    if (!answered || !this.#isOwnAnswer(owed)) return undefined;
    return readinessOfModule(this.#statusBits ?? 0, masks);
  }

  /**
   * Whether the last answer is to the last question, and not one that was owed: a module that is still at work on an old
   * slip answers the questions in it first. When it gives one for one, the rest was lost.
   */
  #isOwnAnswer(owed: number): boolean {
    this.#oneForOne = this.debt === owed ? this.#oneForOne + 1 : 0;
    return this.debt === 0 || this.#oneForOne >= oneForOneIsLost;
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }
}
