import type { Ledger, LedgerAppend, LedgerOpening } from '../../hal/ledger.ts';

/** Facts that need not outlive the process, for training (培训): they begin with the given one, and nothing is written. */
export class MemoryLedger<Fact> implements Ledger<Fact> {
  #facts: readonly Fact[];

  constructor(first: Fact) {
    this.#facts = [first];
  }

  /** Those of the current batch. */
  get facts(): readonly Fact[] {
    return this.#facts;
  }

  async open(): Promise<LedgerOpening<Fact>> {
    return { opened: true, facts: this.#facts, tail: 'whole', notes: [] };
  }

  async append(fact: Fact): Promise<LedgerAppend> {
    this.#facts = [...this.#facts, fact];
    return { result: 'stored' };
  }

  async rotate(first: readonly [Fact, ...Fact[]]): Promise<LedgerAppend> {
    this.#facts = first;
    return { result: 'stored' };
  }

  async rest(): Promise<undefined> {
    return undefined;
  }

  /** There is no chain that a slip could be held against. */
  tailCode(): string {
    return '00000000';
  }

  async close(): Promise<void> {
    return undefined;
  }
}
