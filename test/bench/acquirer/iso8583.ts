/**
 * How UnionPay terminals write ISO 8583:1987 fields, decoded strictly: what a lenient host would let pass is a fault.
 *
 * | content | on the line |
 * |---|---|
 * | digits, fixed | BCD; an odd number has a zero nibble **in front** (field 23) or, `left`, **behind** (field 22: 021 → 02 10) |
 * | digits, variable | BCD length = number of digits; data left-aligned, a zero nibble behind an odd number |
 * | track | as variable digits, with the separator `=` as nibble D |
 * | text, alphanumeric | ASCII, length in bytes; text in a fixed field is filled with spaces behind |
 * | binary | as it is, length in bytes |
 *
 * Example, fields 22 and 35: `0210` is 021; `32 6212345678901232D251212000000000` is 32 digits of track 2.
 */
interface Shape {
  readonly content: 'digits' | 'track' | 'alphanumeric' | 'text' | 'binary';
  /** Digits or bytes: the exact number in a fixed field, else the most. */
  readonly size: number;
  /** Bytes of the BCD length in front: 0 for a fixed field, 1 LLVAR, 2 LLLVAR. */
  readonly prefix: 0 | 1 | 2;
  readonly left?: true;
}

const digits = (size: number, prefix: Shape['prefix'] = 0): Shape => ({ content: 'digits', size, prefix });
const alphanumeric = (size: number, prefix: Shape['prefix'] = 0): Shape => ({ content: 'alphanumeric', size, prefix });
const text = (size: number, prefix: Shape['prefix'] = 0): Shape => ({ content: 'text', size, prefix });
const binary = (size: number, prefix: Shape['prefix'] = 0): Shape => ({ content: 'binary', size, prefix });

const shapes: ReadonlyMap<number, Shape> = new Map([
  [2, digits(19, 1)],
  [3, digits(6)],
  [4, digits(12)],
  [11, digits(6)],
  [12, digits(6)],
  [13, digits(4)],
  [14, digits(4)],
  [15, digits(4)],
  [22, { ...digits(3), left: true }],
  [23, digits(3)],
  [25, digits(2)],
  [26, digits(2)],
  [32, digits(11, 1)],
  [35, { content: 'track', size: 37, prefix: 1 }],
  [36, { content: 'track', size: 104, prefix: 2 }],
  [37, alphanumeric(12)],
  [38, alphanumeric(6)],
  [39, alphanumeric(2)],
  [41, text(8)],
  [42, text(15)],
  [44, alphanumeric(25, 1)],
  [48, digits(322, 2)],
  [49, alphanumeric(3)],
  [52, binary(8)],
  [53, digits(16)],
  [54, alphanumeric(20, 2)],
  [55, binary(255, 2)],
  [58, text(100, 2)],
  [60, digits(17, 2)],
  [61, digits(29, 2)],
  [62, binary(512, 2)],
  [63, text(163, 2)],
  [64, binary(8)],
]);

export type Value = string | Buffer;

export interface IsoMessage {
  readonly mti: string;
  /** Binary fields are buffers, all others strings (a track with `=` for nibble D). */
  readonly fields: ReadonlyMap<number, Value>;
}

export interface Unpacked extends IsoMessage {
  /** What is wrong with the encoding, by field and without any content. */
  readonly faults: readonly string[];
  /** What the MAC is counted over: all before field 64. Undefined without field 64. */
  readonly macInput: Buffer | undefined;
}

const allowed: Record<Exclude<Shape['content'], 'binary'>, RegExp> = {
  digits: /^\d*$/,
  // An encrypted one has any nibble.
  track: /^[\da-f=]*$/,
  alphanumeric: /^[\dA-Za-z ]*$/,
  text: /^[\x20-\x7e]*$/,
};

