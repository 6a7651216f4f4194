import { dirname } from 'node:path';
import type { DeviceFault } from '../../hal/device.ts';
import type { LedgerTail } from '../../hal/ledger.ts';
import { errorCode, type FileSystem } from '../storage/file-system.ts';
import { LedgerAnchor } from './anchor.ts';
import type { BatchFile } from './batch-file.ts';
import { decisive, LedgerError, ledgerFault } from './ledger-error.ts';
import { MirroredFiles } from './mirrored-files.ts';
import { reconcile } from './reconcile.ts';
import { recoverBatch } from './recovery.ts';
import type { ChainPlace } from './slot.ts';

/** Where a ledger is. */
export interface LedgerFiles {
  /** The folder of the batch files. It belongs to the ledger alone. */
  readonly directory: string;
  /** A second folder, best on another disk, that holds the same. */
  readonly mirror?: string;
  /** The file that tells how far the ledger goes, apart from it; best where the device key is. */
  readonly anchor?: string;
}

export interface LedgerPlace extends LedgerFiles {
  /** The 32 bytes under which records are authenticated, derived from the device key (`Vault.ledgerKey`). */
  readonly ledgerKey: Uint8Array;
}

/** A ledger that is locked, recovered and ready to be added to. */
export interface OpenedStore<Fact> {
  readonly batch: BatchFile;
  readonly facts: readonly Fact[];
  readonly tail: LedgerTail;
  /** What was found and set right, or is done without. */
  readonly notes: readonly DeviceFault[];
  /** What the next batch file is to be made in. */
  readonly fileSystem: FileSystem;
  readonly mirror: MirroredFiles | undefined;
  readonly anchor: LedgerAnchor | undefined;
  readonly unlock: () => void;
}

/** @throws LedgerError, with nothing changed but what a power cut leaves behind */
export const openStore = async <Fact>(place: LedgerPlace, fileSystem: FileSystem): Promise<OpenedStore<Fact>> => {
  const locks = [await lockLedger(place.directory, fileSystem)];
  const unlock = (): void => {
    for (const letGo of locks) letGo();
  };
  let anchor: LedgerAnchor | undefined;
  try {
    const notes: DeviceFault[] = [];
    const mirror = await openMirror(place, fileSystem, locks, notes);
    const files = mirror ?? fileSystem;
    anchor = place.anchor === undefined ? undefined : new LedgerAnchor(place.anchor, place.ledgerKey, fileSystem);
    const known = anchor && (await readAnchor(anchor, fileSystem, notes));
    const recovered = await recoverBatch<Fact>(place.directory, place.ledgerKey, files, known);
    if (mirror?.lost !== undefined) notes.push(mirror.lost);
    return { ...recovered, notes, fileSystem: files, mirror, anchor, unlock };
  } catch (error) {
    anchor?.close();
    unlock();
    throw error;
  }
};

/** Takes the mirror and makes it what the ledger is. One that can't be used is done without. */
const openMirror = async (
  { directory, mirror: path, ledgerKey }: LedgerPlace,
  fileSystem: FileSystem,
  locks: (() => void)[],
  notes: DeviceFault[],
): Promise<MirroredFiles | undefined> => {
  if (path === undefined) return undefined;
  const mirror = new MirroredFiles(fileSystem, directory, path);
  try {
    makeDirectory(path, fileSystem);
    await fileSystem.syncDirectory(dirname(path));
    locks.push(await lockLedger(path, fileSystem));
  } catch (error) {
    if (error instanceof LedgerError && error.fault.code === 'locked') throw error;
    mirror.giveUp(error instanceof LedgerError ? error.cause : error);
    return mirror;
  }
  notes.push(...(await reconcile(directory, path, ledgerKey, fileSystem, (error) => mirror.giveUp(error))));
  return mirror;
};

/** Makes a folder, where the one above it is there and it isn't. */
export const makeDirectory = (directory: string, fileSystem: FileSystem): void => {
  try {
    fileSystem.mkdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
};

/** What the anchor knows. One that is gone is made anew and knows nothing: that is told, as it may have been taken away. */
const readAnchor = (
  anchor: LedgerAnchor,
  fileSystem: FileSystem,
  notes: DeviceFault[],
): Promise<ChainPlace | undefined> =>
  decisive(anchor.path, async () => {
    try {
      return anchor.read();
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    anchor.create();
    await fileSystem.syncDirectory(dirname(anchor.path));
    notes.push(
      ledgerFault(
        'missing',
        anchor.path,
        "The ledger's anchor was not there and was made anew: until now a cut-off end would not have shown.",
        'Compare the code on the last slip with the ledger: terminalctl ledger verify --code.',
      ),
    );
    return undefined;
  });

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
