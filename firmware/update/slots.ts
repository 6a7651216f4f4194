/** The folders in which builds are (board/libexec/slots says which of them runs). */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Bundle, buildName, type Manifest, parseManifest, Refused } from './bundle.ts';

/** Where a board has its builds. */
export const boardRoot = '/opt/slipsafe';

const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

const writeSynced = (path: string, content: Uint8Array, mode: number): void => {
  const file = openSync(path, 'wx', mode);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * Puts a bundle into its slot. The slot appears under its name when everything in it is on the disk, by one rename:
 * a power cut before leaves a folder that begins with a dot, which the next staging removes.
 *
 * @returns whether it was there already
 * @throws Refused
 */
export const stage = (root: string, bundle: Bundle): 'staged' | 'there already' => {
  try {
    return put(root, bundle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    // What room there was is given back: the terminal may need it.
    rmSync(join(root, 'slots', `.${bundle.manifest.build}`), { recursive: true, force: true });
    throw new Refused('there is no room for it on the disk');
  }
};

const put = (root: string, { manifest, files }: Bundle): 'staged' | 'there already' => {
  const slots = join(root, 'slots');
  const slot = join(slots, manifest.build);
  mkdirSync(slots, { recursive: true });
  for (const name of readdirSync(slots)) if (name.startsWith('.')) rmSync(join(slots, name), { recursive: true });
  const there = textOf(join(slot, 'manifest.json'));
  if (there !== undefined) {
    const same = there === files.find(({ path }) => path === 'manifest.json')?.content.toString('utf8');
    if (!same) throw new Refused(`there is another build by the name ${manifest.build}`);
    return 'there already';
  }
  const partial = join(slots, `.${manifest.build}`);
  const folders = new Set([partial]);
  for (const { path, content, executable } of files) {
    const to = join(partial, path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
    for (let folder = dirname(to); folder.startsWith(partial); folder = dirname(folder)) folders.add(folder);
    writeSynced(to, content, executable ? 0o755 : 0o644);
  }
  // V8's form of the program, by this board's own Node (board/loader.cjs). Without it the start only takes longer.
  spawnSync(process.execPath, [join(partial, 'slipsafe.cjs'), '--compile'], { stdio: 'ignore' });
  for (const folder of folders) syncFolder(folder);
  renameSync(partial, slot);
  syncFolder(slots);
  return 'staged';
};

/** The build that a link names, `current` or `previous`. */
export const buildAt = (root: string, link: 'current' | 'previous'): string | undefined => {
  try {
    return basename(readlinkSync(join(root, link)));
  } catch {
    return undefined;
  }
};

/**
 * Removes all builds but these, those that run or can be gone back to, and one that was taken back: it may have written
 * data from which only it knows the way.
 */
export const prune = (root: string, ...keep: readonly string[]): void => {
  const takenBack = readdirSync(root).flatMap((name) => /^refused-(.*)$/.exec(name)?.[1] ?? []);
  const kept = new Set([...keep, ...takenBack, buildAt(root, 'current'), buildAt(root, 'previous')]);
  for (const name of readdirSync(join(root, 'slots'))) {
    // Its manifest first: without one it is no build any more, should the power go in the middle.
    if (kept.has(name)) continue;
    rmSync(join(root, 'slots', name, 'manifest.json'), { force: true });
    rmSync(join(root, 'slots', name), { recursive: true });
  }
};

/** The manifest of a staged build. @throws Refused */
export const manifestOf = (root: string, build: string): Manifest => {
  const text = v.is(buildName, build) ? textOf(join(root, 'slots', build, 'manifest.json')) : undefined;
  if (text === undefined) throw new Refused(`there is no build ${build}: stage it first`);
  return parseManifest(Buffer.from(text));
};

/** The formats of the data of the build that a link names, where there is one. @throws Refused */
export const dataAt = (root: string, link: 'current' | 'previous'): Manifest['data'] | undefined => {
  const build = buildAt(root, link);
  return build === undefined ? undefined : manifestOf(root, build).data;
};

/** The highest security epoch that was confirmed; 0 where none was yet. */
export const floorOf = (root: string): number => Number.parseInt(textOf(join(root, 'floor')) ?? '', 10) || 0;
