import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import type { Fact } from '../../state-machine/facts.ts';
import { exportFormat, exportVersion, linkOf, signedMessage } from './ledger-export.ts';
import { type Masked, maskedFactSchema } from './masked.ts';

const hex = (digits: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hex digits`));
const code = v.pipe(v.string(), v.regex(/^[0-9A-F]{8}$/, '8 hex digits'));
const link = hex(64);

const headSchema = v.strictObject({
  format: v.literal(exportFormat),
  version: v.literal(exportVersion),
  terminalId: v.string(),
  exportedAt: v.pipe(v.string(), v.isoTimestamp()),
  publicKey: hex(64),
  link,
});
const recordSchema = v.strictObject({
  batch: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sequence: v.pipe(v.number(), v.integer(), v.minValue(1)),
  code,
  fact: maskedFactSchema,
  link,
});
const sealSchema = v.strictObject({
  records: v.pipe(v.number(), v.integer(), v.minValue(0)),
  code: v.union([code, v.literal('')]),
  link: v.union([link, v.literal('')]),
  signature: hex(128),
});

/** Each line of an export, for its JSON Schema. */
export const exportLineSchema: v.GenericSchema = v.union([headSchema, recordSchema, sealSchema]);

export interface ExportRecord {
  readonly batch: number;
  readonly sequence: number;
  /** The short code of the record's MAC, as slips show it. */
  readonly code: string;
  readonly fact: Masked<Fact>;
}

/** What is wrong with an export, at the first place where something is. */
export interface ExportFlaw {
  readonly flaw: 'altered' | 'missing' | 'unsigned' | 'unknown';
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

export interface ExportReading {
  readonly terminalId: string;
  readonly exportedAt: string;
  readonly publicKey: string;
  /** The records before the flaw, or all. */
  readonly records: readonly ExportRecord[];
  readonly flaw: ExportFlaw | undefined;
}

/** Why a text is no export at all. */
export class NotAnExport extends Error {}

/**
 * Reads an export and checks each line: that it is what it should be, that its link follows from the line before, that
 * no record is missing, and that the seal's signature is that of the key in the head.
 *
 * @param trusted the public key that the terminal is known by, 64 hex digits; without it the head is taken at its word
 * @throws NotAnExport
 */
export const readExport = (content: string, trusted?: string): ExportReading => {
  const lines = content.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [first = ''] = lines;
  const head = parse(headSchema, first);
  if (head === undefined) throw new NotAnExport('its first line is not the head of a Slipsafe ledger export');
  const { terminalId, exportedAt, publicKey } = head;
  const records: ExportRecord[] = [];
  const flaw = flawIn(lines, head.publicKey, trusted, records);
  return { terminalId, exportedAt, publicKey, records, flaw };
};

const parse = <S extends v.GenericSchema>(schema: S, line: string): v.InferOutput<S> | undefined => {
  try {
    const result = v.safeParse(schema, JSON.parse(line));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
};

const flawIn = (
  lines: readonly string[],
  publicKey: string,
  trusted: string | undefined,
  records: ExportRecord[],
): ExportFlaw | undefined => {
  if (trusted !== undefined && publicKey !== trusted.toLowerCase()) {
    return { flaw: 'altered', line: 1, what: 'it is signed by another terminal than the one that was named' };
  }
  let previous = '';
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const number = index + 1;
    const body = /^(\{.*),"link":"([0-9a-f]{64})"\}$/.exec(line);
    if (body === null) return { flaw: 'altered', line: number, what: 'it is no line of an export' };
    const [, inner = '', link = ''] = body;
    if (linkOf(previous, `${inner}}`) !== link) {
      return { flaw: 'altered', line: number, what: 'it was altered, or a line before it was taken out or put in' };
    }
    previous = link;
    if (index === 0) continue;
    const record = parse(recordSchema, line);
    if (record === undefined)
      return { flaw: 'unknown', line: number, what: 'it holds a record that is not known here' };
    const before = records.at(-1);
    if (before !== undefined && record.sequence !== before.sequence + 1) {
      return { flaw: 'missing', line: number, what: `record ${before.sequence + 1} is missing before it` };
    }
    records.push(record as ExportRecord);
  }
  return flawInSeal(lines, previous, publicKey, records);
};

const flawInSeal = (
  lines: readonly string[],
  link: string,
  publicKey: string,
  records: readonly ExportRecord[],
): ExportFlaw | undefined => {
  const line = lines.length;
  const seal = parse(sealSchema, lines.at(-1) ?? '');
  if (seal === undefined || lines.length < 2) {
    return { flaw: 'missing', line, what: 'the seal is missing: the export was cut off' };
  }
  if (seal.link !== link || seal.records !== records.length || seal.code !== (records.at(-1)?.code ?? '')) {
    return {
      flaw: 'missing',
      line,
      what: `the seal is that of ${seal.records} records, and ${records.length} are here`,
    };
  }
  return isSigned(link, seal.signature, publicKey)
    ? undefined
    : { flaw: 'unsigned', line, what: 'the signature is not that of the key in the head' };
};

/** What comes before the 32 bytes of an Ed25519 public key in DER (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const isSigned = (link: string, signature: string, publicKey: string): boolean => {
  const key = createPublicKey({
    key: Buffer.concat([spkiPrefix, Buffer.from(publicKey, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, Buffer.from(signedMessage(link)), key, Buffer.from(signature, 'hex'));
};
