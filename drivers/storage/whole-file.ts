/** Small files that are only ever written whole. */
import { dirname } from 'node:path';
import { type FileSystem, unlinkIfThere, writeFully } from './file-system.ts';

/** Where the generation before is kept. */
export const generationBefore = (path: string): string => `${path}.old`;

export interface Replacing {
  /** What is kept as the generation before: a content that is known to be good, not what may stand in the file. */
  readonly previous?: Uint8Array;
  /** Is told each new file before it gets its name, to give it an owner and a mode. */
  readonly prepare?: (unfinished: string) => void;
}

/**
 * Puts a content in the place of a file's, whole or not at all whenever the power goes: under another name first, synced,
 * renamed, the folder synced. There is never a moment without the file.
 *
 * @throws the file system's error
 */
export const replaceWhole = async (
  path: string,
  content: Uint8Array,
  fileSystem: FileSystem,
  { previous, prepare }: Replacing = {},
): Promise<void> => {
  const write = async (target: string, bytes: Uint8Array): Promise<() => void> => {
    const unfinished = `${target}.new`;
    unlinkIfThere(fileSystem, unfinished);
    const file = fileSystem.open(unfinished, 'create');
    try {
      writeFully(file, bytes, 0);
      prepare?.(unfinished);
      await file.fdatasync();
    } finally {
      file.close();
    }
    return () => fileSystem.rename(unfinished, target);
  };
  const keep = previous && (await write(generationBefore(path), previous));
  const put = await write(path, content);
  keep?.();
  put();
  await fileSystem.syncDirectory(dirname(path));
};

/** @throws the file system's error; a RangeError for a file that is longer than `maxBytes` */
export const readWhole = (path: string, fileSystem: FileSystem, maxBytes: number): Buffer => {
  const file = fileSystem.open(path, 'read');
  try {
    const { sizeBytes } = file.stat();
    if (sizeBytes > maxBytes) throw new RangeError(`${path} has ${sizeBytes} bytes, more than ${maxBytes}`);
    const content = Buffer.alloc(sizeBytes);
    return content.subarray(0, file.pread(content, 0));
  } finally {
    file.close();
  }
};
