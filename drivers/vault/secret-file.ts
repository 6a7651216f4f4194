import { dirname } from 'node:path';
import type { FileSystem } from '../storage/file-system.ts';
import { replaceWhole } from '../storage/whole-file.ts';
import { VaultError, vaultError } from './vault-error.ts';

/** No key file is longer. */
const maxBytes = 1024;

/**
 * Reads a file that only its owner may read.
 *
 * @throws VaultError
 */
export const readSecretFile = (path: string, fileSystem: FileSystem): Buffer => {
  try {
    const file = fileSystem.open(path, 'read');
    try {
      const { sizeBytes, mode } = file.stat();
      if ((mode & 0o077) !== 0) {
        throw new VaultError(
          'exposed',
          path,
          `Others than its owner may use this file (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`,
          'Take the terminal out of service, as the key may be known; provision it anew, with mode 0600.',
        );
      }
      const content = Buffer.alloc(Math.min(sizeBytes, maxBytes + 1));
      return content.subarray(0, file.pread(content, 0));
    } finally {
      file.close();
    }
  } catch (error) {
    throw vaultError(path, error);
  }
};

/**
 * Writes a file for its owner only, whole or not at all whenever the power goes.
 *
 * @throws VaultError
 */
export const writeSecretFile = async (path: string, content: Uint8Array, fileSystem: FileSystem): Promise<void> => {
  try {
    await replaceWhole(path, content, fileSystem);
  } catch (error) {
    throw vaultError(path, error);
  }
};

/** Makes a file's name durable. */
export const syncFolderOf = async (path: string, fileSystem: FileSystem): Promise<void> => {
  try {
    await fileSystem.syncDirectory(dirname(path));
  } catch (error) {
    throw vaultError(path, error);
  }
};
