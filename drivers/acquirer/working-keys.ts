import { timingSafeEqual } from 'node:crypto';
import { DesKey } from './des-key.ts';

/**
 * Field 62 of a sign-on's answer with network code 003 (双倍长密钥算法), 40 bytes; both keys stand under the
 * master key (TMK), ECB:
 *
 * | bytes | what |
 * |---|---|
 * | 16 | PIN key, PIK |
 * | 4 | its check value |
 * | 16 | MAC key, MAK: the first 8 bytes count, the MAC is single DES; hosts fill the rest with zeros or repeat it |
 * | 4 | check value of those 8 |
 */
export interface WorkingKeys {
  /** As it came, under the master key: 32 hex digits, for the PIN pad. */
  readonly pinKey: string;
  readonly macKey: DesKey;
}

const keyBytes = 16;
const checkBytes = 4;
const macKeyBytes = 8;
const macKeyOffset = keyBytes + checkBytes;

/** Field 62 must have this length. */
export const workingKeysBytes = 2 * (keyBytes + checkBytes);

/** Takes the keys out of a field 62 of the right length, or says whose check value is wrong. */
export const unwrapKeys = (
  field62: Uint8Array,
  master: DesKey,
): { readonly ok: true; readonly keys: WorkingKeys } | { readonly ok: false; readonly key: 'PIK' | 'MAK' } => {
  if (unwrapKey(field62, 0, keyBytes, master) === undefined) return { ok: false, key: 'PIK' };
  const macKey = unwrapKey(field62, macKeyOffset, macKeyBytes, master);
  if (macKey === undefined) return { ok: false, key: 'MAK' };
  const hex = Buffer.from(field62.subarray(0, keyBytes)).toString('hex').toUpperCase();
  return { ok: true, keys: { pinKey: hex, macKey } };
};

const unwrapKey = (field62: Uint8Array, offset: number, length: number, master: DesKey): DesKey | undefined => {
  const clear = master.decrypt(field62.subarray(offset, offset + length));
  const key = new DesKey(clear);
  clear.fill(0);
  const check = field62.subarray(offset + keyBytes, offset + keyBytes + checkBytes);
  return timingSafeEqual(key.checkValue(), check) ? key : undefined;
};
