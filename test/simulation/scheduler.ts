/** What is to happen, and when. */
interface Entry {
  readonly at: number;
  /** Of two that are due at once, the one that was scheduled first comes first. */
  readonly sequence: number;
  /** Undefined once it was taken back. */
  run: (() => void) | undefined;
  /** Whether code of the terminal may be waiting for it. */
  readonly reachesTerminal: boolean;
}

/**
 * Times are whole multiples of this, in ms: about a microsecond. It is a power of two, so that sums and differences of
 * times are exact, and whoever waits for the rest of a time, however short, is brought to its end.
 */
const tick = 2 ** -10;

const comesBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/** Resolves when all promises that can settle by now have settled, and what waits for them has run. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * The simulation's time, and all that happens in it: one thing after the other, in an order that depends on nothing but
 * the seed. Between two of them the terminal's promises settle, which takes no time.
 */
export class Scheduler {
  /** Milliseconds since the beginning. */
  now = 0;
  /** How many things have happened. */
  step = 0;
  readonly #heap: Entry[] = [];
  #scheduled = 0;

  /** Runs once, that many milliseconds on (0 is next), unless the returned function is called before. */
  after(delayMs: number, run: () => void): () => void {
    return this.#add(delayMs, run, true);
  }

  /** The same for what happens inside of a device and can't reach the terminal at once. */
  within(delayMs: number, run: () => void): () => void {
    return this.#add(delayMs, run, false);
  }

  /** Lets everything happen until `ended` holds; false when nothing is left to happen, or the step is reached. */
  async run(ended: () => boolean, lastStep = Infinity): Promise<boolean> {
    await settled();
    while (!ended()) {
      const next = this.#take();
      if (next?.run === undefined || this.step >= lastStep) return false;
      this.step += 1;
      this.now = next.at;
      next.run();
      if (next.reachesTerminal) await settled();
    }
    return true;
  }

  #add(delayMs: number, run: () => void, reachesTerminal: boolean): () => void {
    const entry: Entry = {
      at: this.now + Math.ceil(Math.max(0, delayMs) / tick) * tick,
      sequence: this.#scheduled,
      run,
      reachesTerminal,
    };
    this.#scheduled += 1;
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (comesBefore(above, entry)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
    return () => {
      entry.run = undefined;
    };
  }

  /** Takes the first out that was not taken back. */
  #take(): Entry | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      this.#fillGap(this.#heap.pop() as Entry);
      if (first.run !== undefined) return first;
    }
  }

  /** Puts the last in the place of the first. */
  #fillGap(last: Entry): void {
    const heap = this.#heap;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && comesBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (comesBefore(last, heap[child] as Entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}
