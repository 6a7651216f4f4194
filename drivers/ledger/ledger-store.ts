import { dirname, join } from 'node:path';
import type { LedgerAppend } from '../../hal/ledger.ts';
import { type FileSystem, unlinkIfThere } from '../storage/file-system.ts';
import { nodeFileSystem } from '../storage/node-file-system.ts';
import { LedgerAnchor } from './anchor.ts';
import { BatchFile } from './batch-file.ts';
import { type BatchReading, batchFileName, readLast, verifyBatch } from './batch-reading.ts';
import { appended } from './file-ledger.ts';
import { decisive, LedgerError, ledgerFault, refusable } from './ledger-error.ts';
import { type LedgerPlace, lockLedger, makeDirectory } from './open-store.ts';
import { listGenerations } from './recovery.ts';
import { type ChainPlace, chainStart, encodePayload } from './slot.ts';

/** The folder of a ledger, apart from the appending: it is made here once, and its older batches are read here. */
export class LedgerStore<Fact> {
  readonly #place: LedgerPlace;
  readonly #fileSystem: FileSystem;

  constructor(place: LedgerPlace, fileSystem: FileSystem = nodeFileSystem) {
    this.#place = place;
    this.#fileSystem = fileSystem;
  }

  /**
   * Makes the ledger of a new terminal: its folder, where the one above it is there, and the first batch file with its
   * first record. Refused when there is a ledger already. May be done again after a power cut.
   */
  provision(first: Fact): Promise<LedgerAppend> {
    const { directory, ledgerKey, anchor: anchorPath } = this.#place;
    return appended(async () => {
      refusable(directory, () => makeDirectory(directory, this.#fileSystem));
      await decisive(directory, () => this.#fileSystem.syncDirectory(dirname(directory)));
      const unlock = await lockLedger(directory, this.#fileSystem);
      try {
        const generations = await decisive(directory, () => this.generations());
        if (generations.length > 0) throw alreadyProvisioned(directory);
        const batch = await BatchFile.create(
          this.#fileSystem,
          directory,
          chainStart,
          [encodePayload(first)],
          ledgerKey,
        );
        await batch.close();
        if (anchorPath !== undefined) await this.#makeAnchor(anchorPath, batch.tail);
      } finally {
        unlock();
      }
    });
  }

  /** Also in the place of one that is left of a ledger before. The ledger is there already, so nothing is refused here. */
  async #makeAnchor(path: string, tail: ChainPlace): Promise<void> {
    const anchor = new LedgerAnchor(path, this.#place.ledgerKey, this.#fileSystem);
    try {
      await decisive(path, async () => {
        unlinkIfThere(this.#fileSystem, path);
        anchor.create();
        await anchor.note(tail);
        await this.#fileSystem.syncDirectory(dirname(path));
      });
    } finally {
      anchor.close();
    }
  }

  /**
   * The generations of the batch files, oldest first; the last one is the current batch, the others are archived.
   *
   * @throws the file system's error when the folder can't be read
   */
  generations(): readonly number[] {
    return listGenerations(this.#place.directory, this.#fileSystem);
  }

  /**
   * Reads and checks one batch, archived or current, without a lock. Of the current one it tells what is there now; a
   * record that is just being written can show as `torn`.
   *
   * @param follows the tail of the batch before, to check that this one goes on from there
   * @throws the file system's error when the file can't be read
   */
  readArchive(generation: number, follows?: ChainPlace): BatchReading<Fact> {
    const { directory, ledgerKey } = this.#place;
    const path = join(directory, batchFileName(generation));
    return verifyBatch<Fact>(path, ledgerKey, { follows, fileSystem: this.#fileSystem });
  }

  /**
   * Reads and checks all batches, oldest first, and that each goes on where the one before ended. What is wrong in one
   * is told of that one only.
   */
  *verify(): Generator<BatchReading<Fact>> {
    let follows: ChainPlace | undefined;
    for (const generation of this.generations()) {
      const reading = this.readArchive(generation, follows);
      yield reading;
      const { path, tail, verdict } = reading;
      follows = verdict.intact ? tail : readLast(path, this.#place.ledgerKey, this.#fileSystem)?.place;
    }
  }
}

const alreadyProvisioned = (directory: string): LedgerError =>
  new LedgerError(
    'refused',
    ledgerFault(
      'notSuitable',
      directory,
      'There is a ledger in this folder already.',
      'Start the terminal with it; it is never replaced.',
    ),
  );
