import { test } from 'tap';
import { generationBefore, readWhole, replaceWhole } from '../../../drivers/storage/whole-file.ts';
import { FaultyFileSystem, PowerCut } from './faulty-file-system.ts';
import { allLosses, SimDisk } from './sim-disk.ts';

const path = '/settings.json';
const old = Buffer.from('the one before');
const next = Buffer.from('the new one');

const withOld = async (): Promise<SimDisk> => {
  const disk = new SimDisk();
  await replaceWhole(path, old, disk);
  return disk;
};
const read = (disk: SimDisk, of = path): string => readWhole(of, disk, 4096).toString();

test('a file is there whole at every moment, the old one or the new, wherever the power goes', async (t) => {
  const counted = new FaultyFileSystem(await withOld());
  await replaceWhole(path, next, counted, { previous: old });
  t.ok(counted.operations.length >= 9, counted.operations.join(', '));
  const found = new Set<string>();
  for (let cutAt = 0; cutAt < counted.operations.length; cutAt++) {
    for (const loss of allLosses) {
      const disk = await withOld();
      const cut = new FaultyFileSystem(disk);
      cut.cutPowerAt(cutAt);
      await t.rejects(replaceWhole(path, next, cut, { previous: old }), PowerCut);
      found.add(read(disk.afterPowerCut(loss)));
    }
  }
  t.strictSame([...found].sort(), ['the new one', 'the one before']);
});

test('when it resolves the new one is durable, and the one before stands beside it', async (t) => {
  const disk = await withOld();
  await replaceWhole(path, next, disk, { previous: old });
  for (const loss of allLosses) {
    const after = disk.afterPowerCut(loss);
    t.equal(read(after), 'the new one');
    t.equal(read(after, generationBefore(path)), 'the one before');
    t.strictSame(after.readdir('/').sort(), ['settings.json', 'settings.json.old']);
  }
});

test('what a write that was cut off has left is no hindrance, and the new file is prepared before it has its name', async (t) => {
  const disk = await withOld();
  disk.open(`${path}.new`, 'create').close();
  const prepared: string[] = [];
  await replaceWhole(path, next, disk, {
    previous: old,
    prepare: (unfinished) => {
      t.equal(read(disk), 'the one before');
      prepared.push(unfinished);
    },
  });
  t.strictSame(prepared, [`${path}.old.new`, `${path}.new`]);
});

test('a file that is far too long is not read into memory', async (t) => {
  t.throws(() => readWhole(path, new SimDisk(), 4), { code: 'ENOENT' });
  t.throws(() => readWhole(path, diskWith('12345'), 4), RangeError);
  t.equal(readWhole(path, diskWith('1234'), 4).toString(), '1234');
});

const diskWith = (content: string): SimDisk => {
  const disk = new SimDisk();
  disk.open(path, 'create').pwrite(Buffer.from(content), 0);
  return disk;
};
