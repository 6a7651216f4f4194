import { test } from 'tap';
import type { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { FaultyFileSystem, PowerCut } from '../storage/faulty-file-system.ts';
import { allLosses, SimDisk, systemError } from '../storage/sim-disk.ts';
import {
  batchPath,
  fact,
  facts,
  first,
  openLedger,
  openOnce,
  provision,
  reopen,
  settings,
  stored,
} from './ledger-rig.ts';

const batch = { type: 'batch' };
/** Enough appends to grow the file, a rotation, and some more. */
const script = [...facts(46, 49), batch, ...facts(50, 52)];

/**
 * Runs the script until the power goes at the given operation. Tells which facts were acknowledged and which one was
 * under way.
 */
const runUntil = async (files: FaultyFileSystem, ledger: FileLedger<(typeof script)[number]>, cutAt: number) => {
  files.cutPowerAt(cutAt);
  let acknowledged = 0;
  try {
    for (const each of script) {
      await stored(each === batch ? ledger.rotate([each]) : ledger.append(each));
      acknowledged += 1;
    }
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
  }
  return acknowledged;
};

/** What the current batch may hold when so many of the script's facts were acknowledged. */
const allowed = (acknowledged: number): string[] =>
  [acknowledged, acknowledged + 1].map((count) => {
    const all = [first, ...facts(1, 45), ...script.slice(0, count)];
    const from = all.indexOf(batch);
    return JSON.stringify(from < 0 ? all : all.slice(from));
  });

test('a power cut at each operation, with each kind of loss: nothing acknowledged is lost, nothing else appears', async (t) => {
  const whole = await openLedger(45);
  const before = whole.files.operations.length;
  await runUntil(whole.files, whole.ledger, Number.POSITIVE_INFINITY);
  const after = whole.files.operations.length;
  t.ok(
    whole.files.operations.some((operation) => operation.endsWith('.slip 262144')),
    'the file grows on the way',
  );
  let cleared = 0;
  let doubleCuts = 0;
  for (let cutAt = before; cutAt <= after; cutAt += 1) {
    const { disk, files, ledger } = await openLedger(45);
    const acknowledged = await runUntil(files, ledger, cutAt);
    const possible = allowed(acknowledged);
    for (const loss of allLosses) {
      const where = `cut at ${whole.files.operations[cutAt]}, ${JSON.stringify(loss)}`;
      const next = disk.afterPowerCut(loss);
      // the power goes again at each operation of the recovery, and at last it doesn't
      for (let again = 0, done = false; !done; again += 1) {
        const recovering = next.afterPowerCut({ writes: 'kept', names: 'kept' });
        const recoveringFiles = new FaultyFileSystem(recovering);
        recoveringFiles.cutPowerAt(again);
        let found = await openOnce(recoveringFiles).catch((error: unknown) => {
          if (!(error instanceof PowerCut)) throw error;
          return undefined;
        });
        done = found !== undefined;
        if (!done) doubleCuts += 1;
        found ??= await openOnce(recovering.afterPowerCut({ writes: 'torn', names: 'half' }));
        if (!found.opened) throw new Error(`${where}, again at ${again}: ${found.fault.what}`);
        if (!possible.includes(JSON.stringify(found.facts)))
          throw new Error(`${where}, again at ${again}: wrong facts`);
        if (done && found.tail === 'cleared') cleared += 1;
      }
    }
  }
  t.ok(cleared > 0, `torn tails were cleared (${cleared})`);
  t.ok(doubleCuts > 500, `and the power went during recovery (${doubleCuts})`);
});

/** A ledger of 48 records whose growth found room for 30 slots of the block only. */
const halfGrown = async (): Promise<SimDisk> => {
  const { disk, files, ledger } = await openLedger(46);
  await ledger.close();
  const open = disk.open.bind(disk);
  disk.open = (path, access) => {
    const file = open(path, access);
    const room = (64 + 30) * 4096;
    return {
      ...file,
      pwrite: (bytes, position) => {
        if (position >= room) throw systemError('ENOSPC', 'write');
        return file.pwrite(bytes.subarray(0, room - position), position);
      },
    };
  };
  const full = await reopen(files);
  await stored(full.append(fact(47)));
  await full.close();
  disk.open = open;
  return disk.afterPowerCut({ writes: 'kept', names: 'kept' });
};

test('M10: after a growth that found room for a part only, no power cut makes the ledger look damaged', async (t) => {
  const appendOn = async (files: FaultyFileSystem): Promise<number> => {
    let acknowledged = 47;
    try {
      const ledger = await reopen(files);
      for (; acknowledged < 90; acknowledged += 1) await stored(ledger.append(fact(acknowledged + 1)));
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    return acknowledged;
  };
  const whole = new FaultyFileSystem(await halfGrown());
  t.equal(whole.open(batchPath(1), 'read').stat().sizeBytes, (64 + 30) * 4096);
  await appendOn(whole);
  t.ok(whole.operations.length > 86, `${whole.operations.length} operations`);
  for (let cutAt = 0; cutAt < whole.operations.length; cutAt += 1) {
    const disk = await halfGrown();
    const files = new FaultyFileSystem(disk);
    files.cutPowerAt(cutAt);
    const acknowledged = await appendOn(files);
    for (const loss of allLosses) {
      const opening = await openOnce(disk.afterPowerCut(loss));
      const where = `cut at ${whole.operations[cutAt]}, ${JSON.stringify(loss)}`;
      if (!opening.opened) throw new Error(`${where}: ${opening.fault.what}`);
      if (opening.facts.length < 1 + acknowledged) throw new Error(`${where}: facts are lost`);
    }
  }
});

test('M10: a growth that failed and an append that was cut off after it may both have left something', async (t) => {
  const room = (64 + 30) * 4096;
  const appendOn = async (cutAt: number): Promise<{ disk: SimDisk; count: number }> => {
    const { disk, files, ledger } = await openLedger(46);
    await ledger.close();
    const open = disk.open.bind(disk);
    disk.open = (path, access) => {
      const file = open(path, access);
      const pwrite = (bytes: Uint8Array, position: number): number => {
        if (position >= room) throw systemError('ENOSPC', 'write');
        return file.pwrite(bytes.subarray(0, room - position), position);
      };
      return { ...file, pwrite };
    };
    files.cutPowerAt(cutAt);
    try {
      const full = await reopen(files);
      for (const each of facts(47, 48)) await stored(full.append(each));
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    disk.open = open;
    return { disk, count: files.operations.length };
  };
  const { count } = await appendOn(Infinity);
  const tails = new Set<string>();
  for (let cutAt = count - 8; cutAt < count; cutAt += 1) {
    for (const loss of allLosses) {
      const { disk } = await appendOn(cutAt);
      const opening = await openOnce(disk.afterPowerCut(loss));
      t.match(opening, { opened: true }, `cut at operation ${cutAt}, ${loss.writes}`);
      if (opening.opened) tails.add(`${opening.tail} ${opening.facts.length}`);
    }
  }
  t.ok(tails.size > 4, [...tails].join());
});

test('a power cut at each operation of provisioning leaves none or a whole one, and it may be done again', async (t) => {
  const whole = new FaultyFileSystem(new SimDisk());
  await provision(whole);
  for (let cutAt = 0; cutAt < whole.operations.length; cutAt += 1) {
    for (const loss of allLosses) {
      const disk = new SimDisk();
      const files = new FaultyFileSystem(disk);
      files.cutPowerAt(cutAt);
      await t.rejects(provision(files), PowerCut);
      const next = disk.afterPowerCut(loss);
      const { result } = await new LedgerStore(settings, next).provision(first);
      const where = `cut at ${whole.operations[cutAt]}, ${JSON.stringify(loss)}`;
      t.ok(result === 'stored' || result === 'refused', where);
      t.match(await openOnce(next), { opened: true, facts: [first] }, where);
    }
  }
});

test('the torn record is copied aside, each time under a name of its own', async (t) => {
  const { disk, ledger } = await openLedger(3);
  await ledger.close();
  for (const copy of [1, 2]) {
    const slot = disk.content(batchPath(1)).subarray(3 * 4096, 4 * 4096);
    slot.fill(copy, 0, 4096);
    const torn = Buffer.from(slot);
    t.match(await openOnce(disk), { opened: true, facts: [first, ...facts(1, 2)], tail: 'cleared' });
    t.ok(disk.content(`${batchPath(1)}.torn-${copy}`).equals(torn));
    t.ok(
      disk
        .content(batchPath(1))
        .subarray(3 * 4096, 4 * 4096)
        .equals(Buffer.alloc(4096)),
    );
  }
  t.match(await openOnce(disk), { opened: true, tail: 'whole' });
});

test('the torn record is never cleared before its copy is durable', async (t) => {
  const { disk, ledger } = await openLedger(3);
  await ledger.close();
  const start = disk.afterPowerCut({ writes: 'kept', names: 'kept' });
  const torn = start
    .content(batchPath(1))
    .subarray(3 * 4096, 4 * 4096)
    .fill(7);
  for (let cutAt = 0, done = false; !done; cutAt += 1) {
    const current = start.afterPowerCut({ writes: 'kept', names: 'kept' });
    const files = new FaultyFileSystem(current);
    files.cutPowerAt(cutAt);
    done = await openOnce(files).then(
      () => true,
      () => false,
    );
    for (const writes of ['kept', 'lost'] as const) {
      const next = current.afterPowerCut({ writes, names: 'lost' });
      const slot = next.content(batchPath(1)).subarray(3 * 4096, 4 * 4096);
      const copied = next.readdir('/ledger').includes('batch-000001.slip.torn-1');
      const kept = copied ? next.content(`${batchPath(1)}.torn-1`) : slot;
      t.ok(kept.equals(torn), `cut at ${cutAt}, writes ${writes}`);
      t.ok(!done || slot.equals(Buffer.alloc(4096)));
    }
  }
});

test('M8: a power cut while what stands behind a record is mended never takes the record', async (t) => {
  const { disk, ledger } = await openLedger(3);
  await ledger.close();
  const start = disk.afterPowerCut({ writes: 'kept', names: 'kept' });
  start.content(batchPath(1))[3 * 4096 + 4000] = 7;
  let done = false;
  for (let cutAt = 0; !done; cutAt += 1) {
    for (const loss of allLosses) {
      const current = start.afterPowerCut({ writes: 'kept', names: 'kept' });
      const files = new FaultyFileSystem(current);
      files.cutPowerAt(cutAt);
      done = await openOnce(files).then(
        () => true,
        () => false,
      );
      const found = await openOnce(current.afterPowerCut(loss));
      t.match(found, { opened: true, facts: [first, ...facts(1, 3)] }, `cut at ${cutAt}, ${loss.writes}`);
    }
  }
});

test('a process that was killed before its sync: what it wrote is synced before it counts', async (t) => {
  const { disk, files, ledger } = await openLedger(1);
  files.fail('fdatasync', 'EIO');
  t.match(await ledger.append(fact(2)), { result: 'failed' });
  await ledger.close();
  files.heal();
  t.match(await openOnce(files), { opened: true, facts: [first, fact(1), fact(2)] }, 'the cache shows it');
  const lost = disk.afterPowerCut({ writes: 'lost', names: 'lost' });
  t.match(await openOnce(lost), { opened: true, facts: [first, fact(1), fact(2)] });
});

test('a process that was killed before it synced the folder: its new batch file stays', async (t) => {
  const { disk, files, ledger } = await openLedger(1);
  files.fail('syncDirectory', 'EIO');
  t.match(await ledger.rotate([batch]), { result: 'failed' });
  await ledger.close();
  files.heal();
  const next = await reopen(files);
  await stored(next.append(fact(2)));
  const lost = disk.afterPowerCut({ writes: 'lost', names: 'lost' });
  t.match(await openOnce(lost), { opened: true, facts: [batch, fact(2)] });
});

test('a half-made batch file is taken away, and the batch before it is current', async (t) => {
  const { disk, ledger } = await openLedger(2);
  await ledger.close();
  disk.open(`${batchPath(2)}.new`, 'create').pwrite(Buffer.from('half'), 0);
  t.match(await openOnce(disk), { opened: true, facts: [first, ...facts(1, 2)], tail: 'whole' });
  t.strictSame(disk.readdir('/ledger'), ['batch-000001.slip']);
});

test('a disk that fails or is full while opening says so, and the lock is free again', async (t) => {
  const { files, ledger } = await openLedger(2);
  await ledger.close();
  files.fail('fdatasync', 'EIO');
  t.match(await openOnce(files), { opened: false, fault: { code: 'failed', what: /EIO/, remedy: /off and on/ } });
  files.heal();
  const { disk } = await openLedger(2);
  disk.content(batchPath(1)).fill(1, 2 * 4096, 2 * 4096 + 9);
  const full = new FaultyFileSystem(disk);
  full.fail('create', 'ENOSPC');
  t.match(await openOnce(files), { opened: true });
  const held = await openOnce(full);
  t.match(held, { opened: false, fault: { code: 'locked' } }, 'the first ledger still has it');
});

test('without its folder, or with an empty one, the ledger is missing', async (t) => {
  const disk = new SimDisk();
  t.match(await openOnce(disk), { opened: false, fault: { code: 'missing', remedy: /[Mm]ount/ } });
  disk.mkdir('/ledger');
  t.match(await openOnce(disk), { opened: false, fault: { code: 'missing', what: /no ledger in this folder/ } });
  t.strictSame(disk.readdir('/ledger'), [], 'and none is made');
});
