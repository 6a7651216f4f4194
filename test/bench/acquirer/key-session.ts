import { decipher, decipherTrack, readPinBlock, unionPayMac, wrapWorkingKeys } from './crypto.ts';
import { textOf, type Unpacked } from './iso8583.ts';

/**
 * The working keys between sign-on (签到) and sign-off (签退): PIK for PIN blocks, MAK for MACs. Superseded MAKs are
 * remembered: a terminal that never got the newest keys (its sign-on's answer was lost) errs in good faith.
 */
export class KeySession {
  readonly #masterKey: Buffer;
  readonly #newKey: (length: 8 | 16) => Buffer;
  #keys: { readonly pik: Buffer; readonly mak: Buffer; readonly tdk: Buffer | undefined } | undefined;
  readonly #formerMaks: Buffer[] = [];

  constructor(masterKey: Buffer, newKey: (length: 8 | 16) => Buffer) {
    this.#masterKey = masterKey;
    this.#newKey = newKey;
  }

  get open(): boolean {
    return this.#keys !== undefined;
  }

  /** Makes new keys, by the network code of the sign-on (60.3), and gives field 62 of the answer. */
  signOn(code: string): Buffer {
    this.signOff();
    const tdk = code === '004' ? this.#newKey(16) : undefined;
    this.#keys = { pik: this.#newKey(code === '001' ? 8 : 16), mak: this.#newKey(8), tdk };
    return wrapWorkingKeys(this.#masterKey, this.#keys.pik, this.#keys.mak, tdk);
  }

  /** Whether tracks have to come encrypted. */
  get hidesTracks(): boolean {
    return this.#keys?.tdk !== undefined;
  }

  /** A message with its tracks in clear, where it says that they are not (53.3). */
  inClear<M extends Unpacked>(message: M): M {
    const tdk = this.#keys?.tdk;
    if (tdk === undefined || textOf(message, 53).charAt(2) !== '1') return message;
    const fields = new Map(message.fields);
    for (const field of [35, 36]) {
      if (fields.has(field)) fields.set(field, decipherTrack(tdk, textOf(message, field)));
    }
    return { ...message, fields };
  }

  signOff(): void {
    if (this.#keys !== undefined) this.#formerMaks.push(this.#keys.mak);
    this.#keys = undefined;
  }

  /** The MAC of an answer; undefined while nobody is signed on. */
  mac(): ((input: Buffer) => Buffer) | undefined {
    const keys = this.#keys;
    return keys && ((input) => unionPayMac(keys.mak, input));
  }

  /** Whose MAC a request carries: `former` is that of keys which are not in force any more. */
  judge({ macInput, fields }: Unpacked): 'right' | 'former' | 'wrong' {
    const claimed = fields.get(64);
    const holds = (mak: Buffer): boolean =>
      macInput !== undefined && Buffer.isBuffer(claimed) && unionPayMac(mak, macInput).equals(claimed);
    if (this.#keys !== undefined && holds(this.#keys.mak)) return 'right';
    return this.#formerMaks.some(holds) ? 'former' : 'wrong';
  }

  /** Field 53.2 that goes with the PIK: 6 for two-key triple DES, 0 for single DES. */
  get pinCipher(): '0' | '6' {
    return this.#keys?.pik.length === 8 ? '0' : '6';
  }

  /** The PIN in field 52; undefined when it is no PIN block for this card under the PIK. */
  pin(block: Buffer, pan: string): string | undefined {
    return this.#keys && readPinBlock(decipher(this.#keys.pik, block), pan);
  }
}
