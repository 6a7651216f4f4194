import type { Copy, Line, Paper, PaperLine } from './paper.ts';
import type { Timeline } from './timeline.ts';

/** Dots a millimetre of a 203 dpi head. */
export const dotsPerMm = 8;

/** A step of the motor. A line's ink comes first, its spacing after. */
export type Job =
  | { readonly type: 'line'; readonly line: Line; readonly inkDots: number; readonly feedDots: number }
  | { readonly type: 'feed'; readonly feedDots: number }
  | { readonly type: 'cut' };

export interface MechanismEvents {
  /** A line is about to start: the motor hasn't moved for it yet. */
  lineStarts(line: Line): void;
  /** A line is half out. */
  lineHalfOut(line: Line): void;
  linePrinted(line: PaperLine, opensCopy: boolean): void;
  copyEnded(copy: Copy): void;
  /** The blade met something: an error that must hinder from now on. */
  cutterJammed(): void;
}

/** Why the motor stands. */
export interface Hindrances {
  /** The motor stops at once, in the middle of a line. */
  readonly atOnce: boolean;
  /** The line under way is finished first. */
  readonly afterLine: boolean;
  /** The blade doesn't move. */
  readonly cutterStuck: boolean;
}

/** How long the blade takes, there and back. */
const cutMs = 250;

/**
 * Motor, head and blade. It holds the job under way and one behind it, as a print buffer does, and works them off at
 * the paper's speed. It starts nothing by itself: `wake` is to be called after whatever happens.
 */
export class Mechanism {
  readonly #timeline: Timeline;
  readonly #paper: Paper;
  readonly #mmPerMs: number;
  readonly #events: MechanismEvents;
  readonly #hindrances: () => Hindrances;
  #jobs: Job[] = [];
  /** How far the first job is: its ink is out, only its spacing is left. */
  #inkOut = false;
  #moving: { readonly since: number; readonly cancel: () => void } | undefined;
  #afterLine: (() => void) | undefined;

  constructor(options: {
    timeline: Timeline;
    paper: Paper;
    mmPerSecond: number;
    events: MechanismEvents;
    hindrances: () => Hindrances;
  }) {
    this.#timeline = options.timeline;
    this.#paper = options.paper;
    this.#mmPerMs = options.mmPerSecond / 1000;
    this.#events = options.events;
    this.#hindrances = options.hindrances;
  }

  /** Jobs taken and jobs finished since the printer was made; dropped ones count as neither. */
  taken = 0;
  finished = 0;

  get moving(): boolean {
    return this.#moving !== undefined;
  }

  /** Nothing is left to be printed. */
  get idle(): boolean {
    return this.#jobs.length === 0;
  }

  /** Another job can be taken. */
  get room(): boolean {
    return this.#jobs.length < 2 && this.#afterLine === undefined;
  }

  take(job: Job): void {
    if (!this.room) throw new Error('the mechanism has no room for another job');
    this.taken++;
    this.#jobs.push(job);
  }

  /** Goes on, or stops, as jobs and hindrances now are. */
  wake(): void {
    const hindrances = this.#hindrances();
    if (this.#moving !== undefined) {
      if (hindrances.atOnce) this.#stop();
      return;
    }
    const job = this.#jobs[0];
    if (job === undefined || hindrances.atOnce || hindrances.afterLine) return;
    switch (job.type) {
      case 'cut':
        if (hindrances.cutterStuck) this.#events.cutterJammed();
        else
          this.#move(cutMs, () => {
            const copy = this.#paper.cut();
            this.#done();
            if (copy !== undefined) this.#events.copyEnded(copy);
          });
        break;
      case 'feed':
        this.#feed(job.feedDots);
        break;
      case 'line':
        if (this.#inkOut) this.#feed(job.feedDots);
        else this.#printLine(job);
        break;
    }
  }

  /**
   * Drops what it holds, and calls `then` once nothing of it can come out any more: at once, or after the line that
   * is half out. Its jobs count as taken back.
   */
  clear(then: () => void): void {
    const lineUnderWay = this.#moving !== undefined && this.#jobs[0]?.type === 'line' && !this.#inkOut;
    if (lineUnderWay) {
      this.taken -= this.#jobs.length - 1;
      this.#jobs.length = 1;
      this.#afterLine = then;
      return;
    }
    this.#stop();
    this.taken -= this.#jobs.length;
    this.#jobs = [];
    this.#inkOut = false;
    then();
  }

  /** The power goes: everything it holds is gone, in the middle of a line too. */
  kill(): void {
    this.#afterLine = undefined;
    this.#stop();
    this.taken -= this.#jobs.length;
    this.#jobs = [];
    this.#inkOut = false;
  }

  #printLine(job: Job & { readonly type: 'line' }): void {
    this.#events.lineStarts(job.line);
    const hindrances = this.#hindrances();
    if (this.#jobs[0] !== job || hindrances.atOnce || hindrances.afterLine) return;
    const mm = job.inkDots / dotsPerMm;
    this.#move(mm / this.#mmPerMs, () => {
      const opensCopy = this.#paper.opensCopy(job.line);
      const printed = this.#paper.print(job.line, mm, this.#timeline.now);
      this.#inkOut = true;
      this.#feed(job.feedDots);
      this.#events.linePrinted(printed, opensCopy);
      this.#endOfLine();
    });
    const underWay = this.#moving;
    this.#timeline.after(mm / this.#mmPerMs / 2, () => {
      if (this.#moving === underWay) this.#events.lineHalfOut(job.line);
    });
  }

  /** A clearing that waited for the end of this line goes on. */
  #endOfLine(): void {
    const then = this.#afterLine;
    if (then === undefined) return;
    this.#afterLine = undefined;
    this.clear(then);
  }

  #feed(dots: number): void {
    const mm = dots / dotsPerMm;
    this.#move(mm / this.#mmPerMs, () => {
      const ended = this.#paper.feed(mm);
      this.#done();
      if (ended !== undefined) this.#events.copyEnded(ended);
    });
  }

  #done(): void {
    this.#jobs.shift();
    this.#inkOut = false;
    this.finished++;
  }

  #move(ms: number, then: () => void): void {
    const cancel = this.#timeline.after(ms, () => {
      this.#moving = undefined;
      then();
    });
    this.#moving = { since: this.#timeline.now, cancel };
  }

  /** Stands still where it is. The job begins anew when it goes on: a line restarts from its first dot. */
  #stop(): void {
    if (this.#moving === undefined) return;
    this.#moving.cancel();
    if (this.#jobs[0]?.type !== 'cut') {
      this.#paper.slip((this.#timeline.now - this.#moving.since) * this.#mmPerMs);
    }
    this.#moving = undefined;
    this.#endOfLine();
  }
}
