/**
 * What the ledger and the vault ask of a file system, small enough to be recorded, replayed and made to fail. The
 * names are POSIX's and so are the errors: each call throws an error with `code` such as `ENOSPC` or `EIO`.
 *
 * Reading and writing don't wait for the disk but for its cache and are therefore synchronous: a hop to another thread
 * costs more than copying a slot. Syncing waits for the disk and never blocks the process.
 */
export interface FileSystem {
  /**
   * `read` and `readWrite` need the file to be there; `create` makes it, with mode 0600, and throws `EEXIST` when it
   * is there already.
   */
  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile;
  /** Names, without their folder, in no order. */
  readdir(directory: string): string[];
  /** One folder with mode 0700; the one above must be there. */
  mkdir(directory: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes the names in a folder durable: what was created, renamed and removed in it. */
  syncDirectory(directory: string): Promise<void>;
  /**
   * Takes the folder for this process; undefined when another holder has it. It is let go by the returned function, or
   * by the system when the process ends in whatever way: there are no stale locks.
   */
  lock(directory: string): Promise<(() => void) | undefined>;
}

export interface OpenFile {
  stat(): FileStat;
  /** Reads into the whole of `into`; returns how many bytes there were, less only at the end of the file. */
  pread(into: Uint8Array, position: number): number;
  /** Returns how many bytes were taken, at least one. Past the end, the file grows. */
  pwrite(bytes: Uint8Array, position: number): number;
  /** The file's bytes and its length are on the disk when this resolves. */
  fdatasync(): Promise<void>;
  close(): void;
}

export interface FileStat {
  readonly sizeBytes: number;
  /** Type and permission bits as in POSIX `st_mode`. */
  readonly mode: number;
}

/** The POSIX code of an error that a file operation threw; undefined when it is another kind of error, thus a bug. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined;

/** Writes all bytes, in as many writes as it takes. */
export const writeFully = (file: OpenFile, bytes: Uint8Array, position: number): void => {
  for (let written = 0; written < bytes.length; ) {
    written += file.pwrite(bytes.subarray(written), position + written);
  }
};

/** Removes a file that may not be there. */
export const unlinkIfThere = (fileSystem: FileSystem, path: string): void => {
  try {
    fileSystem.unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
};
