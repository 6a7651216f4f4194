import type { DeviceFault } from '../../hal/device.ts';
import {
  errorCode,
  type FileStat,
  type FileSystem,
  type OpenFile,
  unlinkIfThere,
  writeFully,
} from '../storage/file-system.ts';
import { ledgerFault } from './ledger-error.ts';

/**
 * A file system that does in a second folder whatever is done in the first. What is read comes from the first, and only
 * its errors count: a mirror that fails is given up until the next start, so that a second card can make a terminal
 * safer and never less so.
 */
export class MirroredFiles implements FileSystem {
  readonly #inner: FileSystem;
  readonly #directory: string;
  readonly #mirror: string;
  #lost: DeviceFault | undefined;

  constructor(inner: FileSystem, directory: string, mirror: string) {
    this.#inner = inner;
    this.#directory = directory;
    this.#mirror = mirror;
  }

  /** Why the mirror was given up. */
  get lost(): DeviceFault | undefined {
    return this.#lost;
  }

  /** Does without the mirror from now on. */
  giveUp(error: unknown): void {
    const code = errorCode(error);
    if (code === undefined) throw error;
    this.#lost ??= ledgerFault(
      'failed',
      this.#mirror,
      `The ledger's mirror failed (${code}); the ledger itself goes on without it.`,
      'Replace or mount the disk of the mirror and restart the terminal: it is brought up to date by itself.',
    );
  }

  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile {
    const file = this.#inner.open(path, access);
    if (access === 'read') return file;
    const twin = this.#twice(path, (copy) => {
      if (access === 'create') unlinkIfThere(this.#inner, copy);
      return this.#inner.open(copy, access);
    });
    return twin === undefined ? file : new MirroredFile(file, twin, this);
  }

  readdir(directory: string): string[] {
    return this.#inner.readdir(directory);
  }

  mkdir(directory: string): void {
    this.#inner.mkdir(directory);
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
    this.#twice(to, (copy) => this.#inner.rename(this.#mirror + from.slice(this.#directory.length), copy));
  }

  unlink(path: string): void {
    this.#inner.unlink(path);
    this.#twice(path, (copy) => unlinkIfThere(this.#inner, copy));
  }

  async syncDirectory(directory: string): Promise<void> {
    await Promise.all([
      this.#inner.syncDirectory(directory),
      this.#twice(directory, (copy) => this.#inner.syncDirectory(copy))?.catch((error) => this.giveUp(error)),
    ]);
  }

  lock(directory: string): Promise<(() => void) | undefined> {
    return this.#inner.lock(directory);
  }

  #twice<Result>(path: string, deed: (copy: string) => Result): Result | undefined {
    const within = path === this.#directory || path.startsWith(`${this.#directory}/`);
    if (!within || this.#lost !== undefined) return undefined;
    try {
      return deed(this.#mirror + path.slice(this.#directory.length));
    } catch (error) {
      this.giveUp(error);
      return undefined;
    }
  }
}

class MirroredFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #twin: OpenFile;
  readonly #files: MirroredFiles;

  constructor(file: OpenFile, twin: OpenFile, files: MirroredFiles) {
    this.#file = file;
    this.#twin = twin;
    this.#files = files;
  }

  stat(): FileStat {
    return this.#file.stat();
  }

  pread(into: Uint8Array, position: number): number {
    return this.#file.pread(into, position);
  }

  pwrite(bytes: Uint8Array, position: number): number {
    const taken = this.#file.pwrite(bytes, position);
    if (this.#files.lost === undefined) {
      try {
        writeFully(this.#twin, bytes.subarray(0, taken), position);
      } catch (error) {
        this.#files.giveUp(error);
      }
    }
    return taken;
  }

  async fdatasync(): Promise<void> {
    const twin = this.#files.lost === undefined ? this.#twin.fdatasync() : undefined;
    await Promise.all([this.#file.fdatasync(), twin?.catch((error) => this.#files.giveUp(error))]);
  }

  close(): void {
    this.#file.close();
    this.#twin.close();
  }
}
