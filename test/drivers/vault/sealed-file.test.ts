import { test } from 'tap';
import { SealedFile } from '../../../drivers/vault/sealed-file.ts';
import { Vault } from '../../../drivers/vault/vault.ts';
import { VaultError } from '../../../drivers/vault/vault-error.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';

const path = '/accounts.json';
const rig = async () => {
  const disk = new SimDisk();
  await Vault.provision('/device.key', disk);
  await Vault.provision('/other.key', disk);
  const open = (context = 'accounts', key = '/device.key', files: FaultyFileSystem | SimDisk = disk) =>
    new SealedFile<{ n: number }>(path, context, Vault.open(key, disk), files);
  return { disk, open };
};
const flip = (disk: SimDisk, of: string): void => {
  const content = disk.content(of);
  content.writeUInt8(content.readUInt8(20) === 65 ? 66 : 65, 20);
};

test('what was written is read again, sealed: nothing of it can be read off the disk', async (t) => {
  const { disk, open } = await rig();
  t.equal(await open().read(), null, 'there is none at first');
  await open().write({ n: 7 });
  const again = open();
  t.strictSame(await again.read(), { n: 7 });
  t.equal(again.note, undefined);
  t.match(disk.content(path).toString('latin1'), /^[A-Za-z0-9+/=]+\n$/);
  t.notMatch(Buffer.from(disk.content(path).toString('latin1'), 'base64').toString('latin1'), /"n"/);
});

test('a file that was damaged, altered or taken away is read from the generation before, and that is said', async (t) => {
  for (const [what, harm] of Object.entries({
    'damaged or altered': (disk: SimDisk) => flip(disk, path),
    missing: (disk: SimDisk) => disk.unlink(path),
  })) {
    const { disk, open } = await rig();
    const file = open();
    for (const n of [1, 2, 3]) await file.write({ n });
    harm(disk);
    const found = open();
    t.strictSame(await found.read(), { n: 2 });
    t.match(found.note, { where: path, what: new RegExp(`is ${what}; the generation before`) });
    await found.write({ n: 4 });
    flip(disk, path);
    t.strictSame(await open().read(), { n: 2 }, 'and a harmed content never becomes the generation before');
  }
});

test('two bad generations, or those of another terminal or purpose, are refused and not begun anew', async (t) => {
  const { disk, open } = await rig();
  await open().write({ n: 1 });
  for (const other of [open('accounts', '/other.key'), open('parameters')]) {
    await t.rejects(other.read(), { message: /is damaged or altered, and the generation before it is missing/ });
  }
  flip(disk, path);
  await t.rejects(open().read(), VaultError);
});

test('a disk that fails is told in words, and a file that may not be read is not taken for a damaged one', async (t) => {
  const { disk, open } = await rig();
  const files = new FaultyFileSystem(disk);
  const file = open('accounts', '/device.key', files);
  await file.write({ n: 1 });
  files.fail('fdatasync', 'EIO');
  await t.rejects(file.write({ n: 2 }), { message: /EIO/ });
  files.heal();
  t.strictSame(await open().read(), { n: 1 });
  const denied = open();
  disk.open = () => {
    throw Object.assign(new Error('denied'), { code: 'EACCES', syscall: 'open' });
  };
  await t.rejects(denied.read(), { message: /This user may not use it/ });
});
