import type { LedgerPlace } from '../../drivers/ledger/open-store.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { readConfiguration } from '../configuration.ts';
import { flightDirectory, ledgerPlace } from '../terminal-files.ts';

/** A fault that a person is told in one line; the exit code is 2. */
export class Refusal extends Error {}

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
  if (config === undefined) throw new Refusal('say which ledger: --config FILE, or --directory DIR --device-key FILE');
  const result = readConfiguration(config);
  if (!result.valid) throw new Refusal(`the configuration is not right:\n  ${result.errors.join('\n  ')}`);
  const vault = Vault.open(result.configuration.storage.deviceKey);
  const place = ledgerPlace(result.configuration, vault);
  return {
    place: { ...place, ...(anchor !== undefined && { anchor }) },
    vault,
    flight: flightDirectory(result.configuration),
  };
};
