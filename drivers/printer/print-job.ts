import type { Clock } from '../../hal/clock.ts';
import type { PrinterCause, PrintVerdict } from '../../hal/printer.ts';
import { moduleStatus } from './commands.ts';
import { type Fence, PaperStatusFence, ProcessIdFence, type ProcessIds } from './fence.ts';
import type { PrinterDialogue } from './printer-dialogue.ts';
import type { PrinterProfile } from './printer-profile.ts';
import { isOffline, readinessOfModule } from './printer-status.ts';
import type { PrinterReply } from './reply-parser.ts';
import type { EncodedSlip } from './slip-encoder.ts';

/** Bytes in one write: at 9600 baud a quarter of a second, after which the printer is asked how it is. */
const chunkBytes = 256;
/** How often, in ms, the printer is asked in real time while a slip is on its way. */
const pollMs = 250;
/** How long, in ms, after the slip should be out the printer is asked again, and then again. */
const overdueMs = 1000;
/** How long, in ms, a printer may be offline without a cause (its feed button, coming online) before it counts as stopped. */
const offlineMs = 2000;

/**
 * For how long, in ms, a printer that is asked in real time may be out of sight within a slip, as while flow control holds
 * the line: one that was switched off and on meanwhile answers all later questions as if nothing had been.
 */
const outOfSightMs = 2000;

/** How long a slip takes, in ms from its first byte. */
export interface SlipTimes {
  /** No answer about its end before this can be true. */
  readonly earliestMs: number;
  /** All of it is out by then, if nothing stops it. */
  readonly latestMs: number;
}

export const timesOf = (slip: EncodedSlip, profile: PrinterProfile, baudRate: number): SlipTimes => {
  const sendMs = (slip.byteLength * 10_000) / baudRate;
  const paperMs = (mmPerSecond: number): number => (slip.paperMm / mmPerSecond) * 1000;
  return {
    earliestMs: Math.max(sendMs, paperMs(profile.mmPerSecond.fastest)),
    latestMs: sendMs + paperMs(profile.mmPerSecond.slowest),
  };
};

/** What a job works with. */
export interface PrintJobRig {
  readonly dialogue: PrinterDialogue;
  readonly profile: PrinterProfile;
  readonly baudRate: number;
  readonly ids: ProcessIds;
  readonly clock: Clock;
}

/**
 * One slip on its way to paper, and what can be said of it. The rule of every verdict: PRINTED only by a proven
 * fence; NOT_PRINTED only when nothing was sent, or the printer says that it has stopped while nothing hints at the
 * fence; all else is UNKNOWN.
 */
export class PrintJob {
  readonly #slip: EncodedSlip;
  readonly #rig: PrintJobRig;
  readonly #times: SlipTimes;
  #fence: Fence | undefined;
  #begunAt = 0;
  #lapsesBefore = 0;
  #lastPollAt = 0;
  #overdueAt = 0;
  /** Time spent, in ms, waiting for a printer that had stopped and goes on by itself; the limits move by it. */
  #patienceMs = 0;
  #seenAt = 0;
  #longestOutOfSightMs = 0;
  #moduleFault: { readonly cause: PrinterCause; readonly told: number } | undefined;

  constructor(slip: EncodedSlip, rig: PrintJobRig) {
    this.#slip = slip;
    this.#rig = rig;
    this.#times = timesOf(slip, rig.profile, rig.baudRate);
  }

