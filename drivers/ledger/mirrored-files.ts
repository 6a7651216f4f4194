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
 * A file system that does in a second folder what has been done in the first, once the first has it for certain: at
 * each sync. So the mirror is never ahead of the ledger, whenever the power goes, and one that is missed at a start can
 * later be brought up from wherever it was. What is read comes from the first, and only its errors count: a mirror that
 * fails is given up until the next start, so that a second card can make a terminal safer and never less so.
 */
export class MirroredFiles implements FileSystem {
  readonly #inner: FileSystem;
  readonly #directory: string;
  readonly #mirror: string;
  /** What the mirror still has to do, in order. */
  #behind: (() => void)[] = [];
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
    this.#behind = [];
    this.#lost ??= ledgerFault(
      'failed',
      this.#mirror,
      `The ledger's mirror failed (${code}); the ledger itself goes on without it.`,
      'Replace or mount the disk of the mirror and restart the terminal: it is brought up to date by itself.',
    );
  }

  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile {
    const file = this.#inner.open(path, access);
    const copy = this.#copyOf(path);
    if (access === 'read' || copy === undefined) return file;
    const twin: Twin = {};
    this.later(() => {
      if (access === 'create') unlinkIfThere(this.#inner, copy);
      twin.file = this.#inner.open(copy, access);
    });
    return new MirroredFile(file, twin, this);
  }

  readdir(directory: string): string[] {
    return this.#inner.readdir(directory);
  }

  mkdir(directory: string): void {
    this.#inner.mkdir(directory);
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
    const [copyFrom, copyTo] = [this.#copyOf(from), this.#copyOf(to)];
    if (copyFrom !== undefined && copyTo !== undefined) this.later(() => this.#inner.rename(copyFrom, copyTo));
  }

  unlink(path: string): void {
    this.#inner.unlink(path);
    const copy = this.#copyOf(path);
    if (copy !== undefined) this.later(() => unlinkIfThere(this.#inner, copy));
  }

  async syncDirectory(directory: string): Promise<void> {
    await this.#inner.syncDirectory(directory);
    const copy = this.#copyOf(directory);
    if (copy !== undefined) await this.catchUp(() => this.#inner.syncDirectory(copy));
  }

  lock(directory: string): Promise<(() => void) | undefined> {
    return this.#inner.lock(directory);
  }

  /** To be done in the mirror when the first has it. */
  later(deed: () => void): void {
    if (this.#lost === undefined) this.#behind.push(deed);
  }

  /** Does all that the mirror has still to do, and makes it durable there too. */
  async catchUp(sync: () => Promise<void> | undefined): Promise<void> {
    if (this.#lost !== undefined) return;
    try {
      for (const deed of this.#behind.splice(0)) deed();
      await sync();
    } catch (error) {
      this.giveUp(error);
    }
  }

  #copyOf(path: string): string | undefined {
    const within = path === this.#directory || path.startsWith(`${this.#directory}/`);
    return within ? this.#mirror + path.slice(this.#directory.length) : undefined;
  }
}

/** The file in the mirror, once it is open. */
interface Twin {
  file?: OpenFile;
}

class MirroredFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #twin: Twin;
  readonly #files: MirroredFiles;

  constructor(file: OpenFile, twin: Twin, files: MirroredFiles) {
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
    const copy = Buffer.from(bytes.subarray(0, taken));
    this.#files.later(() => {
      if (this.#twin.file !== undefined) writeFully(this.#twin.file, copy, position);
    });
    return taken;
  }

  async fdatasync(): Promise<void> {
    await this.#file.fdatasync();
    await this.#files.catchUp(() => this.#twin.file?.fdatasync());
  }

  close(): void {
    this.#file.close();
    this.#twin.file?.close();
  }
}
