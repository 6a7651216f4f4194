/**
 * What is said to an ESC/POS printer, byte for byte. Names and codes are those of Epson's ESC/POS command reference;
 * clones follow it as far as their profile says.
 *
 * Two kinds must not be mixed up. A *real-time* command (`10 04`, `10 05`, `10 14`) is obeyed on arrival, before
 * everything that waits in the printer's buffer, also while it is offline: it tells what is, and nothing about the
 * slip. All others wait their turn in the buffer: their answer tells that everything sent before has been processed.
 */

import type { DrawerPulse } from './printer-profile.ts';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

export type RealTimeQuery = 1 | 2 | 3 | 4;

/** DLE EOT n `10 04 n`, real time: 1 printer, 2 cause of being offline, 3 cause of error, 4 paper. */
export const realTimeStatus = (n: RealTimeQuery): Buffer => Buffer.from([0x10, 0x04, n]);

/** GS r 1 `1D 72 01`, buffered: paper sensors, one byte. A printer that has stopped doesn't execute it. */
export const paperStatus = hex('1D 72 01');

/** ESC v 0 `1B 76 00`, the status of small modules, one byte; buffered on most of them, in real time on some. */
export const moduleStatus = hex('1B 76 00');

/**
 * GS ( H fn 48 `1D 28 48 06 00 30 30 d1 d2 d3 d4`, buffered, each d 20h … 7Eh: answered `37 22 d1 d2 d3 d4 00` when
 * the printing of what stands before it is completed. What was cleared from the buffer is never answered.
 */
export const processId = (id: string): Buffer =>
  Buffer.concat([hex('1D 28 48 06 00 30 30'), Buffer.from(id, 'latin1')]);

/** DLE ENQ 2 `10 05 02`, real time: recover from an error after clearing both buffers. Many printers obey it only in an error. */
export const recoverAfterClearing = hex('10 05 02');

/** DLE DC4 fn 8 `10 14 08 01 03 14 01 06 02 08`, real time: clear both buffers; answered `37 25 00` when they are. */
export const clearBuffers = hex('10 14 08 01 03 14 01 06 02 08');

/**
 * How every job begins: ESC @ `1B 40` twice, because the first may be eaten as the parameter of a command that an
 * unplugging cut in two; then FS & `1C 26`, since Hanzi mode is off after ESC @ on many printers; where it
 * is on already, that changes nothing, so that no profile has to tell which.
 */
export const begin = hex('1B 40 1B 40 1C 26');

/** GS a FF `1D 61 FF`: send status by yourself, now and at each change. ESC @ ends it. */
export const automaticStatusOn = hex('1D 61 FF');

/** GS a 0 `1D 61 00`. */
export const automaticStatusOff = hex('1D 61 00');

/** ESC @ `1B 40` twice, for the reason that `begin` has; takes away a line that is not ended, and all modes. */
export const reset = hex('1B 40 1B 40');

/** ESC p m t1 t2 `1B 70 m t1 t2`: a pulse on pin 2 (m 0) or 5 (m 1), times in steps of 2 ms; obeyed in its turn. */
export const drawerPulse = ({ pin, onMs, offMs }: DrawerPulse): Buffer =>
  Buffer.from([0x1b, 0x70, pin === 2 ? 0 : 1, onMs >> 1, offMs >> 1]);

/** GS V 1 `1D 56 01`: partial cut, so that a slip hangs on until it is torn off. */
export const cut = hex('1D 56 01');
