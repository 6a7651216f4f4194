/** Two copies of a ledger become one again: after a cut between the two, a mirror that was away, or one that is new. */
import { dirname, join } from 'node:path';
import type { DeviceFault } from '../../hal/device.ts';
import { type FileSystem, unlinkIfThere, writeFully } from '../storage/file-system.ts';
import { unfinishedSuffix } from './batch-file.ts';
import { type BatchReading, batchFileName, verifyBatch } from './batch-reading.ts';
import { decisive, LedgerError, ledgerFault } from './ledger-error.ts';
import { listGenerations } from './recovery.ts';
import type { ChainPlace } from './slot.ts';

/** A copy's current batch, as far as it is sound. */
interface Copy {
  readonly directory: string;
  readonly generation: number;
  readonly reading: BatchReading<unknown>;
  /** Whether it could be opened: intact, or as a power cut leaves it. */
  readonly usable: boolean;
}

/**
 * Makes the two folders hold the same batches. The longer one counts, if the other is its beginning: an acknowledged
 * record is in each that was there. A file that is damaged is put aside, never cut. Both folders must be locked.
 *
 * @param doWithout is given the error of a mirror that can't be read or written: the ledger goes on without it
 * @returns what was found and set right, to be told
 * @throws LedgerError where nobody can say which of the two is the ledger
 */
export const reconcile = (
  directory: string,
  mirror: string,
  ledgerKey: Uint8Array,
  fileSystem: FileSystem,
  doWithout: (error: unknown) => void,
): Promise<readonly DeviceFault[]> =>
  decisive(directory, async () => {
    const first = copyIn(directory, ledgerKey, fileSystem);
    let second: Copy | undefined;
    try {
      second = copyIn(mirror, ledgerKey, fileSystem);
    } catch (error) {
      doWithout(error);
      return [];
    }
    if (first === undefined) {
      if (second === undefined) return [];
      throw new LedgerError('failed', onlyMirror(directory, mirror));
    }
    const [from, to] = second !== undefined && goesFurther(second, first) ? [second, first] : [first, second];
    if (!from.usable) return []; // neither can be opened: the recovery of the first says why
    if (to !== undefined && !isBeginning(to.reading.tail, from, ledgerKey, fileSystem)) {
      throw new LedgerError('failed', apart(directory, mirror));
    }
    const target = from === first ? mirror : directory;
    const missing = missingIn(target, from, to, fileSystem);
    try {
      // A record that a killed process has left in the system's cache only must not become durable in the copy first.
      if (missing.length > 0) await makeDurable(from.directory, missing, fileSystem);
      for (const name of missing) await replaceFile(join(from.directory, name), join(target, name), fileSystem);
    } catch (error) {
      if (target === directory) throw error;
      doWithout(error);
      return [];
    }
    return missing.length === 0 ? [] : [setRight(target, from.directory, to)];
  });

const makeDurable = async (directory: string, names: readonly string[], fileSystem: FileSystem): Promise<void> => {
  for (const name of names) {
    const file = fileSystem.open(join(directory, name), 'readWrite');
    try {
      await file.fdatasync();
    } finally {
      file.close();
    }
  }
  await fileSystem.syncDirectory(directory);
};

const copyIn = (directory: string, ledgerKey: Uint8Array, fileSystem: FileSystem): Copy | undefined => {
  const generation = listGenerations(directory, fileSystem).at(-1);
  if (generation === undefined) return undefined;
  const reading = verifyBatch(join(directory, batchFileName(generation)), ledgerKey, { fileSystem });
  const { verdict } = reading;
  const usable = verdict.intact || verdict.flaw === 'torn' || verdict.flaw === 'scarred';
  return { directory, generation, reading, usable };
};

const isIntact = ({ reading }: Copy): boolean => reading.verdict.intact;

const goesFurther = (a: Copy, b: Copy): boolean =>
  a.usable === b.usable ? a.reading.tail.sequence > b.reading.tail.sequence : a.usable;

/** Whether the record that one copy ends with stands in the other one too. */
const isBeginning = (
  { generation, sequence, mac }: ChainPlace,
  whole: Copy,
  ledgerKey: Uint8Array,
  fileSystem: FileSystem,
): boolean => {
  if (sequence === 0) return true;
  const { places } =
    generation === whole.generation
      ? whole.reading
      : verifyBatch(join(whole.directory, batchFileName(generation)), ledgerKey, { fileSystem });
  return places.some((place) => place.sequence === sequence && Buffer.compare(place.mac, mac) === 0);
};

/**
 * The files that the target lacks, and its current one unless both are sound and end alike: what a cut-off write has
 * left in one of them stands elsewhere in the other, and is set right in both by what is done to the first.
 */
const missingIn = (target: string, from: Copy, to: Copy | undefined, fileSystem: FileSystem): string[] => {
  const there = new Set(listGenerations(target, fileSystem));
  const isAlike = to?.reading.tail.sequence === from.reading.tail.sequence && isIntact(to) && isIntact(from);
  const stale = isAlike ? undefined : to?.generation;
  return listGenerations(from.directory, fileSystem)
    .filter((generation) => !there.has(generation) || generation === stale)
    .map(batchFileName);
};

/** Puts a copy of a file in another's place, after a copy of that one beside it. */
const replaceFile = async (from: string, to: string, fileSystem: FileSystem): Promise<void> => {
  const taken = new Set(fileSystem.readdir(dirname(to)).map((name) => join(dirname(to), name)));
  let number = 1;
  while (taken.has(`${to}.replaced-${number}`)) number += 1;
  if (taken.has(to)) await copyFile(to, `${to}.replaced-${number}`, fileSystem);
  await copyFile(from, to, fileSystem);
};

/** Copies a file, whole or not at all whenever the power goes. */
const copyFile = async (from: string, to: string, fileSystem: FileSystem): Promise<void> => {
  const unfinished = to + unfinishedSuffix;
  unlinkIfThere(fileSystem, unfinished);
  const source = fileSystem.open(from, 'read');
  const target = fileSystem.open(unfinished, 'create');
  try {
    const piece = Buffer.alloc(1 << 18);
    for (let at = 0, taken = -1; taken !== 0; at += taken) {
      taken = source.pread(piece, at);
      writeFully(target, piece.subarray(0, taken), at);
    }
    await target.fdatasync();
  } finally {
    source.close();
    target.close();
  }
  fileSystem.rename(unfinished, to);
  await fileSystem.syncDirectory(dirname(to));
};

const setRight = (target: string, source: string, to: Copy | undefined): DeviceFault => {
  const found =
    to === undefined ? 'was empty' : to.usable ? 'was behind or half written' : `was damaged (${flawOf(to)})`;
  return ledgerFault(
    'failed',
    target,
    `This copy of the ledger ${found} and was made anew from ${source}.`,
    'Nothing is to be done, unless it happens again: then replace the disk that it is on.',
  );
};

const flawOf = ({ reading: { verdict } }: Copy): string => (verdict.intact ? 'intact' : verdict.what);

const onlyMirror = (directory: string, mirror: string): DeviceFault =>
  ledgerFault(
    'missing',
    directory,
    `There is no ledger in this folder, and there is one in its mirror ${mirror}.`,
    'Mount the disk that holds it; if that disk is lost, copy the files of the mirror into this folder.',
  );

const apart = (directory: string, mirror: string): DeviceFault =>
  ledgerFault(
    'failed',
    directory,
    `The ledger and its mirror ${mirror} hold different records: neither is the other's beginning.`,
    'Leave both folders as they are: copy them, settle by hand with the acquirer, and bring the terminal to service.',
  );
