/** Small bundles for the tests of flashing, and keys to sign them with. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { commentOf, type Manifest } from '../../firmware/update/bundle.ts';
import { readSecretKey, signFile } from '../../firmware/update/minisign.ts';

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A key pair as minisign makes it, without a password. */
export const makeKeys = (folder: string, name = 'flash'): { readonly secret: string; readonly open: string } => {
  const keys = { secret: join(folder, `${name}.key`), open: join(folder, `${name}.pub`) };
  execFileSync('minisign', ['-G', '-W', '-f', '-s', keys.secret, '-p', keys.open], { stdio: 'pipe' });
  return keys;
};

export interface BundleContent {
  readonly build: string;
  /** Laid over what a right manifest says. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Path to content; `terminalctl.cjs` is executable. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Files that the manifest doesn't know. */
  readonly unlisted?: Readonly<Record<string, string>>;
  /** Files of the manifest that aren't there. */
  readonly left?: readonly string[];
}

/** A bundle's tar file in `folder`. */
export const makeTar = (
  folder: string,
  { build, manifest = {}, files = {}, unlisted = {}, left = [] }: BundleContent,
) => {
  const work = mkdtempSync(join(tmpdir(), 'slipsafe-tar-'));
  const all = {
    'slipsafe.cjs': `// ${build}\n`,
    'terminalctl.cjs': 'process.exit(0)\n',
    'board/x.conf': '#\n',
    ...files,
  };
  const told: Manifest = {
    product: 'slipsafe',
    build,
    version: '0.1.0',
    epoch: 1,
    architecture: process.arch,
    node: '>=20.15',
    data: { oldest: 1, writes: 1 },
    files: Object.fromEntries(Object.entries(all).map(([path, content]) => [path, sha256(content)])),
    ...manifest,
  };
  const written = { ...all, ...unlisted, 'manifest.json': `${JSON.stringify(told, null, 1)}\n` };
  for (const [path, content] of Object.entries(written)) {
    if (left.includes(path)) continue;
    mkdirSync(dirname(join(work, build, path)), { recursive: true });
    writeFileSync(join(work, build, path), content, { mode: path === 'terminalctl.cjs' ? 0o755 : 0o644 });
  }
  const tar = join(folder, `${build}.tar`);
  execFileSync('tar', ['--format=ustar', '-C', work, '-cf', tar, build]);
  rmSync(work, { recursive: true });
  return { tar, manifest: told };
};

/** The same with its signature beside it. */
export const makeBundle = (folder: string, secret: string, content: BundleContent): string => {
  const { tar, manifest } = makeTar(folder, content);
  const key = readSecretKey(readFileSync(secret, 'utf8'));
  writeFileSync(`${tar}.minisig`, signFile(readFileSync(tar), commentOf(manifest), key));
  return tar;
};
