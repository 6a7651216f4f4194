import { join } from 'node:path';
import type { LedgerTail } from '../../hal/ledger.ts';
import { type FileSystem, type OpenFile, writeFully } from '../storage/file-system.ts';
import { BatchFile, unfinishedSuffix } from './batch-file.ts';
import { type BatchFlaw, batchFileName, blockSlots, generationOf, readLast, verifyBatch } from './batch-reading.ts';
import { decisive, LedgerError, ledgerFault } from './ledger-error.ts';
import { type ChainPlace, mendSlot, sectorBytes, slotBytes } from './slot.ts';

export interface RecoveredBatch<Fact> {
  readonly batch: BatchFile;
  readonly facts: readonly Fact[];
  readonly tail: LedgerTail;
}

/** What a batch must agree with: the record that the anchor knows, and the one that the batch follows. */
interface Known {
  readonly anchored: ChainPlace | undefined;
  readonly follows: ChainPlace | undefined;
}

/** The generations of the batch files in a folder, oldest first. */
export const listGenerations = (directory: string, fileSystem: FileSystem): number[] =>
  fileSystem
    .readdir(directory)
    .map(generationOf)
    .filter((generation) => generation !== undefined)
    .sort((a, b) => a - b);

/**
 * Opens the current batch file for appending, after setting right what a power cut may leave. Whatever else is wrong
 * refuses service with nothing changed. The folder must be locked.
 *
 * @param anchored a record that is known to have been in the ledger
 * @throws LedgerError
 */
export const recoverBatch = <Fact>(
  directory: string,
  ledgerKey: Uint8Array,
  fileSystem: FileSystem,
  anchored?: ChainPlace,
): Promise<RecoveredBatch<Fact>> =>
  decisive(directory, async () => {
    const generations = listGenerations(directory, fileSystem);
    const generation = generations.at(-1);
    if (generation === undefined) throw noLedger(directory);
    const path = join(directory, batchFileName(generation));
    const follows = generation === 1 ? undefined : tailBefore(directory, generation, ledgerKey, fileSystem);
    const { facts, places, tail, slots, verdict } = verifyBatch<Fact>(path, ledgerKey, { follows, fileSystem });
    const cut = !verdict.intact && (verdict.flaw === 'torn' || verdict.flaw === 'scarred');
    if (!verdict.intact && !cut) throw unusable(path, verdict.what);
    const lost = contradiction(places, tail, { anchored, follows });
    if (lost !== undefined) throw unusable(path, lost);

    for (const name of fileSystem.readdir(directory)) {
      if (name.endsWith(unfinishedSuffix)) fileSystem.unlink(join(directory, name));
    }
    const file = fileSystem.open(path, 'readWrite');
    try {
      if (!verdict.intact) await setRight(directory, path, file, verdict, fileSystem);
      // What was read may stand in the system's cache only, left there by a process that was killed before its sync.
      await file.fdatasync();
      await fileSystem.syncDirectory(directory);
      const batch = new BatchFile(path, file, ledgerKey, {
        tail,
        used: facts.length,
        slots: usable(slots, facts.length),
      });
      await batch.makeRoom();
      return { batch, facts, tail: verdict.intact ? 'whole' : verdict.flaw === 'torn' ? 'cleared' : 'mended' };
    } catch (error) {
      file.close();
      throw error;
    }
  });

/** Why a batch can't be the one that the anchor was noted of; undefined when it can. */
export const contradiction = (
  places: readonly ChainPlace[],
  tail: ChainPlace,
  { anchored, follows }: Known,
): string | undefined => {
  if (anchored === undefined) return undefined;
  const { generation, sequence, mac } = anchored;
  if (generation > tail.generation || sequence > tail.sequence) {
    return `The ledger ends at record ${tail.sequence}, and record ${sequence} was in it: its end is lost, or an older copy was put in its place.`;
  }
  const own = [...(follows === undefined ? [] : [follows]), ...places].find((place) => place.sequence === sequence);
  return own === undefined || Buffer.compare(own.mac, mac) === 0
    ? undefined
    : `Record ${sequence} is not the one that was in this ledger: another ledger was put in its place.`;
};

/**
 * Only whole blocks are used, or what has been used of one. When the disk was full, a part of a block may be there; a
 * record in it would make what a power cut leaves of the rest look like damage.
 */
const usable = (slots: number, used: number): number => Math.max(slots - (slots % blockSlots), used);

/** The end of the batch file before the current one, which the current one must follow. */
const tailBefore = (
  directory: string,
  generation: number,
  ledgerKey: Uint8Array,
  fileSystem: FileSystem,
): ChainPlace => {
  const name = batchFileName(generation - 1);
  const path = join(directory, name);
  if (!fileSystem.readdir(directory).includes(name)) {
    throw unusable(path, `${name} is not there, though ${batchFileName(generation)} is.`);
  }
  const tail = readLast(path, ledgerKey, fileSystem)?.place;
  if (tail === undefined) throw unusable(path, `The last record of ${name} is damaged or altered.`);
  return tail;
};

/**
 * Copies the slots that a cut-off write left behind into a file beside the batch's, and then empties them; of a scarred
 * one only what is around the record. Sectors that are right aren't written: a power cut now must not take the record.
 */
const setRight = async (
  directory: string,
  path: string,
  file: OpenFile,
  { flaw, offset, tornSlots }: { flaw: BatchFlaw; offset: number; tornSlots: number },
  fileSystem: FileSystem,
): Promise<void> => {
  const taken = new Set(fileSystem.readdir(directory).map((name) => join(directory, name)));
  let copy = 1;
  while (taken.has(`${path}.torn-${copy}`)) copy += 1;
  const bytes = Buffer.alloc(tornSlots * slotBytes);
  file.pread(bytes, offset);
  const aside = fileSystem.open(`${path}.torn-${copy}`, 'create');
  try {
    writeFully(aside, bytes, 0);
    await aside.fdatasync();
  } finally {
    aside.close();
  }
  await fileSystem.syncDirectory(directory);
  const right = Buffer.from(bytes);
  if (flaw === 'scarred') mendSlot(right.subarray(0, slotBytes));
  right.fill(0, flaw === 'scarred' ? slotBytes : 0);
  writeChanged(file, bytes, right, offset);
};

/** Writes the sectors in which two stretches differ, those that lie together at once. */
const writeChanged = (file: OpenFile, before: Buffer, after: Buffer, offset: number): void => {
  const differs = (at: number): boolean => before.compare(after, at, at + sectorBytes, at, at + sectorBytes) !== 0;
  for (let from = 0; from < after.length; from += sectorBytes) {
    if (!differs(from)) continue;
    let to = from + sectorBytes;
    while (to < after.length && differs(to)) to += sectorBytes;
    writeFully(file, after.subarray(from, to), offset + from);
    from = to;
  }
};

const noLedger = (directory: string): LedgerError =>
  new LedgerError(
    'failed',
    ledgerFault(
      'missing',
      directory,
      'There is no ledger in this folder.',
      'Mount the disk that holds it, or provision the terminal if it is a new one.',
    ),
  );

const unusable = (path: string, what: string): LedgerError =>
  new LedgerError(
    'failed',
    ledgerFault(
      'failed',
      path,
      what,
      'Leave the folder as it is: copy it, settle by hand with the acquirer, and bring the terminal to service.',
    ),
  );
