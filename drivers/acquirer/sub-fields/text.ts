/** What the sub-fields are made of: numbers of a fixed width, and texts in GBK. */
import iconv from 'iconv-lite';
import type { MinorUnits, Stan } from '../../../hal/units.ts';
import type { FieldFault } from '../codec.ts';

/** What a field with sub-fields says, or what is wrong with it: the path of the sub-field, never what stands in it. */
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: FieldFault };

export const said = <Value>(value: Value): Read<Value> => ({ ok: true, value });
export const malformed = (field: string, what: string): Read<never> => ({ ok: false, fault: { field, what } });

/** @throws RangeError for a number that doesn't fit: a bug of the caller */
export const digits = (value: number, length: number): string => {
  const text = String(value);
  if (!Number.isInteger(value) || value < 0 || text.length > length) {
    throw new RangeError(`${value} doesn't fit ${length} digits`);
  }
  return text.padStart(length, '0');
};

/** Fields 4 and 11, and the same inside of others. */
export const packAmount = (amount: MinorUnits): string => digits(amount, 12);
export const packStan = (stan: Stan): string => digits(stan, 6);

/** Text of a message: GBK, in a string of one character a byte. Undefined when nothing but spaces is in it. */
export const readText = (latin1: string): string | undefined => {
  const text = iconv.decode(Buffer.from(latin1, 'latin1'), 'gbk').trim();
  return text === '' ? undefined : text;
};

/** The same way back, filled with spaces to so many bytes. A character of two bytes is never halved. */
export const packText = (text: string, bytes: number): string => {
  let packed = '';
  for (const character of text) {
    const next = iconv.encode(character, 'gbk').toString('latin1');
    if (packed.length + next.length > bytes) break;
    packed += next;
  }
  return packed.padEnd(bytes);
};
