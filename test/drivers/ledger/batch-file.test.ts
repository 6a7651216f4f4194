import { test } from 'tap';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { systemError } from '../storage/sim-disk.ts';
import { fact, facts, first, openLedger, openOnce, reopen, settings, stored, type TestFact } from './ledger-rig.ts';

const slots = (files: Parameters<typeof openOnce>[0]) =>
  new LedgerStore<TestFact>(settings, files).readArchive(1).slots;

test('the file grows by a block before fewer than 16 slots are free, and by whole blocks only', async (t) => {
  const { disk, files, ledger } = await openLedger(0);
  const sizes = new Map<number, number>();
  for (let used = 1; used < 120; used += 1) {
    sizes.set(slots(disk), used);
    await stored(ledger.append(fact(used)));
  }
  await ledger.close();
  t.strictSame([...sizes.keys()], [64, 128, 192]);
  t.equal(sizes.get(64), 47, 'grown when the 48th record was stored');
  const growth = files.operations.findIndex((operation) => operation.endsWith(`.slip ${64 * 4096}`));
  t.match(files.operations[growth + 1], /^fdatasync/, 'the block is synced before it is used');
  t.match(await openOnce(disk), { opened: true, facts: [first, ...facts(1, 119)] });
});

const growthFails = (code: string) => (operation: string) => {
  if (/^pwrite \S+ 262144$/.test(operation)) throw systemError(code, 'write');
};

test('when the disk is full, what opens a transaction is refused first and the others use the reserve', async (t) => {
  const { disk, files, ledger } = await openLedger(0);
  files.intervene = growthFails('ENOSPC');
  const intended = { type: 'intended' };
  for (let n = 1; n < 48; n += 1) await stored(ledger.append(intended));
  const refused = { result: 'refused', fault: { what: /no space left/, remedy: /Free space/ } };
  t.match(await ledger.append(intended), refused, 'with 16 slots left');
  for (let n = 1; n <= 16; n += 1) await stored(ledger.append(fact(n)));
  t.match(await ledger.append(fact(17)), refused, 'and now the file is full');
  t.match(
    await ledger.rotate([fact(17)]).then(() => ledger.append(intended)),
    { result: 'stored' },
    'a new batch fits',
  );
  await ledger.close();
  files.heal();
  t.strictSame((await openOnce(disk)).opened, true);
});

test('a transaction is taken again as soon as there is space again', async (t) => {
  const { files, ledger } = await openLedger(0);
  files.intervene = growthFails('EDQUOT');
  for (let n = 1; n <= 60; n += 1) await stored(ledger.append(fact(n)));
  t.match(await ledger.append({ type: 'intended' }), { result: 'refused' });
  files.heal();
  t.strictSame(await ledger.append({ type: 'intended' }), { result: 'stored' });
  await ledger.close();
});

test('a ledger that is full opens and gives its facts', async (t) => {
  const { files, ledger } = await openLedger(0);
  files.intervene = growthFails('ENOSPC');
  for (let n = 1; n <= 63; n += 1) await stored(ledger.append(fact(n)));
  await ledger.close();
  t.match(await openOnce(files), { opened: true, facts: [first, ...facts(1, 63)] });
});

test('an error while growing that is not for lack of space fails for good', async (t) => {
  const { files, ledger } = await openLedger(46);
  files.intervene = growthFails('EIO');
  t.strictSame(await ledger.append(fact(47)), { result: 'stored' }, 'that one is on the disk');
  t.match(await ledger.append(fact(48)), { result: 'failed', fault: { what: /\(EIO\)/ } });
  files.heal();
  t.match(await ledger.append(fact(48)), { result: 'failed' });
  await ledger.close();
  t.match(await openOnce(files), { opened: true, facts: [first, ...facts(1, 47)] });
});

test('a disk that takes only a part of a record fails', async (t) => {
  const { disk, ledger } = await openLedger(1);
  const open = disk.open.bind(disk);
  await ledger.close();
  disk.open = (path, access) => {
    const file = open(path, access);
    return { ...file, pwrite: (bytes, position) => file.pwrite(bytes.subarray(0, 100), position) };
  };
  const short = await reopen(disk);
  t.match(await short.append(fact(2)), { result: 'failed', fault: { what: /took 100 of the 4096 bytes/ } });
  await short.close();
  disk.open = open;
  t.match(await openOnce(disk), { opened: true, facts: [first, fact(1)], tail: 'cleared' });
});

const errors = ['EIO', 'ENOSPC'] as const;

for (const code of errors) {
  test(`${code} at each operation of appending, growing and rotating loses nothing`, async (t) => {
    const whole = await openLedger(44);
    const before = whole.files.operations.length;
    const script = async (ledger: typeof whole.ledger) => {
      const kept: TestFact[] = [first, ...facts(1, 44)];
      const outcomes: string[] = [];
      for (const each of facts(45, 50)) {
        const { result } = await ledger.append(each);
        outcomes.push(result);
        if (result === 'stored') kept.push(each);
      }
      const { result } = await ledger.rotate([{ type: 'batch' }]);
      outcomes.push(result);
      return { kept: result === 'stored' ? [{ type: 'batch' }] : kept, outcomes };
    };
    await script(whole.ledger);
    const { operations } = whole.files;
    for (let number = before; number < operations.length; number += 1) {
      const { files, ledger } = await openLedger(44);
      files.intervene = (_, current) => {
        if (current === number) throw systemError(code, 'test');
      };
      const { kept, outcomes } = await script(ledger);
      await ledger.close();
      const operation = operations[number] ?? '';
      const failed = outcomes.indexOf('failed');
      if (failed >= 0) t.strictSame(new Set(outcomes.slice(failed)), new Set(['failed']), `${operation}: for good`);
      const lasting = code === 'EIO' || operation.startsWith('fdatasync') || operation.startsWith('syncDirectory');
      t.equal(failed >= 0, lasting, `${operation}: failed or refused`);
      const opening = await openOnce(files);
      if (!opening.opened) throw new Error(`${operation}: ${opening.fault.what}`);
      const { facts: found } = opening;
      const last = failed >= 0 ? [...facts(45, 50), { type: 'batch' }][failed] : undefined;
      const inDoubt = last === undefined ? [kept] : [kept, [...kept, last], [last]];
      t.ok(
        inDoubt.some((allowed) => JSON.stringify(allowed) === JSON.stringify(found)),
        `${operation}: ${JSON.stringify(outcomes)}`,
      );
    }
  });
}
