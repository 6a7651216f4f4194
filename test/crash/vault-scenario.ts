import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { errorCode, type FileSystem } from '../../drivers/storage/file-system.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import { provisionTerminal } from '../../firmware/provisioning.ts';
import type { Fact, FactOf } from '../../state-machine/facts.ts';
import { provisioned } from '../state-machine/world.ts';
import { type Content, emptyImage } from './disk-image.ts';
import { Refusal, type Scenario } from './explorer.ts';
import { ledgerEssence } from './ledger-scenario.ts';
import type { Sabotage } from './sabotage.ts';

const files = {
  directory: '/slipsafe',
  deviceKey: '/slipsafe/device.key',
  masterKey: '/slipsafe/master.key',
  ledger: { directory: '/slipsafe/ledger', anchor: '/slipsafe/ledger.anchor' },
};
const first = provisioned as FactOf<'provisioned'>;
/** The acquirer's first master key, and the one that replaces it. */
const masterKeys = [Buffer.alloc(16, 0x51), Buffer.alloc(16, 0x62)] as const;

/** Keys are random: what counts of them is that they are whole. */
const essence = (path: string, content: Content): string | undefined => {
  if (path.endsWith('.new')) return '';
  if (path === files.deviceKey)
    return /^[0-9a-f]{64}\n$/.test(content.bytes.toString('latin1')) ? 'whole' : content.key;
  if (path === files.masterKey) {
    const checkValue = /^\{"masterKey":"[A-Za-z0-9+/=]{40,}","checkValue":"([0-9A-F]{8})"\}\n$/.exec(
      content.bytes.toString('latin1'),
    );
    return checkValue?.[1] ?? content.key;
  }
  // Under a random key each slot is another: what counts is whether it is one.
  return ledgerEssence(Buffer.alloc(32))(path, content)?.replace(/\.\d+/g, '.record');
};

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof VaultError && error.fault === 'missing') return undefined;
  throw error;
};

const attempt = <Result>(call: () => Result): Result | undefined => {
  try {
    return call();
  } catch (error) {
    return unlessMissing(error);
  }
};

const diskFailed = (error: unknown): boolean =>
  error instanceof VaultError ? error.fault === 'failed' : errorCode(error) !== undefined;

/** Goes as far as the disk lets it. */
const unlessDiskFails = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!diskFailed(error)) throw error;
  }
};

/** 0: no key; 1: a device key; 2, 3: it opens the first, or the second, master key. Throws where one is half. */
const keysOn = (disk: FileSystem): number => {
  const vault = attempt(() => Vault.open(files.deviceKey, disk));
  if (vault === undefined) return 0;
  const found = attempt(() => vault.loadMasterKey(files.masterKey));
  if (found === undefined) return 1;
  const which = masterKeys.findIndex((key) => key.equals(found.key));
  if (which < 0) throw new Error('there is a master key that nobody stored');
  return 2 + which;
};

/** A device key, a master key under it, and another in its place: each is whole or not there, the old one or the new. */
export const keyScenario = (sabotage: Sabotage = (disk) => disk): Scenario => ({
  name: 'keys',
  looksOnly: true,
  start: new Map([...emptyImage, [files.directory, 'directory']]),
  essence,
  run: (real, tell) =>
    unlessDiskFails(async () => {
      const disk = sabotage(real);
      tell({ least: 0, most: 1 });
      await Vault.provision(files.deviceKey, disk);
      tell({ least: 1, most: 1 });
      const vault = Vault.open(files.deviceKey, disk);
      for (const [which, key] of masterKeys.entries()) {
        tell({ least: 1 + which, most: 2 + which });
        await vault.storeMasterKey(files.masterKey, key);
        tell({ least: 2 + which, most: 2 + which });
      }
    }),
  recover: async (disk) => keysOn(disk),
  use: async (disk, found) => {
    if (found === 0) await Vault.provision(files.deviceKey, disk);
    const vault = Vault.open(files.deviceKey, disk);
    await vault.storeMasterKey(files.masterKey, masterKeys[1]);
    if (keysOn(disk) !== 3) throw new Error('a key that is stored after the power cut is not there');
  },
});

/** Whether all that a terminal needs is there, whole, and fits together. */
const isTerminal = (disk: FileSystem): boolean => {
  if (keysOn(disk) !== 2) return false;
  const ledgerKey = Vault.open(files.deviceKey, disk).ledgerKey();
  const batches = [...new LedgerStore<Fact>({ ...files.ledger, ledgerKey }, disk).verify()];
  return batches.length === 1 && batches.every(({ verdict, facts }) => verdict.intact && facts.length === 1);
};

/**
 * A terminal is provisioned: the folder, the keys, the ledger. After a power cut it is one, or it becomes one when that
 * is done again, which is what recovery is here; so the power goes in that too.
 */
export const provisioningScenario = (): Scenario => ({
  name: 'provisioning of a terminal',
  start: emptyImage,
  essence,
  run: (disk, tell) =>
    unlessDiskFails(async () => {
      tell({ least: 0, most: 1 });
      const { ledger } = await provisionTerminal(files, masterKeys[0], first, disk);
      if (ledger.result === 'stored') tell({ least: 1, most: 1 });
    }),
  recover: async (disk) => {
    try {
      const { ledger } = await provisionTerminal(files, masterKeys[0], first, disk);
      if (ledger.result !== 'stored') throw new Refusal(ledger.fault.what);
    } catch (error) {
      if (diskFailed(error)) throw new Refusal((error as Error).message);
      // It says so when it was done before the power went.
      if (!(error instanceof VaultError && error.fault === 'exists')) throw error;
    }
    if (!isTerminal(disk)) throw new Error('it is no terminal');
    return 1;
  },
});
