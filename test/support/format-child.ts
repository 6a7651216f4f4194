/** Brings a folder's data to a format, as a build would that knows the second one (`new`), or that doesn't (`old`). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bringTo } from '../../firmware/update/data-format.ts';
import { pair } from './format-pair.ts';

const [, program = '', directory = '', format, age] = process.argv;
await bringTo(Number(format), {
  files: {
    directory,
    deviceKey: join(directory, '..', 'device.key'),
    masterKey: join(directory, 'master.key'),
    ledger: { directory: join(directory, 'ledger'), anchor: join(directory, 'ledger.anchor') },
  },
  migrations: age === 'new' ? pair : [],
  build: `${age}-build`,
  wall: Date.now(),
  wayBack: (build, to) =>
    build === 'new-build' && spawnSync(process.execPath, [program, directory, String(to), 'new']).status === 0,
});
