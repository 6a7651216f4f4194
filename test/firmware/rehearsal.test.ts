import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { runFirmware } from '../bench/firmware-process.ts';

test('a rehearsed start says nothing, and its folder goes with it', async (t) => {
  const folder = t.testdir({});
  const before = process.env.TMPDIR;
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  process.env.TMPDIR = folder;
  t.equal(await runFirmware(['rehearse']), '');
  t.strictSame(readdirSync(folder), []);
});
