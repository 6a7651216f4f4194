/**
 * Field 55, IC卡数据域: the chip's data objects in BER-TLV (EMV Book 3, annex B), one after the other:
 *
 * | bytes | what |
 * |---|---|
 * | 1 – 2 | tag: when the low five bits of the first byte are all 1, a second byte follows |
 * | 1 – 2 | length: up to 127 in one byte, else 81 and a byte |
 * | n | value |
 *
 * `9F26 08 0123456789ABCDEF | 95 05 0000008000`
 */
import { malformed, type Read, said } from './text.ts';

/** Tag in upper-case hex (`9F26`) to its value. */
export type ChipData = ReadonlyMap<string, Uint8Array>;

const mostBytes = 255;

/** A reversal sends these of them: what the chip decided, and how the terminal is known to it. */
const reversalTags = ['95', '9F1E', '9F10', '9F36', 'DF31'];

/** @throws RangeError for a tag that is none, or data that are too long: a bug of the caller */
export const packChipData = (data: ChipData): Buffer => {
  const parts: Buffer[] = [];
  for (const [tag, value] of data) {
    const bytes = Buffer.from(tag, 'hex');
    const isTag = /^[0-9A-F]+$/.test(tag) && bytes.length === tagBytes(bytes);
    if (!isTag || value.length > mostBytes) throw new RangeError(`55.${tag}: is no tag, or too long`);
    const length = value.length < 0x80 ? Buffer.of(value.length) : Buffer.of(0x81, value.length);
    parts.push(bytes, length, Buffer.from(value));
  }
  return Buffer.concat(parts);
};

/** Any bytes give their objects, each tag once, or what is wrong, with the tag and never with a value. */
export const readChipData = (field55: Uint8Array): Read<ChipData> => {
  const bytes = Buffer.from(field55);
  const data = new Map<string, Uint8Array>();
  for (let at = 0; at < bytes.length; ) {
    const size = tagBytes(bytes.subarray(at));
    const tag = bytes.toString('hex', at, at + size).toUpperCase();
    if (at + size >= bytes.length) return malformed('55', 'ends within a tag or before its length');
    at += size;
    let length = bytes[at++] as number;
    if (length === 0x81 && at < bytes.length) length = bytes[at++] as number;
    else if (length >= 0x80) return malformed(`55.${tag}`, 'has a length that is none');
    if (at + length > bytes.length) return malformed(`55.${tag}`, 'ends after the field');
    if (data.has(tag)) return malformed(`55.${tag}`, 'is there twice');
    data.set(tag, Uint8Array.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return said(data);
};

const tagBytes = (bytes: Uint8Array): number => (((bytes[0] ?? 0) & 0x1f) === 0x1f ? 2 : 1);

/** What of a request's chip data its reversal repeats. */
export const chipDataOfReversal = (data: ChipData): ChipData =>
  new Map([...data].filter(([tag]) => reversalTags.includes(tag)));
