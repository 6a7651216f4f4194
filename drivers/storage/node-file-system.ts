import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import type { FileSystem, OpenFile } from './file-system.ts';

const dataSync = promisify(fdatasync);
const fullSync = promisify(fsync);
const openLater = promisify(open);

const openFlags = {
  read: constants.O_RDONLY,
  readWrite: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
};

class NodeFile implements OpenFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  stat() {
    const { size, mode } = fstatSync(this.#descriptor);
    return { sizeBytes: size, mode };
  }

  pread(into: Uint8Array, position: number): number {
    let taken = 0;
    while (taken < into.length) {
      const count = readSync(this.#descriptor, into, taken, into.length - taken, position + taken);
      if (count === 0) break;
      taken += count;
    }
    return taken;
  }

  pwrite(bytes: Uint8Array, position: number): number {
    return writeSync(this.#descriptor, bytes, 0, bytes.length, position);
  }

  fdatasync(): Promise<void> {
    return dataSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** The real file system, by node:fs. */
export const nodeFileSystem: FileSystem = {
  open: (path, access) => new NodeFile(openSync(path, openFlags[access], 0o600)),
  readdir: (directory) => readdirSync(directory),
  mkdir: (directory) => mkdirSync(directory, 0o700),
  rename: (from, to) => renameSync(from, to),
  unlink: (path) => unlinkSync(path),

  async syncDirectory(directory) {
    const descriptor = await openLater(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await fullSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },

  /**
   * A socket in Linux's abstract namespace, named by the folder's device and inode: the kernel lets only one process
   * have a name and takes it back when that process ends. A file with a process number in it would outlive a power
   * cut and then name a process that has nothing to do with it. `ss -xlp` shows who holds it. It excludes processes of
   * the same network namespace.
   */
  async lock(directory) {
    const { dev, ino } = statSync(directory, { bigint: true });
    const server = createServer();
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ path: `\0slipsafe-${dev}-${ino}` }, resolve);
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
      throw error;
    }
    server.unref();
    return () => void server.close();
  },
};
