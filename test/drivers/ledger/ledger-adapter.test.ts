import { Low } from 'lowdb';
import { test } from 'tap';
import { LedgerAdapter, type LedgerData } from '../../../drivers/ledger/ledger-adapter.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';
import { batchPath, fact, facts, first, provision, settings, type TestFact } from './ledger-rig.ts';

const makeDb = (files: FaultyFileSystem) => {
  const adapter = new LedgerAdapter<TestFact>(settings, files);
  return { adapter, db: new Low<LedgerData<TestFact>>(adapter, { records: [] }) };
};

const provisioned = async () => {
  const files = new FaultyFileSystem(new SimDisk());
  await provision(files);
  const { adapter, db } = makeDb(files);
  await db.read();
  return { files, adapter, db };
};

const reread = async (files: FaultyFileSystem, adapter: LedgerAdapter<TestFact>) => {
  await adapter.close();
  const { adapter: next, db } = makeDb(files);
  await db.read();
  await next.close();
  return db.data.records;
};

test('lowdb is the face: push and write', async (t) => {
  const { files, adapter, db } = await provisioned();
  t.strictSame(db.data.records, [first]);
  db.data.records.push(fact(1));
  await db.write();
  await db.update(({ records }) => records.push(fact(2), fact(3)));
  t.strictSame(db.data.records, [first, ...facts(1, 3)]);
  t.strictSame(await reread(files, adapter), [first, ...facts(1, 3)]);
});

test('a write costs one write of a slot and one sync, and nothing when nothing is new', async (t) => {
  const { files, db } = await provisioned();
  const before = files.operations.length;
  db.data.records.push(fact(1));
  await db.write();
  await db.write();
  t.strictSame(files.operations.slice(before), [`pwrite ${batchPath(1)} 4096`, `fdatasync ${batchPath(1)}`]);
});

test('a missing store throws; lowdb does not go on with its default data', async (t) => {
  const { db } = makeDb(new FaultyFileSystem(new SimDisk()));
  await t.rejects(db.read(), /is not there/);
  db.data.records.push(fact(1));
  await t.rejects(db.write(), /is not there/);
});

test('a write before the first read is a bug', async (t) => {
  const { db } = makeDb(new FaultyFileSystem(new SimDisk()));
  db.data.records.push(fact(1));
  await t.rejects(db.write(), /not open/);
});

test('what is stored can not be changed, shortened, reordered or replaced (002-01)', async (t) => {
  const { files, adapter, db } = await provisioned();
  await db.update(({ records }) => records.push(fact(1), fact(2)));
  const { records } = db.data;
  t.throws(() => {
    records[1] = fact(9);
  }, TypeError);
  t.throws(() => Object.assign(records[1] as object, { n: 9 }), TypeError);
  t.throws(() => records.pop(), TypeError);
  t.throws(() => records.splice(0, 1), TypeError);
  t.throws(() => records.reverse(), TypeError);
  t.throws(() => {
    records.length = 1;
  }, TypeError);
  db.data.records = records.slice(0, 1);
  await t.rejects(db.write(), /can only be added to, not replaced/);
  await db.read();
  t.strictSame(db.data.records, [first, fact(1), fact(2)], 'reading gives the truth back');
  db.data = { records: [] };
  await t.rejects(db.write(), /can only be added to, not replaced/);
  await db.read();
  t.strictSame(await reread(files, adapter), [first, fact(1), fact(2)]);
});

test('a fact nested in depth is frozen in depth', async (t) => {
  const { db } = await provisioned();
  const nested = { type: 'nested', n: 1, card: { token: ['a'] } };
  db.data.records.push(nested);
  await db.write();
  t.throws(() => nested.card.token.push('b'), TypeError);
});

test('a fact that was frozen on its surface only is frozen in depth too', async (t) => {
  const { db } = await provisioned();
  const nested = Object.freeze({ type: 'nested', card: { token: 'a' } });
  db.data.records.push(nested);
  await db.write();
  t.throws(() => Object.assign(nested.card, { token: 'b' }), TypeError);
});

test('a ledger key of another length is a bug', (t) => {
  const short = { ...settings, ledgerKey: Buffer.alloc(16) };
  t.throws(() => new LedgerAdapter(short, new SimDisk()), /32 bytes/);
  t.end();
});

test('a refused write takes its records out of memory again', async (t) => {
  const { files, adapter, db } = await provisioned();
  files.fail('pwrite', 'ENOSPC');
  db.data.records.push(fact(1));
  await t.rejects(db.write(), { result: 'refused', message: /no space left .*Free space/ });
  t.strictSame(db.data.records, [first]);
  files.heal();
  db.data.records.push(fact(2));
  await db.write();
  t.strictSame(await reread(files, adapter), [first, fact(2)], 'the refused one does not come back');
});

test('of several records written at once, those before the error are stored', async (t) => {
  const { files, adapter, db } = await provisioned();
  files.intervene = (operation) => {
    if (operation === `pwrite ${batchPath(1)} 12288`) throw Object.assign(new Error(), { code: 'EROFS', syscall: 'w' });
  };
  db.data.records.push(...facts(1, 5));
  await t.rejects(db.write(), { result: 'refused', message: /read-only/ });
  t.strictSame(db.data.records, [first, fact(1), fact(2)]);
  files.heal();
  t.strictSame(await reread(files, adapter), [first, fact(1), fact(2)]);
});

test('after a failure each call throws the same, and memory does not grow', async (t) => {
  const { files, db } = await provisioned();
  files.fail('fdatasync', 'EIO');
  db.data.records.push(fact(1));
  const failure = { result: 'failed', message: /disk of the ledger failed \(EIO\).*off and on/ };
  await t.rejects(db.write(), failure);
  files.heal();
  const before = files.operations.length;
  db.data.records.push(fact(2));
  await t.rejects(db.write(), failure);
  await t.rejects(db.read(), failure);
  t.strictSame(db.data.records, [first]);
  t.equal(files.operations.length, before, 'the disk is not touched any more');
});
