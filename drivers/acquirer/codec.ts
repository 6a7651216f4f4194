import { digitBytes, readDigits, readNumber, writeDigits, writeNumber } from './digits.ts';
import { type FieldNumber, type FieldSpec, type Fields, fieldNumbers, fieldTable } from './field-table.ts';

/**
 * An ISO 8583 message between its bytes and its fields:
 *
 * | bytes | what |
 * |---|---|
 * | 2 | message type (MTI), BCD |
 * | 8 | bitmap: bit 1 is the highest of the first byte; bit 1 itself (a second bitmap) is not used |
 * | … | the fields whose bit is set, in the order of their numbers, as {@link fieldTable} says |
 *
 * `08 20 | 00 00 00 00 00 C0 00 10 | 31…` is an 0820 with fields 41, 42 and 60.
 */
export interface Message {
  /** Four digits, such as `0200`. */
  readonly mti: string;
  readonly fields: Fields;
}

/** What is wrong with a message, and at which field: its number, a sub-field such as `60.2`, `mti`, `bitmap`, `end`. */
export interface FieldFault {
  readonly field: string;
  /** For a person; never what the field holds. */
  readonly what: string;
}

export type Unpacked =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: FieldFault };

const mtiBytes = 2;
const bitmapBytes = 8;

/** MTI and bitmap: no message is shorter. */
export const leastMessageBytes = mtiBytes + bitmapBytes;

type AnyFields = { [number: number]: string | Uint8Array | undefined };

const isPacked = (spec: FieldSpec): boolean => spec.encoding === 'n' || spec.encoding === 'z';
const prefixBytes = (spec: FieldSpec): number => (spec.length === 'fixed' ? 0 : spec.length === 'LL' ? 1 : 2);
const mostOf = (spec: FieldSpec): number => spec.wide ?? spec.max;
const dataBytes = (spec: FieldSpec, length: number): number => (isPacked(spec) ? digitBytes(length) : length);

/** With every field at its longest: no message is longer. */
export const mostMessageBytes = fieldNumbers.reduce(
  (sum, number) => sum + prefixBytes(fieldTable[number]) + dataBytes(fieldTable[number], mostOf(fieldTable[number])),
  leastMessageBytes,
);

const specs: readonly (FieldSpec | undefined)[] = Array.from(
  { length: 65 },
  (_, number) => fieldTable[number as FieldNumber],
);

/** The lowest and highest character of a text. Control characters never stand in one: they would reach a printer. */
const inText = (encoding: 'an' | 'ans', code: number): boolean =>
  code >= 0x20 && (encoding === 'an' ? code < 0x7f : code !== 0x7f && code <= 0xff);

/**
 * Packs a message and returns the offset after it. The values must fit their fields: one that doesn't is a bug of
 * the caller.
 * @param out at least {@link mostMessageBytes} from `offset` on
 * @throws RangeError that names the field and not its content
 */
export const pack = (message: Message, out: Buffer, offset = 0): number => {
  if (message.mti.length !== 4) throw new RangeError('mti: must be four digits');
  let at = writeDigits(out, offset, message.mti, 9, 'left');
  if (at < 0) throw new RangeError('mti: must be four digits');
  const bitmap = at;
  out.fill(0, bitmap, bitmap + bitmapBytes);
  at += bitmapBytes;
  const fields: AnyFields = message.fields;
  for (const number of fieldNumbers) {
    const value = fields[number];
    if (value === undefined) continue;
    const flags = bitmap + ((number - 1) >> 3);
    out[flags] = (out[flags] as number) | (0x80 >> ((number - 1) & 7));
    at = packField(number, specs[number] as FieldSpec, value, out, at);
  }
  return at;
};

