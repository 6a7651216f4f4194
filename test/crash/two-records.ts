/**
 * How terminals are often written: a reversal file that is armed before the request and cleared when the sale is done,
 * and a journal of sales. Each write is whole and synced; what is wrong is that there are two of them.
 */
import { type FileSystem, writeFully } from '../../drivers/storage/file-system.ts';
import { writeSecretFile } from '../../drivers/vault/secret-file.ts';
import { emptyImage } from './disk-image.ts';
import type { Scenario } from './explorer.ts';

const reversal = '/reversal';
const journal = '/journal';

const isThere = (disk: FileSystem, path: string): boolean => disk.readdir('/').includes(path.slice(1));

const clear = async (disk: FileSystem): Promise<void> => {
  disk.unlink(reversal);
  await disk.syncDirectory('/');
};

const write = async (disk: FileSystem): Promise<void> => {
  const file = disk.open(journal, 'create');
  writeFully(file, Buffer.from('sale 1\n'), 0);
  await file.fdatasync();
  await disk.syncDirectory('/');
};

const isJournaled = (disk: FileSystem): boolean => {
  if (!isThere(disk, journal)) return false;
  const text = Buffer.alloc(7);
  disk.open(journal, 'read').pread(text, 0);
  return text.toString() === 'sale 1\n';
};

/**
 * A sale that the acquirer has approved, from its armed reversal (1 step) to its record in the journal (2). At any time
 * exactly one of the two may speak for it: with none the shop has lost the sale, with both it is reversed though it is in
 * the totals.
 */
export const twoRecords = (order: 'clear, then write' | 'write, then clear'): Scenario => ({
  name: `two records: ${order}`,
  looksOnly: true,
  start: emptyImage,
  run: async (disk, tell) => {
    tell({ least: 0, most: 1 });
    await writeSecretFile(reversal, Buffer.from('sale 1\n'), disk);
    tell({ least: 1, most: 2 }); // the acquirer approves, and the slip comes out
    const steps = [clear, write];
    for (const step of order === 'clear, then write' ? steps : steps.toReversed()) await step(disk);
    tell({ least: 2, most: 2 });
  },
  recover: async (disk) => {
    const armed = isThere(disk, reversal);
    if (!isJournaled(disk)) return armed ? 1 : 0;
    if (armed) throw new Error('a sale is in the journal and would be reversed');
    return 2;
  },
});