  /** To be called with each reply while the job runs. */
  hear(reply: PrinterReply, atMs: number): void {
    this.#fence?.hear(reply, atMs);
    if (reply.type === 'realTime') this.#seen(atMs);
    const { status } = this.#rig.profile;
    if (reply.type !== 'status' || typeof status === 'string') return;
    const said = readinessOfModule(reply.bits, status);
    if (said.ready) this.#moduleFault = undefined;
    else if (said.cause !== this.#moduleFault?.cause) this.#moduleFault = { cause: said.cause, told: 1 };
    else this.#moduleFault = { cause: said.cause, told: this.#moduleFault.told + 1 };
  }

  async run(): Promise<PrintVerdict> {
    const { dialogue } = this.#rig;
    await dialogue.quiet();
    const before = await dialogue.readiness();
    if (!before.ready) return { verdict: 'NOT_PRINTED', cause: before.cause };
    if ((dialogue.heldOff || dialogue.mayHold) && !(await this.#isEmptied()))
      return { verdict: 'NOT_PRINTED', cause: 'silence' };
    const debt = dialogue.debt;
    this.#lapsesBefore = dialogue.lapses;
    this.#begunAt = this.#now;
    this.#lastPollAt = this.#begunAt;
    this.#seenAt = this.#begunAt;
    this.#longestOutOfSightMs = 0;
    this.#fence = this.#makeFence(debt, this.#begunAt + this.#times.earliestMs);
    dialogue.mayHold = true;
    const stopped = await this.#sendSlip();
    if (stopped !== undefined) return stopped;
    return this.#fence === undefined ? this.#untilOut() : this.#awaitFence(this.#fence);
  }

  /**
   * A printer that is ready may be full of what it was given before, whether its XOFF came or not; what it has no room for
   * would be lost without a word. That it has room is proven by its answers to questions behind all that it holds, or,
   * where it can hold nothing old, by its XON.
   */
  async #isEmptied(): Promise<boolean> {
    const { dialogue, profile } = this.#rig;
    const deadline = this.#now + profile.silenceMs;
    const fence = this.#makeFence(dialogue.debt, this.#now);
    if (fence !== undefined) {
      this.#fence = fence;
      await this.#ask(fence);
      while ((dialogue.mayHold || dialogue.heldOff) && fence.standing(this.#now) !== 'proven') {
        if (!dialogue.online || this.#now >= deadline) return false;
        if (fence.standing(this.#now) === 'again') await this.#ask(fence);
        else await dialogue.pause(Math.min(fence.dueAt, deadline) - this.#now);
      }
      this.#fence = undefined;
    }
    dialogue.heldOff = false;
    return true;
  }

  #makeFence(debt: number, earliestMs: number): Fence | undefined {
    const { dialogue, profile, ids } = this.#rig;
    if (profile.fence === 'none') return undefined;
    if (profile.fence === 'processId') return new ProcessIdFence(ids);
    return new PaperStatusFence({
      debt,
      settleMs: dialogue.settleMs,
      earliestMs,
      everyAnswer: profile.status !== 'realTime',
    });
  }

  #seen(atMs: number): void {
    this.#longestOutOfSightMs = Math.max(this.#longestOutOfSightMs, atMs - this.#seenAt);
    this.#seenAt = atMs;
  }

  get #now(): number {
    return this.#rig.clock.monotonic();
  }

  async #sendSlip(): Promise<PrintVerdict | undefined> {
    const chunks = [...inChunks(this.#slip.pieces)];
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0 && (index < chunks.length - 1 || chunk.length >= chunkBytes / 2)) await this.#checkpoint();
      const stopped = (await this.#untilLetThrough()) ?? (await this.#sendChunk(chunk));
      if (stopped !== undefined) return stopped;
    }
    return undefined;
  }

  /** A module is asked within the slip too: only by an answer that is missing is it known that it was off. */
  async #checkpoint(): Promise<void> {
    const { dialogue, profile } = this.#rig;
    if (!(this.#fence instanceof PaperStatusFence) || profile.status === 'realTime' || dialogue.heldOff) return;
    await dialogue.sendBuffered(this.#fence.checkpoint(), profile.silenceMs);
  }

  /** Asks how the printer is when it is time to, and waits while it holds us off by XOFF. */
  async #untilLetThrough(): Promise<PrintVerdict | undefined> {
    const { dialogue, profile } = this.#rig;
    const since = this.#now;
    for (;;) {
      if (this.#pollIsDue) {
        const cause = await this.#stoppedBy();
        if (cause !== undefined) return this.#stopped(cause);
      }
      if (!dialogue.heldOff) return undefined;
      if (!dialogue.online) return { verdict: 'UNKNOWN', cause: 'linkLost' };
      if (this.#now - since > profile.silenceMs + this.#patienceMs) return { verdict: 'UNKNOWN', cause: 'silence' };
      await dialogue.pause(pollMs);
    }
  }

  async #sendChunk(chunk: Uint8Array): Promise<PrintVerdict | undefined> {
    const { dialogue, profile, baudRate } = this.#rig;
    const sendMs = (chunk.length * 10_000) / baudRate;
    const begunAt = this.#now;
    const sent = await dialogue.send(
      chunk,
      sendMs + profile.silenceMs,
      () => this.#now - begunAt > sendMs + overdueMs && this.#saysStopped,
    );
    if (sent === 'sent') return undefined;
    if (sent === 'linkLost') return { verdict: 'UNKNOWN', cause: 'linkLost' };
    const said = dialogue.automatic;
    dialogue.reset();
    return said?.ready === false ? this.#stopped(said.cause) : { verdict: 'UNKNOWN', cause: 'silence' };
  }

  async #untilOut(): Promise<PrintVerdict> {
    const { dialogue } = this.#rig;
    await dialogue.until(() => false, this.#begunAt + this.#times.latestMs - this.#now);
    return dialogue.online ? { verdict: 'UNVERIFIED' } : { verdict: 'UNKNOWN', cause: 'linkLost' };
  }

  async #awaitFence(fence: Fence): Promise<PrintVerdict> {
    const { dialogue, profile } = this.#rig;
    const deadline = this.#begunAt + this.#times.latestMs + profile.silenceMs;
    this.#overdueAt = this.#begunAt + this.#times.latestMs + overdueMs;
    await this.#ask(fence);
    for (;;) {
      const standing = fence.standing(this.#now);
      if (standing === 'proven') return this.#proven();
      if (standing === 'unsure') return { verdict: 'UNKNOWN', cause: 'silence' };
      if (!dialogue.online) return { verdict: 'UNKNOWN', cause: 'linkLost' };
      if (this.#now >= deadline + this.#patienceMs) return this.#silent();
      if (standing === 'again') {
        await this.#ask(fence);
      } else if (this.#moduleFaultIsSure) {
        const cause = this.#moduleStoppedBy();
        if (cause !== undefined) return this.#stopped(cause);
      } else if (this.#now >= this.#overdueAt) {
        await this.#askAgainOverdue(fence);
      } else if (this.#pollIsDue) {
        const cause = await this.#stoppedBy();
        if (cause !== undefined && fence.standing(this.#now) !== 'proven') return this.#stopped(cause);
      } else {
        const pollAt = profile.status === 'realTime' ? this.#lastPollAt + pollMs : Infinity;
        const next = Math.min(fence.dueAt, this.#overdueAt, pollAt, deadline + this.#patienceMs);
        await dialogue.pause(next - this.#now);
      }
    }
  }

  async #ask(fence: Fence): Promise<void> {
    const { dialogue, profile } = this.#rig;
    const query = fence.ask();
    if (profile.fence === 'paperStatus') await dialogue.sendBuffered(query, profile.silenceMs);
    else await dialogue.send(query, profile.silenceMs);
  }

  /** The answer may have been lost. A module that can be asked how it is is asked that: it may have stopped. */
  async #askAgainOverdue(fence: Fence): Promise<void> {
    const { dialogue, profile } = this.#rig;
    this.#overdueAt = this.#now + overdueMs;
    if (typeof profile.status === 'object' && fence instanceof PaperStatusFence) {
      fence.suspect();
      await dialogue.sendBuffered(moduleStatus, profile.silenceMs);
    } else {
      await this.#ask(fence);
    }
  }

  /**
   * The fence is the proof, unless the printer may have been off meanwhile: it answers at once when it is asked again
   * after that, with nothing on paper. Where the fence is only a byte of status, the printer must also be well after it.
   */
  async #proven(): Promise<PrintVerdict> {
    const { dialogue, profile } = this.#rig;
    dialogue.settleDebt();
    this.#seen(this.#now);
    const wasOutOfSight = profile.status === 'realTime' && this.#longestOutOfSightMs > outOfSightMs;
    if (wasOutOfSight || dialogue.lapses !== this.#lapsesBefore) return { verdict: 'UNKNOWN', cause: 'silence' };
    dialogue.mayHold = false;
    if (profile.fence === 'processId') return { verdict: 'PRINTED' };
    const after = await dialogue.readiness();
    return after.ready ? { verdict: 'PRINTED' } : { verdict: 'UNKNOWN', cause: after.cause };
  }

  async #silent(): Promise<PrintVerdict> {
    const last = await this.#rig.dialogue.readiness();
    if (last.ready || last.cause === 'silence') return { verdict: 'UNKNOWN', cause: 'silence' };
    return this.#stopped(last.cause);
  }

  #stopped(cause: PrinterCause): PrintVerdict {
    const ownWord = cause !== 'linkLost' && cause !== 'silence';
    return ownWord && this.#fence?.doubtful !== true
      ? { verdict: 'NOT_PRINTED', cause }
      : { verdict: 'UNKNOWN', cause };
  }

  get #pollIsDue(): boolean {
    if (this.#rig.profile.status !== 'realTime') return false;
    return this.#now - this.#lastPollAt >= pollMs || this.#saysStopped;
  }

  /** By ASB, for a reason that doesn't pass by itself. */
  get #saysStopped(): boolean {
    const said = this.#rig.dialogue.automatic;
    return said?.ready === false && said.cause !== 'overheat' && said.cause !== 'offline';
  }

  /**
   * Whether the printer has stopped, asked in real time; waits for one that goes on by itself, within limits.
   * Undefined when it is at work, or doesn't answer, which the job's own limits deal with.
   */
  async #stoppedBy(): Promise<PrinterCause | undefined> {
    const { dialogue } = this.#rig;
    // Asked twice, to tell an answer that got lost from a printer that is off.
    const printer = (await dialogue.realTimeStatus(1)) ?? (await dialogue.realTimeStatus(1));
    this.#lastPollAt = this.#now;
    if (printer === undefined ? !this.#saysStopped : !isOffline(printer)) return undefined;
    const since = this.#now;
    let cause: PrinterCause | undefined;
    let causeSince = since;
    for (;;) {
      const said = await dialogue.readiness();
      const waited = this.#now - since;
      this.#lastPollAt = this.#now;
      if (said.ready || said.cause === 'silence') {
        this.#wait(waited);
        return undefined;
      }
      // A head that cools in the midst of the four questions leaves `offline` without a cause, for a moment.
      if (said.cause !== cause) causeSince = this.#now;
      cause = said.cause;
      const spent = cause === 'overheat' ? this.#patienceMs + waited : this.#now - causeSince;
      if (spent >= this.#patienceFor(said.cause)) return said.cause;
      await dialogue.pause(pollMs);
    }
  }

  #patienceFor(cause: PrinterCause): number {
    if (cause === 'overheat') return this.#rig.profile.overheatMs;
    return cause === 'offline' ? offlineMs : 0;
  }

  /** Moves the limits; never by more than a head may take to cool, however often the printer comes and goes. */
  #wait(ms: number): void {
    this.#patienceMs = Math.min(this.#patienceMs + ms, this.#rig.profile.overheatMs);
    this.#overdueAt += ms;
  }

  get #moduleFaultIsSure(): boolean {
    return (this.#moduleFault?.told ?? 0) >= 2;
  }

  /** The same for a module, which was asked by ESC v: the cause, or undefined when there is time to wait and ask again. */
  #moduleStoppedBy(): PrinterCause | undefined {
    const cause = this.#moduleFault?.cause ?? 'offline';
    this.#moduleFault = undefined;
    if (this.#patienceMs >= this.#patienceFor(cause)) return cause;
    this.#wait(2 * overdueMs);
    return undefined;
  }
}

/** Puts pieces together to writes; a piece stays whole. */
function* inChunks(pieces: readonly Buffer[]): Iterable<Buffer> {
  let chunk: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    if (length > 0 && length + piece.length > chunkBytes) {
      yield Buffer.concat(chunk);
      chunk = [];
      length = 0;
    }
    chunk.push(piece);
    length += piece.length;
  }
  yield Buffer.concat(chunk);
}