const packField = (
  number: number,
  spec: FieldSpec,
  value: string | Uint8Array,
  out: Buffer,
  offset: number,
): number => {
  const { encoding, length, max } = spec;
  const size = value.length;
  let at = offset;
  if (length !== 'fixed') {
    if (size > max) throw new RangeError(`field ${number}: is longer than ${max}`);
    at = writeNumber(out, at, size, length === 'LL' ? 2 : 4);
  } else if (size !== spec.wide && (size > max || (size < max && encoding !== 'an' && encoding !== 'ans'))) {
    throw new RangeError(`field ${number}: must have a length of ${max}`);
  }
  if (typeof value !== 'string') {
    if (encoding !== 'b') throw new RangeError(`field ${number}: must be a text`);
    out.set(value, at);
    return at + size;
  }
  switch (encoding) {
    case 'n':
    case 'z': {
      const end = writeDigits(out, at, value, encoding === 'n' ? 9 : 15, spec.align);
      if (end < 0) throw new RangeError(`field ${number}: has a character that is not of ${encoding}`);
      return end;
    }
    case 'an':
    case 'ans': {
      for (let index = 0; index < size; index++) {
        const code = value.charCodeAt(index);
        if (!inText(encoding, code))
          throw new RangeError(`field ${number}: has a character that is not of ${encoding}`);
        out[at++] = code;
      }
      if (length === 'fixed') for (let fill = size; fill < max; fill++) out[at++] = 0x20;
      return at;
    }
    case 'b':
      throw new RangeError(`field ${number}: must be bytes`);
  }
};

const malformed = (field: string, what: string): Unpacked => ({ ok: false, fault: { field, what } });

const noFields: (string | Uint8Array | undefined)[] = [];
noFields.length = specs.length;

/**
 * Unpacks a message that takes all of `bytes`. Any bytes give a message or a fault. Byte fields are copies.
 * @param blockBytes of the cipher that the message was made under; only a request tells the difference, in field 52
 */
export const unpack = (bytes: Buffer, blockBytes: 8 | 16 = 8): Unpacked => {
  if (bytes.length < leastMessageBytes) return malformed('bitmap', 'the message ends before its fields');
  const mti = readDigits(bytes, 0, 4, 9, 'left');
  if (mti === undefined) return malformed('mti', 'is not made of digits');
  // An array, since V8 keeps an object with such keys as a hash table, which costs more than all else here.
  const fields = noFields.slice();
  let at = leastMessageBytes;
  for (let octet = 0; octet < bitmapBytes; octet++) {
    for (let flags = bytes[mtiBytes + octet] as number; flags !== 0; ) {
      const bit = Math.clz32(flags) - 24;
      flags &= 0x7f >> bit;
      const number = octet * 8 + bit + 1;
      const spec = specs[number];
      if (spec === undefined) return malformed(`${number}`, 'is a field that this terminal does not know');
      let size = blockBytes === 16 ? mostOf(spec) : spec.max;
      if (spec.length !== 'fixed') {
        const prefix = prefixBytes(spec);
        if (at + prefix > bytes.length) return malformed(`${number}`, 'the message ends within its length');
        const told = readNumber(bytes, at, prefix * 2);
        if (told === undefined) return malformed(`${number}`, 'its length is not made of digits');
        if (told > spec.max) return malformed(`${number}`, `is longer than ${spec.max}`);
        size = told;
        at += prefix;
      }
      const end = at + dataBytes(spec, size);
      if (end > bytes.length) return malformed(`${number}`, 'the message ends within it');
      const value = unpackField(spec, bytes, at, end, size);
      if (value === undefined) return malformed(`${number}`, `has a character that is not of ${spec.encoding}`);
      fields[number] = value;
      at = end;
    }
  }
  if (at < bytes.length) return malformed('end', 'bytes follow the last field');
  return { ok: true, message: { mti, fields: fields as unknown as Fields } };
};

const unpackField = (
  spec: FieldSpec,
  bytes: Buffer,
  start: number,
  end: number,
  size: number,
): string | Uint8Array | undefined => {
  switch (spec.encoding) {
    case 'n':
      return readDigits(bytes, start, size, 9, spec.align);
    case 'z':
      return readDigits(bytes, start, size, 15, spec.align);
    case 'an':
    case 'ans': {
      for (let at = start; at < end; at++) if (!inText(spec.encoding, bytes[at] as number)) return undefined;
      let last = end;
      if (spec.length === 'fixed') while (last > start && bytes[last - 1] === 0x20) last--;
      return readText(bytes, start, last);
    }
    case 'b':
      return copy(bytes, start, end);
  }
};

const characters: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

const readText = (bytes: Buffer, start: number, end: number): string => {
  if (end - start > 8) return bytes.toString('latin1', start, end);
  let text = '';
  for (let at = start; at < end; at++) text += characters[bytes[at] as number] as string;
  return text;
};

/** For a few bytes a loop beats the built-in ways to copy them. */
const copy = (bytes: Buffer, start: number, end: number): Uint8Array => {
  const into = new Uint8Array(end - start);
  for (let index = 0; index < into.length; index++) into[index] = bytes[start + index] as number;
  return into;
};
