/** Packages that are only measured against: they have a package.json of their own and are installed when first asked for. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** dist/scripts/bench → scripts/bench/peers */
const folder = join(import.meta.dirname, '..', '..', '..', 'scripts', 'bench', 'peers');

/** The package, or why it can't be had. The first time takes a minute, as one of them is compiled. */
export const peer = (
  name: string,
  say: (text: string) => void,
): { readonly module: unknown } | { readonly why: string } => {
  if (!existsSync(join(folder, 'node_modules', name))) {
    say(`installing what is measured against (${name} and others; once, about a minute)`);
    const { status, stderr } = spawnSync('npm', ['ci', '--loglevel=error'], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) return { why: `npm could not install it: ${stderr.trim().split('\n')[0] ?? ''}` };
  }
  try {
    return { module: createRequire(join(folder, 'package.json'))(name) };
  } catch (error) {
    return { why: (error as Error).message.split('\n')[0] ?? '' };
  }
};
