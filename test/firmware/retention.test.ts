import { test } from 'tap';
import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { mayForget } from '../../firmware/retention.ts';
import type { EpochMs } from '../../hal/units.ts';
import { SimDisk } from '../drivers/storage/sim-disk.ts';

const on = (date: string) => Date.parse(date) as EpochMs;
const dayMs = 24 * 3_600_000;

/** How many may go of batches whose last facts are of these times. */
const forgotten = (batches: readonly EpochMs[], now: string, keepYears: number): number =>
  mayForget(batches.length, (index) => ({ at: batches[index] as EpochMs }), on(now), keepYears);

/** A batch a day, up to that day. */
const daily = (days: number, last: string): readonly EpochMs[] =>
  Array.from({ length: days }, (_, index) => (on(last) - (days - 1 - index) * dayMs) as EpochMs);

test('a batch is kept for the years that were asked for, and not longer', (t) => {
  const batches = daily(800, '2026-11-25');
  t.equal(forgotten(batches, '2026-11-26', 2), 70, '731 days and those behind them are kept');
  t.equal(forgotten(batches, '2026-11-26', 5), 0);
  t.equal(forgotten([], '2026-11-26', 2), 0);
  t.end();
});

test('M8: a clock that is wrong throws nothing away, whichever way it jumps', (t) => {
  const batches = daily(600, '2026-11-25');
  t.equal(forgotten(batches, '2055-01-01', 2), 0, 'the clock of now');
  t.equal(forgotten(batches, '1970-01-01', 2), 0);
  t.equal(forgotten([on('1970-01-01'), ...batches], '2026-11-26', 2), 0, 'a batch from before it was set');
  t.equal(forgotten([...batches, on('2055-01-01')], '2055-01-02', 2), 0, 'one that was settled under it');
  t.equal(forgotten([...batches, on('2055-01-01'), on('2026-11-27')], '2026-11-28', 2), 0, 'and set right again');
  t.equal(forgotten(daily(800, '2026-11-25').toReversed(), '2055-01-01', 2), 0, 'and nonsense');
  t.end();
});

test('one that can not be read is not counted with, and hides nothing of the others', (t) => {
  const batches = daily(800, '2026-11-25');
  const lastOf = (index: number) => (index === 400 ? undefined : { at: batches[index] as EpochMs });
  t.equal(mayForget(batches.length, lastOf, on('2026-11-26'), 2), 70);
  t.end();
});

test('M8: on the disk, a settlement under a clock that stands in 2055 has no older batch removed', async (t) => {
  const disk = new SimDisk();
  const place = { directory: '/ledger', ledgerKey: Buffer.alloc(32, 0x42) };
  interface Dated {
    readonly at: EpochMs;
  }
  t.match(await new LedgerStore<Dated>(place, disk).provision({ at: on('2026-11-20') }), { result: 'stored' });
  let now = on('2026-11-25');
  const mayGo = (count: number, lastOf: (index: number) => Dated | undefined) => mayForget(count, lastOf, now, 2);
  const ledger = new FileLedger<Dated>({ ...place, mayGo }, disk);
  await ledger.open();
  await ledger.append({ at: on('2026-11-24') });
  await ledger.rotate([{ at: now }]);
  await ledger.rest();
  now = on('2055-01-01');
  await ledger.append({ at: now });
  await ledger.rotate([{ at: now }]);
  await ledger.rest();
  t.strictSame(new LedgerStore<Dated>(place, disk).generations(), [1, 2, 3]);
  await ledger.close();
});
