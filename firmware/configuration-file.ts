/** Changes the configuration's file: the whole of it is checked first, and it is written whole, with the one before kept. */
import { chmodSync, chownSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode, type FileSystem } from '../drivers/storage/file-system.ts';
import { nodeFileSystem } from '../drivers/storage/node-file-system.ts';
import { generationBefore, readWhole, replaceWhole } from '../drivers/storage/whole-file.ts';
import { type Configuration, checkConfiguration } from './configuration.ts';
import { withFiles } from './configured-files.ts';
import { type Content, parametersOf, type Value, valueIn, withValue } from './parameter-table.ts';

/** Without a value the key goes out of the file, and its default holds. */
export interface Assignment {
  readonly key: string;
  readonly value: Value | undefined;
}

/** What holds otherwise now; for an audit record. Null: nothing, where there is no default. `***` stands for a secret. */
export interface Change {
  readonly key: string;
  readonly from: Value | null;
  readonly to: Value | null;
}

export type EditResult =
  /** On the disk; no changes when all of it held before. */
  | {
      readonly result: 'changed';
      readonly changes: readonly Change[];
      readonly content: Content;
      readonly configuration: Configuration;
    }
  /** It would not be right; nothing was changed. Each error names its key. */
  | { readonly result: 'refused'; readonly errors: readonly string[] }
  | { readonly result: 'notStored'; readonly what: string; readonly remedy: string };

const maxBytes = 1 << 20;

/** Where the file is edited. */
export interface EditedFiles {
  readonly fileSystem: FileSystem;
  /** Gives a new file, before it has its name, what the one has in whose place it comes. */
  readonly prepare: (unfinished: string, path: string) => void;
}

/** The board's own: owner and mode stay, so that who could read the file still can. */
export const boardFiles: EditedFiles = {
  fileSystem: nodeFileSystem,
  prepare: (unfinished, path) => {
    const { uid, gid, mode } = statSync(path);
    chmodSync(unfinished, mode & 0o777);
    const made = statSync(unfinished);
    if (made.uid !== uid || made.gid !== gid) chownSync(unfinished, uid, gid);
  },
};

/** All that holds otherwise, and the keys that are there in one only. */
export const changesBetween = (before: Content, after: Content): readonly Change[] => {
  const keys = new Map([...parametersOf(before), ...parametersOf(after)].map((each) => [each.key, each]));
  return [...keys.values()].flatMap((parameter) => {
    const [from, to] = [valueIn(before, parameter) ?? null, valueIn(after, parameter) ?? null];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    const shown = (value: Value | null): Value | null => (parameter.isSecret && value !== null ? '***' : value);
    return [{ key: parameter.key, from: shown(from), to: shown(to) }];
  });
};

const notStored = (path: string, error: unknown): EditResult => {
  const code = errorCode(error);
  if (code === undefined) throw error;
  const remedy = /^(?:EACCES|EPERM|EROFS)$/.test(code)
    ? 'Let the user who does it write the file and its folder.'
    : 'Free space on its disk, or replace the disk.';
  return { result: 'notStored', what: `${path} can't be written (${code}).`, remedy };
};

/** Nothing is changed unless all of it is right. */
export const editConfiguration = async (
  path: string,
  assignments: readonly Assignment[],
  files: EditedFiles = boardFiles,
): Promise<EditResult> => {
  try {
    const unlock = await files.fileSystem.lock(dirname(resolve(path)));
    if (unlock === undefined) {
      return { result: 'notStored', what: `${path} is being changed by another.`, remedy: 'Try again.' };
    }
    try {
      return await edit(path, assignments, files);
    } finally {
      unlock();
    }
  } catch (error) {
    return notStored(path, error);
  }
};

const edit = async (
  path: string,
  assignments: readonly Assignment[],
  { fileSystem, prepare }: EditedFiles,
): Promise<EditResult> => {
  const previous = readWhole(path, fileSystem, maxBytes);
  const before = parsed(previous);
  if (before === undefined) {
    return { result: 'refused', errors: [`${path}: no valid JSON; put back ${generationBefore(path)}`] };
  }
  let content = before;
  for (const { key, value } of assignments) content = withValue(content, key, value);
  const checked = withFiles(checkConfiguration(content, dirname(resolve(path))));
  if (!checked.valid) return { result: 'refused', errors: checked.errors };
  if (JSON.stringify(content) !== JSON.stringify(before)) {
    const bytes = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
    await replaceWhole(path, bytes, fileSystem, { previous, prepare: (unfinished) => prepare(unfinished, path) });
  }
  return { result: 'changed', changes: changesBetween(before, content), content, configuration: checked.configuration };
};

/** What the file has. @throws the file system's error; a SyntaxError */
export const readContent = (path: string, fileSystem: FileSystem = nodeFileSystem): Content =>
  JSON.parse(readWhole(path, fileSystem, maxBytes).toString());

const parsed = (bytes: Buffer): Content | undefined => {
  try {
    const content: unknown = JSON.parse(bytes.toString());
    return typeof content === 'object' && content !== null ? (content as Content) : undefined;
  } catch {
    return undefined;
  }
};
