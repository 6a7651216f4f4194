/** Choices from a seed (mulberry32), so that a walk that fails can be walked again. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.#next() % of.length] ?? of[0];
  }
  /** A whole number from 0 up to, and without, that. */
  below(limit: number): number {
    return this.#next() % limit;
  }
}

/** Always the first choice. */
export class Loaded extends Dice {
  override one<T>([first]: readonly [T, ...T[]]): T {
    return first;
  }
}
