import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import { checkConfiguration } from '../../firmware/configuration.ts';
import { changesBetween, editConfiguration, readContent } from '../../firmware/configuration-file.ts';
import { withValue } from '../../firmware/parameter-table.ts';
import { FaultyFileSystem, PowerCut } from '../drivers/storage/faulty-file-system.ts';
import { allLosses, SimDisk } from '../drivers/storage/sim-disk.ts';
import { smallest } from './smallest.ts';

const path = '/terminal.json';
const prepare = (): void => undefined;
const board = (): SimDisk => {
  const disk = new SimDisk();
  disk.open(path, 'create').pwrite(Buffer.from(JSON.stringify(smallest())), 0);
  return disk.afterPowerCut({ writes: 'kept', names: 'kept' });
};
const quicker = [{ key: 'timers.cardMs', value: 5000 }];

test('what is right is written, with the file before kept, and what changed is told', async (t) => {
  const disk = board();
  const before = disk.content(path).toString();
  const edited = await editConfiguration(path, quicker, { fileSystem: disk, prepare });
  t.match(edited, {
    result: 'changed',
    changes: [{ key: 'timers.cardMs', from: 60_000, to: 5000 }],
    configuration: { timers: { cardMs: 5000 } },
  });
  t.match(readContent(path, disk), { timers: { cardMs: 5000 }, merchant: { name: '示例便利店' } });
  t.equal(disk.content(`${path}.old`).toString(), before);
  const again = await editConfiguration(path, quicker, { fileSystem: disk, prepare });
  t.match(again, { result: 'changed', changes: [] });
  t.equal(disk.content(`${path}.old`).toString(), before, 'nothing is written for nothing');
  const back = await editConfiguration(path, [{ key: 'timers.cardMs', value: undefined }], {
    fileSystem: disk,
    prepare,
  });
  t.match(back, { changes: [{ from: 5000, to: 60_000 }] });
  t.strictSame(readContent(path, disk), smallest());
});

test('what is not right is refused with its key, all of it, and so is a file that is none', async (t) => {
  const disk = board();
  const files = { fileSystem: disk, prepare };
  const wrong = [...quicker, { key: 'slip.copies', value: 4 }, { key: 'merchant.name', value: undefined }];
  t.match(await editConfiguration(path, wrong, files), {
    result: 'refused',
    errors: [/^merchant\.name: missing/, /^slip\.copies: expected/],
  });
  t.strictSame(readContent(path, disk), smallest());
  disk.content(path).fill('x');
  t.match(await editConfiguration(path, quicker, files), { result: 'refused', errors: [/no valid JSON; put back/] });
});

test('wherever the power goes the file is right, the old one or the new', async (t) => {
  const whole = new FaultyFileSystem(board());
  await editConfiguration(path, quicker, { fileSystem: whole, prepare });
  const found = new Set<string>();
  for (let cutAt = 0; cutAt < whole.operations.length; cutAt++) {
    for (const loss of allLosses) {
      const disk = board();
      const cut = new FaultyFileSystem(disk);
      cut.cutPowerAt(cutAt);
      await t.rejects(editConfiguration(path, quicker, { fileSystem: cut, prepare }), PowerCut);
      const checked = checkConfiguration(readContent(path, disk.afterPowerCut(loss)), '/');
      found.add(checked.valid ? String(checked.configuration.timers.cardMs) : 'not right');
    }
  }
  t.strictSame([...found].sort(), ['5000', '60000']);
});

test('where it can not be written that is told, and two do not write at once', async (t) => {
  const disk = board();
  const files = new FaultyFileSystem(disk);
  files.fail('create', 'EROFS');
  const failed = await editConfiguration(path, quicker, { fileSystem: files, prepare });
  t.match(failed, { result: 'notStored', what: /EROFS/, remedy: /Let the user/ });
  files.fail('pwrite', 'ENOSPC');
  t.match(await editConfiguration(path, quicker, { fileSystem: files, prepare }), { remedy: /Free space/ });
  files.heal();
  const unlock = await disk.lock('/');
  t.match(await editConfiguration(path, quicker, { fileSystem: files, prepare }), { what: /changed by another/ });
  unlock?.();
  t.match(await editConfiguration(path, quicker, { fileSystem: files, prepare }), { result: 'changed' });
  t.match(await editConfiguration('/none.json', quicker, { fileSystem: files, prepare }), { what: /ENOENT/ });
});

test('on the board who could read the file still can', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-edit-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const real = join(folder, 'terminal.json');
  writeFileSync(real, JSON.stringify(smallest()));
  chmodSync(real, 0o640);
  t.match(await editConfiguration(real, quicker), { result: 'changed' });
  t.equal(statSync(real).mode & 0o777, 0o640);
  t.match(readFileSync(real, 'utf8'), /"cardMs": 5000/);
  t.match(readContent(real, nodeFileSystem), { timers: { cardMs: 5000 } });
});

test('between two files all that holds otherwise is told, but no secret', async (t) => {
  const before = withValue(smallest(), 'supervisor.passwordHash', 'scrypt$a$b');
  const after = withValue(withValue(before, 'supervisor.passwordHash', 'scrypt$c$d'), 'timers.cardMs', 60_000);
  t.strictSame(changesBetween(before, after), [{ key: 'supervisor.passwordHash', from: '***', to: '***' }]);
  t.strictSame(changesBetween(smallest(), withValue(smallest(), 'settlement.at', '23:30')), [
    { key: 'settlement.at', from: null, to: '23:30' },
  ]);
});
