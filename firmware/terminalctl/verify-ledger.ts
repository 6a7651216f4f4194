/** What can be said of a ledger's soundness, as data: the words are in `ledger-command.ts`. */
import { basename } from 'node:path';
import { LedgerAnchor } from '../../drivers/ledger/anchor.ts';
import { type BatchReading, batchFileName } from '../../drivers/ledger/batch-reading.ts';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import type { LedgerPlace } from '../../drivers/ledger/open-store.ts';
import { contradiction } from '../../drivers/ledger/recovery.ts';
import { type ChainPlace, shortCode } from '../../drivers/ledger/slot.ts';
import { errorCode, type FileSystem } from '../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import type { Fact } from '../../state-machine/facts.ts';

export interface BatchReport {
  readonly file: string;
  readonly records: number;
  /** The short code of its last record. */
  readonly tailCode: string;
  readonly flaw?: string;
  readonly what?: string;
}

/** Whether a code that was read from a slip is in the ledger, and where. */
export type CodeReport =
  | { readonly code: string; readonly found: false }
  | {
      readonly code: string;
      readonly found: true;
      readonly file: string;
      readonly sequence: number;
      readonly follow: number;
    };

export interface LedgerReport {
  readonly intact: boolean;
  readonly directory: string;
  readonly batches: readonly BatchReport[];
  readonly codes: readonly CodeReport[];
  /** The record that the anchor knows of, and what is wrong with it; absent where there is no anchor. */
  readonly anchor?: { readonly sequence: number; readonly what?: string };
  readonly mirror?: { readonly directory: string; readonly same: boolean; readonly what?: string };
}

/**
 * Checks a whole ledger: each record, that each batch goes on where the one before ended, the anchor, the mirror, and
 * whether the codes of slips are in it. Changes nothing, and needs no lock: it may be that of a running terminal.
 *
 * @throws the file system's error when a folder or file can't be read
 */
export const verifyLedger = (
  place: LedgerPlace,
  codes: readonly string[],
  fileSystem: FileSystem = nodeFileSystem,
): LedgerReport => {
  const readings = readAll(place, fileSystem);
  const batches = withGaps(readings);
  const found = codes.map((code) => find(code.toUpperCase(), readings));
  const anchor = anchorReport(place, readings, fileSystem);
  const mirror = mirrorReport(place, readings, fileSystem);
  const intact =
    batches.length > 0 &&
    batches.every(({ flaw }) => flaw === undefined) &&
    found.every((code) => code.found) &&
    anchor?.what === undefined &&
    mirror?.what === undefined;
  return {
    intact,
    directory: place.directory,
    batches,
    codes: found,
    ...(anchor && { anchor }),
    ...(mirror && { mirror }),
  };
};

const readAll = (place: LedgerPlace, fileSystem: FileSystem): BatchReading<Fact>[] => {
  const read = (): BatchReading<Fact>[] => [...new LedgerStore<Fact>(place, fileSystem).verify()];
  const readings = read();
  const last = readings.at(-1)?.verdict;
  // A running terminal may just have been writing its last record.
  return last?.intact === false && last.flaw === 'torn' ? read() : readings;
};

/** The batches with those between them whose file isn't there. */
const withGaps = (readings: readonly BatchReading<Fact>[]): BatchReport[] => {
  const reports: BatchReport[] = [];
  let due: number | undefined;
  for (const { path, facts, tailCode, verdict } of readings) {
    const file = basename(path);
    for (; due !== undefined && batchFileName(due) < file; due += 1) {
      const missing = { file: batchFileName(due), records: 0, tailCode: '' };
      reports.push({ ...missing, flaw: 'missing', what: `${missing.file} is not there, and a later one is.` });
    }
    due = Number(/\d+/.exec(file)?.[0]) + 1;
    const flaw = verdict.intact ? {} : { flaw: verdict.flaw, what: verdict.what };
    reports.push({ file, records: facts.length, tailCode, ...flaw });
  }
  return reports;
};

const find = (code: string, readings: readonly BatchReading<Fact>[]): CodeReport => {
  const all = readings.flatMap(({ path, places }) => places.map((place) => ({ path, place })));
  const index = all.findLastIndex(({ place }) => shortCode(place.mac) === code);
  const at = all[index];
  if (at === undefined) return { code, found: false };
  const follow = all.length - 1 - index;
  return { code, found: true, file: basename(at.path), sequence: at.place.sequence, follow };
};

const anchorReport = (
  { anchor: path, ledgerKey }: LedgerPlace,
  readings: readonly BatchReading<Fact>[],
  fileSystem: FileSystem,
): LedgerReport['anchor'] => {
  if (path === undefined) return undefined;
  const anchored = readAnchor(path, ledgerKey, fileSystem);
  if (anchored === undefined)
    return { sequence: 0, what: 'There is no anchor to be read: a cut-off end does not show.' };
  const places = readings.flatMap((reading) => reading.places);
  const tail = readings.at(-1)?.tail;
  if (tail === undefined) return { sequence: anchored.sequence };
  const what = contradiction(places, tail, { anchored, follows: undefined });
  return { sequence: anchored.sequence, ...(what !== undefined && { what }) };
};

const readAnchor = (path: string, ledgerKey: Uint8Array, fileSystem: FileSystem): ChainPlace | undefined => {
  try {
    return LedgerAnchor.peek(path, ledgerKey, fileSystem);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const mirrorReport = (
  { mirror, ...place }: LedgerPlace,
  readings: readonly BatchReading<Fact>[],
  fileSystem: FileSystem,
): LedgerReport['mirror'] => {
  if (mirror === undefined) return undefined;
  const differs = (what: string) => ({ directory: mirror, same: false, what });
  try {
    const copies = [...new LedgerStore<Fact>({ ...place, directory: mirror }, fileSystem).verify()];
    const flawed = copies.find(({ verdict }) => !verdict.intact)?.verdict;
    if (flawed?.intact === false) return differs(`In the mirror, ${flawed.what}`);
    const codes = new Map(copies.map(({ path, tailCode }) => [basename(path), tailCode]));
    const other = readings.find(({ path, tailCode }) => codes.get(basename(path)) !== tailCode);
    if (other !== undefined) return differs(`The mirror's ${basename(other.path)} does not hold the same.`);
    return { directory: mirror, same: true };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return differs(`The mirror can't be read (${code}).`);
  }
};
