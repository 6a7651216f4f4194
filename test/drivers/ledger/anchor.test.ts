import { test } from 'tap';
import { LedgerAnchor } from '../../../drivers/ledger/anchor.ts';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { FaultyFileSystem, PowerCut } from '../storage/faulty-file-system.ts';
import { allLosses, SimDisk } from '../storage/sim-disk.ts';
import { batchPath, fact, facts, first, settings, stored, type TestFact } from './ledger-rig.ts';

const path = '/ledger.anchor';
const anchored = { ...settings, anchor: path };
const place = (sequence: number) => ({ generation: 1, sequence, mac: Buffer.alloc(32, sequence) });

const provisioned = async () => {
  const disk = new SimDisk();
  await stored(new LedgerStore<TestFact>(anchored, disk).provision(first));
  return disk;
};

const opened = async (disk: SimDisk) => {
  const ledger = new FileLedger<TestFact>(anchored, disk);
  return { ledger, opening: await ledger.open() };
};

/** A closed ledger with the facts 1 … `count`, whose end was noted when there were `noted` of them. */
const withFacts = async (count: number, noted = count) => {
  const disk = await provisioned();
  const { ledger } = await opened(disk);
  for (const each of facts(1, count)) {
    await stored(ledger.append(each));
    if (each.n === noted) t0(await ledger.rest());
  }
  await ledger.close();
  return disk;
};

const t0 = (fault: unknown): void => {
  if (fault !== undefined) throw new Error(JSON.stringify(fault));
};

test('the last place that was noted is read', async (t) => {
  const disk = new SimDisk();
  const anchor = new LedgerAnchor(path, settings.ledgerKey, disk);
  await t.rejects(anchor.note(place(1)), /neither read nor created/);
  anchor.create();
  for (const n of [1, 2, 3]) await anchor.note(place(n));
  t.strictSame(new LedgerAnchor(path, settings.ledgerKey, disk).read(), place(3));
  t.equal(new LedgerAnchor(path, Buffer.alloc(32), disk).read(), undefined, 'under another key it says nothing');
});

test('M8: a power cut while it is noted leaves the place before, or the new one', async (t) => {
  for (const loss of allLosses) {
    const disk = new SimDisk();
    const files = new FaultyFileSystem(disk);
    const anchor = new LedgerAnchor(path, settings.ledgerKey, files);
    anchor.create();
    await disk.syncDirectory('/');
    for (const n of [1, 2]) await anchor.note(place(n));
    files.intervene = (operation) => {
      if (operation.startsWith('fdatasync')) throw new PowerCut();
    };
    await t.rejects(anchor.note(place(3)), PowerCut);
    const found = new LedgerAnchor(path, settings.ledgerKey, disk.afterPowerCut(loss)).read();
    t.ok(found?.sequence === 2 || found?.sequence === 3, `${JSON.stringify(loss)}: ${found?.sequence}`);
  }
});

test('M8: a ledger that goes further than its anchor opens, and so does one without', async (t) => {
  const disk = await withFacts(5, 3);
  t.match((await opened(disk)).opening, { opened: true, facts: [first, ...facts(1, 5)], notes: [] });
  const other = await withFacts(5);
  other.unlink(path);
  const { opening, ledger } = await opened(other);
  t.match(opening, { opened: true, notes: [{ code: 'missing', where: path }] }, 'that it was gone is told');
  t.equal(await ledger.rest(), undefined);
  await ledger.close();
  t.match((await opened(other)).opening, { opened: true, notes: [] });
});

test('M8: an end that was cut off is noticed, and nothing is changed', async (t) => {
  const disk = await withFacts(5);
  disk.content(batchPath(1)).fill(0, 4 * 4096, 6 * 4096);
  const before = Buffer.from(disk.content(batchPath(1)));
  const what = /ends at record 4, and record 6 was in it: its end is lost/;
  t.match((await opened(disk)).opening, { opened: false, fault: { what, remedy: /copy it/ } });
  t.ok(before.equals(disk.content(batchPath(1))));
});

test('M8: a last record that went bad long after it was stored does not pass for a torn one', async (t) => {
  const disk = await withFacts(5);
  disk.content(batchPath(1)).fill(0xff, 5 * 4096 + 60, 5 * 4096 + 70);
  t.match((await opened(disk)).opening, { opened: false, fault: { what: /record 6 was in it/ } });
  const unnoted = await withFacts(5, 4);
  unnoted.content(batchPath(1)).fill(0xff, 5 * 4096 + 60, 5 * 4096 + 70);
  t.match((await opened(unnoted)).opening, { opened: true, tail: 'cleared' }, 'one that nobody noted does');
});

test('M8: an older copy of the ledger, or another line of it, is noticed', async (t) => {
  const disk = await withFacts(3);
  const older = Buffer.from(disk.content(batchPath(1)));
  const { ledger } = await opened(disk);
  await stored(ledger.rotate([{ type: 'batch' }]));
  await stored(ledger.append(fact(9)));
  t0(await ledger.rest());
  await ledger.close();
  disk.unlink(batchPath(2));
  older.copy(disk.content(batchPath(1)));
  t.match((await opened(disk)).opening, { opened: false, fault: { what: /older copy/ } });

  const one = await withFacts(3);
  const another = await withFacts(2);
  const grown = await opened(another);
  await stored(grown.ledger.append({ type: 'another' }));
  await grown.ledger.close();
  another.content(batchPath(1)).copy(one.content(batchPath(1)));
  t.match((await opened(one)).opening, { opened: false, fault: { what: /Record 4 is not the one that was/ } });
});

test('an anchor that can not be written is told once, and trade goes on', async (t) => {
  const disk = await provisioned();
  const files = new FaultyFileSystem(disk);
  const ledger = new FileLedger<TestFact>(anchored, files);
  await ledger.open();
  files.fail(`fdatasync ${path}`, 'EIO');
  t.match(await ledger.rest(), { where: path, code: 'failed' });
  t.equal(await ledger.rest(), undefined, 'and not tried again');
  await stored(ledger.append(fact(1)));
  await ledger.close();
});

test('provisioning after a ledger was lost begins a new anchor too', async (t) => {
  const disk = await withFacts(5);
  disk.unlink(batchPath(1));
  await stored(new LedgerStore<TestFact>(anchored, disk).provision(first));
  t.match((await opened(disk)).opening, { opened: true, facts: [first], notes: [] });
});
