import { dirname, join } from 'node:path';
import type { LedgerAppend } from '../../hal/ledger.ts';
import { errorCode, type FileSystem } from '../storage/file-system.ts';
import { nodeFileSystem } from '../storage/node-file-system.ts';
import { BatchFile } from './batch-file.ts';
import { type BatchReading, batchFileName, readTail, verifyBatch } from './batch-reading.ts';
import { appended } from './file-ledger.ts';
import { type LedgerSettings, lockLedger } from './ledger-adapter.ts';
import { decisive, LedgerError, ledgerFault, refusable } from './ledger-error.ts';
import { listGenerations } from './recovery.ts';
import { type ChainPlace, chainStart, encodePayload } from './slot.ts';

/** The folder of a ledger, apart from the appending: it is made here once, and its older batches are read here. */
export class LedgerStore<Fact> {
  readonly #settings: Pick<LedgerSettings<Fact>, 'directory' | 'ledgerKey'>;
  readonly #fileSystem: FileSystem;

  constructor(
    settings: Pick<LedgerSettings<Fact>, 'directory' | 'ledgerKey'>,
    fileSystem: FileSystem = nodeFileSystem,
  ) {
    this.#settings = settings;
    this.#fileSystem = fileSystem;
  }

  /**
   * Makes the ledger of a new terminal: its folder, where the one above it is there, and the first batch file with its
   * first record. Refused when there is a ledger already. May be done again after a power cut.
   */
  provision(first: Fact): Promise<LedgerAppend> {
    const { directory, ledgerKey } = this.#settings;
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
      } finally {
        unlock();
      }
    });
  }

  /**
   * The generations of the batch files, oldest first; the last one is the current batch, the others are archived.
   *
   * @throws the file system's error when the folder can't be read
   */
  generations(): readonly number[] {
    return listGenerations(this.#settings.directory, this.#fileSystem);
  }

  /**
   * Reads and checks one batch, archived or current, without a lock. Of the current one it tells what is there now; a
   * record that is just being written can show as `torn`.
   *
   * @param follows the tail of the batch before, to check that this one goes on from there
   * @throws the file system's error when the file can't be read
   */
  readArchive(generation: number, follows?: ChainPlace): BatchReading<Fact> {
    const { directory, ledgerKey } = this.#settings;
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
      follows = verdict.intact ? tail : readTail(path, this.#settings.ledgerKey, this.#fileSystem);
    }
  }
}

const makeDirectory = (directory: string, fileSystem: FileSystem): void => {
  try {
    fileSystem.mkdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
};

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
