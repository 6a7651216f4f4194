import { basename } from 'node:path';
import type { FileSystem, OpenFile } from '../storage/file-system.ts';
import { nodeFileSystem } from '../storage/node-file-system.ts';
import { type ChainPlace, chainStart, type ReadRecord, readSlot, shortCode, slotBytes } from './slot.ts';

/** Slots are made in blocks of this many, so that appending never waits for the file to grow. */
export const blockSlots = 64;

/**
 * What is wrong with a batch file, of the first place where something is.
 * - `torn`: the last write was cut off by a power cut, nothing valid follows. No record is lost that was acknowledged.
 * - `scarred`: the last record is whole by its MAC, and its slot isn't by its CRC. Nothing is lost.
 * - `damaged`: a slot that doesn't fit its CRC, where no power cut explains it: the medium, or a hand.
 * - `altered`: a slot that fits its CRC and not its MAC, or a record that stands in another place than it was written.
 * - `missing`: a record that ought to stand there doesn't, and later ones do.
 * - `unknown`: written by a newer version of Slipsafe.
 */
export type BatchFlaw = 'torn' | 'scarred' | 'damaged' | 'altered' | 'missing' | 'unknown';

export type BatchVerdict =
  | { readonly intact: true }
  | {
      readonly intact: false;
      readonly flaw: BatchFlaw;
      /** The slot's number in the file, from 0. */
      readonly slot: number;
      /** Its first byte in the file. */
      readonly offset: number;
      /** What is wrong, one sentence. */
      readonly what: string;
      /** How many slots from there on the cut-off write may have touched; 0 unless `torn` or `scarred`. */
      readonly tornSlots: number;
    };

export interface BatchReading<Fact> {
  readonly path: string;
  /** The facts up to the flaw, or all. */
  readonly facts: readonly Fact[];
  /** Where each of them stands in the chain. */
  readonly places: readonly ChainPlace[];
  /** The place of the last of them; `chainStart` when there is none. */
  readonly tail: ChainPlace;
  /** The short code of the tail, as it stands on slips. */
  readonly tailCode: string;
  /** How many whole slots the file has, used and free. */
  readonly slots: number;
  readonly verdict: BatchVerdict;
}

export const batchFileName = (generation: number): string => `batch-${String(generation).padStart(6, '0')}.slip`;

