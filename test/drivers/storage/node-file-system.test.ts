import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { nodeFileSystem as files } from '../../../drivers/storage/node-file-system.ts';

const folder = (t: Test): string => {
  const path = mkdtempSync(join(tmpdir(), 'slipsafe-files-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

test('files are made once, for their owner only, and read and written at positions', async (t) => {
  const directory = join(folder(t), 'inner');
  files.mkdir(directory);
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.throws(() => files.mkdir(directory), { code: 'EEXIST' });
  const path = join(directory, 'one');
  const file = files.open(path, 'create');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.throws(() => files.open(path, 'create'), { code: 'EEXIST' });
  t.equal(file.pwrite(Buffer.from('slip'), 4), 4);
  await file.fdatasync();
  const into = Buffer.alloc(16, 0xff);
  t.equal(file.pread(into, 2), 6, 'fewer at the end of the file');
  t.equal(into.toString('latin1', 0, 6), '\0\0slip');
  t.match(file.stat(), { sizeBytes: 8 });
  file.close();
  files.rename(path, join(directory, 'two'));
  t.strictSame(files.readdir(directory), ['two']);
  await files.syncDirectory(directory);
  const reader = files.open(join(directory, 'two'), 'read');
  t.throws(() => reader.pwrite(Buffer.from('x'), 0), { code: 'EBADF' });
  reader.close();
  files.unlink(join(directory, 'two'));
  t.throws(() => files.open(join(directory, 'two'), 'readWrite'), { code: 'ENOENT' });
});

test('a folder is locked once, and again when it is let go', async (t) => {
  const directory = folder(t);
  const unlock = await files.lock(directory);
  t.type(unlock, 'function');
  t.equal(await files.lock(directory), undefined);
  const other = await files.lock(folder(t));
  t.type(other, 'function', 'another folder is free');
  other?.();
  unlock?.();
  await new Promise(setImmediate);
  const again = await files.lock(directory);
  t.type(again, 'function');
  again?.();
  await t.rejects(files.lock(join(directory, 'missing')), { code: 'ENOENT' });
});

test('a process that is killed leaves no lock behind', async (t) => {
  const directory = folder(t);
  const module = new URL('../../../drivers/storage/node-file-system.js', import.meta.url).href;
  const script = `
    import { nodeFileSystem } from ${JSON.stringify(module)};
    await nodeFileSystem.lock(${JSON.stringify(directory)});
    process.stdin.resume();
    console.log('locked');`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  t.equal(await files.lock(directory), undefined, 'while it lives');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const unlock = await files.lock(directory);
  t.type(unlock, 'function');
  unlock?.();
});
