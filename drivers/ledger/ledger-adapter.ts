import type { Adapter } from 'lowdb';
import type { DeviceFault } from '../../hal/device.ts';
import type { LedgerTail } from '../../hal/ledger.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { AppendOnly } from './append-only.ts';
import { BatchFile } from './batch-file.ts';
import { LedgerError, ledgerErrorOf } from './ledger-error.ts';
import { type LedgerPlace, type OpenedStore, openStore } from './open-store.ts';
import { type Retention, removeOldBatches } from './retention.ts';
import { type ChainPlace, encodePayload } from './slot.ts';

const ledgerKeyBytes = 32;

export interface LedgerSettings<Fact> extends LedgerPlace, Retention<Fact> {
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
  #store: Store<Fact> | undefined;
  #failure: LedgerError | undefined;
  #busy = false;
  #resting: Promise<void> | undefined;

  constructor(settings: LedgerSettings<Fact>, fileSystem: FileSystem) {
    if (settings.ledgerKey.length !== ledgerKeyBytes) throw new RangeError(`A ledger key has ${ledgerKeyBytes} bytes.`);
    this.#settings = settings;
    this.#fileSystem = fileSystem;
  }

  /** How the end of the line was found at opening. */
  get tailFound(): LedgerTail {
    return this.#opened().tail;
  }

  /** What else was found at opening and set right, or is done without. */
  get notes(): readonly DeviceFault[] {
    return this.#opened().notes;
  }

  /** Why the mirror was given up, when it was. */
  get mirrorLost(): DeviceFault | undefined {
    return this.#opened().mirror?.lost;
  }

  /** The place of the last record. */
  get tail(): ChainPlace {
    return this.#opened().batch.tail;
  }

  /** The facts of the current batch; opens the store at the first call. */
  read(): Promise<LedgerData<Fact>> {
    return this.#alone(async () => {
      this.#store ??= await this.#open();
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
      const next = await BatchFile.create(store.fileSystem, directory, tail, payloads, ledgerKey);
      const ended = store.batch;
      store.batch = next;
      store.records = new AppendOnly([...first]);
      store.archiveSeen = false;
      await ended.close();
    });
  }

  /**
   * Notes in the anchor how far the ledger goes, and removes old batches. It may run beside other calls; one that comes
   * while it runs does nothing. After an error nothing of it is done any more until the next start.
   */
  async rest(): Promise<DeviceFault | undefined> {
    if (this.#resting !== undefined || this.#failure !== undefined) return undefined;
    this.#resting = this.#keepHouse(this.#opened());
    try {
      await this.#resting;
      this.#resting = undefined;
      return undefined;
    } catch (error) {
      return ledgerErrorOf('failed', this.#settings.anchor ?? this.#settings.directory, error).fault;
    }
  }

  async #keepHouse(store: Store<Fact>): Promise<void> {
    await store.anchor?.note(store.batch.tail);
    if (store.archiveSeen) return;
    await removeOldBatches(this.#settings, store.fileSystem);
    store.archiveSeen = true;
  }

  /** Lets the store go. May be called twice, and after a failure. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    if (store === undefined) return;
    try {
      await this.#resting?.catch(() => undefined);
      store.anchor?.close();
      await store.batch.close();
    } finally {
      store.unlock();
    }
  }

  async #open(): Promise<Store<Fact>> {
    const { facts, ...opened } = await openStore<Fact>(this.#settings, this.#fileSystem);
    for (const fact of facts) freeze(fact);
    return { ...opened, records: new AppendOnly([...facts]), archiveSeen: false };
  }

  #opened(): Store<Fact> {
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

interface Store<Fact> extends Omit<OpenedStore<Fact>, 'batch' | 'facts'> {
  batch: BatchFile;
  records: AppendOnly<Fact>;
  /** Whether it was looked, since the current batch began, for batches that may go. */
  archiveSeen: boolean;
}

/** What is stored stays as it was stored. */
const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
};
