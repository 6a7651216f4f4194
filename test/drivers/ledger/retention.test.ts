import { test } from 'tap';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { SimDisk } from '../storage/sim-disk.ts';
import { batchPath, first, provision, settings, stored, type TestFact } from './ledger-rig.ts';

/** A ledger of batches 1 … 5, of which those up to `oldest` may go. */
const withBatches = async (oldest: number) => {
  const disk = new SimDisk();
  await provision(disk);
  const asked: (number | undefined)[][] = [];
  const mayGo = (count: number, lastOf: (index: number) => TestFact | undefined): number => {
    const numbers = Array.from({ length: count }, (_, index) => lastOf(index)?.n);
    asked.push(numbers);
    return numbers.filter((n) => n === undefined || n <= oldest).length;
  };
  const ledger = new FileLedger<TestFact>({ ...settings, mayGo }, disk);
  await ledger.open();
  for (const n of [1, 2, 3, 4]) {
    await stored(ledger.append({ type: 'end', n }));
    await stored(ledger.rotate([{ type: 'batch' }]));
  }
  return { disk, ledger, asked };
};

const generations = (disk: SimDisk) => new LedgerStore<TestFact>(settings, disk).generations();

test('the oldest batches that may go are removed when the terminal rests, and the rest stays in one chain', async (t) => {
  const { disk, ledger, asked } = await withBatches(2);
  t.equal(await ledger.rest(), undefined);
  t.strictSame(generations(disk), [3, 4, 5]);
  t.strictSame(asked, [[1, 2, 3, 4]]);
  await ledger.close();
  const lost = disk.afterPowerCut({ writes: 'lost', names: 'lost' });
  t.strictSame(generations(lost), [3, 4, 5], 'and durably');
  for (const { verdict } of new LedgerStore<TestFact>(settings, disk).verify()) t.strictSame(verdict, { intact: true });
  t.match(await new FileLedger<TestFact>(settings, disk).open(), { opened: true });
});

test('it is looked once a batch, and the current batch and the one before always stay', async (t) => {
  const { disk, ledger, asked } = await withBatches(99);
  await ledger.rest();
  t.strictSame(generations(disk), [4, 5]);
  const before = asked.length;
  await ledger.rest();
  t.equal(asked.length, before);
  await stored(ledger.rotate([{ type: 'batch' }]));
  await ledger.rest();
  t.strictSame(generations(disk), [5, 6]);
  await ledger.close();
});

test('a batch that can not be read stays, and so does what comes after it', async (t) => {
  const { disk, ledger } = await withBatches(99);
  disk.content(batchPath(2)).fill(1, 4096, 4200);
  t.equal(await ledger.rest(), undefined);
  t.strictSame(generations(disk), [2, 3, 4, 5]);
  await ledger.close();
});

test('without a rule nothing is ever removed', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const ledger = new FileLedger<TestFact>(settings, disk);
  t.match(await ledger.open(), { facts: [first] });
  for (const n of [1, 2, 3]) await stored(ledger.rotate([{ type: 'batch', n }]));
  await ledger.rest();
  t.strictSame(generations(disk), [1, 2, 3, 4]);
});
