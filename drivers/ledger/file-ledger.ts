import { Low } from 'lowdb';
import type { DeviceFault } from '../../hal/device.ts';
import type { Ledger, LedgerAppend, LedgerOpening } from '../../hal/ledger.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { nodeFileSystem } from '../storage/node-file-system.ts';
import { LedgerAdapter, type LedgerData, type LedgerSettings } from './ledger-adapter.ts';
import { LedgerError } from './ledger-error.ts';
import { shortCode } from './slot.ts';

/**
 * The ledger in files, one a settlement batch: lowdb over an adapter that appends, syncs and authenticates. See
 * docs/ledger.md for the format and for what to do when it refuses service. `LedgerStore` provisions it and reads what
 * is archived.
 *
 * A fact is a JSON value of at most 4012 bytes; a longer one is a bug and throws. It is frozen when it is stored.
 */
export class FileLedger<Fact> implements Ledger<Fact> {
  readonly #adapter: LedgerAdapter<Fact>;
  readonly #db: Low<LedgerData<Fact>>;
  #mirrorToldLost = false;

  constructor(settings: LedgerSettings<Fact>, fileSystem: FileSystem = nodeFileSystem) {
    this.#adapter = new LedgerAdapter<Fact>(settings, fileSystem);
    this.#db = new Low<LedgerData<Fact>>(this.#adapter, { records: [] });
  }

  async open(): Promise<LedgerOpening<Fact>> {
    try {
      await this.#db.read();
    } catch (error) {
      return { opened: false, fault: expected(error).fault };
    }
    const { tailFound: tail, notes } = this.#adapter;
    this.#mirrorToldLost = this.#adapter.mirrorLost !== undefined;
    return { opened: true, facts: [...this.#db.data.records], tail, notes };
  }

  append(fact: Fact): Promise<LedgerAppend> {
    return this.#telling(async () => {
      this.#db.data.records.push(fact);
      await this.#db.write();
    });
  }

  rotate(first: readonly [Fact, ...Fact[]]): Promise<LedgerAppend> {
    return this.#telling(async () => {
      await this.#adapter.rotate(first);
      await this.#db.read();
    });
  }

  rest(): Promise<DeviceFault | undefined> {
    return this.#adapter.rest();
  }

  tailCode(): string {
    return shortCode(this.#adapter.tail.mac);
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }

  /** Tells once that the mirror was lost. */
  async #telling(step: () => Promise<void>): Promise<LedgerAppend> {
    const outcome = await appended(step);
    if (outcome.result !== 'stored' || this.#mirrorToldLost) return outcome;
    const fault = this.#adapter.mirrorLost;
    if (fault === undefined) return outcome;
    this.#mirrorToldLost = true;
    return { ...outcome, fault };
  }
}

/** The outcome of a step as a result. An error that isn't the ledger's is a bug and passes. */
export const appended = async (step: () => Promise<void>): Promise<LedgerAppend> => {
  try {
    await step();
    return { result: 'stored' };
  } catch (error) {
    const { result, fault } = expected(error);
    return { result, fault };
  }
};

const expected = (error: unknown): LedgerError => {
  if (error instanceof LedgerError) return error;
  throw error;
};
