/**
 * A ledger as a file that a third party can read and check without the terminal: JSON lines, masked, chained and
 * signed. docs/ledger-export.md is its description.
 */
import { createHash } from 'node:crypto';
import type { BatchReading } from '../../drivers/ledger/batch-reading.ts';
import { shortCode } from '../../drivers/ledger/slot.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { maskFact } from './masked.ts';

export const exportFormat = 'slipsafe ledger export';
export const exportVersion = 1;

/** Who signs: the terminal, with an Ed25519 key of its own. */
export interface Signer {
  /** 64 hex digits. */
  readonly publicKey: string;
  /** 128 hex digits. */
  sign(message: string): string;
}

/** What the signature is over: the last link, and what it is the last link of. */
export const signedMessage = (link: string): string => `${exportFormat} ${exportVersion} ${link}`;

/** The link of a line: SHA-256 over the link before, in hex, and the line as it is without its own. */
export const linkOf = (previous: string, line: string): string =>
  createHash('sha256').update(previous).update(line).digest('hex');

/** The lines of an export, without line ends: the head, one a record, the seal. */
export function* exportLines(
  terminalId: string,
  batches: Iterable<BatchReading<Fact>>,
  exportedAt: Date,
  signer: Signer,
): Generator<string> {
  let link = '';
  const linked = (body: object): string => {
    const line = JSON.stringify(body);
    link = linkOf(link, line);
    return `${line.slice(0, -1)},"link":"${link}"}`;
  };
  const { publicKey } = signer;
  const head = { format: exportFormat, version: exportVersion, terminalId, exportedAt: exportedAt.toISOString() };
  yield linked({ ...head, publicKey });
  let records = 0;
  let code = '';
  for (const { facts, places } of batches) {
    for (const [index, { generation, sequence, mac }] of places.entries()) {
      code = shortCode(mac);
      records += 1;
      yield linked({ batch: generation, sequence, code, fact: maskFact(facts[index] as Fact) });
    }
  }
  yield JSON.stringify({ records, code, link, signature: signer.sign(signedMessage(link)) });
}
