/**
 * Packed digits: two to a byte, high nibble first. `n` fields hold 0–9; `z` fields (tracks) hold all sixteen values,
 * where the character is `0` + nibble, so that the separator `=` is nibble D.
 *
 * An odd number of digits leaves one nibble over. Where the digits stand left it is the last, where they stand right
 * the first; it is written as 0 and read as 0 or F, which some hosts send.
 */

/** The highest nibble that counts as a digit. */
export type HighestNibble = 9 | 15;

const zero = 0x30;

/** Both characters of a byte; for 0–9 an empty string where a nibble is higher. */
const pairs = (highest: HighestNibble): readonly string[] =>
  Array.from({ length: 256 }, (_, byte) => {
    const high = byte >> 4;
    const low = byte & 0x0f;
    return high > highest || low > highest ? '' : String.fromCharCode(zero + high, zero + low);
  });

const pairsUpTo: Readonly<Record<HighestNibble, readonly string[]>> = { 9: pairs(9), 15: pairs(15) };

/** Bytes that so many digits take. */
export const digitBytes = (digits: number): number => (digits + 1) >> 1;

/**
 * Writes a text of digits and returns the offset after it, or -1 when a character is no digit.
 * @param align on which side the digits stand when one nibble is over
 */
export const writeDigits = (
  out: Buffer,
  offset: number,
  text: string,
  highest: HighestNibble,
  align: 'left' | 'right',
): number => {
  const length = text.length;
  let at = offset;
  let index = 0;
  if (align === 'right' && length % 2 === 1) {
    const low = text.charCodeAt(index++) - zero;
    if (low < 0 || low > highest) return -1;
    out[at++] = low;
  }
  while (index < length) {
    const high = text.charCodeAt(index++) - zero;
    const low = index < length ? text.charCodeAt(index++) - zero : 0;
    if (high < 0 || high > highest || low < 0 || low > highest) return -1;
    out[at++] = (high << 4) | low;
  }
  return at;
};

const isPadding = (nibble: number): boolean => nibble === 0 || nibble === 0x0f;

/** Reads so many digits, or undefined when one of them, or the padding, is none or is not there. */
export const readDigits = (
  bytes: Buffer,
  offset: number,
  digits: number,
  highest: HighestNibble,
  align: 'left' | 'right',
): string | undefined => {
  if (offset + digitBytes(digits) > bytes.length) return undefined;
  const table = pairsUpTo[highest];
  const odd = digits % 2 === 1;
  let at = offset;
  let text = '';
  if (odd && align === 'right') {
    const byte = bytes[at++] as number;
    if (!isPadding(byte >> 4) || (byte & 0x0f) > highest) return undefined;
    text = String.fromCharCode(zero + (byte & 0x0f));
  }
  for (const end = at + (digits >> 1); at < end; at++) {
    const pair = table[bytes[at] as number] as string;
    if (pair === '') return undefined;
    text += pair;
  }
  if (odd && align === 'left') {
    const byte = bytes[at] as number;
    if (!isPadding(byte & 0x0f) || byte >> 4 > highest) return undefined;
    text += String.fromCharCode(zero + (byte >> 4));
  }
  return text;
};

/** Writes a number of at most `digits` digits, `digits` even, with leading zeros. */
export const writeNumber = (out: Buffer, offset: number, value: number, digits: number): number => {
  let rest = value;
  for (let at = offset + digits / 2 - 1; at >= offset; at--) {
    const pair = rest % 100;
    out[at] = (Math.floor(pair / 10) << 4) | (pair % 10);
    rest = Math.floor(rest / 100);
  }
  return offset + digits / 2;
};

/** Reads a number of `digits` digits, `digits` even, or undefined. */
export const readNumber = (bytes: Buffer, offset: number, digits: number): number | undefined => {
  let value = 0;
  for (let at = offset; at < offset + digits / 2; at++) {
    const byte = bytes[at] as number;
    const high = byte >> 4;
    const low = byte & 0x0f;
    if (high > 9 || low > 9) return undefined;
    value = value * 100 + high * 10 + low;
  }
  return value;
};
