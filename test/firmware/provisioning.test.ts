import { test } from 'tap';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import { provisionTerminal } from '../../firmware/provisioning.ts';
import type { Fact, FactOf } from '../../state-machine/facts.ts';
import { FaultyFileSystem, PowerCut } from '../drivers/storage/faulty-file-system.ts';
import { SimDisk, systemError } from '../drivers/storage/sim-disk.ts';
import { provisioned } from '../state-machine/world.ts';

const files = {
  directory: '/var/slipsafe',
  deviceKey: '/var/slipsafe/device.key',
  masterKey: '/var/slipsafe/master.key',
  ledger: { directory: '/var/slipsafe/ledger', anchor: '/var/slipsafe/ledger.anchor' },
};
const key = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
const first = provisioned as FactOf<'provisioned'>;

/** Whether everything of a terminal is there and fits together. */
const isTerminal = (disk: SimDisk): boolean => {
  const vault = Vault.open(files.deviceKey, disk);
  const store = new LedgerStore<Fact>({ ...files.ledger, ledgerKey: vault.ledgerKey() }, disk);
  const readings = [...store.verify()];
  return (
    vault.loadMasterKey(files.masterKey).key.equals(key) &&
    readings.length === 1 &&
    readings.every(({ verdict, facts }) => verdict.intact && facts.length === 1)
  );
};

test('M10: provisioning that a power cut breaks off at any operation is done by doing it again', async (t) => {
  const whole = new FaultyFileSystem(new SimDisk());
  t.match(await provisionTerminal(files, key, first, whole), { checkValue: '08D7B4FB', ledger: { result: 'stored' } });
  const begun = { keys: 0, ledger: 0 };
  for (let cutAt = 0; cutAt < whole.operations.length; cutAt += 1) {
    for (const names of ['kept', 'lost'] as const) {
      const disk = new SimDisk();
      const cut = new FaultyFileSystem(disk);
      cut.cutPowerAt(cutAt);
      await t.rejects(provisionTerminal(files, key, first, cut), PowerCut);
      const next = disk.afterPowerCut({ writes: 'lost', names });
      const there = new Set(next.readdir('/').length > 0 ? next.readdir('/var') : []);
      if (there.has('slipsafe') && next.readdir(files.directory).includes('device.key')) begun.keys += 1;
      const again = await provisionTerminal(files, key, first, next).catch((error: Error) => error);
      const isDone = again instanceof Error && /already/.test(again.message);
      if (isDone) begun.ledger += 1;
      t.ok(isDone || ('ledger' in again && again.ledger.result === 'stored'), `cut at ${whole.operations[cutAt]}`);
      t.ok(isTerminal(next));
    }
  }
  t.ok(begun.keys > 5 && begun.ledger > 0, 'a key was there on the way, and in the end a terminal');
});

test('M8: of a terminal that has its ledger nothing is replaced', async (t) => {
  const disk = new SimDisk();
  await provisionTerminal(files, key, first, disk);
  const before = disk.content(files.masterKey);
  await t.rejects(provisionTerminal(files, Buffer.alloc(16, 1), first, disk), { message: /device key already/ });
  t.strictSame(disk.content(files.masterKey), before);
  t.ok(isTerminal(disk));
});

/** A disk of which one operation fails with that code. */
const failing = (disk: SimDisk, failed: string, code: string): FaultyFileSystem => {
  const files = new FaultyFileSystem(disk);
  files.intervene = (operation) => {
    if (operation === failed) throw systemError(code, operation);
  };
  return files;
};

test('folders are made as far as they are missing; above one that is there this user may have no right to look', async (t) => {
  const disk = new SimDisk();
  await t.rejects(provisionTerminal(files, key, first, failing(disk, 'mkdir /var', 'ENOSPC')), { code: 'ENOSPC' });
  disk.mkdir('/var');
  disk.mkdir('/var/slipsafe');
  const sync = 'syncDirectory /var';
  await t.rejects(provisionTerminal(files, key, first, failing(disk, sync, 'EIO')), { code: 'EIO' });
  t.match(await provisionTerminal(files, key, first, failing(disk, sync, 'EACCES')), { ledger: { result: 'stored' } });
});

test('M8: a ledger that can not be read is not taken for none', async (t) => {
  const disk = new SimDisk();
  await provisionTerminal(files, key, first, disk);
  const readdir = disk.readdir.bind(disk);
  disk.readdir = (directory) => {
    if (directory === files.ledger.directory) throw systemError('EIO', 'scandir');
    return readdir(directory);
  };
  await t.rejects(provisionTerminal(files, key, first, disk), { code: 'EIO' });
});

test('M8: nor is one whose disk is not there, when its anchor is', async (t) => {
  const disk = new SimDisk();
  await provisionTerminal(files, key, first, disk);
  for (const name of disk.readdir(files.ledger.directory)) disk.unlink(`${files.ledger.directory}/${name}`);
  await t.rejects(provisionTerminal(files, key, first, disk), { message: /device key already/ });
});
