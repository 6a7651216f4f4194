import { randomBytes } from 'node:crypto';
import { paperStatus, processId } from './commands.ts';
import type { PrinterReply } from './reply-parser.ts';

/**
 * The question after a slip's last line whose answer proves that the slip is out. Fences are pure: they take
 * replies with their times (ms) and say what follows. A fence may be asked again as often as needed: whichever
 * asking is answered, it came after the slip.
 */
export interface Fence {
  /** The query to be sent now, after everything else. */
  ask(): Buffer;
  hear(reply: PrinterReply, atMs: number): void;
  /** `proven`: the slip is out. `again`: what came isn't enough, ask once more. `wait`: nothing to do before `dueAt`. */
  standing(atMs: number): Standing;
  /** When `standing` changes by itself; Infinity when only a reply changes it. */
  readonly dueAt: number;
  /** True once something came that may have been the proof: then nobody can say that the slip is not out. */
  readonly doubtful: boolean;
}

/** `unsure`: it would be proven, were it certain that the printer was on all the time. */
export type Standing = 'proven' | 'again' | 'wait' | 'unsure';

/** 94 printable characters without the space, four of them. */
const idCount = 94 ** 4;

/** Gives a new process id each time, beginning at random so that a run of the process doesn't repeat the one before. */
export class ProcessIds {
  #next: number;

  constructor(random: (size: number) => Buffer = randomBytes) {
    this.#next = random(4).readUInt32BE(0) % idCount;
  }

  next(): string {
    let rest = this.#next;
    this.#next = (this.#next + 1) % idCount;
    let id = '';
    for (let digit = 0; digit < 4; digit++) {
      id += String.fromCharCode(0x21 + (rest % 94));
      rest = Math.floor(rest / 94);
    }
    return id;
  }
}

/** Proven by one of its own ids. Nothing stale, doubled or garbled can bring that about. */
export class ProcessIdFence implements Fence {
  readonly #ids: ProcessIds;
  readonly #asked = new Set<string>();
  #proven = false;
  readonly dueAt = Infinity;
  readonly doubtful = false;

  constructor(ids: ProcessIds) {
    this.#ids = ids;
  }

  ask(): Buffer {
    const id = this.#ids.next();
    this.#asked.add(id);
    return processId(id);
  }

  hear(reply: PrinterReply): void {
    if (reply.type === 'processId' && this.#asked.has(reply.id)) this.#proven = true;
  }

  standing(): 'proven' | 'wait' {
    return this.#proven ? 'proven' : 'wait';
  }
}

/** Answers to GS r up to this mean paper in place, at most near its end. */
const wellBits = 0x03;
/** How long after an answer that doesn't count the question is put again, in ms. */
const rejectedMs = 200;

/**
 * The fence of printers that answer `GS r` only, with a byte that looks like many others. What counts as an answer:
 * - it came while a query was out, and not before the slip can have been sent and printed;
 * - it is 00 … 03: paper in place, at most near its end;
 * - it stands alone: bytes close together are the tail of an ASB whose beginning was lost, or one doubled.
 *
 * And one answer isn't enough. The printer answers in order, so it suffices that *one* answer is to a query of this
 * slip; it takes one more than the answers that may come from elsewhere: the queries left unanswered before, and one
 * stray byte. Each is asked for only after the one before has come and the line was quiet.
 *
 * A printer that can't be asked in real time is asked the same within the slip too (`checkpoint`), and then every question
 * must have been answered: one that was off for a moment has lost the question with the lines before it, and answers
 * all later ones as if nothing had been.
 */
export class PaperStatusFence implements Fence {
  readonly #settleMs: number;
  readonly #earliestMs: number;
  #needed: number;
  #open = 0;
  #answers = 0;
  #burst: { bits: number; count: number; firstAt: number; lastAt: number; foreign: boolean } | undefined;
  #lastForeignAt = -Infinity;
  #askAgainAt = Infinity;
  #heard = false;
  readonly #everyAnswer: boolean;
  #asked = 0;
  /** Times at which answers came; bytes close together are never more than one. */
  #answered = 0;
  #isPut = false;
  #checkpointsOpen = 0;

  /**
   * `debt`: queries of the same kind that were left unanswered before this slip. `everyAnswer`: proven only when every
   * question was answered, those too: what is late would pass for what is missing.
   */
  constructor(limits: {
    readonly debt: number;
    readonly settleMs: number;
    readonly earliestMs: number;
    readonly everyAnswer?: boolean;
  }) {
    this.#everyAnswer = limits.everyAnswer ?? false;
    this.#asked = limits.debt;
    this.#settleMs = limits.settleMs;
    this.#earliestMs = limits.earliestMs;
    this.#needed = 2 + limits.debt;
  }

  ask(): Buffer {
    this.#open++;
    this.#asked++;
    this.#isPut = true;
    this.#askAgainAt = Infinity;
    return paperStatus;
  }

  /** The same question within the slip, which proves nothing but that the printer was on when it was answered. */
  checkpoint(): Buffer {
    this.#open++;
    this.#asked++;
    this.#checkpointsOpen++;
    return paperStatus;
  }

  /** Another query was sent whose answer looks the same: one answer more may come from elsewhere. */
  suspect(): void {
    this.#open++;
    this.#asked++;
    this.#needed++;
  }

  hear(reply: PrinterReply, atMs: number): void {
    this.#settle(atMs);
    if (reply.type === 'status') {
      this.#burst ??= { bits: reply.bits, count: 0, firstAt: atMs, lastAt: atMs, foreign: false };
      this.#burst.count++;
      this.#burst.lastAt = atMs;
      if (this.#isPut && this.#open > 0 && atMs >= this.#earliestMs && reply.bits <= wellBits) this.#heard = true;
    } else if (reply.type !== 'flow' && reply.type !== 'cleared') {
      this.#lastForeignAt = atMs;
      if (this.#burst !== undefined) this.#burst.foreign = true;
    }
  }

  standing(atMs: number): Standing {
    this.#settle(atMs);
    if (this.#answers >= this.#needed) return this.#everyAnswer && this.#answered < this.#asked ? 'unsure' : 'proven';
    return atMs >= this.#askAgainAt ? 'again' : 'wait';
  }

  get dueAt(): number {
    return Math.min(this.#askAgainAt, this.#burst === undefined ? Infinity : this.#burst.lastAt + this.#settleMs);
  }

  get doubtful(): boolean {
    return this.#heard;
  }

  /** Judges what has come once the line has been quiet after it. */
  #settle(atMs: number): void {
    const burst = this.#burst;
    if (burst === undefined || atMs < burst.lastAt + this.#settleMs) return;
    this.#burst = undefined;
    if (this.#open === 0) return;
    this.#answered++;
    this.#open = Math.max(0, this.#open - burst.count);
    if (this.#checkpointsOpen > 0) {
      this.#checkpointsOpen--; // answers come in order
      return;
    }
    const alone = burst.count === 1 && !burst.foreign && burst.firstAt - this.#lastForeignAt >= this.#settleMs;
    const counts = alone && burst.firstAt >= this.#earliestMs && burst.bits <= wellBits;
    if (counts) this.#answers++;
    if (this.#answers < this.#needed) this.#askAgainAt = Math.max(counts ? atMs : atMs + rejectedMs, this.#earliestMs);
  }
}
