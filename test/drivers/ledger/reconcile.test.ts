import { test } from 'tap';
import { FileLedger } from '../../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../../drivers/ledger/ledger-store.ts';
import { FaultyFileSystem, PowerCut } from '../storage/faulty-file-system.ts';
import { allLosses, SimDisk } from '../storage/sim-disk.ts';
import { fact, facts, first, provision, settings, stored, type TestFact } from './ledger-rig.ts';

const mirrored = { ...settings, mirror: '/mirror' };
const slip = (generation: number, folder = '/ledger') => `${folder}/batch-00000${generation}.slip`;

const open = async (files: SimDisk | FaultyFileSystem) => {
  const ledger = new FileLedger<TestFact>(mirrored, files);
  return { ledger, opening: await ledger.open() };
};

/** Opens, tells what came of it, and closes. */
const openOnce = async (files: SimDisk | FaultyFileSystem) => {
  const { ledger, opening } = await open(files);
  await ledger.close();
  return opening;
};

/** A closed ledger and its mirror, with the facts 1 … `count`. */
const both = async (count: number) => {
  const disk = new SimDisk();
  await provision(disk);
  const { ledger } = await open(disk);
  for (const each of facts(1, count)) await stored(ledger.append(each));
  await ledger.close();
  return disk;
};

const used = (content: Buffer): Buffer => {
  let end = content.length;
  while (end > 0 && content[end - 1] === 0) end -= 1;
  return content.subarray(0, end);
};

/** The files of the two folders are the same, byte by byte, but for free slots at their end. */
const same = (disk: SimDisk): boolean => {
  const names = (folder: string) =>
    disk
      .readdir(folder)
      .filter((name) => name.endsWith('.slip'))
      .sort();
  return (
    JSON.stringify(names('/ledger')) === JSON.stringify(names('/mirror')) &&
    names('/ledger').every((name) =>
      used(disk.content(`/ledger/${name}`)).equals(used(disk.content(`/mirror/${name}`))),
    )
  );
};

test('a new mirror is filled, and from then on holds what the ledger holds', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const { ledger, opening } = await open(disk);
  t.match(opening, { opened: true, facts: [first], notes: [{ where: '/mirror', what: /was empty/ }] });
  for (const each of facts(1, 60)) await stored(ledger.append(each));
  await stored(ledger.rotate([{ type: 'batch' }]));
  await stored(ledger.append(fact(61)));
  await ledger.close();
  t.ok(same(disk));
  t.match(await openOnce(disk), { opened: true, facts: [{ type: 'batch' }, fact(61)], notes: [] });
});

test('M8: a new mirror outlives a power cut, its name too', async (t) => {
  const disk = new SimDisk();
  await provision(disk);
  const { ledger } = await open(disk);
  await stored(ledger.append(fact(1)));
  const next = disk.afterPowerCut({ writes: 'lost', names: 'lost' });
  t.ok(same(next));
});

