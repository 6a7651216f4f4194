import { test } from 'tap';
import { errorCode, unlinkIfThere, writeFully } from '../../../drivers/storage/file-system.ts';
import { SimDisk, systemError } from './sim-disk.ts';

test('what the system takes in parts is written whole', (t) => {
  const disk = new SimDisk();
  const file = disk.open('/one', 'create');
  const grudging = {
    ...file,
    pwrite: (bytes: Uint8Array, position: number) => file.pwrite(bytes.subarray(0, 3), position),
  };
  writeFully(grudging, Buffer.from('ten bytes.'), 2);
  t.equal(disk.content('/one').toString(), '\0\0ten bytes.');
  t.end();
});

test('a file that is not there needs no removing; any other error counts', (t) => {
  const disk = new SimDisk();
  unlinkIfThere(disk, '/none');
  disk.open('/one', 'create');
  unlinkIfThere(disk, '/one');
  t.strictSame(disk.readdir('/'), []);
  disk.unlink = () => {
    throw systemError('EIO', 'unlink');
  };
  t.throws(() => unlinkIfThere(disk, '/one'), { code: 'EIO' });
  t.end();
});

test('only errors of file operations have a code', (t) => {
  t.equal(errorCode(systemError('ENOSPC', 'write')), 'ENOSPC');
  t.equal(errorCode(Object.assign(new TypeError('bug'), { code: 'ERR_INVALID_ARG_TYPE' })), undefined);
  t.equal(errorCode('ENOSPC'), undefined);
  t.end();
});
