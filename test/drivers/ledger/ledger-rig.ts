import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import type { LedgerSettings } from '../../../drivers/ledger/ledger-adapter.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import type { FileSystem } from '../../../drivers/storage/file-system.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';

export interface TestFact {
  readonly type: string;
  readonly n?: number;
}

export const directory = '/ledger';
export const batchPath = (generation: number): string => `/ledger/batch-00000${generation}.slip`;
export const first: TestFact = { type: 'provisioned' };
export const fact = (n: number): TestFact => ({ type: 'fact', n });
export const facts = (from: number, to: number): TestFact[] =>
  Array.from({ length: to - from + 1 }, (_, index) => fact(from + index));

export const settings: LedgerSettings<TestFact> = {
  directory,
  ledgerKey: Buffer.alloc(32, 0x42),
  opensTransaction: ({ type }) => type === 'intended',
};

/** A provisioned ledger on a simulated disk, opened, with the facts 1 … `count` after its first. */
export const openLedger = async (count: number) => {
  const disk = new SimDisk();
  const files = new FaultyFileSystem(disk);
  await provision(files);
  const ledger = await reopen(files);
  for (const each of facts(1, count)) await stored(ledger.append(each));
  return { disk, files, ledger };
};

export const provision = (files: FileSystem) => stored(new LedgerStore<TestFact>(settings, files).provision(first));

export const reopen = async (files: FileSystem): Promise<FileLedger<TestFact>> => {
  const ledger = new FileLedger<TestFact>(settings, files);
  const opening = await ledger.open();
  if (!opening.opened) throw new Error(opening.fault.what);
  return ledger;
};

/** Opens, tells what came of it, and closes. */
export const openOnce = async (files: FileSystem) => {
  const ledger = new FileLedger<TestFact>(settings, files);
  const opening = await ledger.open();
  await ledger.close();
  return opening;
};

export const stored = async (outcome: Promise<{ result: string }>): Promise<void> => {
  const { result } = await outcome;
  if (result !== 'stored') throw new Error(`expected stored, was ${result}`);
};
