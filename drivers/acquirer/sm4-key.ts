import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { BlockKey } from './block-key.ts';

const keyBytes = 16;

/** An SM4 key (GB/T 32907-2016), 16 bytes, in ECB mode. */
export class Sm4Key implements BlockKey {
  readonly blockBytes = 16;
  readonly #key: Buffer;

  /** @param key copied: the caller may overwrite it */
  constructor(key: Uint8Array) {
    if (key.length !== keyBytes) throw new RangeError('an SM4 key must have 16 bytes');
    this.#key = Buffer.from(key);
  }

  encrypt(data: Uint8Array): Buffer {
    const cipher = createCipheriv('sm4-ecb', this.#key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(data), cipher.final()]);
  }

  decrypt(data: Uint8Array): Buffer {
    const decipher = createDecipheriv('sm4-ecb', this.#key, null).setAutoPadding(false);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  }

  checkValue(): Buffer {
    return this.encrypt(Buffer.alloc(this.blockBytes)).subarray(0, 4);
  }
}
