import type { FileSystem, OpenFile } from '../../../drivers/storage/file-system.ts';
import { systemError } from './sim-disk.ts';

/** What a process sees of a power cut: nothing more works. It is no system error, so no driver may handle it. */
export class PowerCut extends Error {
  override name = 'PowerCut';
}

/**
 * One operation that changes the disk, as it is about to be done. It is told as `pwrite /ledger/batch-000001.slip 4096`.
 */
export type Intervention = (operation: string, number: number) => void;

/** A file system that counts the operations that change the disk, and lets a test throw instead of doing one. */
export class FaultyFileSystem implements FileSystem {
  readonly #inner: FileSystem;
  /** All operations so far. */
  readonly operations: string[] = [];
  intervene: Intervention = () => undefined;

  constructor(inner: FileSystem) {
    this.#inner = inner;
  }

  /** From that operation on (from 0, counted over the whole life), the power is gone. */
  cutPowerAt(number: number): void {
    this.intervene = (_, current) => {
      if (current >= number) throw new PowerCut();
    };
  }

  /** Each operation that starts with the given words fails with the code, until `heal`. */
  fail(words: string, code: string): void {
    this.intervene = (operation) => {
      if (operation.startsWith(words)) throw systemError(code, words);
    };
  }

  heal(): void {
    this.intervene = () => undefined;
  }

  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile {
    if (access === 'create') this.#about(`create ${path}`);
    const file = this.#inner.open(path, access);
    return {
      stat: () => file.stat(),
      pread: (into, position) => file.pread(into, position),
      pwrite: (bytes, position) => {
        this.#about(`pwrite ${path} ${position}`);
        return file.pwrite(bytes, position);
      },
      fdatasync: async () => {
        this.#about(`fdatasync ${path}`);
        await file.fdatasync();
      },
      close: () => file.close(),
    };
  }

  readdir(directory: string): string[] {
    return this.#inner.readdir(directory);
  }

  mkdir(directory: string): void {
    this.#about(`mkdir ${directory}`);
    this.#inner.mkdir(directory);
  }

  rename(from: string, to: string): void {
    this.#about(`rename ${from} ${to}`);
    this.#inner.rename(from, to);
  }

  unlink(path: string): void {
    this.#about(`unlink ${path}`);
    this.#inner.unlink(path);
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#about(`syncDirectory ${directory}`);
    await this.#inner.syncDirectory(directory);
  }

  lock(directory: string): Promise<(() => void) | undefined> {
    return this.#inner.lock(directory);
  }

  #about(operation: string): void {
    const number = this.operations.length;
    this.operations.push(operation);
    this.intervene(operation, number);
  }
}
