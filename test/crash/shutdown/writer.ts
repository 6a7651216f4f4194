/**
 * A process that writes facts as fast as they are acknowledged, and says which were: `writer.js KIND DIRECTORY FROM`.
 * Each line that it prints is the number of a fact that was acknowledged just before. It ends when the store fails.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { nodeFileSystem } from '../../../drivers/storage/node-file-system.ts';
import { withoutSync } from '../sabotage.ts';
import { isKind, ledgerSettings, type NumberedFact, perBatch, type StoreKind } from './stores.ts';

type Append = (facts: readonly [NumberedFact, ...NumberedFact[]]) => Promise<boolean>;

const ledgerOf = async (kind: StoreKind, directory: string): Promise<Append> => {
  const files = kind === 'unsynced' ? withoutSync(nodeFileSystem) : nodeFileSystem;
  const settings = ledgerSettings(directory);
  await new LedgerStore<NumberedFact>(settings, files).provision({ n: 0 }); // refused when it is there
  const ledger = new FileLedger<NumberedFact>(settings, files);
  const opening = await ledger.open();
  if (!opening.opened) throw new Error(opening.fault.what);
  return async (facts) => {
    const [fact] = facts;
    const { result } = await (facts.length > 1 ? ledger.rotate(facts) : ledger.append(fact));
    return result === 'stored';
  };
};

const jsonFileOf = async (directory: string): Promise<Append> => {
  const db = new Low(new JSONFile<{ facts: NumberedFact[] }>(join(directory, 'ledger.json')), { facts: [] });
  await db.read();
  return async (facts) => {
    db.data.facts.push(...facts);
    return db.write().then(
      () => true,
      () => false,
    );
  };
};

const [kind, directory, from] = process.argv.slice(2);
if (!isKind(kind) || directory === undefined) throw new Error('writer.js KIND DIRECTORY FROM');
const append = await (kind === 'jsonfile' ? jsonFileOf(directory) : ledgerOf(kind, directory));
for (let n = Number(from); ; ) {
  // A batch begins with three facts at once.
  const facts: readonly [NumberedFact, ...NumberedFact[]] =
    n % perBatch === 0 ? [{ n }, { n: n + 1 }, { n: n + 2 }] : [{ n }];
  if (!(await append(facts))) break;
  n += facts.length;
  writeSync(1, `${n - 1}\n`);
}
process.exit(0);
