import {
  createCipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { FileSystem } from '../storage/file-system.ts';
import { nodeFileSystem } from '../storage/node-file-system.ts';
import { type RandomBytes, sealWith, unsealWith } from './sealing.ts';
import { readSecretFile, syncFolderOf, writeSecretFile } from './secret-file.ts';
import { VaultError, vaultError } from './vault-error.ts';

const deviceKeyBytes = 32;

/** The acquirer's terminal master key (TMK, 终端主密钥) in clear. Overwrite `key` after use. */
export interface MasterKey {
  /** 8 bytes, DES; or 16, two-key 3DES. */
  readonly key: Buffer;
  /** 8 hex digits: the first 4 bytes of 8 zero bytes encrypted under the key (校验值). */
  readonly checkValue: string;
}

/**
 * Keeps what must not be read from the disk. All its keys come from one device key: 32 random bytes, made when the
 * terminal is provisioned, in a file that only the terminal's user can read. From it HKDF-SHA256, with an empty salt
 * and the info `slipsafe <purpose> 1`, derives a key for each purpose: `seal`, `hash`, `ledger`, `sign` and `master key`.
 *
 * Who takes both the device key file and the sealed values can open them: put the file where the rest isn't copied to,
 * and not into backups.
 */
export class Vault {
  readonly #deviceKey: Buffer;
  readonly #sealKey: Buffer;
  readonly #hashKey: Buffer;
  readonly #fileSystem: FileSystem;
  readonly #random: RandomBytes;

  private constructor(deviceKey: Buffer, fileSystem: FileSystem, random: RandomBytes) {
    this.#deviceKey = deviceKey;
    this.#sealKey = derive(deviceKey, 'seal');
    this.#hashKey = derive(deviceKey, 'hash');
    this.#fileSystem = fileSystem;
    this.#random = random;
  }

  /**
   * Makes the device key file of a new terminal, in hex. It never replaces one.
   *
   * @throws VaultError
   */
  static async provision(
    path: string,
    fileSystem: FileSystem = nodeFileSystem,
    random: RandomBytes = randomBytes,
  ): Promise<void> {
    if (isThere(path, fileSystem)) {
      // it may have been made by a provisioning that was killed before its last step
      await syncFolderOf(path, fileSystem);
      throw new VaultError(
        'exists',
        path,
        'There is a device key already.',
        'Keep it: ledger and sealed values need it.',
      );
    }
    await writeSecretFile(path, Buffer.from(`${random(deviceKeyBytes).toString('hex')}\n`), fileSystem);
  }

  /**
   * Reads the device key file: 64 hex digits, with or without a line end, or 32 raw bytes.
   *
   * @throws VaultError
   */
  static open(path: string, fileSystem: FileSystem = nodeFileSystem, random: RandomBytes = randomBytes): Vault {
    const content = readSecretFile(path, fileSystem);
    const text = content.toString('latin1');
    if (/^[0-9a-f]{64}\r?\n?$/i.test(text)) {
      return new Vault(Buffer.from(text.trim(), 'hex'), fileSystem, random);
    }
    if (content.length === deviceKeyBytes) return new Vault(content, fileSystem, random);
    throw new VaultError(
      'malformed',
      path,
      `The device key must be 64 hex digits or ${deviceKeyBytes} bytes; this file has ${content.length} bytes.`,
      'Put back the file that this terminal was provisioned with.',
    );
  }

  /** Encrypts a value such as a PAN, for the place that the context names: base64 text, 40 characters and more. */
  seal(plain: Uint8Array, context: string): string {
    return sealWith(this.#sealKey, plain, context, this.#random);
  }

  /**
   * The value that was sealed for this context. Overwrite it after use.
   *
   * @throws VaultError `malformed` or `altered`
   */
  unseal(sealed: string, context: string): Buffer {
    return unsealWith(this.#sealKey, sealed, context);
  }

  /**
   * Tells whether two cards are the same without storing either: HMAC-SHA256, 64 hex digits. A plain hash beside the
   * masked number could be tried out; this one can't without the device key (PCI DSS 4.0, requirement 3.5.1.1).
   */
  keyedHash(pan: string): string {
    return createHmac('sha256', this.#hashKey).update(pan).digest('hex');
  }

  /** The key under which the ledger's records are authenticated, 32 bytes. */
  ledgerKey(): Uint8Array {
    return derive(this.#deviceKey, 'ledger');
  }

  /** The key that the check codes of slips are made with, 32 bytes. */
  slipKey(): Uint8Array {
    return derive(this.#deviceKey, 'slip');
  }

  /**
   * Signs what leaves the terminal, such as a ledger export, with an Ed25519 key (RFC 8032) whose seed is derived from
   * the device key. Who has the public key, 64 hex digits, can check it; the signature has 128.
   */
  signer(): { readonly publicKey: string; sign(message: string): string } {
    const seed = derive(this.#deviceKey, 'sign');
    const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    return {
      publicKey: spki.subarray(-seed.length).toString('hex'),
      sign: (message) => sign(null, Buffer.from(message), key).toString('hex'),
    };
  }

  /**
   * Stores the acquirer's master key, encrypted, in place of the one before: a JSON file with `masterKey`, the sealed
   * key, and `checkValue`.
   *
   * @param key 8 or 16 bytes in clear
   * @returns the check value, to be compared with the one that came with the key
   * @throws VaultError
   */
  async storeMasterKey(path: string, key: Uint8Array): Promise<string> {
    const checkValue = checkValueOf(key);
    const masterKey = sealWith(this.#masterKeyKey(), key, masterKeyContext(checkValue), this.#random);
    await writeSecretFile(path, Buffer.from(`${JSON.stringify({ masterKey, checkValue })}\n`), this.#fileSystem);
    return checkValue;
  }

  /** @throws VaultError */
  loadMasterKey(path: string): MasterKey {
    const { masterKey, checkValue } = parseMasterKey(readSecretFile(path, this.#fileSystem).toString(), path);
    try {
      const key = unsealWith(this.#masterKeyKey(), masterKey, masterKeyContext(checkValue));
      return { key, checkValue };
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      throw new VaultError(
        error.fault,
        path,
        'The master key in this file was changed, or was stored by another terminal.',
        'Load the master key again.',
      );
    }
  }

  #masterKeyKey(): Buffer {
    return derive(this.#deviceKey, 'master key');
  }
}

/**
 * First 4 bytes of 8 zero bytes encrypted under the key, as 8 hex digits (KCV). A single-length key is used as K|K|K, a
 * double-length one as K1|K2|K1.
 */
const checkValueOf = (key: Uint8Array): string => {
  if (key.length !== 8 && key.length !== 16) throw new RangeError('A master key has 8 or 16 bytes.');
  const tripled = Buffer.concat([key, key, key]).subarray(0, 24);
  const cipher = createCipheriv('des-ede3-ecb', tripled, null).setAutoPadding(false);
  return cipher.update(Buffer.alloc(8)).toString('hex', 0, 4).toUpperCase();
};

const masterKeyContext = (checkValue: string): string => `terminal master key ${checkValue}`;

const parseMasterKey = (text: string, path: string): { masterKey: string; checkValue: string } => {
  const found = /^\{"masterKey":"([A-Za-z0-9+/=]+)","checkValue":"([0-9A-F]{8})"\}\n$/.exec(text);
  const [, masterKey, checkValue] = found ?? [];
  if (masterKey !== undefined && checkValue !== undefined) return { masterKey, checkValue };
  throw new VaultError('malformed', path, 'This is no master key file.', 'Load the master key again.');
};

/** What comes before the 32 bytes of an Ed25519 seed in DER (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const derive = (deviceKey: Uint8Array, purpose: 'seal' | 'hash' | 'ledger' | 'sign' | 'slip' | 'master key'): Buffer =>
  Buffer.from(hkdfSync('sha256', deviceKey, Buffer.alloc(0), `slipsafe ${purpose} 1`, 32));

const isThere = (path: string, fileSystem: FileSystem): boolean => {
  try {
    return fileSystem.readdir(dirname(path)).includes(basename(path));
  } catch (error) {
    throw vaultError(path, error);
  }
};
