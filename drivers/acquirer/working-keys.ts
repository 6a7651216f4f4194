import { timingSafeEqual } from 'node:crypto';
import type { BlockKey } from './block-key.ts';
import type { KeySuite } from './key-suite.ts';

/**
 * Field 62 of a sign-on's answer: the keys of the suite, each under the master key (TMK) in ECB mode and followed by its
 * check value of 4 bytes. For `003`, 40 bytes:
 *
 * | bytes | what |
 * |---|---|
 * | 16 | PIN key, PIK |
 * | 4 | its check value |
 * | 16 | MAC key, MAK: the first 8 bytes count, the MAC is single DES; hosts fill the rest with zeros or repeat it |
 * | 4 | check value of those 8 |
 *
 * `004` has the track key, TDK, 16 and 4, behind them.
 */
export interface WorkingKeys {
  /** As it came, under the master key: 16 or 32 hex digits, for the PIN pad. */
  readonly pinKey: string;
  readonly macKey: BlockKey;
  /** Only where tracks are encrypted. */
  readonly trackKey?: BlockKey;
}

export type WorkingKeyName = 'PIK' | 'MAK' | 'TDK';

const checkBytes = 4;

/** How long field 62 must be. */
export const workingKeysBytes = ({ keyBytes, encryptsTracks }: KeySuite): number =>
  (encryptsTracks ? 3 : 2) * (keyBytes + checkBytes);

/** Takes the keys out of a field 62 of the right length, or says whose check value is wrong. */
export const unwrapKeys = (
  field62: Uint8Array,
  master: BlockKey,
  suite: KeySuite,
): { readonly ok: true; readonly keys: WorkingKeys } | { readonly ok: false; readonly key: WorkingKeyName } => {
  const { keyBytes } = suite;
  const place = keyBytes + checkBytes;
  const unwrap = (index: number, length: number): BlockKey | undefined => {
    const at = index * place;
    const clear = master.decrypt(field62.subarray(at, at + length));
    const key = suite.key(clear);
    clear.fill(0);
    const check = field62.subarray(at + keyBytes, at + place);
    return timingSafeEqual(key.checkValue(), check) ? key : undefined;
  };
  if (unwrap(0, keyBytes) === undefined) return { ok: false, key: 'PIK' };
  const macKey = unwrap(1, suite.macKeyBytes);
  if (macKey === undefined) return { ok: false, key: 'MAK' };
  const pinKey = Buffer.from(field62.subarray(0, keyBytes)).toString('hex').toUpperCase();
  if (!suite.encryptsTracks) return { ok: true, keys: { pinKey, macKey } };
  const trackKey = unwrap(2, keyBytes);
  return trackKey === undefined ? { ok: false, key: 'TDK' } : { ok: true, keys: { pinKey, macKey, trackKey } };
};
