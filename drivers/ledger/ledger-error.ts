import type { DeviceFault, DeviceFaultCode } from '../../hal/device.ts';
import { errorCode } from '../storage/file-system.ts';

/**
 * Why the ledger didn't do what was asked. `refused`: nothing was written, nothing is lost. `failed`: it can't be
 * used, or it isn't known what is on the disk.
 */
export class LedgerError extends Error {
  readonly result: 'refused' | 'failed';
  readonly fault: DeviceFault;

  constructor(result: 'refused' | 'failed', fault: DeviceFault, cause?: unknown) {
    super(`${fault.where}: ${fault.what} ${fault.remedy}`, { cause });
    this.name = 'LedgerError';
    this.result = result;
    this.fault = fault;
  }
}

export const ledgerFault = (code: DeviceFaultCode, where: string, what: string, remedy: string): DeviceFault => ({
  device: 'ledger',
  code,
  where,
  what,
  remedy,
});

const noRoomCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** A step that leaves no trace when there is no room for it: then it is refused, and any other error is a failure. */
export const refusable = <T>(where: string, step: () => T): T => {
  try {
    return step();
  } catch (error) {
    const refused = noRoomCodes.has(errorCode(error) ?? '');
    throw ledgerErrorOf(refused ? 'refused' : 'failed', where, error);
  }
};

/** A step after whose error it isn't known what is on the disk. A sync is never tried again: the second one lies. */
export const decisive = async <T>(where: string, step: () => T): Promise<Awaited<T>> => {
  try {
    return await step();
  } catch (error) {
    throw ledgerErrorOf('failed', where, error);
  }
};

/** An error of a file operation in words. Any other error is a bug, or told already, and is thrown. */
export const ledgerErrorOf = (result: 'refused' | 'failed', where: string, error: unknown): LedgerError => {
  const code = errorCode(error);
  if (code === undefined) throw error;
  return new LedgerError(result, storageFault(code, where), error);
};

const storageFault = (code: string, where: string): DeviceFault => {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return ledgerFault(
        'missing',
        where,
        'The ledger is not there.',
        'Mount the disk that holds it, or provision the terminal if it is a new one.',
      );
    case 'EACCES':
    case 'EPERM':
      return ledgerFault(
        'denied',
        where,
        'This user may not use the ledger.',
        'Make the user of the terminal the owner of the folder and its files.',
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return ledgerFault(
        'failed',
        where,
        `There is no space left for the ledger (${code}).`,
        'Free space on its disk.',
      );
    case 'EROFS':
      return ledgerFault(
        'failed',
        where,
        'The disk of the ledger is mounted read-only (EROFS).',
        'Look for disk errors with dmesg; mount it writable, or replace the disk.',
      );
    default:
      return ledgerFault(
        'failed',
        where,
        `The disk of the ledger failed (${code}): what it holds of the last record is not known.`,
        'Switch the board off and on, so that its disk is read anew; if it fails again, replace the disk.',
      );
  }
};