/** The generation that a file's name tells; undefined when it isn't the name of a batch file. */
export const generationOf = (name: string): number | undefined => {
  const digits = /^batch-(\d{6,10})\.slip$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * Reads one batch file and checks each record: its CRC, its MAC under the ledger key (32 bytes), its number and that
 * it follows the one before. Changes nothing. A cut-off end shows only against a short code that is known from
 * elsewhere, such as a slip: compare `tailCode`.
 *
 * @param follows the place of the last record of the batch file before, where it is known; without it, the first
 *   record is taken at its word.
 * @throws the file system's error when the file can't be read
 */
export const verifyBatch = <Fact>(
  path: string,
  ledgerKey: Uint8Array,
  { follows, fileSystem = nodeFileSystem }: { follows?: ChainPlace | undefined; fileSystem?: FileSystem } = {},
): BatchReading<Fact> => {
  const named = generationOf(basename(path));
  const facts: Fact[] = [];
  const places: ChainPlace[] = [];
  const torn: number[] = [];
  let tail = follows ?? chainStart;
  let scarred: number | undefined;
  let gap: { readonly slot: number; readonly flaw: 'missing' | 'damaged' } | undefined;
  let found: Found | undefined;

  const file = fileSystem.open(path, 'read');
  const { sizeBytes } = file.stat();
  try {
    for (const { slot, bytes } of slotsOf(file, sizeBytes)) {
      const reading = readSlot(bytes, ledgerKey);
      if (found !== undefined) {
        // The record that is missing may stand further on.
        if (!('place' in reading) || reading.place.sequence !== tail.sequence + 1) continue;
        found = { ...found, flaw: 'altered', what: `${found.what}; it stands in slot ${slot}` };
        break;
      }
      if (reading.state === 'empty' || reading.state === 'torn') {
        gap ??= { slot, flaw: reading.state === 'empty' ? 'missing' : 'damaged' };
        if (reading.state === 'torn') torn.push(slot);
        continue;
      }
      if (gap !== undefined) found = { ...gap, what: `its record is ${gap.flaw}, and later ones are there` };
      else if ('place' in reading) found = misplaced(reading, slot, tail, named, follows !== undefined);
      else found = { flaw: reading.state, slot, what: stateWords[reading.state] };
      if (found?.flaw === 'missing') continue;
      if (found !== undefined || !('place' in reading)) break;
      if (reading.state === 'scarred') scarred ??= slot;
      tail = reading.place;
      places.push(tail);
      facts.push(JSON.parse(reading.payload));
    }
  } finally {
    file.close();
  }
  const slots = Math.ceil(sizeBytes / slotBytes);
  found ??= unfinished(torn, facts.length, slots);
  if (scarred !== undefined) {
    const isLast = scarred === facts.length - 1 && (found === undefined || found.flaw === 'torn');
    found = scar(scarred, isLast && besidesGrowth(torn, facts.length, slots).length === 0);
  }
  return {
    path,
    facts,
    places,
    tail,
    tailCode: shortCode(tail.mac),
    slots: Math.floor(sizeBytes / slotBytes),
    verdict: found === undefined ? { intact: true } : verdictOf(basename(path), found, torn),
  };
};

/** Reads the last record of a batch file without the ones before it, by halving; undefined when it isn't whole. */
export const readLast = (path: string, ledgerKey: Uint8Array, fileSystem: FileSystem): ReadRecord | undefined => {
  const file = fileSystem.open(path, 'read');
  const bytes = Buffer.alloc(slotBytes);
  const read = (slot: number) => {
    bytes.fill(0, file.pread(bytes, slot * slotBytes));
    return readSlot(bytes, ledgerKey);
  };
  try {
    let used = 0;
    let end = Math.ceil(file.stat().sizeBytes / slotBytes);
    while (used < end) {
      const middle = Math.floor((used + end) / 2);
      if (read(middle).state === 'empty') end = middle;
      else used = middle + 1;
    }
    const last = used === 0 ? undefined : read(used - 1);
    return last !== undefined && 'place' in last ? last : undefined;
  } finally {
    file.close();
  }
};

/** Each slot of a file in order, read in large pieces; the bytes are valid until the next one. A last part is padded. */
function* slotsOf(file: OpenFile, sizeBytes: number): Generator<{ slot: number; bytes: Buffer }> {
  const piece = Buffer.alloc(Math.min(256, Math.ceil(sizeBytes / slotBytes)) * slotBytes);
  for (let offset = 0; offset < sizeBytes; offset += piece.length) {
    const taken = file.pread(piece, offset);
    piece.fill(0, taken);
    for (let at = 0; at < taken; at += slotBytes) {
      yield { slot: (offset + at) / slotBytes, bytes: piece.subarray(at, at + slotBytes) };
    }
  }
}

interface Found {
  readonly flaw: BatchFlaw;
  readonly slot: number;
  readonly what: string;
}

const stateWords = {
  altered: 'its record was altered, or written under the key of another device',
  unknown: 'its record was written by a newer version of Slipsafe',
};

/** Why a sound record isn't the one that ought to follow `tail`; undefined when it is. */
const misplaced = (
  { place, previousMac }: ReadRecord,
  slot: number,
  tail: ChainPlace,
  named: number | undefined,
  tailKnown: boolean,
): Found | undefined => {
  const altered = (what: string): Found => ({ flaw: 'altered', slot, what });
  const generation = slot === 0 ? (named ?? place.generation) : tail.generation;
  if (place.generation !== generation) return altered(`its record belongs to ${batchFileName(place.generation)}`);
  if (slot === 0 && !tailKnown && generation > 1) return undefined;
  const due = tail.sequence + 1;
  if (place.sequence > due) {
    const before = slot === 0 ? '; the batch before was cut off, or an older copy was put in its place' : '';
    const what = `record ${due} is missing, record ${place.sequence} stands in its place${before}`;
    return { flaw: 'missing', slot, what };
  }
  if (place.sequence < due) return altered(`record ${place.sequence} stands in the place of record ${due}`);
  if (!previousMac.equals(tail.mac)) return altered(`record ${due} does not follow the record before it`);
  return undefined;
};

/**
 * Judges the slots that don't fit their CRC, when nothing valid follows them. A power cut leaves one, the first that
 * is free, and some of a block that was just being added: both, where the disk was full and the block never came to its
 * sync. A file gets its name only with its first record in it.
 */
const unfinished = (torn: readonly number[], used: number, slots: number): Found | undefined => {
  const [slot] = torn;
  if (used === 0) return { flaw: slot === 0 ? 'damaged' : 'missing', slot: 0, what: 'the first record is not there' };
  if (slot === undefined) return undefined;
  const appended = besidesGrowth(torn, used, slots);
  return appended.length === 0 || (appended.length === 1 && slot === used)
    ? { flaw: 'torn', slot, what: 'a write was cut off' }
    : { flaw: 'damaged', slot, what: 'its record is damaged' };
};

/** Those that aren't in a block that was just being added. */
const besidesGrowth = (torn: readonly number[], used: number, slots: number): readonly number[] => {
  const lastBlock = Math.floor((slots - 1) / blockSlots) * blockSlots;
  return used <= lastBlock ? torn.filter((slot) => slot < lastBlock) : torn;
};

/** A record that is whole in a slot that isn't. A power cut explains it of the last one: its last sectors didn't arrive. */
const scar = (slot: number, isLast: boolean): Found => ({
  flaw: isLast ? 'scarred' : 'damaged',
  slot,
  what: 'its record is whole, but the slot around it is damaged',
});

const verdictOf = (name: string, { flaw, slot, what }: Found, torn: readonly number[]): BatchVerdict => ({
  intact: false,
  flaw,
  slot,
  offset: slot * slotBytes,
  what: `${name}, slot ${slot} (byte ${slot * slotBytes}): ${what}.`,
  tornSlots: flaw === 'torn' || flaw === 'scarred' ? (torn.at(-1) ?? slot) - slot + 1 : 0,
});
