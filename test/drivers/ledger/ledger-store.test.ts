import { test } from 'tap';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';
import { batchPath, fact, facts, first, openLedger, openOnce, provision, settings, stored } from './ledger-rig.ts';

test('a ledger is provisioned once and never replaced', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  t.strictSame(disk.readdir('/ledger'), ['batch-000001.slip']);
  t.equal(disk.content(batchPath(1)).length, 64 * 4096, 'preallocated');
  t.match(await new LedgerStore(settings, disk).provision({ type: 'other' }), {
    result: 'refused',
    fault: { code: 'notSuitable', what: /already/ },
  });
  t.match(await openOnce(disk), { opened: true, facts: [first] });
});

test('provisioning says what keeps it from it', async (t) => {
  const files = new FaultyFileSystem(new SimDisk());
  const store = new LedgerStore({ ...settings, directory: '/none/ledger' }, files);
  t.match(await store.provision(first), { result: 'failed', fault: { code: 'missing', where: '/none/ledger' } });
  const other = new LedgerStore(settings, files);
  for (const operation of ['mkdir', 'create', 'pwrite', 'rename']) {
    files.fail(operation, 'ENOSPC');
    t.match(await other.provision(first), { result: 'refused', fault: { what: /no space left/ } }, operation);
  }
  files.heal();
  t.strictSame(files.readdir('/ledger'), [], 'and leaves nothing behind');
  t.strictSame(await other.provision(first), { result: 'stored' });
});

test('a ledger whose anchor can not be made is not told to be refused: it is there', async (t) => {
  const files = new FaultyFileSystem(new SimDisk());
  const store = new LedgerStore({ ...settings, anchor: '/ledger.anchor' }, files);
  for (const operation of ['create /ledger.anchor', 'pwrite /ledger.anchor']) {
    files.fail(operation, 'ENOSPC');
    t.match(await store.provision(first), { result: 'failed', fault: { what: /no space left/ } }, operation);
    files.heal();
    t.match(await openOnce(files), { opened: true, facts: [first] });
    files.unlink(batchPath(1));
  }
});

test('archived batches are listed and read while the ledger is in use', async (t) => {
  const { disk, ledger } = await openLedger(2);
  await stored(ledger.rotate([{ type: 'batch', n: 2 }]));
  await stored(ledger.append(fact(3)));
  await stored(ledger.rotate([{ type: 'batch', n: 3 }]));
  const store = new LedgerStore(settings, disk);
  t.strictSame(store.generations(), [1, 2, 3]);
  t.match(store.readArchive(1), { facts: [first, ...facts(1, 2)], verdict: { intact: true } });
  t.match(store.readArchive(2), { facts: [{ type: 'batch', n: 2 }, fact(3)], verdict: { intact: true } });
  t.throws(() => store.readArchive(4), { code: 'ENOENT' });
  t.strictSame(await ledger.append(fact(4)), { result: 'stored' });
  const all = [...store.verify()];
  t.strictSame(
    all.map(({ verdict }) => verdict),
    [{ intact: true }, { intact: true }, { intact: true }],
  );
  t.equal(all.at(-1)?.tailCode, ledger.tailCode());
});

test('verifying notices an archived batch that was cut off, altered or taken away', async (t) => {
  const threeBatches = async () => {
    const { disk, ledger } = await openLedger(2);
    for (const n of [2, 3]) {
      await stored(ledger.rotate([{ type: 'batch', n }]));
      await stored(ledger.append(fact(n)));
    }
    await ledger.close();
    const flaws = () =>
      [...new LedgerStore(settings, disk).verify()].map(({ verdict }) => (verdict.intact ? 'intact' : verdict.flaw));
    return { disk, flaws };
  };
  const cut = await threeBatches();
  cut.disk.content(batchPath(1)).fill(0, 2 * 4096);
  t.strictSame(cut.flaws(), ['intact', 'missing', 'intact'], 'the batch after it does not follow');

  const altered = await threeBatches();
  altered.disk.content(batchPath(1)).fill(1, 4096, 4100);
  t.strictSame(altered.flaws()[0], 'damaged');

  const gone = await threeBatches();
  gone.disk.unlink(batchPath(2));
  t.strictSame(gone.flaws(), ['intact', 'missing']);

  const pruned = await threeBatches();
  pruned.disk.unlink(batchPath(1));
  t.strictSame(pruned.flaws(), ['intact', 'intact'], 'the oldest ones may be given away');
  t.match(await openOnce(pruned.disk), { opened: true, facts: [{ type: 'batch', n: 3 }, fact(3)] });
});
