/** Where the model takes its time from. A test or a simulation gives its own. */
export interface BenchClock {
  /** Milliseconds, from any origin; never goes back. */
  now(): number;
  /** Calls `wake` once, `ms` (≥ 0, fractions too) from now, unless the returned function is called first. */
  after(ms: number, wake: () => void): () => void;
}

/** The clock on the wall, as far as timers of Node keep it. */
export const realClock: BenchClock = {
  now: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, Math.ceil(ms));
    return () => clearTimeout(timer);
  },
};

interface Entry {
  readonly due: number;
  readonly run: () => void;
}

/**
 * The model's own time: entries run in the order in which they fall due, and each sees `now` as its own due time,
 * however late or bundled the clock's wake-ups come. So lines and bytes keep their exact pace on a coarse timer, and
 * a speed factor doesn't blur them.
 */
export class Timeline {
  readonly #clock: BenchClock;
  readonly #speed: number;
  readonly #origin: number;
  readonly #beforeEach: () => void;
  readonly #afterEach: () => void;
  #now: number;
  #entries: Entry[] = [];
  #running = false;
  #alarm: { due: number; cancel: () => void } | undefined;

  /** `around` is called before and after every entry and every `act`. `speed` 20 lets 20 ms pass in one of the clock's. */
  constructor(clock: BenchClock, speed: number, around: { readonly before: () => void; readonly after: () => void }) {
    this.#clock = clock;
    this.#speed = speed;
    this.#beforeEach = around.before;
    this.#afterEach = around.after;
    this.#origin = clock.now();
    this.#now = this.#origin;
  }

  /** Milliseconds: the clock's at speed 1. */
  get now(): number {
    return this.#now;
  }

  /** Runs `run` once, `ms` from now. */
  after(ms: number, run: () => void): () => void {
    const entry: Entry = { due: this.#now + ms, run };
    let at = this.#entries.length;
    while (at > 0 && (this.#entries[at - 1] as Entry).due > entry.due) at--;
    this.#entries.splice(at, 0, entry);
    if (!this.#running) this.#setAlarm();
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
      if (!this.#running) this.#setAlarm();
    };
  }

  /** Something done from outside: first all that was due by now happens, then `deed`. Inside an entry, at once. */
  act<Result>(deed: () => Result): Result {
    if (this.#running) return deed();
    this.#running = true;
    try {
      this.#catchUp();
      this.#beforeEach();
      const result = deed();
      this.#afterEach();
      return result;
    } finally {
      this.#running = false;
      this.#setAlarm();
    }
  }

  #catchUp(): void {
    const until = this.#origin + (this.#clock.now() - this.#origin) * this.#speed;
    for (;;) {
      const next = this.#entries[0];
      // The tolerance takes up the rounding of a clock that wakes exactly when asked to.
      if (next === undefined || next.due > until + 1e-6) break;
      this.#entries.shift();
      this.#now = Math.max(this.#now, next.due);
      this.#beforeEach();
      next.run();
      this.#afterEach();
    }
    this.#now = Math.max(this.#now, until);
  }

  #setAlarm(): void {
    const due = this.#entries[0]?.due;
    if (due === this.#alarm?.due) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (due === undefined) return;
    const ms = (due - this.#origin) / this.#speed + this.#origin - this.#clock.now();
    const cancel = this.#clock.after(Math.max(0, ms), () => {
      this.#alarm = undefined;
      this.act(() => {});
    });
    this.#alarm = { due, cancel };
  }
}
