import type { Hmac } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type FileSystem, type OpenFile, unlinkIfThere, writeFully } from '../storage/file-system.ts';
import { batchFileName, blockSlots } from './batch-reading.ts';
import { decisive, LedgerError, ledgerFault, refusable } from './ledger-error.ts';
import { beginMac, type ChainPlace, slotBytes, writeSlot } from './slot.ts';

/**
 * So many slots are kept free, so that a transaction once begun has room for its facts even when the disk is full.
 * The file grows when fewer are left.
 */
export const reserveSlots = 16;

/** A file that is being made has this after its name; one that is found at opening was never used. */
export const unfinishedSuffix = '.new';

/** The batch file that is written to. An append overwrites zeros, so that its sync has the record to write, no length. */
export class BatchFile {
  readonly path: string;
  readonly #file: OpenFile;
  readonly #key: Uint8Array;
  readonly #slot = Buffer.alloc(slotBytes);
  /** The beginning of the next record's MAC, when it is ready. */
  #mac: Hmac | undefined;
  #tail: ChainPlace;
  #used: number;
  #slots: number;
  #growthAhead: Promise<LedgerError | undefined> | undefined;

  constructor(path: string, file: OpenFile, key: Uint8Array, state: { tail: ChainPlace; used: number; slots: number }) {
    this.path = path;
    this.#file = file;
    this.#key = key;
    this.#tail = state.tail;
    this.#used = state.used;
    this.#slots = state.slots;
  }

  /**
   * Makes the file of the generation after `previous`, with its first records in it: whole and synced first, then under
   * its name, so that no crash leaves a batch file without them.
   */
  static async create(
    fileSystem: FileSystem,
    directory: string,
    previous: ChainPlace,
    payloads: readonly [Uint8Array, ...Uint8Array[]],
    key: Uint8Array,
  ): Promise<BatchFile> {
    const generation = previous.generation + 1;
    const path = join(directory, batchFileName(generation));
    const unfinished = path + unfinishedSuffix;
    const slots = Math.ceil((payloads.length + reserveSlots) / blockSlots) * blockSlots;
    const block = Buffer.alloc(slots * slotBytes);
    let tail = previous;
    for (const [n, payload] of payloads.entries()) {
      const mac = writeSlot(block.subarray(n * slotBytes), tail, generation, payload, beginMac(key));
      tail = { generation, sequence: tail.sequence + 1, mac };
    }
    const file = refusable(path, () => {
      unlinkIfThere(fileSystem, unfinished);
      return fileSystem.open(unfinished, 'create');
    });
    try {
      refusable(path, () => writeFully(file, block, 0));
      await decisive(path, () => file.fdatasync());
      refusable(path, () => fileSystem.rename(unfinished, path));
      await decisive(path, () => fileSystem.syncDirectory(dirname(path)));
    } catch (error) {
      file.close();
      if (error instanceof LedgerError && error.result === 'refused') {
        refusable(path, () => unlinkIfThere(fileSystem, unfinished));
      }
      throw error;
    }
    return new BatchFile(path, file, key, { tail, used: payloads.length, slots });
  }

  /** The place of the last record. */
  get tail(): ChainPlace {
    return this.#tail;
  }

  /**
   * Makes one record durable. After an error whose result is `failed` the file must not be used again.
   *
   * @param opensTransaction then the reserve must be free after it, or it is refused
   */
  async append(payload: Uint8Array, opensTransaction: boolean): Promise<void> {
    const hasRoom = this.#free > reserveSlots && this.#growthAhead === undefined;
    const shortage = hasRoom ? undefined : await this.makeRoom();
    if (shortage !== undefined && this.#free <= (opensTransaction ? reserveSlots : 0)) throw shortage;
    const mac = writeSlot(this.#slot, this.#tail, this.#tail.generation, payload, this.#mac ?? beginMac(this.#key));
    this.#mac = undefined;
    const taken = refusable(this.path, () => this.#file.pwrite(this.#slot, this.#used * slotBytes));
    if (taken !== slotBytes) throw new LedgerError('failed', shortWriteFault(this.path, taken));
    const durable = decisive(this.path, () => this.#file.fdatasync());
    this.#mac = beginMac(this.#key); // while the disk is at work
    await durable;
    this.#tail = { generation: this.#tail.generation, sequence: this.#tail.sequence + 1, mac };
    this.#used += 1;
    if (this.#free <= reserveSlots) {
      this.#growthAhead = this.#grow();
      this.#growthAhead.catch(() => undefined); // it is awaited, and thrown, by what comes next
    }
  }

  /**
   * Sees to it that the reserve is free.
   *
   * @returns why it isn't, when there is no room for it
   */
  async makeRoom(): Promise<LedgerError | undefined> {
    await this.#settleGrowth();
    return this.#free > reserveSlots ? undefined : this.#grow();
  }

  async close(): Promise<void> {
    try {
      await this.#settleGrowth();
    } finally {
      this.#file.close();
    }
  }

  get #free(): number {
    return this.#slots - this.#used;
  }

  async #settleGrowth(): Promise<void> {
    const growth = this.#growthAhead;
    this.#growthAhead = undefined;
    await growth;
  }

  /** Adds the rest of a block in zeros, synced before any of it is used. */
  async #grow(): Promise<LedgerError | undefined> {
    const slots = (Math.floor(this.#slots / blockSlots) + 1) * blockSlots;
    const zeros = Buffer.alloc((slots - this.#slots) * slotBytes);
    try {
      refusable(this.path, () => writeFully(this.#file, zeros, this.#slots * slotBytes));
    } catch (error) {
      if (error instanceof LedgerError && error.result === 'refused') return error;
      throw error;
    }
    await decisive(this.path, () => this.#file.fdatasync());
    this.#slots = slots;
    return undefined;
  }
}

const shortWriteFault = (path: string, taken: number) =>
  ledgerFault(
    'failed',
    path,
    `The disk took ${taken} of the ${slotBytes} bytes of a record.`,
    'Look for disk errors with dmesg; free space, or replace the disk.',
  );
