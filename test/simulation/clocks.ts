import type { Clock } from '../../hal/clock.ts';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';
import type { BenchClock } from '../bench/printer/timeline.ts';
import type { Life } from './disk.ts';
import type { Scheduler } from './scheduler.ts';

/** 22 November 2026, 09:00 in China: when every simulation begins. */
export const beginning = Date.UTC(2026, 10, 22, 1, 0, 0);

/** The board's clock in one run of the terminal: it begins at 0, and its alarms end with the run. */
export class LifeClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #life: Life;
  readonly #startedAt: number;
  /** How wrong the board's idea of the date is. */
  readonly #wrongByMs: number;

  constructor(scheduler: Scheduler, life: Life, wrongByMs: number) {
    this.#scheduler = scheduler;
    this.#life = life;
    this.#startedAt = scheduler.now;
    this.#wrongByMs = wrongByMs;
  }

  monotonic(): MonotonicMs {
    return (this.#scheduler.now - this.#startedAt) as MonotonicMs;
  }

  wall(): EpochMs {
    return Math.floor(beginning + this.#scheduler.now + this.#wrongByMs) as EpochMs;
  }

  schedule(delayMs: number, wake: () => void): () => void {
    return this.#scheduler.after(delayMs, () => {
      if (!this.#life.ended) wake();
    });
  }
}

/** The clock of the devices and the acquirer, which know no restart. */
export const peerClock = (scheduler: Scheduler): Clock => ({
  monotonic: () => scheduler.now as MonotonicMs,
  wall: () => Math.floor(beginning + scheduler.now) as EpochMs,
  schedule: (delayMs, wake) => scheduler.within(delayMs, wake),
});

/** The printer's, for what goes on inside of it. */
export const printerClock = (scheduler: Scheduler): BenchClock => ({
  now: () => scheduler.now,
  after: (ms, wake) => scheduler.within(ms, wake),
});
