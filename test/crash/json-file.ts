/** lowdb's own JSONFile, as it is shipped, under the explorer: what the ledger would be without its adapter. */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { type FileSystem, writeFully } from '../../drivers/storage/file-system.ts';
import type { TestFact } from '../drivers/ledger/ledger-rig.ts';
import { emptyImage } from './disk-image.ts';
import type { Scenario } from './explorer.ts';

type Promises = typeof import('node:fs/promises');
const promises: Promises = createRequire(import.meta.url)('node:fs/promises');

/** A path that lies on the explored disk; any other goes to the machine's own file system, as before. */
const mountPoint = '/slipsafe-explored-disk';

/**
 * Has node:fs/promises work on that disk below the mount point, while it is used. What lowdb and its steno call there
 * is `writeFile`, `rename` and `readFile`; neither syncs anything.
 */
const mounted = async <Result>(disk: FileSystem, use: () => Promise<Result>): Promise<Result> => {
  const real = { writeFile: promises.writeFile, rename: promises.rename, readFile: promises.readFile };
  const onDisk = (path: unknown): string | undefined =>
    typeof path === 'string' && path.startsWith(`${mountPoint}/`) ? path.slice(mountPoint.length) : undefined;
  Object.assign(promises, {
    writeFile: async (path: string, text: string, ...rest: []) => {
      const at = onDisk(path);
      if (at === undefined) return real.writeFile(path, text, ...rest);
      if (disk.readdir('/').includes(at.slice(1))) disk.unlink(at); // in the place of O_TRUNC
      writeFully(disk.open(at, 'create'), Buffer.from(text), 0);
    },
    rename: async (from: string, to: string) => {
      const [at, onto] = [onDisk(from), onDisk(to)];
      if (at === undefined || onto === undefined) return real.rename(from, to);
      disk.rename(at, onto);
    },
    readFile: async (path: string, ...rest: []) => {
      const at = onDisk(path);
      if (at === undefined) return real.readFile(path, ...rest);
      const file = disk.open(at, 'read');
      const bytes = Buffer.alloc(file.stat().sizeBytes);
      file.pread(bytes, 0);
      return bytes.toString();
    },
  });
  syncBuiltinESMExports();
  try {
    return await use();
  } finally {
    Object.assign(promises, real);
    syncBuiltinESMExports();
  }
};

const open = (): Low<{ records: TestFact[] }> =>
  new Low(new JSONFile<{ records: TestFact[] }>(`${mountPoint}/ledger.json`), { records: [] });

/** Three facts, each pushed and written, as lowdb's documentation shows it. */
export const jsonFileScenario = (facts: readonly TestFact[]): Scenario => ({
  name: "lowdb's JSONFile",
  looksOnly: true,
  start: emptyImage,
  run: (disk, tell) =>
    mounted(disk, async () => {
      const db = open();
      await db.read();
      for (const [count, fact] of facts.entries()) {
        tell({ least: count, most: count + 1 });
        db.data.records.push(fact);
        await db.write();
        tell({ least: count + 1, most: count + 1 });
      }
    }),
  recover: (disk) =>
    mounted(disk, async () => {
      const db = open();
      await db.read();
      return db.data.records.length;
    }),
});
