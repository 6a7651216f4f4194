import { type Cipher, createCipheriv, createDecipheriv } from 'node:crypto';
import type { BlockKey } from './block-key.ts';

const blockBytes = 8;

/**
 * A DES key of 8 bytes or a two-key triple-DES key of 16, in ECB mode. Both run as three-key triple DES, K·K·K and
 * K1·K2·K1, which is the same: OpenSSL 3 no longer offers single DES.
 */
export class DesKey implements BlockKey {
  readonly blockBytes = blockBytes;
  readonly #key: Buffer;
  readonly #cipher: Cipher;

  constructor(key: Uint8Array) {
    if (key.length !== 8 && key.length !== 16) throw new RangeError('a DES key must have 8 or 16 bytes');
    const first = key.subarray(0, blockBytes);
    this.#key = Buffer.concat([first, key.length === 16 ? key.subarray(blockBytes) : first, first]);
    this.#cipher = createCipheriv('des-ede3-ecb', this.#key, null).setAutoPadding(false);
  }

  /** @param data whole blocks of 8 bytes */
  encrypt(data: Uint8Array): Buffer {
    return this.#cipher.update(data);
  }

  /** @param data whole blocks of 8 bytes */
  decrypt(data: Uint8Array): Buffer {
    const decipher = createDecipheriv('des-ede3-ecb', this.#key, null).setAutoPadding(false);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  }

  checkValue(): Buffer {
    return this.encrypt(Buffer.alloc(blockBytes)).subarray(0, 4);
  }
}
