import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * The acquirer's side of the UnionPay key and MAC arithmetic. OpenSSL 3 has no single DES any more, so an 8-byte key
 * K runs as triple DES with K|K|K, which is the same cipher; a 16-byte key A|B runs as A|B|A.
 */
const tripleLength = (key: Buffer): Buffer => {
  if (key.length === 8) return Buffer.concat([key, key, key]);
  if (key.length === 16) return Buffer.concat([key, key.subarray(0, 8)]);
  throw new RangeError(`a DES key has 8 or 16 bytes, not ${key.length}`);
};

/** ECB has no state from block to block, so one cipher a key serves all its MACs; setting it up costs more than they do. */
const ciphers = new WeakMap<Buffer, ReturnType<typeof createCipheriv>>();

/** DES or two-key triple DES in ECB, by the key's length; `data` is whole blocks. The key's bytes must not change later. */
export const encipher = (key: Buffer, data: Buffer): Buffer => {
  const cipher = ciphers.get(key) ?? createCipheriv('des-ede3-ecb', tripleLength(key), null).setAutoPadding(false);
  ciphers.set(key, cipher);
  return cipher.update(data);
};

export const decipher = (key: Buffer, data: Buffer): Buffer => {
  const cipher = createDecipheriv('des-ede3-ecb', tripleLength(key), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
};

/** Key check value (KCV): the first 4 bytes of eight zero bytes under the key. */
export const checkValue = (key: Buffer): Buffer => encipher(key, Buffer.alloc(8)).subarray(0, 4);

/** A fresh random key with DES's odd parity. */
export const newKey = (length: 8 | 16, random: (size: number) => Buffer = randomBytes): Buffer => {
  const key = random(length);
  for (const [index, byte] of key.entries()) {
    let ones = 0;
    for (let bit = byte >> 1; bit > 0; bit >>= 1) ones += bit & 1;
    key[index] = (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  }
  return key;
};

/**
 * Field 62 of the answer to a sign-on (Q/CUP 009.1): working keys under the master key, each with its check value.
 *
 * | 60.3 | bytes | PIK | KCV | MAK | KCV |
 * |---|---|---|---|---|---|
 * | 001 | 24 | 8 | 4 | 8 | 4 |
 * | 003 | 40 | 16 | 4 | 16: the key's 8, then 8 zeros | 4 |
 * | 004 | 60 | the same, and the track key 16, its check value 4 | | | |
 */
export const wrapWorkingKeys = (masterKey: Buffer, pik: Buffer, mak: Buffer, tdk?: Buffer): Buffer =>
  Buffer.concat([
    encipher(masterKey, pik),
    checkValue(pik),
    encipher(masterKey, mak),
    Buffer.alloc(pik.length - mak.length),
    checkValue(mak),
    ...(tdk === undefined ? [] : [encipher(masterKey, tdk), checkValue(tdk)]),
  ]);

/**
 * A track whose 16 characters before its last one (of an odd length) or two (of an even one) went through the track key
 * as nibbles.
 */
export const decipherTrack = (tdk: Buffer, track: string): string => {
  const end = track.length - (track.length % 2 === 0 ? 2 : 1);
  const from = end - 16;
  if (from < 0) return track;
  const hidden = Buffer.from(track.slice(from, end).replaceAll('=', 'd'), 'hex');
  const clear = decipher(tdk, hidden).toString('hex').replaceAll('d', '=');
  return track.slice(0, from) + clear + track.slice(end);
};

/**
 * UnionPay's ECB MAC (field 64). The message from its MTI to the end of field 63 is padded with zeros to whole blocks,
 * the blocks are XORed into one, and that is written as 16 upper-case hex characters: the first 8 go through DES, are
 * XORed with the last 8 and go through DES again. The MAC is the first 8 hex characters of that, as ASCII.
 */
export const unionPayMac = (mak: Buffer, message: Buffer): Buffer => {
  const folded = Buffer.alloc(8);
  for (let at = 0; at < message.length; at++) folded[at % 8] = (folded[at % 8] ?? 0) ^ (message[at] ?? 0);
  const text = Buffer.from(folded.toString('hex').toUpperCase(), 'latin1');
  const first = encipher(mak, text.subarray(0, 8));
  const second = first.map((byte, index) => byte ^ text.readUInt8(8 + index));
  return Buffer.from(encipher(mak, Buffer.from(second)).toString('hex').toUpperCase().slice(0, 8), 'latin1');
};

/**
 * The PIN in a clear ISO 9564 format 0 block (ANSI X9.8), or undefined when the block is none for this PAN:
 * `0L PP PP … FF` XOR `00 00` + the last 12 digits of the PAN before its check digit. From 10 digits on, L is seen both
 * as a hex digit (0A) and as two decimal ones (10); both are taken.
 */
export const readPinBlock = (clear: Buffer, pan: string): string | undefined => {
  const account = Buffer.from(`0000${pan.slice(0, -1).slice(-12).padStart(12, '0')}`, 'hex');
  const field = Buffer.from(clear.map((byte, index) => byte ^ account.readUInt8(index)));
  const [, length, digits] = /^(..)(\d{4,12})f+$/.exec(field.toString('hex')) ?? [];
  if (length === undefined || digits === undefined) return undefined;
  return Number.parseInt(length, 16) === digits.length || length === `${digits.length}` ? digits : undefined;
};
