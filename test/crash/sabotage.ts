/** Negative controls: a file system that doesn't do what the ledger relies on. Over each the explorer must complain. */

import { readSlot, slotBytes } from '../../drivers/ledger/slot.ts';
import type { FileSystem, OpenFile } from '../../drivers/storage/file-system.ts';
import { settings } from '../drivers/ledger/ledger-rig.ts';

export type Sabotage = (disk: FileSystem) => FileSystem;

/** The operations of a disk, some of them in another way. */
const over = (disk: FileSystem, changed: Partial<FileSystem>): FileSystem => ({
  open: (path, access) => disk.open(path, access),
  readdir: (directory) => disk.readdir(directory),
  mkdir: (directory) => disk.mkdir(directory),
  rename: (from, to) => disk.rename(from, to),
  unlink: (path) => disk.unlink(path),
  syncDirectory: (directory) => disk.syncDirectory(directory),
  lock: (directory) => disk.lock(directory),
  ...changed,
});

const overFile = (file: OpenFile, changed: Partial<OpenFile>): OpenFile => ({
  stat: () => file.stat(),
  pread: (into, position) => file.pread(into, position),
  pwrite: (bytes, position) => file.pwrite(bytes, position),
  fdatasync: () => file.fdatasync(),
  close: () => file.close(),
  ...changed,
});

/** What is written is acknowledged from the cache. */
export const withoutSync: Sabotage = (disk) =>
  over(disk, { open: (path, access) => overFile(disk.open(path, access), { fdatasync: () => Promise.resolve() }) });

/** A new file's name is acknowledged from the cache, as write-file-atomic does. */
export const withoutDirectorySync: Sabotage = (disk) => over(disk, { syncDirectory: () => Promise.resolve() });

/** A new file gets its name first, and is synced after. */
export const renameBeforeSync: Sabotage = (disk) => {
  const owed = new Map<string, OpenFile>();
  return over(disk, {
    open: (path, access) => {
      const file = disk.open(path, access);
      if (access !== 'create' || !path.endsWith('.new')) return file;
      return overFile(file, {
        fdatasync: async () => void owed.set(path, file),
      });
    },
    rename: (from, to) => {
      disk.rename(from, to);
      owed.set(to, owed.get(from) as OpenFile);
    },
    syncDirectory: async (directory) => {
      for (const [path, file] of owed) if (!path.endsWith('.new')) await file.fdatasync();
      await disk.syncDirectory(directory);
    },
  });
};

/**
 * The log that truncates itself, as many do: at the first record that doesn't fit its checksum everything from there on
 * is taken away at opening, whatever follows.
 */
export const truncatesDamage: Sabotage = (disk) =>
  over(disk, {
    open: (path, access) => {
      const file = disk.open(path, access);
      const { sizeBytes } = file.stat();
      if (access === 'create') return file;
      const slot = Buffer.alloc(slotBytes);
      for (let at = 0; at + slotBytes <= sizeBytes; at += slotBytes) {
        file.pread(slot, at);
        if (readSlot(slot, settings.ledgerKey).state !== 'torn') continue;
        disk.open(path, 'readWrite').pwrite(Buffer.alloc(sizeBytes - at), at);
        break;
      }
      return file;
    },
  });