/** Reads one field at the head of `bytes`; `used` is undefined when what follows it can't be found any more. */
const readField = (shape: Shape, bytes: Buffer): { value?: Value; used?: number; faults: string[] } => {
  const faults: string[] = [];
  let { size } = shape;
  if (shape.prefix > 0) {
    const written = bytes.toString('hex', 0, shape.prefix);
    if (written.length < 2 * shape.prefix) return { faults: ['ends inside its length'] };
    if (!/^\d+$/.test(written)) return { faults: ['has a length that is not BCD'] };
    size = Number(written);
    if (size > shape.size) return { faults: [`is ${size} long, ${shape.size} is the most`] };
    if (size === 0) faults.push('is empty');
  }
  const nibbles = shape.content === 'digits' || shape.content === 'track';
  const used = shape.prefix + (nibbles ? Math.ceil(size / 2) : size);
  if (bytes.length < used) return { faults: ['ends too early'] };
  const data = bytes.subarray(shape.prefix, used);
  if (shape.content === 'binary') return { value: data, used, faults };
  let value = data.toString('latin1');
  if (nibbles) {
    const all = data.toString('hex');
    const inFront = shape.prefix === 0 && shape.left !== true ? size % 2 : 0;
    value = all.slice(inFront, inFront + size).replaceAll('d', '=');
    if (size % 2 === 1 && all.at(inFront === 1 ? 0 : -1) !== '0') faults.push('is not filled with a zero nibble');
  }
  if (!allowed[shape.content].test(value)) faults.push(`has characters that are not ${shape.content}`);
  return { value, used, faults };
};

/** Takes a message of at least 10 bytes apart: all fields that can be found, and every fault on the way. */
export const unpack = (iso: Buffer): Unpacked => {
  const mti = iso.toString('hex', 0, 2);
  const fields = new Map<number, Value>();
  const faults: string[] = [];
  let macInput: Buffer | undefined;
  if (!/^\d{4}$/.test(mti)) faults.push('the MTI is not four digits');
  let at = 10;
  for (let field = 1; field <= 64; field++) {
    if ((iso.readUInt8(2 + ((field - 1) >> 3)) & (0x80 >> ((field - 1) & 7))) === 0) continue;
    const shape = shapes.get(field);
    if (shape === undefined) {
      faults.push(field === 1 ? 'bit 1 asks for a second bitmap' : `field ${field} is not spoken here`);
      return { mti, fields, faults, macInput };
    }
    if (field === 64) macInput = iso.subarray(0, at);
    const read = readField(shape, iso.subarray(at));
    faults.push(...read.faults.map((fault) => `field ${field} ${fault}`));
    if (read.value === undefined || read.used === undefined) return { mti, fields, faults, macInput };
    fields.set(field, read.value);
    at += read.used;
  }
  if (at < iso.length) faults.push(`${iso.length - at} bytes follow the last field`);
  return { mti, fields, faults, macInput };
};

const writeField = (field: number, value: Value): Buffer => {
  const shape = shapes.get(field);
  if (shape === undefined) throw new RangeError(`field ${field} has no shape`);
  const { length } = value;
  if (shape.prefix === 0 ? length !== shape.size : length > shape.size) {
    throw new RangeError(`field ${field} can't be ${length} long`);
  }
  const prefix = Buffer.from(shape.prefix === 0 ? '' : `${length}`.padStart(2 * shape.prefix, '0'), 'hex');
  if (Buffer.isBuffer(value)) return Buffer.concat([prefix, value]);
  if (shape.content === 'alphanumeric' || shape.content === 'text') {
    return Buffer.concat([prefix, Buffer.from(value, 'latin1')]);
  }
  const nibbles = value.replaceAll('=', 'd');
  const inFront = shape.prefix === 0 && shape.left !== true;
  const whole = length % 2 === 0 ? nibbles : inFront ? `0${nibbles}` : `${nibbles}0`;
  return Buffer.concat([prefix, Buffer.from(whole, 'hex')]);
};

/** Puts a message together. With `mac`, field 64 is added: `mac` gets all that stands before it. */
export const pack = (message: IsoMessage, mac?: (input: Buffer) => Buffer): Buffer => {
  const numbers = [...message.fields.keys()].sort((a, b) => a - b);
  const bitmap = Buffer.alloc(8);
  for (const field of mac === undefined ? numbers : [...numbers, 64]) {
    const byte = (field - 1) >> 3;
    bitmap.writeUInt8(bitmap.readUInt8(byte) | (0x80 >> ((field - 1) & 7)), byte);
  }
  const body = numbers.map((field) => writeField(field, message.fields.get(field) ?? ''));
  const input = Buffer.concat([Buffer.from(message.mti, 'hex'), bitmap, ...body]);
  return mac === undefined ? input : Buffer.concat([input, mac(input)]);
};

/** A field's text, empty when it is absent. */
export const textOf = (message: IsoMessage, field: number): string => {
  const value = message.fields.get(field);
  return typeof value === 'string' ? value : '';
};
