/**
 * File-system shutdown: a process writes facts into a store on a real ext4 or xfs, the file system is shut down under it
 * at a random instant and its journal in memory dropped, as when the power goes; it is mounted anew, the store recovered,
 * and every fact that was acknowledged must be there. The same file system lives through many shutdowns.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { nodeFileSystem } from '../../../drivers/storage/node-file-system.ts';
import { Dice } from '../../state-machine/dice.ts';
import { type FileSystemKind, type Journal, LoopDisk } from './loop-disk.ts';
import { ledgerSettings, type NumberedFact, type StoreKind } from './stores.ts';

export interface ShutdownOptions {
  readonly kind: FileSystemKind;
  readonly store: StoreKind;
  readonly shutdowns: number;
  readonly seed: number;
  readonly progress?: (shutdowns: number) => void;
}

export interface ShutdownReport {
  readonly kind: FileSystemKind;
  readonly store: StoreKind;
  readonly shutdowns: number;
  readonly acknowledged: number;
  /** Facts that were acknowledged and are not there. */
  readonly lost: number;
  /** How often a fact was there that was under way when the file system went down. */
  readonly underWay: number;
  readonly tornTails: number;
  /** One sentence each. */
  readonly violations: readonly string[];
}

const writer = join(import.meta.dirname, 'writer.js');

/** After so many the file system is made anew, so that reading it stays quick. */
const perDisk = 50;

/** Has the writer write until the file system goes down under it. Gives the last fact that was acknowledged. */
const writeUntilShutdown = async (
  disk: LoopDisk,
  { store }: ShutdownOptions,
  { from, count, journal }: { readonly from: number; readonly count: number; readonly journal: Journal },
): Promise<number> => {
  const child = spawn(process.execPath, [writer, store, disk.mountPoint, String(from)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  let last = from - 1;
  let lines = 0;
  const enough = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = Number(line);
      lines += 1;
      if (lines === count) resolve();
    });
  });
  const shutDown = await disk.prepareShutdown(journal);
  const early = ended.then(([code]) => Promise.reject(new Error(`the writer ended by itself (${code}): ${complaint}`)));
  early.catch(() => undefined); // it ends after the shutdown too
  await Promise.race([enough, early]);
  await shutDown();
  await ended;
  return last;
};

/** The facts that the store has after it was recovered, in order. */
const read = async (directory: string, store: StoreKind): Promise<{ facts: readonly number[]; torn: boolean }> => {
  if (store === 'jsonfile') {
    const { facts } = JSON.parse(readFileSync(join(directory, 'ledger.json'), 'utf8')) as { facts: NumberedFact[] };
    return { facts: facts.map(({ n }) => n), torn: false };
  }
  const settings = ledgerSettings(directory);
  const ledger = new FileLedger<NumberedFact>(settings);
  const opening = await ledger.open();
  await ledger.close();
  if (!opening.opened) throw new Error(`service is refused: ${opening.fault.what}`);
  const facts = [...new LedgerStore<NumberedFact>(settings, nodeFileSystem).verify()].flatMap((batch) => {
    if (!batch.verdict.intact) throw new Error(`a batch is ${batch.verdict.flaw}: ${batch.verdict.what}`);
    return batch.facts.map(({ n }) => n);
  });
  return { facts, torn: opening.tail === 'cleared' };
};

const readOrNothing = (directory: string, store: StoreKind) =>
  read(directory, store).catch((error: Error) => ({ facts: [], torn: false, broken: error.message }));

/** Shuts a file system down again and again under a writing store. Ends at the first loss. */
export const runShutdowns = async (options: ShutdownOptions): Promise<ShutdownReport> => {
  const { kind, store, shutdowns, seed, progress } = options;
  const dice = new Dice(seed);
  const violations: string[] = [];
  const totals = { shutdowns: 0, acknowledged: 0, lost: 0, underWay: 0, tornTails: 0 };
  while (totals.shutdowns < shutdowns && violations.length === 0) {
    const disk = await LoopDisk.make(kind);
    let from = 1;
    try {
      for (let nth = 0; nth < perDisk && totals.shutdowns < shutdowns && violations.length === 0; nth++) {
        const count = 1 + dice.below(dice.one([10, 100, 200]));
        const journal = dice.one(['dropped', 'dropped', 'flushed'] as const);
        const last = await writeUntilShutdown(disk, options, { from, count, journal });
        await disk.unmount();
        await disk.mount();
        totals.shutdowns += 1;
        totals.acknowledged += last - from + 1;
        progress?.(totals.shutdowns);
        const { facts, torn, broken } = { broken: '', ...(await readOrNothing(disk.mountPoint, store)) };
        const there = facts.filter((n) => n > 0);
        const newest = there.at(-1) ?? 0;
        if (torn) totals.tornTails += 1;
        if (newest > last) totals.underWay += 1;
        const lost = Math.max(0, last - newest);
        totals.lost += lost;
        const where = `${kind}, shutdown ${totals.shutdowns}, journal ${journal}, seed ${seed}`;
        if (lost > 0) violations.push(`${lost} of ${last} acknowledged facts are lost ${broken}(${where})`);
        if (there.some((n, index) => n !== index + 1)) violations.push(`the facts are not in order (${where})`);
        if (newest > last + 3) violations.push(`${newest - last} facts are there that nobody acknowledged (${where})`);
        from = newest + 1;
      }
    } finally {
      await disk.dismantle();
    }
  }
  return { kind, store, ...totals, violations };
};
