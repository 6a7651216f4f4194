import type { Adapter } from 'lowdb';
import type { LedgerTail } from '../../hal/ledger.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { AppendOnly } from './append-only.ts';
import { BatchFile } from './batch-file.ts';
import { decisive, LedgerError, ledgerFault } from './ledger-error.ts';
import { recoverBatch } from './recovery.ts';
import { type ChainPlace, encodePayload } from './slot.ts';

const ledgerKeyBytes = 32;

export interface LedgerSettings<Fact> {
  /** The folder of the batch files. It belongs to the ledger alone. */
  readonly directory: string;
  /** The 32 bytes under which records are authenticated, derived from the device key (`Vault.ledgerKey`). */
  readonly ledgerKey: Uint8Array;
  /**
   * Which facts open a transaction, such as an intent. Those are refused when the disk is full and the reserve can't
   * be kept; the facts that follow them may use it. Default: none do.
   */
  readonly opensTransaction?: (fact: Fact) => boolean;
}

/** What lowdb holds: the facts of the current batch. */
export interface LedgerData<Fact> {
  records: Fact[];
}

/**
 * The ledger as lowdb's adapter: `db.data.records.push(fact); await db.write()` has made the fact durable when it
 * resolves. It differs from an adapter that writes the whole data in these ways:
 * - It appends. What is stored can't be changed, taken away or put in another order: such a write throws, and so does
 *   the assignment itself, as the stored part of `records` is frozen. A write costs the same however many there are.
 * - A write that throws takes the new records out of `records` again, so that memory never says more than the disk.
 * - `read()` throws when there is no store; lowdb would silently go on with its default data if it returned null.
 * - After an error whose `result` is `failed` each further call throws the same.
 * - One call at a time.
 */
export class LedgerAdapter<Fact> implements Adapter<LedgerData<Fact>> {
  readonly #settings: LedgerSettings<Fact>;
  readonly #fileSystem: FileSystem;
  #store: OpenStore<Fact> | undefined;
  #failure: LedgerError | undefined;
  #busy = false;

  constructor(settings: LedgerSettings<Fact>, fileSystem: FileSystem) {
    if (settings.ledgerKey.length !== ledgerKeyBytes) throw new RangeError(`A ledger key has ${ledgerKeyBytes} bytes.`);
    this.#settings = settings;
    this.#fileSystem = fileSystem;
  }

  /** How the end of the line was found at opening. */
  get tailFound(): LedgerTail {
    return this.#opened().tailFound;
  }

  /** The place of the last record. */
  get tail(): ChainPlace {
    return this.#opened().batch.tail;
  }

  /** The facts of the current batch; opens the store at the first call. */
  read(): Promise<LedgerData<Fact>> {
    return this.#alone(async () => {
      this.#store ??= await this.#openStore();
      this.#forgetNew();
      return { records: this.#store.records.list };
    });
  }

  /** Makes the new records at the end of `data.records` durable, one after the other. */
  async write(data: LedgerData<Fact>): Promise<void> {
    try {
      await this.#alone(() => this.#appendNew(data));
    } catch (error) {
      if (!this.#busy) this.#forgetNew();
      throw error;
    }
  }

  /** Begins the next batch file with the given records; `read()` then gives its facts. */
  rotate(first: readonly [Fact, ...Fact[]]): Promise<void> {
    return this.#alone(async () => {
      const store = this.#opened();
      const { directory, ledgerKey } = this.#settings;
      const { tail } = store.batch;
      for (const fact of first) freeze(fact);
      const [head, ...rest] = first;
      const payloads = [encodePayload(head), ...rest.map(encodePayload)] as const;
      const next = await BatchFile.create(this.#fileSystem, directory, tail, payloads, ledgerKey);
      const ended = store.batch;
      store.batch = next;
      store.records = new AppendOnly([...first]);
      await ended.close();
    });
  }

  /** Lets the store go. May be called twice, and after a failure. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    if (store === undefined) return;
    try {
      await store.batch.close();
    } finally {
      store.unlock();
    }
  }

  #opened(): OpenStore<Fact> {
    if (this.#store === undefined) throw new Error('The ledger is not open.');
    return this.#store;
  }

  async #appendNew(data: LedgerData<Fact>): Promise<void> {
    const store = this.#opened();
    const { records } = store;
    if (data.records !== records.list)
      throw new TypeError('The records of a ledger can only be added to, not replaced.');
    for (let fact = records.next(); fact !== undefined; fact = records.next()) {
      const durable = store.batch.append(encodePayload(fact), this.#settings.opensTransaction?.(fact) ?? false);
      freeze(fact); // while the disk is at work
      await durable;
      records.keep();
    }
  }

  /** Takes out of memory what isn't on the disk. */
  #forgetNew(): void {
    this.#store?.records.forgetNew();
  }

  async #openStore(): Promise<OpenStore<Fact>> {
    const { directory, ledgerKey } = this.#settings;
    const unlock = await lockLedger(directory, this.#fileSystem);
    try {
      const { batch, facts, tail: tailFound } = await recoverBatch<Fact>(directory, ledgerKey, this.#fileSystem);
      for (const fact of facts) freeze(fact);
      return { batch, records: new AppendOnly([...facts]), tailFound, unlock };
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Sees to it that calls don't overlap, and that a failure is for good. */
  async #alone<T>(call: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#busy) throw new Error('The ledger takes one call at a time.');
    this.#busy = true;
    try {
      return await call();
    } catch (error) {
      if (error instanceof LedgerError && error.result === 'failed') this.#failure = error;
      throw error;
    } finally {
      this.#busy = false;
    }
  }
}

interface OpenStore<Fact> {
  batch: BatchFile;
  records: AppendOnly<Fact>;
  readonly tailFound: LedgerTail;
  readonly unlock: () => void;
}

/** Takes the folder of a ledger for this process. */
export const lockLedger = async (directory: string, fileSystem: FileSystem): Promise<() => void> => {
  const unlock = await decisive(directory, () => fileSystem.lock(directory));
  if (unlock !== undefined) return unlock;
  throw new LedgerError(
    'failed',
    ledgerFault(
      'locked',
      directory,
      'Another process has the ledger open.',
      'Stop the other process; `ss -xlp | grep slipsafe` names it.',
    ),
  );
};

/** What is stored stays as it was stored. */
const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
};
