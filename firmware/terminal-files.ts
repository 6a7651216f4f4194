/** Where a terminal keeps what outlives its process, as absolute paths. */
import { join } from 'node:path';
import type { LedgerFiles, LedgerPlace } from '../drivers/ledger/open-store.ts';
import type { Vault } from '../drivers/vault/vault.ts';
import type { Configuration } from './configuration.ts';

export interface TerminalFiles {
  readonly directory: string;
  readonly deviceKey: string;
  readonly masterKey: string;
  /** Its folder is in `directory`. */
  readonly ledger: LedgerFiles;
}

export const filesOf = ({ storage }: Configuration): TerminalFiles => ({
  directory: storage.directory,
  deviceKey: storage.deviceKey,
  masterKey: join(storage.directory, 'master.key'),
  ledger: {
    directory: join(storage.directory, 'ledger'),
    anchor: storage.anchor,
    ...(storage.mirror !== undefined && { mirror: storage.mirror }),
  },
});

export const ledgerPlace = (configuration: Configuration, vault: Vault): LedgerPlace => ({
  ...filesOf(configuration).ledger,
  ledgerKey: vault.ledgerKey(),
});

/** Logos that slips had, and the images of slips. */
export const logoDirectory = ({ storage }: Configuration): string => join(storage.directory, 'logos');
export const imageDirectory = ({ storage }: Configuration): string => join(storage.directory, 'slips');

/** The folder of the flight recorder. */
export const flightDirectory = ({ storage }: Configuration): string => join(storage.directory, 'flight');

/** The operators' accounts. */
export const operatorsFile = ({ storage }: Configuration): string => join(storage.directory, 'operators.json');
