import { join } from 'node:path';
import type { FileSystem } from '../storage/file-system.ts';
import { batchFileName, readLast } from './batch-reading.ts';
import type { LedgerPlace } from './open-store.ts';
import { listGenerations } from './recovery.ts';

export interface Retention<Fact> {
  /**
   * How many of the oldest archived batches may be removed, by each one's last fact: `lastOf(0)` is the oldest's,
   * `lastOf(count - 1)` the newest's, undefined where it can't be read. Default: none may.
   */
  readonly mayGo?: (count: number, lastOf: (index: number) => Fact | undefined) => number;
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
  const archived = listGenerations(directory, fileSystem).slice(0, -1);
  const pathOf = (index: number): string => join(directory, batchFileName(archived[index] ?? 0));
  const lastOf = (index: number): Fact | undefined => {
    const last = readLast(pathOf(index), ledgerKey, fileSystem);
    return last && (JSON.parse(last.payload) as Fact);
  };
  if (archived.length < 2 || lastOf(archived.length - 1) === undefined) return;
  const may = Math.min(mayGo(archived.length, lastOf), archived.length - 1);
  let removed = 0;
  while (removed < may && lastOf(removed) !== undefined) {
    fileSystem.unlink(pathOf(removed));
    removed += 1;
  }
  if (removed > 0) await fileSystem.syncDirectory(directory);
};
