import type { Adapter } from 'lowdb';
import { errorCode, type FileSystem } from '../storage/file-system.ts';
import { generationBefore, readWhole, replaceWhole } from '../storage/whole-file.ts';
import type { Vault } from './vault.ts';
import { VaultError, vaultError } from './vault-error.ts';

/** What was found wrong at reading and is done without, for the log. */
export interface SealedFileNote {
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

const maxBytes = 1 << 20;

/**
 * A small lowdb file whose content nobody can read or change without the device key: JSON, sealed (AES-256-GCM) for the
 * context, in base64 and a line end. It is written whole, and the generation before stays beside it as `.old`: a file
 * that was damaged or altered is read from there, and `note` says so. A power cut never damages it.
 */
export class SealedFile<Data> implements Adapter<Data> {
  readonly #path: string;
  readonly #context: string;
  readonly #vault: Pick<Vault, 'seal' | 'unseal'>;
  readonly #fileSystem: FileSystem;
  #good: Uint8Array | undefined;
  #note: SealedFileNote | undefined;

  constructor(path: string, context: string, vault: Pick<Vault, 'seal' | 'unseal'>, fileSystem: FileSystem) {
    this.#path = path;
    this.#context = context;
    this.#vault = vault;
    this.#fileSystem = fileSystem;
  }

  /** Of the last reading. */
  get note(): SealedFileNote | undefined {
    return this.#note;
  }

  /**
   * Null where there is no such file and never was.
   *
   * @throws VaultError `altered` when there is no generation to be read; `denied`
   */
  async read(): Promise<Data | null> {
    const before = generationBefore(this.#path);
    const current = this.#readOne(this.#path);
    this.#note = undefined;
    if (typeof current === 'object') return current.data;
    const previous = this.#readOne(before);
    if (typeof previous === 'object') {
      this.#note = {
        where: this.#path,
        what: `The file is ${current}; the generation before it is used: its last change is lost.`,
        remedy: 'Look for disk errors with dmesg, and whether somebody was at the files.',
      };
      return previous.data;
    }
    if (current === 'missing' && previous === 'missing') return null;
    throw new VaultError(
      'altered',
      this.#path,
      `The file is ${current}, and the generation before it is ${previous}.`,
      `Put back a copy of it and the device key that it was sealed under; or remove it and ${before}, and begin anew.`,
    );
  }

  /** @throws VaultError; it isn't known then which generation is on the disk */
  async write(data: Data): Promise<void> {
    const content = Buffer.from(`${this.#vault.seal(Buffer.from(JSON.stringify(data)), this.#context)}\n`);
    const previous = this.#good === undefined ? {} : { previous: this.#good };
    try {
      await replaceWhole(this.#path, content, this.#fileSystem, previous);
    } catch (error) {
      throw vaultError(this.#path, error);
    }
    this.#good = content;
  }

  #readOne(path: string): { readonly data: Data } | 'missing' | 'damaged or altered' {
    try {
      const content = readWhole(path, this.#fileSystem, maxBytes);
      const data = JSON.parse(this.#vault.unseal(content.toString('latin1'), this.#context).toString());
      this.#good = content;
      return { data };
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return 'missing';
      if (code === 'EACCES' || code === 'EPERM') throw vaultError(path, error);
      if (code !== undefined || error instanceof VaultError || error instanceof RangeError) return 'damaged or altered';
      throw error;
    }
  }
}
