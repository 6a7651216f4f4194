import type { DesKey } from './des-key.ts';

const blockBytes = 8;

/** Field 64 takes so many bytes, all of them characters 0–9 and A–F. */
export const macBytes = 8;

/**
 * The MAC of UnionPay's terminals (ECB算法) over a message from its MTI to the end of field 63, with bit 64 set in
 * the bitmap:
 * 1. filled with zero bytes to whole blocks of 8, all blocks are XORed to one
 * 2. that is written as 16 upper-case hex characters
 * 3. the first 8 characters are encrypted, the result XORed with the last 8 and encrypted again
 * 4. of the result's hex characters the first 8 are field 64
 *
 * XOR 4D08F434464FE7BF under the key C24A8FB57AA20123 gives 8A9E91B88D839AC5, so field 64 is the text `8A9E91B8`.
 */
export const macOf = (message: Uint8Array, key: DesKey): Buffer => {
  const sum = Buffer.alloc(blockBytes);
  for (let at = 0; at < message.length; at++) {
    sum[at % blockBytes] = (sum[at % blockBytes] as number) ^ (message[at] as number);
  }
  const text = Buffer.from(sum.toString('hex').toUpperCase(), 'latin1');
  const once = key.encrypt(text.subarray(0, blockBytes));
  for (let at = 0; at < blockBytes; at++) {
    once[at] = (once[at] as number) ^ (text[blockBytes + at] as number);
  }
  return Buffer.from(key.encrypt(once).toString('hex').toUpperCase().slice(0, macBytes), 'latin1');
};
