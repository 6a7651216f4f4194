/** What makes a terminal of a board: its device key, the sealed master key, and the ledger with its first fact. */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { LedgerStore } from '../drivers/ledger/ledger-store.ts';
import { listGenerations } from '../drivers/ledger/recovery.ts';
import { errorCode, type FileSystem } from '../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../drivers/storage/node-file-system.ts';
import type { RandomBytes } from '../drivers/vault/sealing.ts';
import { Vault } from '../drivers/vault/vault.ts';
import { VaultError } from '../drivers/vault/vault-error.ts';
import type { Clock } from '../hal/clock.ts';
import type { LedgerAppend } from '../hal/ledger.ts';
import { batchNumber, stan } from '../hal/units.ts';
import type { Fact, FactOf } from '../state-machine/facts.ts';
import { build } from './build.ts';
import type { Configuration } from './configuration.ts';
import type { TerminalFiles } from './terminal-files.ts';
import { writeFormat } from './update/data-format.ts';
import { dataFormat } from './update/migrations.ts';

export interface Provisioned {
  /** Of the master key as the vault's file has it, by DES; `checkValueOf` of its suite is what comes with a key. */
  readonly checkValue: string;
  readonly ledger: LedgerAppend;
}

/** What a new terminal's ledger begins with. */
export const firstFact = ({ terminal }: Configuration, clock: Clock): FactOf<'provisioned'> => ({
  type: 'provisioned',
  at: clock.wall(),
  terminalId: terminal.id,
  merchantId: terminal.merchantId,
  batch: batchNumber(terminal.batch),
  nextStan: stan(1),
});

/** Makes a folder and those above it that aren't there, and their names durable. */
const makeDirectories = async (directory: string, fileSystem: FileSystem): Promise<void> => {
  const above = dirname(directory);
  try {
    fileSystem.mkdir(directory);
  } catch (error) {
    const code = errorCode(error);
    // A provisioning that was killed may have made it, or an administrator, where this user may not even look.
    if (code === 'EEXIST') return fileSystem.syncDirectory(above).catch(unlessDenied);
    if (code !== 'ENOENT') throw error;
    await makeDirectories(above, fileSystem);
    fileSystem.mkdir(directory);
  }
  await fileSystem.syncDirectory(above);
};

const unlessDenied = (error: unknown): void => {
  if (errorCode(error) !== 'EACCES') throw error;
};

/** An anchor tells of one whose disk is not there now. */
const hasLedger = ({ ledger: { directory, anchor } }: TerminalFiles, fileSystem: FileSystem): boolean =>
  isThere(() => listGenerations(directory, fileSystem).length > 0) ||
  (anchor !== undefined && isThere(() => fileSystem.readdir(dirname(anchor)).includes(basename(anchor))));

const isThere = (look: () => boolean): boolean => {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/**
 * Done again after a power cut it goes on where it was cut off: a device key that is there without a ledger has sealed
 * nothing that counts, and stays. With a ledger the terminal is a terminal, and nothing of it is replaced.
 *
 * @param masterKey 8 or 16 bytes in clear
 * @throws VaultError, or the file system's error when the folder can't be made
 */
export const provisionTerminal = async (
  files: TerminalFiles,
  masterKey: Uint8Array,
  first: FactOf<'provisioned'>,
  fileSystem: FileSystem = nodeFileSystem,
  random: RandomBytes = randomBytes,
): Promise<Provisioned> => {
  await makeDirectories(files.directory, fileSystem);
  try {
    await Vault.provision(files.deviceKey, fileSystem, random);
  } catch (error) {
    const goesOn = error instanceof VaultError && error.fault === 'exists' && !hasLedger(files, fileSystem);
    if (!goesOn) throw error;
  }
  await writeFormat(files.directory, { format: dataFormat, build }, fileSystem);
  const vault = Vault.open(files.deviceKey, fileSystem, random);
  const checkValue = await vault.storeMasterKey(files.masterKey, masterKey);
  const store = new LedgerStore<Fact>({ ...files.ledger, ledgerKey: vault.ledgerKey() }, fileSystem);
  return { checkValue, ledger: await store.provision(first) };
};
