import type { DeviceFault } from './device.ts';

/**
 * The durable line of facts. A record is one fact; what is made of them is not the ledger's business.
 * There is no delete and no change.
 */
export interface Ledger<Fact> {
  /**
   * Opens the store and reads the current batch. A missing store is an error once the terminal is provisioned, never
   * an empty one. Called once, before anything else.
   */
  open(): Promise<LedgerOpening<Fact>>;
  /**
   * Makes one fact durable: it has reached the disk, synced, when this resolves with `stored`. One call at a time.
   * After `failed` every later call fails too until the process restarts: what is on the disk is then unknown.
   */
  append(fact: Fact): Promise<LedgerAppend>;
  /**
   * Ends the current batch and begins the next in a file of its own that starts with the given facts: all of them or,
   * when the power goes, none.
   */
  rotate(first: readonly [Fact, ...Fact[]]): Promise<LedgerAppend>;
  /**
   * Housekeeping, for when the terminal has come to rest; it may run beside an append. Notes, apart from the ledger, how
   * far it goes, so that an end that is cut off later shows; and lets go batches that needn't be kept any longer.
   * Resolves with the fault that keeps it from doing so.
   */
  rest(): Promise<DeviceFault | undefined>;
  /** The short code of the chain's end (8 hex digits), as it stands on slips: a cut-off tail shows against it. */
  tailCode(): string;
  close(): Promise<void>;
}

/**
 * How the end of the line was found. `cleared`: a record was torn by a power cut, and was copied aside and cleared; it
 * was never acknowledged. `mended`: the last record is whole, and what was damaged around it was copied aside and set
 * right.
 */
export type LedgerTail = 'whole' | 'cleared' | 'mended';

export type LedgerOpening<Fact> =
  | {
      readonly opened: true;
      readonly facts: readonly Fact[];
      readonly tail: LedgerTail;
      /** What else was found and set right, or is done without. */
      readonly notes: readonly DeviceFault[];
    }
  | { readonly opened: false; readonly fault: DeviceFault };

/**
 * `stored`: it is on the disk; `fault`, told once, says why it is not in the ledger's second copy.
 * `refused`: nothing was written and nothing is lost, such as no space: the fact may be tried again later.
 * `failed`: it isn't known whether the fact is on the disk: stop trading.
 */
export type LedgerAppend =
  | { readonly result: 'stored'; readonly fault?: DeviceFault }
  | { readonly result: 'refused'; readonly fault: DeviceFault }
  | { readonly result: 'failed'; readonly fault: DeviceFault };
