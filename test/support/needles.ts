/** Secrets in every form in which they could lie somewhere: clear, hex, packed digits, base64. */

export interface Needle {
  /** What it is; never the secret itself. */
  readonly name: string;
  readonly forms: readonly Buffer[];
}

/** Base64 of bytes that begin anywhere in a group of three: the part that doesn't hang on what is around them. */
const base64Forms = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const whole = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(from, whole);
  });

const formsOf = (bytes: Buffer): readonly Buffer[] => {
  const hex = bytes.toString('hex');
  return [bytes, ...[hex, hex.toUpperCase(), ...base64Forms(bytes)].map((text) => Buffer.from(text))];
};

/** @param bytes at least 8, so that none is there by chance */
export const secretBytes = (name: string, bytes: Buffer): Needle => ({ name, forms: formsOf(bytes) });

/** Digits as text, and packed two to a byte (BCD), beginning with a high or a low nibble. */
export const secretDigits = (name: string, digits: string): Needle => {
  const packed = [digits, digits.slice(1)]
    .map((some) => Buffer.from(some.slice(0, some.length & ~1), 'hex'))
    // A number of almost nothing but zeros is everywhere once its ends are off.
    .filter((bytes) => new Set(bytes).size > 2);
  return { name, forms: [...formsOf(Buffer.from(digits)), ...packed.flatMap(formsOf)] };
};

/** The names of what is found there. */
export const found = (hay: Buffer, needles: readonly Needle[]): readonly string[] =>
  needles.filter(({ forms }) => forms.some((form) => hay.includes(form))).map(({ name }) => name);
