import { join } from 'node:path';
import type { FileSystem } from '../storage/file-system.ts';
import { batchFileName, readLast } from './batch-reading.ts';
import type { LedgerPlace } from './open-store.ts';
import { listGenerations } from './recovery.ts';

export interface Retention<Fact> {
  /**
   * Whether an archived batch may be removed, by its last fact and that of the newest archived one. Default: none may.
   */
  readonly mayGo?: (last: Fact, newest: Fact) => boolean;
}

/**
 * Removes the oldest batches, one after the other, as long as they may go. The current batch and the one that it
 * follows always stay, and so does everything behind one that can't be read: somebody has to look at that.
 *
 * @throws the file system's error
 */
export const removeOldBatches = async <Fact>(
  { directory, ledgerKey, mayGo }: Pick<LedgerPlace, 'directory' | 'ledgerKey'> & Retention<Fact>,
  fileSystem: FileSystem,
): Promise<void> => {
  if (mayGo === undefined) return;
  const lastOf = (generation: number | undefined): Fact | undefined => {
    if (generation === undefined) return undefined;
    const last = readLast(join(directory, batchFileName(generation)), ledgerKey, fileSystem);
    return last && (JSON.parse(last.payload) as Fact);
  };
  const archived = listGenerations(directory, fileSystem).slice(0, -1);
  const newest = lastOf(archived.pop());
  if (newest === undefined) return;
  let removed = 0;
  for (const generation of archived) {
    const last = lastOf(generation);
    if (last === undefined || !mayGo(last, newest)) break;
    fileSystem.unlink(join(directory, batchFileName(generation)));
    removed += 1;
  }
  if (removed > 0) await fileSystem.syncDirectory(directory);
};
