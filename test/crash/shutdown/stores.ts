/** What the writing process and its judge must know alike. */
import { join } from 'node:path';
import type { LedgerSettings } from '../../../drivers/ledger/ledger-adapter.ts';

/** `ledger`: as it is; the others are negative controls: it without syncs, and lowdb's JSONFile as it is shipped. */
const kinds = ['ledger', 'unsynced', 'jsonfile'] as const;
export type StoreKind = (typeof kinds)[number];
export const isKind = (text: string | undefined): text is StoreKind => (kinds as readonly unknown[]).includes(text);

export interface NumberedFact {
  readonly n: number;
}

/** A batch ends after so many facts: more than a file holds before it grows. */
export const perBatch = 70;

export const ledgerSettings = (directory: string): LedgerSettings<NumberedFact> => ({
  directory: join(directory, 'ledger'),
  ledgerKey: Buffer.alloc(32, 0x29),
});
