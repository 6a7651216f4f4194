import type { Clock } from '../../hal/clock.ts';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';

/** A clock that stands still until the test moves it; its alarms ring in the order of their times. */
export class HandClock implements Clock {
  #now = 0;
  readonly #wallStart: number;
  #alarms: { at: number; wake: () => void }[] = [];

  constructor(wallStart = Date.UTC(2026, 10, 22, 5, 0, 0)) {
    this.#wallStart = wallStart;
  }

  monotonic(): MonotonicMs {
    return this.#now as MonotonicMs;
  }

  wall(): EpochMs {
    return (this.#wallStart + this.#now) as EpochMs;
  }

  schedule(delayMs: number, wake: () => void): () => void {
    const alarm = { at: this.#now + delayMs, wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.length;
  }

  /** Moves the clock on and rings what falls due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#alarms.filter((alarm) => alarm.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
  }
}
