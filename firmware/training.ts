/**
 * 培训模式: the terminal as it is, with an acquirer that is played and a ledger in memory, so that clerks learn on it. What
 * is real is not opened at all: no line to the acquirer, no ledger, no number of it is used. That it trains is a file,
 * so that a restart doesn't end it unnoticed.
 */
import { basename, dirname, join } from 'node:path';
import { errorCode, type FileSystem } from '../drivers/storage/file-system.ts';
import { replaceWhole } from '../drivers/storage/whole-file.ts';
import type { Configuration } from './configuration.ts';

const choiceFile = ({ storage }: Configuration): string => join(storage.directory, 'training');

/** Whether the terminal is to train. */
export const isTraining = (configuration: Configuration, fileSystem: FileSystem): boolean => {
  const path = choiceFile(configuration);
  try {
    return fileSystem.readdir(dirname(path)).includes(basename(path));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
};

/** Stores whether the terminal is to train from the next start on. @throws the file system's error */
export const chooseTraining = async (
  configuration: Configuration,
  on: boolean,
  fileSystem: FileSystem,
): Promise<void> => {
  const path = choiceFile(configuration);
  if (on) return replaceWhole(path, Buffer.from('on\n'), fileSystem);
  if (isTraining(configuration, fileSystem)) fileSystem.unlink(path);
  await fileSystem.syncDirectory(dirname(path));
};

const words = { 'zh-CN': '培训模式', en: 'TRAINING' } as const;

/**
 * The configuration as it holds in training: the name of the branch says so, on the idle screen and wherever a customer
 * looks; every slip says that it is void; nothing is kept of them, and nothing settled by the clock.
 */
export const forTraining = (configuration: Configuration): Configuration => ({
  ...configuration,
  merchant: { ...configuration.merchant, branch: words[configuration.language] },
  slip: { ...configuration.slip, training: true, images: false },
  settlement: { signOff: false },
});
