import { errorCode } from '../storage/file-system.ts';

/**
 * Why the vault can't do what was asked, in precedence order.
 * - `missing`: the file isn't there
 * - `denied`: this user may not use it
 * - `exposed`: others than its owner may read it
 * - `malformed`: it isn't what it ought to be
 * - `altered`: it was changed, or belongs to another terminal or purpose
 * - `exists`: it is there already and must not be replaced
 * - `failed`: the disk failed or is full
 */
export type VaultFault = 'missing' | 'denied' | 'exposed' | 'malformed' | 'altered' | 'exists' | 'failed';

/** An expected fault of a key file or a sealed value, told for the person who reads it. It never holds a secret. */
export class VaultError extends Error {
  readonly fault: VaultFault;
  /** The file, or what was to be opened. */
  readonly where: string;
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do about it, one sentence in the imperative. */
  readonly remedy: string;

  constructor(fault: VaultFault, where: string, what: string, remedy: string) {
    super(`${where}: ${what} ${remedy}`);
    this.name = 'VaultError';
    this.fault = fault;
    this.where = where;
    this.what = what;
    this.remedy = remedy;
  }
}

const missingRemedy =
  'Provision a new terminal. Of one that was: mount its disk; terminalctl keys load puts a lost master key in.';

/** The error of a file operation in words; any other is a bug, or told already, and passes. */
export const vaultError = (where: string, error: unknown): unknown => {
  const code = errorCode(error);
  switch (code) {
    case undefined:
      return error;
    case 'ENOENT':
    case 'ENOTDIR':
      return new VaultError('missing', where, 'There is no such file.', missingRemedy);
    case 'EACCES':
    case 'EPERM':
      return new VaultError('denied', where, 'This user may not use it.', 'Make the user of the terminal its owner.');
    default:
      return new VaultError(
        'failed',
        where,
        `The disk failed or is full (${code}).`,
        'Free space, or replace the disk.',
      );
  }
};
