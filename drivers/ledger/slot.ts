import { createHmac, type Hmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * One record on the disk. All numbers are unsigned and big-endian. docs/ledger.md shows a whole slot in hex.
 *
 * | offset | bytes | what                                                                              |
 * |--------|-------|-----------------------------------------------------------------------------------|
 * | 0      | 4     | magic, ASCII `SLIP`                                                               |
 * | 4      | 1     | version of this layout, 1                                                         |
 * | 5      | 1     | type of the record: 1 a fact; there is no other yet                               |
 * | 6      | 2     | n, length of the payload, 1 … 4012                                                |
 * | 8      | 4     | generation of the batch file, 1 …; also in the file's name                        |
 * | 12     | 4     | sequence number of the record, 1 …, over all batch files                          |
 * | 16     | 32    | MAC of the record before, in this file or the one before; zeros in the very first |
 * | 48     | n     | payload, JSON in UTF-8                                                            |
 * | 48 + n | 32    | MAC: HMAC-SHA256 under the ledger key over bytes 0 … 47 + n                       |
 * | 80 + n |       | zeros                                                                             |
 * | 4092   | 4     | CRC-32 (ISO 3309, as in zip) over bytes 0 … 4091                                  |
 *
 * An empty slot is 4096 zeros. The CRC stands at the end of the slot and covers all of it, so that a write of which
 * only some sectors arrived doesn't fit; the MAC tells a record that somebody changed and gave a right CRC.
 */
export const slotBytes = 4096;
/** What a disk writes whole or not at all. */
export const sectorBytes = 512;
export const macBytes = 32;

const magic = 0x534c4950;
const version = 1;
const factType = 1;
const headerBytes = 48;
const crcOffset = slotBytes - 4;

/** The longest payload that fits, in bytes of UTF-8. */
export const payloadMaxBytes = crcOffset - headerBytes - macBytes;

const emptySlot = Buffer.alloc(slotBytes);

/** Where a record stands in the chain. */
export interface ChainPlace {
  readonly generation: number;
  readonly sequence: number;
  /** The MAC of the record that stands there. */
  readonly mac: Uint8Array;
}

/** What the very first record follows. */
export const chainStart: ChainPlace = { generation: 0, sequence: 0, mac: Buffer.alloc(macBytes) };

/** The payload's bytes. Throws when a fact is no JSON value or is too long: no such fact may be made. */
export const encodePayload = (fact: unknown): Buffer => {
  const json = JSON.stringify(fact);
  if (json === undefined) throw new TypeError('A fact must be a JSON value.');
  const payload = Buffer.from(json);
  if (payload.length > payloadMaxBytes) {
    throw new RangeError(`A fact must not exceed ${payloadMaxBytes} bytes of JSON; this one has ${payload.length}.`);
  }
  return payload;
};

/** The beginning of a record's MAC. It serves for one record; to have it ready saves time while a record is written. */
export const beginMac = (key: Uint8Array): Hmac => createHmac('sha256', key);

/** Fills the first 4096 bytes of `slot` with the record that follows `previous`; returns the record's MAC. */
export const writeSlot = (
  slot: Buffer,
  previous: ChainPlace,
  generation: number,
  payload: Uint8Array,
  begunMac: Hmac,
): Buffer => {
  slot.fill(0, 0, slotBytes);
  slot.writeUInt32BE(magic, 0);
  slot.writeUInt8(version, 4);
  slot.writeUInt8(factType, 5);
  slot.writeUInt16BE(payload.length, 6);
  slot.writeUInt32BE(generation, 8);
  slot.writeUInt32BE(previous.sequence + 1, 12);
  slot.set(previous.mac, 16);
  slot.set(payload, headerBytes);
  const macOffset = headerBytes + payload.length;
  const mac = begunMac.update(slot.subarray(0, macOffset)).digest();
  slot.set(mac, macOffset);
  slot.writeUInt32BE(crc32(slot.subarray(0, crcOffset)), crcOffset);
  return mac;
};

/** Gives a scarred slot its zeros and its CRC back. */
export const mendSlot = (slot: Buffer): void => {
  slot.fill(0, headerBytes + slot.readUInt16BE(6) + macBytes, crcOffset);
  slot.writeUInt32BE(crc32(slot.subarray(0, crcOffset)), crcOffset);
};

export interface ReadRecord {
  readonly state: 'sound' | 'scarred';
  /** Where it says that it stands. */
  readonly place: ChainPlace;
  /** The MAC of the record that it follows. */
  readonly previousMac: Buffer;
  readonly payload: string;
}

/**
 * `empty`: zeros. `torn`: its CRC doesn't fit, so a write didn't arrive whole or the medium is damaged. `scarred`: its
 * CRC doesn't fit, but the record's MAC does: the record is whole, and what is wrong is around it. `unknown`: a newer
 * layout. `altered`: the CRC fits and the MAC doesn't, so somebody made it, or the key is another.
 */
export type SlotReading = ReadRecord | { readonly state: 'empty' | 'torn' | 'unknown' | 'altered' };

/** Reads 4096 bytes. What it returns shares no memory with them, save `previousMac`. */
export const readSlot = (slot: Buffer, key: Uint8Array): SlotReading => {
  const startsWith = slot.readUInt32BE(0);
  if (startsWith === 0 && slot.equals(emptySlot)) return { state: 'empty' };
  const fits = slot.readUInt32BE(crcOffset) === crc32(slot.subarray(0, crcOffset));
  const known = slot.readUInt8(4) === version && slot.readUInt8(5) === factType;
  if (fits && startsWith === magic && !known) return { state: 'unknown' };
  const record = startsWith === magic && known ? readRecord(slot, key) : undefined;
  if (!fits) return record === undefined ? { state: 'torn' } : { ...record, state: 'scarred' };
  return record !== undefined && isPadded(slot) ? { ...record, state: 'sound' } : { state: 'altered' };
};

/** The record that a slot begins with, when its MAC is right. */
const readRecord = (slot: Buffer, key: Uint8Array): Omit<ReadRecord, 'state'> | undefined => {
  const macOffset = headerBytes + slot.readUInt16BE(6);
  if (macOffset > crcOffset - macBytes) return undefined;
  const mac = beginMac(key).update(slot.subarray(0, macOffset)).digest();
  if (!mac.equals(slot.subarray(macOffset, macOffset + macBytes))) return undefined;
  return {
    place: { generation: slot.readUInt32BE(8), sequence: slot.readUInt32BE(12), mac },
    previousMac: slot.subarray(16, headerBytes),
    payload: slot.toString('utf8', headerBytes, macOffset),
  };
};

const isPadded = (slot: Buffer): boolean => {
  const padding = slot.subarray(headerBytes + slot.readUInt16BE(6) + macBytes, crcOffset);
  return padding.equals(emptySlot.subarray(0, padding.length));
};

/** The short code of a MAC as it stands on slips: its first four bytes as 8 hex digits. */
export const shortCode = (mac: Uint8Array): string => Buffer.from(mac.subarray(0, 4)).toString('hex').toUpperCase();
