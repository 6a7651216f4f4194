/** What a power cut may leave, of the examples that papers and manuals give; the explorer is as good as this. */
import { test } from 'tap';
import type { DiskImage } from './disk-image.ts';
import { thorough, usual } from './legal-contents.ts';
import { RecordedDisk } from './recorded-disk.ts';

const only = { ...usual, trashedSectors: 0 };

const textOf = (image: DiskImage, path: string): string | undefined => {
  const content = image.get(path);
  return content === undefined || content === 'directory' ? content : content.bytes.toString('latin1');
};

/** What a file may be; sectors as their first letters, trash as `?`; `-` when it isn't there. */
const possible = (disk: RecordedDisk, path: string, level = only): string[] => {
  const found = [...disk.legalImages(level)].map(({ image }) => {
    const text = textOf(image, path);
    if (text === undefined) return '-';
    const letters = text.match(/[\s\S]{1,512}/g)?.map(([letter = '']) => (/[a-z\0]/.test(letter) ? letter : '?')) ?? [];
    return letters.join('').replaceAll('\0', '0');
  });
  return [...new Set(found)].sort();
};

const sectors = (letters: string): Buffer => Buffer.from(letters.replace(/./g, (letter) => letter.repeat(512)));

/** A disk with a file of those sectors, everything synced. */
const withFile = async (letters: string): Promise<RecordedDisk> => {
  const disk = new RecordedDisk();
  const file = disk.open('/file', 'create');
  file.pwrite(sectors(letters), 0);
  await file.fdatasync();
  await disk.syncDirectory('/');
  return disk;
};

test('of an overwrite each sector has arrived, or not, or is trash, apart from the others', async (t) => {
  const disk = await withFile('abc');
  disk.open('/file', 'readWrite').pwrite(sectors('xyz'), 0);
  const all = ['a', 'x', '?'].flatMap((one) =>
    ['b', 'y', '?'].flatMap((two) => ['c', 'z', '?'].map((three) => one + two + three)),
  );
  t.strictSame(possible(disk, '/file', { ...thorough, trashedSectors: 3 }), all.sort());
  t.strictSame(
    possible(disk, '/file').filter((each) => !each.includes('?')),
    ['abc', 'abz', 'ayc', 'ayz', 'xbc', 'xbz', 'xyc', 'xyz'],
  );
});

test('a sector that was written twice is as it was, as it is, or as between', async (t) => {
  const disk = await withFile('a');
  const file = disk.open('/file', 'readWrite');
  file.pwrite(sectors('b'), 0);
  file.pwrite(sectors('c'), 0);
  t.strictSame(possible(disk, '/file'), ['?', 'a', 'b', 'c']);
});

test('a file that grew has its old length, its new one or one between, with or without its bytes', async (t) => {
  const disk = await withFile('a');
  disk.open('/file', 'readWrite').pwrite(sectors('bc'), 512);
  const found = possible(disk, '/file');
  for (const legal of ['a', 'a0', 'a00', 'ab', 'abc', 'a0c', 'ab0', 'a?c', 'a??']) t.ok(found.includes(legal), legal);
  t.ok(
    found.every((each) => each.startsWith('a')),
    'what was there is not touched',
  );
});

test('a sync keeps the bytes and not the name; the sync of the folder the name and not the bytes', async (t) => {
  const disk = new RecordedDisk();
  const file = disk.open('/file', 'create');
  file.pwrite(sectors('a'), 0);
  t.match(possible(disk, '/file'), ['', '-', '0', '?', 'a']);
  await file.fdatasync();
  t.strictSame(possible(disk, '/file'), ['-', 'a']);
  file.pwrite(sectors('b'), 0);
  await disk.syncDirectory('/');
  t.strictSame(possible(disk, '/file'), ['?', 'a', 'b']);
});

test('names change apart from each other, and a rename happens whole', async (t) => {
  const disk = await withFile('o');
  const next = disk.open('/new', 'create');
  next.pwrite(sectors('n'), 0);
  await next.fdatasync();
  disk.rename('/new', '/file');
  const found = [...disk.legalImages(only)].map(({ image }) => [textOf(image, '/file')?.[0], image.has('/new')]);
  t.strictSame(new Set(found.map(String)), new Set(['o,false', 'o,true', 'n,false']), 'never none, never two of one');
});

test('what is in a folder whose own name was lost is lost with it', async (t) => {
  const disk = new RecordedDisk();
  disk.mkdir('/folder');
  await disk.open('/folder/file', 'create').fdatasync();
  await disk.syncDirectory('/folder');
  t.strictSame(possible(disk, '/folder/file'), ['', '-']);
  await disk.syncDirectory('/');
  t.strictSame(possible(disk, '/folder/file'), ['']);
});

test('after a sync that failed a later one keeps nothing: nobody knows what of it is on the disk', async (t) => {
  let fails = true;
  const disk = new RecordedDisk((await withFile('a')).image, {
    mishap: (operation) => (fails && operation.includes('sync') ? 'EIO' : undefined),
  });
  const file = disk.open('/file', 'readWrite');
  file.pwrite(sectors('b'), 0);
  disk.open('/other', 'create');
  await t.rejects(file.fdatasync(), { code: 'EIO' });
  await t.rejects(disk.syncDirectory('/'), { code: 'EIO' });
  fails = false;
  await file.fdatasync();
  await disk.syncDirectory('/');
  t.strictSame(possible(disk, '/file'), ['?', 'a', 'b']);
  t.strictSame(possible(disk, '/other'), ['', '-']);
  t.equal(textOf(disk.image, '/file')?.[0], 'b', 'though a process sees the new one');
});

test('a kill takes nothing; what was not synced may still be lost after it', async (t) => {
  const disk = await withFile('a');
  disk.open('/file', 'readWrite').pwrite(sectors('b'), 0);
  const next = disk.afterKill();
  t.equal(textOf(next.image, '/file')?.[0], 'b');
  t.strictSame(possible(next, '/file'), ['?', 'a', 'b']);
  await next.open('/file', 'readWrite').fdatasync();
  t.strictSame(possible(next, '/file'), ['b']);
  t.strictSame(possible(disk, '/file'), ['?', 'a', 'b'], 'the disk of the one that was killed is another');
});

test('of many sectors a family stands for all: none, all, each of some alone, up to and from it, every other', async (t) => {
  const disk = await withFile('o'.repeat(64));
  disk.open('/file', 'readWrite').pwrite(sectors('n'.repeat(64)), 0);
  const found = new Set(possible(disk, '/file'));
  for (const legal of ['o'.repeat(64), 'n'.repeat(64), 'on'.repeat(32), 'no'.repeat(32), '?'.repeat(64)]) {
    t.ok(found.has(legal), legal);
  }
  for (const legal of [`n${'o'.repeat(63)}`, `o${'n'.repeat(63)}`, `${'o'.repeat(63)}n`, `?${'n'.repeat(63)}`]) {
    t.ok(found.has(legal), legal);
  }
  t.ok(found.size < 100);
});

test('a write during a sync of the same file is not modelled, and says so', async (t) => {
  const file = (await withFile('a')).open('/file', 'readWrite');
  const synced = file.fdatasync();
  file.pwrite(sectors('b'), 0);
  await t.rejects(synced, /not modelled/);
});
