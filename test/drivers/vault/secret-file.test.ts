import { test } from 'tap';
import { readSecretFile, writeSecretFile } from '../../../drivers/vault/secret-file.ts';
import { FaultyFileSystem, PowerCut } from '../storage/faulty-file-system.ts';
import { allLosses, SimDisk } from '../storage/sim-disk.ts';

const older = Buffer.from('the one before');
const newer = Buffer.from('the new one, and longer');

test('a power cut at each operation leaves the file before or the new one, whole', async (t) => {
  const whole = new FaultyFileSystem(new SimDisk());
  await writeSecretFile('/key', newer, whole);
  const outcomes = new Set<string>();
  for (let cutAt = 0; cutAt <= whole.operations.length; cutAt += 1) {
    for (const loss of allLosses) {
      const disk = new SimDisk();
      await writeSecretFile('/key', older, disk);
      const files = new FaultyFileSystem(disk);
      files.cutPowerAt(cutAt);
      const written = await writeSecretFile('/key', newer, files).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof PowerCut)) throw error;
          return false;
        },
      );
      const next = disk.afterPowerCut(loss);
      const found = readSecretFile('/key', next);
      const where = `cut at ${whole.operations[cutAt]}, ${JSON.stringify(loss)}`;
      t.ok(found.equals(newer) || (!written && found.equals(older)), where);
      outcomes.add(found.toString());
      await writeSecretFile('/key', newer, next);
      t.ok(readSecretFile('/key', next).equals(newer), `${where}: and it can be written again`);
    }
  }
  t.equal(outcomes.size, 2);
});

test('an error at each operation is told, and leaves the file before or the new one', async (t) => {
  const whole = new FaultyFileSystem(new SimDisk());
  await writeSecretFile('/key', newer, whole);
  for (const operation of whole.operations) {
    for (const code of ['EIO', 'ENOSPC']) {
      const files = new FaultyFileSystem(new SimDisk());
      await writeSecretFile('/key', older, files);
      files.fail(operation, code);
      const expected = { message: new RegExp(`/key: The disk failed or is full \\(${code}\\)\\. .*replace`) };
      await t.rejects(writeSecretFile('/key', newer, files), expected, operation);
      files.heal();
      t.match(readSecretFile('/key', files).toString(), /the one before|the new one, and longer/);
    }
  }
});
