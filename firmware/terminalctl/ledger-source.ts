import type { LedgerPlace } from '../../drivers/ledger/open-store.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { flightDirectory, ledgerPlace } from '../terminal-files.ts';
import { configurationPath, configured, Refusal } from './configured.ts';

/** Which ledger is meant: that of a configuration, or a folder, such as a copy, with its key. */
export interface SourceOptions {
  readonly config?: string;
  readonly directory?: string;
  readonly deviceKey?: string;
  readonly anchor?: string;
}

export interface LedgerSource {
  readonly place: LedgerPlace;
  readonly vault: Vault;
  /** Where the flight recorder's files are, if that is known. */
  readonly flight: string | undefined;
}

/** @throws Refusal, VaultError */
export const ledgerSource = ({ config, directory, deviceKey, anchor }: SourceOptions): LedgerSource => {
  if (directory !== undefined) {
    if (deviceKey === undefined) throw new Refusal('--directory needs --device-key FILE: records are checked under it');
    const vault = Vault.open(deviceKey);
    const place = { directory, ledgerKey: vault.ledgerKey(), ...(anchor !== undefined && { anchor }) };
    return { place, vault, flight: undefined };
  }
  const configuration = configured(configurationPath(config, ', or its ledger: --directory DIR --device-key FILE'));
  const vault = Vault.open(configuration.storage.deviceKey);
  const place = ledgerPlace(configuration, vault);
  return {
    place: { ...place, ...(anchor !== undefined && { anchor }) },
    vault,
    flight: flightDirectory(configuration),
  };
};