test('M8: a power cut at each operation, with each kind of loss on either disk: nothing acknowledged is lost', async (t) => {
  const script = [...facts(46, 49), { type: 'batch' }, ...facts(50, 51)];
  const run = async (ledger: FileLedger<TestFact>) => {
    let acknowledged = 0;
    try {
      for (const each of script) {
        await stored(each.type === 'batch' ? ledger.rotate([each]) : ledger.append(each));
        acknowledged += 1;
      }
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    return acknowledged;
  };
  const opened = async () => {
    const disk = await both(45);
    const files = new FaultyFileSystem(disk);
    return { disk, files, ledger: (await open(files)).ledger };
  };
  const whole = await opened();
  const before = whole.files.operations.length;
  await run(whole.ledger);
  const { operations } = whole.files;
  let setRight = 0;
  for (let cutAt = before; cutAt <= operations.length; cutAt += 1) {
    const { disk, files, ledger } = await opened();
    files.cutPowerAt(cutAt);
    const acknowledged = await run(ledger);
    const possible = [acknowledged, acknowledged + 1].map((count) => {
      const all = [first, ...facts(1, 45), ...script.slice(0, count)];
      const from = all.findLastIndex(({ type }) => type === 'batch');
      return JSON.stringify(from < 0 ? all : all.slice(from));
    });
    for (const loss of allLosses) {
      const next = disk.afterPowerCut(loss);
      const found = await openOnce(next);
      const where = `cut at ${operations[cutAt]}, ${JSON.stringify(loss)}`;
      if (!found.opened) throw new Error(`${where}: ${found.fault.what}`);
      if (!possible.includes(JSON.stringify(found.facts))) throw new Error(`${where}: wrong facts`);
      if (!same(next)) throw new Error(`${where}: the two differ`);
      setRight += found.notes.length;
    }
  }
  t.ok(setRight > 10, `one was brought up to the other (${setRight})`);
});

test('M10: after a power cut at each operation, a start without the mirror, and trade: the two still fit together', async (t) => {
  const run = async (files: FaultyFileSystem, cutAt: number): Promise<void> => {
    const { ledger } = await open(files);
    files.cutPowerAt(cutAt);
    await stored(ledger.append(fact(3)));
    await stored(ledger.rotate([{ type: 'batch' }]));
    await stored(ledger.append(fact(4)));
  };
  const whole = new FaultyFileSystem(await both(2));
  await run(whole, Infinity);
  for (let cutAt = 0; cutAt < whole.operations.length; cutAt += 1) {
    for (const loss of allLosses) {
      const disk = await both(2);
      await t.rejects(run(new FaultyFileSystem(disk), cutAt), PowerCut);
      const next = new FaultyFileSystem(disk.afterPowerCut(loss));
      next.fail('mkdir /mirror', 'ENOENT');
      const alone = await open(next);
      await stored(alone.ledger.append(fact(9)));
      await alone.ledger.close();
      next.heal();
      const found = await openOnce(next);
      const where = `cut at ${whole.operations[cutAt]}, ${JSON.stringify(loss)}`;
      t.match(found, { opened: true }, where);
      if (found.opened) t.strictSame(found.facts.at(-1), fact(9), where);
    }
  }
});

test('M8: a power cut at each operation of setting right loses nothing of either', async (t) => {
  for (let cutAt = 0, done = false; !done; cutAt += 1) {
    const disk = await both(5);
    disk.content(slip(1)).fill(9, 3 * 4096 + 60, 3 * 4096 + 99);
    const files = new FaultyFileSystem(disk);
    files.cutPowerAt(cutAt);
    done = await openOnce(files).then(
      () => true,
      () => false,
    );
    for (const loss of allLosses) {
      const next = disk.afterPowerCut(loss);
      t.match(await openOnce(next), { opened: true, facts: [first, ...facts(1, 5)] });
      t.ok(same(next), `cut at ${cutAt}, ${JSON.stringify(loss)}`);
    }
  }
});

test('M8: damage in the middle of one copy is healed from the other, and the damaged file is kept', async (t) => {
  for (const [damaged, sound] of [
    ['/ledger', '/mirror'],
    ['/mirror', '/ledger'],
  ] as const) {
    const disk = await both(5);
    const bad = disk.content(slip(1, damaged)).fill(9, 3 * 4096 + 60, 3 * 4096 + 99);
    const found = await openOnce(disk);
    const notes = [{ where: damaged, what: new RegExp(`was damaged \\(.*slot 3.*made anew from ${sound}`) }];
    t.match(found, { opened: true, facts: [first, ...facts(1, 5)], notes });
    t.ok(disk.content(`${slip(1, damaged)}.replaced-1`).equals(bad));
    t.ok(same(disk));
  }
});

test('M8: a copy that is behind is brought up, whichever it is', async (t) => {
  for (const folder of ['/ledger', '/mirror']) {
    const disk = await both(5);
    disk.content(slip(1, folder)).fill(0, 4 * 4096, 6 * 4096);
    t.match(await openOnce(disk), { facts: [first, ...facts(1, 5)], notes: [{ where: folder, what: /was behind/ }] });
    t.ok(same(disk));
  }
});

test('M8: what a cut-off write left in one copy alone is gone from it after the next start', async (t) => {
  for (const folder of ['/ledger', '/mirror']) {
    const disk = await both(5);
    disk.content(slip(1, folder)).fill(7, 7 * 4096, 8 * 4096);
    t.match(await openOnce(disk), { opened: true, facts: [first, ...facts(1, 5)] });
    t.ok(same(disk), folder);
  }
});

test('M8: where the two hold different records nobody can say which is right, and nothing is changed', async (t) => {
  const disk = await both(5);
  const other = await both(4);
  const { ledger } = await open(other);
  await stored(ledger.append({ type: 'another' }));
  await stored(ledger.append({ type: 'further' }));
  await ledger.close();
  other.content(slip(1)).copy(disk.content(slip(1, '/mirror')));
  const kept = Buffer.from(disk.content(slip(1, '/mirror')));
  t.match(await openOnce(disk), { opened: false, fault: { what: /hold different records/, remedy: /copy them/ } });
  t.ok(disk.content(slip(1, '/mirror')).equals(kept));

  const cut = await both(5);
  cut.content(slip(1)).fill(0, 2 * 4096, 6 * 4096);
  cut.content(slip(1, '/mirror')).fill(9, 4 * 4096 + 60, 4 * 4096 + 70);
  t.match(await openOnce(cut), { opened: false, fault: { what: /hold different records/ } }, 'one cut, one damaged');
});

test('M8: a ledger that is gone is not made up from its mirror by itself', async (t) => {
  const disk = await both(5);
  disk.unlink(slip(1));
  t.match(await openOnce(disk), { opened: false, fault: { code: 'missing', remedy: /copy the files of the mirror/ } });
});

test('M10: a mirror that fails is given up and told once, and trade goes on; the next start brings it up', async (t) => {
  for (const [operation, code] of [
    ['pwrite /mirror', 'ENOSPC'],
    ['fdatasync /mirror', 'EIO'],
    ['create /mirror', 'EROFS'],
    ['rename /mirror', 'EIO'],
    ['syncDirectory /mirror', 'EIO'],
  ] as const) {
    const disk = await both(1);
    const files = new FaultyFileSystem(disk);
    const { ledger } = await open(files);
    files.fail(operation, code);
    const outcomes = [
      await ledger.append(fact(2)),
      await ledger.rotate([{ type: 'batch' }]),
      await ledger.append(fact(3)),
    ];
    t.strictSame(new Set(outcomes.map(({ result }) => result)), new Set(['stored']), operation);
    const told = outcomes.flatMap((outcome) => ('fault' in outcome ? [outcome.fault] : []));
    t.match(told, [{ where: '/mirror', what: new RegExp(code) }], `${operation}: told once`);
    await ledger.close();
    files.heal();
    t.match(await openOnce(files), { opened: true, facts: [{ type: 'batch' }, fact(3)] });
    t.ok(same(disk), `${operation}: and set right`);
  }
});

test('M10: a mirror that is not there is done without, and told', async (t) => {
  const disk = await both(3);
  const files = new FaultyFileSystem(disk);
  files.fail('mkdir /mirror', 'ENOENT');
  const { ledger, opening } = await open(files);
  t.match(opening, { opened: true, notes: [{ where: '/mirror', what: /ENOENT/, remedy: /brought up to date/ }] });
  t.strictSame(await ledger.append(fact(4)), { result: 'stored' });
  await ledger.close();
  files.heal();
  t.match(await openOnce(files), { facts: [first, ...facts(1, 4)], notes: [{ what: /was behind/ }] });
});

test('a mirror that another terminal holds is an error, not a loss', async (t) => {
  const disk = await both(1);
  const unlock = await disk.lock('/mirror');
  t.match(await openOnce(disk), { opened: false, fault: { code: 'locked', where: '/mirror' } });
  unlock?.();
  t.match(await openOnce(disk), { opened: true });
});

test('an old batch that is removed is removed from the mirror too', async (t) => {
  const disk = await both(1);
  const ledger = new FileLedger<TestFact>({ ...mirrored, mayGo: (count) => count }, disk);
  await ledger.open();
  await stored(ledger.rotate([{ type: 'batch' }]));
  await stored(ledger.rotate([{ type: 'batch' }]));
  await ledger.rest();
  await ledger.close();
  t.strictSame(new LedgerStore<TestFact>(settings, disk).generations(), [2, 3]);
  t.ok(same(disk));
});
