import { LedgerStore } from '../drivers/ledger/ledger-store.ts';
import { Vault } from '../drivers/vault/vault.ts';
import type { LedgerAppend } from '../hal/ledger.ts';
import { batchNumber, stan } from '../hal/units.ts';
import type { Fact } from '../state-machine/facts.ts';
import { ledgerDirectory, masterKeyPath, openVault } from './compose.ts';
import type { Configuration } from './configuration.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Makes the device key and the ledger of a new terminal, and seals its master key. The storage folder must be there.
 *
 * @param masterKey 8 or 16 bytes
 * @returns the master key's check value, and what became of the ledger's first fact
 * @throws VaultError
 */
export const provision = async (
  configuration: Configuration,
  masterKey: Uint8Array,
  surroundings: Pick<Surroundings, 'clock' | 'fileSystem' | 'randomBytes'>,
): Promise<{ readonly checkValue: string; readonly stored: LedgerAppend }> => {
  const { clock, fileSystem, randomBytes } = surroundings;
  const { terminal, storage } = configuration;
  await Vault.provision(storage.deviceKey, fileSystem, randomBytes);
  const vault = openVault(configuration, surroundings);
  const checkValue = await vault.storeMasterKey(masterKeyPath(configuration), masterKey);
  const settings = { directory: ledgerDirectory(configuration), ledgerKey: vault.ledgerKey() };
  const stored = await new LedgerStore<Fact>(settings, fileSystem).provision({
    type: 'provisioned',
    at: clock.wall(),
    terminalId: terminal.id,
    merchantId: terminal.merchantId,
    batch: batchNumber(terminal.batch),
    nextStan: stan(1),
  });
  return { checkValue, stored };
};
