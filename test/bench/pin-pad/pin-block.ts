import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * The clear PIN block of ISO 9564 format 0 (ANSI X9.8), 8 bytes: the PIN field exclusive-or the account field.
 *
 * | nibbles | PIN field | account field |
 * |---|---|---|
 * | 1 | 0, the format | 0 |
 * | 2 | length of the PIN, 4 – C | 0 |
 * | 3–4 | the PIN's first two digits | 0 |
 * | 5–16 | the rest of it, filled up with F | the 12 rightmost digits of the PAN, its check digit left out |
 *
 * Example: PIN 1234, PAN 43219876543210987: `041234FFFFFFFFFF` xor `0000987654321098` = `0412AC89ABCDEF67`.
 */
export const clearPinBlock = (pin: string, pan: string): Buffer => {
  const account = Buffer.from(pan.slice(0, -1).slice(-12).padStart(16, '0'), 'hex');
  const block = Buffer.from(`0${pin.length.toString(16)}${pin}`.padEnd(16, 'F'), 'hex');
  for (const [i, byte] of account.entries()) block.writeUInt8(block.readUInt8(i) ^ byte, i);
  return block;
};

/** Single DES is triple DES with one key three times; OpenSSL 3 has no other way to it. */
const tripleLength = (key: Buffer): Buffer =>
  key.length === 8 ? Buffer.concat([key, key, key]) : Buffer.concat([key, key.subarray(0, 8)]);

/** ECB without padding, under a key of 8 bytes (DES) or 16 (two-key triple DES). */
export const encrypt = (key: Buffer, clear: Buffer): Buffer =>
  createCipheriv('des-ede3-ecb', tripleLength(key), null).setAutoPadding(false).update(clear);

/** The reverse of {@link encrypt}. */
export const decrypt = (key: Buffer, encrypted: Buffer): Buffer =>
  createDecipheriv('des-ede3-ecb', tripleLength(key), null).setAutoPadding(false).update(encrypted);
