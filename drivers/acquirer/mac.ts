import type { BlockKey } from './block-key.ts';

/** Field 64 takes so many bytes. */
export const macBytes = 8;

/** How a MAC stands in field 64: as text, the first 8 hex characters of it; or its first 8 bytes as they are. */
export type MacForm = 'text' | 'bytes';

/**
 * The MAC of UnionPay's terminals (ECB算法) over a message from its MTI to the end of field 63, with bit 64 set in
 * the bitmap. B is the cipher's block, 8 bytes for DES and 16 for SM4:
 * 1. filled with zero bytes to whole blocks of B, all blocks are XORed to one
 * 2. that is written as 2B upper-case hex characters
 * 3. the first B characters are encrypted, the result XORed with the last B and encrypted again
 * 4. of the result's hex characters the first 8 are field 64
 *
 * XOR 4D08F434464FE7BF under the DES key C24A8FB57AA20123 gives 8A9E91B88D839AC5, so field 64 is the text `8A9E91B8`.
 */
export const macOf = (message: Uint8Array, key: BlockKey, form: MacForm = 'text'): Buffer => {
  const { blockBytes } = key;
  const sum = Buffer.alloc(blockBytes);
  for (let at = 0; at < message.length; at++) {
    sum[at % blockBytes] = (sum[at % blockBytes] as number) ^ (message[at] as number);
  }
  const text = Buffer.from(sum.toString('hex').toUpperCase(), 'latin1');
  const once = key.encrypt(text.subarray(0, blockBytes));
  for (let at = 0; at < blockBytes; at++) {
    once[at] = (once[at] as number) ^ (text[blockBytes + at] as number);
  }
  const mac = key.encrypt(once);
  return form === 'bytes'
    ? mac.subarray(0, macBytes)
    : Buffer.from(mac.toString('hex').toUpperCase().slice(0, macBytes), 'latin1');
};
