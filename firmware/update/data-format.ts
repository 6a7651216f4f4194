/**
 * The format of what a terminal has on its disk, one number for all of it, and how a build brings data that another one
 * wrote to its own. A power cut at any instant leaves either format whole: the data are copied first, and a change that
 * did not come to its end is undone from the copy, by whichever build starts next.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import * as v from 'valibot';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import { replaceWhole } from '../../drivers/storage/whole-file.ts';
import type { TerminalFiles } from '../terminal-files.ts';
import type { Migration } from './migrations.ts';

/** Why the data can't be used, for the person who stands before the terminal. */
export class DataFormatError extends Error {
  readonly where: string;
  readonly what: string;
  readonly remedy: string;

  constructor(where: string, what: string, remedy: string) {
    super(`${where}: ${what} ${remedy}`);
    this.where = where;
    this.what = what;
    this.remedy = remedy;
  }
}

const formatSchema = v.strictObject({
  format: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The build that wrote it: its slot has the way back. */
  build: v.string(),
  /** A change to this format has begun, and not ended. */
  changingTo: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
});
type Format = v.InferOutput<typeof formatSchema>;

const file = (directory: string): string => join(directory, 'format.json');

/** A terminal that was never changed has none: its data are of the first format. @throws DataFormatError */
export const formatOf = (directory: string): Format => {
  let text: string;
  try {
    text = readFileSync(file(directory), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { format: 1, build: '' };
    if (code === undefined) throw error;
    throw new DataFormatError(
      file(directory),
      `It can't be read (${code}).`,
      'Make the user of the terminal the owner of the folder and of all in it, or put its disk right.',
    );
  }
  try {
    return v.parse(formatSchema, JSON.parse(text));
  } catch {
    throw new DataFormatError(
      file(directory),
      'It does not say which format the data have.',
      'Keep a copy of the folder, and call whoever looks after the terminals.',
    );
  }
};

/** What the data are from now on; of a new terminal too. @throws the file system's error */
export const writeFormat = (
  directory: string,
  format: Format,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<void> => replaceWhole(file(directory), Buffer.from(`${JSON.stringify(format)}\n`), fileSystem);

/* ---- the copy ---- */

const copyPrefix = 'before-format-';
const copyOf = (directory: string, format: number): string => join(directory, `${copyPrefix}${format}`);

/** The folder of the state, and what the configuration puts elsewhere, each under the name that it has in a copy. */
const placesOf = ({
  directory,
  deviceKey,
  ledger: { anchor, mirror },
}: TerminalFiles): [name: string, path: string][] =>
  Object.entries({ state: directory, deviceKey, anchor, mirror }).filter(
    (place): place is [string, string] => place[1] !== undefined && !place[1].startsWith(directory + sep),
  );

/** What is no data: the copies themselves, the format, and what mkfs leaves in the root of a disk. */
const isOurs = (name: string): boolean =>
  name.startsWith(copyPrefix) || name.startsWith('format.json') || name === 'lost+found';
const isData = (path: string): boolean => {
  const at = lstatSync(path);
  return at.isFile() || at.isDirectory();
};

const syncAll = (path: string): void => {
  const isFolder = lstatSync(path).isDirectory();
  if (isFolder) for (const name of readdirSync(path)) syncAll(join(path, name));
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** Entry by entry: a folder can't be copied into itself, and of the state's the copies and the format are left out. */
const copyTree = (from: string, to: string): void => {
  if (!lstatSync(from).isDirectory()) {
    cpSync(from, to);
    return;
  }
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from)) {
    if (isOurs(name) || !isData(join(from, name))) continue;
    cpSync(join(from, name), join(to, name), { recursive: true, filter: isData, preserveTimestamps: true });
  }
};

/** It has its name when all of it is on the disk. */
const makeCopy = (files: TerminalFiles, format: number): void => {
  const { directory } = files;
  for (const name of readdirSync(directory)) {
    if (name.startsWith(copyPrefix)) rmSync(join(directory, name), { recursive: true });
  }
  const copy = copyOf(directory, format);
  const partial = `${copy}.partial`;
  mkdirSync(partial, { mode: 0o700 });
  for (const [name, place] of placesOf(files)) if (existsSync(place)) copyTree(place, join(partial, name));
  syncAll(partial);
  renameSync(partial, copy);
  syncAll(copy);
};

/** Puts everything back as it was; done again after a power cut it does the same. */
const restore = (files: TerminalFiles, format: number): void => {
  const copy = copyOf(files.directory, format);
  for (const [name, place] of placesOf(files)) {
    if (!existsSync(join(copy, name))) continue;
    if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true) {
      for (const each of readdirSync(place)) if (!isOurs(each)) rmSync(join(place, each), { recursive: true });
    }
    copyTree(join(copy, name), place);
    syncAll(place);
  }
};

/** How long the data from before are kept: long enough to miss something, not for the years of the ledger. */
const keepCopyMs = 30 * 86_400_000;

const dropOldCopy = (directory: string, wall: number): void => {
  for (const name of readdirSync(directory)) {
    const copy = join(directory, name);
    if (name.startsWith(copyPrefix) && wall - statSync(copy).mtimeMs > keepCopyMs) rmSync(copy, { recursive: true });
  }
};

export interface Bringing {
  readonly files: TerminalFiles;
  /** This build's. */
  readonly migrations: readonly Migration[];
  readonly build: string;
  /** ms since 1970. */
  readonly wall: number;
  /** Has the build that wrote the data bring them to a format, as only it knows the way back; false where it can't. */
  readonly wayBack: (build: string, format: number) => boolean | Promise<boolean>;
}

/**
 * Before anything is read: brings the data to this format.
 *
 * @returns the format that they had
 * @throws DataFormatError, the file system's errors; the data are whole then, in one format or the other
 */
export const bringTo = async (format: number, bringing: Bringing): Promise<number> => {
  const { files, migrations, build, wall, wayBack } = bringing;
  const { directory } = files;
  if (!existsSync(directory)) return format;
  const found = formatOf(directory);
  if (found.changingTo !== undefined) {
    restore(files, found.changingTo);
    await writeFormat(directory, { format: found.format, build: found.build });
  }
  if (found.format === format) {
    dropOldCopy(directory, wall);
    return format;
  }
  if (Math.max(found.format, format) > migrations.length + 1) {
    if ((await wayBack(found.build, format)) && formatOf(directory).format === format) return found.format;
    throw new DataFormatError(
      directory,
      `The data are of format ${found.format}, which build ${found.build} wrote; this one has no way back to ${format}.`,
      `Apply build ${found.build} again: terminalctl update apply.`,
    );
  }
  makeCopy(files, format);
  await writeFormat(directory, { format: found.format, build: found.build, changingTo: format });
  for (let at = found.format; at < format; at += 1) await migrations[at - 1]?.up(files);
  for (let at = found.format; at > format; at -= 1) await migrations[at - 2]?.down(files);
  for (const [, place] of placesOf(files)) if (existsSync(place)) syncAll(place);
  await writeFormat(directory, { format, build });
  return found.format;
};
