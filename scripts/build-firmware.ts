/** `npm run build:firmware`: the bundles that boards are flashed with. */
import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { architectures } from './build-firmware/architectures.ts';
import { buildBundles, stageHere } from './build-firmware/build-bundle.ts';
import { root } from './build-firmware/bundler.ts';

const help = `Makes the bundles that boards are flashed with: two programs of one file each, the native addons of the board's
architecture, units, licences and the bill of materials (CycloneDX). The same commit gives the same bytes.

  npm run build:firmware                       for all: ${Object.keys(architectures).join(', ')}
  npm run build:firmware -- --architecture x64 for one; may be repeated
  npm run build:firmware -- --out DIR          elsewhere than dist/bundles
  npm run build:firmware -- --here             for this machine only, as a board has it once it is staged, in dist/board:
                                               what the virtual board and its tests run (npm run build makes it)
  npm run build:firmware -- --json             [{"architecture","build","folder","tar"}]
  npm run build:firmware -- --help

scripts/flash builds by itself what it needs.
`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      architecture: { type: 'string', multiple: true },
      out: { type: 'string', default: join(root, 'dist', 'bundles') },
      here: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  if (values.here) {
    await stageHere(join(root, 'dist', 'board'));
    return;
  }
  const built = await buildBundles(values.architecture ?? Object.keys(architectures), resolve(values.out));
  if (values.json) process.stdout.write(`${JSON.stringify(built)}\n`);
  else
    for (const { tar } of built)
      process.stdout.write(`${relative(process.cwd(), tar)}  ${Math.ceil(statSync(tar).size / 1024)} KiB\n`);
};

try {
  await main();
} catch (error) {
  const usage = error instanceof TypeError;
  process.stderr.write(`build:firmware: ${usage ? error.message : (error as Error).stack}\n`);
  process.exitCode = usage ? 2 : 1;
}
