/** What a terminal has on its disk, as far as the change of its format goes: a ledger of some files, and a key. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOf } from '../../firmware/update/data-format.ts';

export const batchNames: readonly string[] = Array.from({ length: 8 }, (_, n) => `batch-00000${n + 1}.slip`);
const contentOf = (name: string): Buffer => Buffer.alloc(100_000, name);

/** In a folder of its own, which the caller removes. */
export const makeTerminal = () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-format-'));
  const directory = join(folder, 'state');
  mkdirSync(join(directory, 'ledger'), { recursive: true, mode: 0o700 });
  for (const name of batchNames) writeFileSync(join(directory, 'ledger', name), contentOf(name), { mode: 0o600 });
  const files = {
    directory,
    deviceKey: join(folder, 'device.key'),
    masterKey: join(directory, 'master.key'),
    ledger: { directory: join(directory, 'ledger'), anchor: join(directory, 'ledger.anchor') },
  };
  writeFileSync(files.deviceKey, 'key', { mode: 0o600 });
  /** Whether all of the data are there, in this format (test/support/format-pair.ts) and in no other. */
  const holds = (format: 1 | 2): boolean => {
    const [is, not] = format === 1 ? ['ledger', 'book'] : ['book', 'ledger'];
    const at = join(directory, is);
    return (
      formatOf(directory).format === format &&
      !existsSync(join(directory, not)) &&
      existsSync(join(directory, 'changes')) === (format === 2) &&
      (format === 1 || readFileSync(join(directory, 'changes'), 'utf8') === 'x') &&
      batchNames.every((name) => existsSync(join(at, name)) && readFileSync(join(at, name)).equals(contentOf(name))) &&
      (statSync(join(at, batchNames[0] as string)).mode & 0o777) === 0o600 &&
      readFileSync(files.deviceKey, 'utf8') === 'key'
    );
  };
  return { folder, directory, files, holds, isChanging: () => formatOf(directory).changingTo !== undefined };
};
