import type { PrinterReadiness } from '../../hal/printer.ts';
import type { ModuleStatusMasks } from './printer-profile.ts';

/**
 * The printer's status bits as readiness. Where two causes hold, the first in the order of `PrinterCause` is told.
 * Near-end and end of paper have two bits each, of which some models use only one: either counts.
 */

/** Bit 3 of the reply to DLE EOT 1: offline, for a reason that the other three tell. */
export const isOffline = (printer: number): boolean => (printer & 0x08) !== 0;

/**
 * From the replies to DLE EOT 1 … 4.
 *
 * | n | 04 | 08 | 20 | 40 |
 * |---|---|---|---|---|
 * | 1 printer | drawer | offline | waiting | feed button |
 * | 2 offline | cover open | feeding | paper end | error |
 * | 3 error | mechanical | cutter | unrecoverable | recovers by itself: head too hot |
 * | 4 paper | near-end | near-end | end | end |
 *
 * Example: `12 12 12 12` ready, `1A 32 12 72` paper end, `1A 52 52 12` overheated, `1A 52 1A 12` cutter jammed.
 */
export const readinessOfRealTime = (
  printer: number,
  offline: number,
  error: number,
  paper: number,
): PrinterReadiness => {
  if (error & 0x20) return { ready: false, cause: 'unrecoverable' };
  if (error & 0x08) return { ready: false, cause: 'cutter' };
  if (offline & 0x04) return { ready: false, cause: 'coverOpen' };
  if (paper & 0x60 || offline & 0x20) return { ready: false, cause: 'paperEnd' };
  if (error & 0x40) return { ready: false, cause: 'overheat' };
  if (isOffline(printer) || offline & 0x40 || error & 0x04) return { ready: false, cause: 'offline' };
  return { ready: true, paperNearEnd: (paper & 0x0c) !== 0 };
};

/**
 * From ASB (GS a): byte 1 `08` offline, `20` cover open; byte 2 `04` mechanical, `08` cutter, `20` unrecoverable, `40`
 * recovers by itself; byte 3 `03` near-end, `0C` end. Example: `18 00 0C 0F` paper end, `38 00 00 0F` cover open.
 */
export const readinessOfAutomatic = ([printer, error, paper]: readonly [number, number, number]): PrinterReadiness => {
  if (error & 0x20) return { ready: false, cause: 'unrecoverable' };
  if (error & 0x08) return { ready: false, cause: 'cutter' };
  if (printer & 0x20) return { ready: false, cause: 'coverOpen' };
  if (paper & 0x0c) return { ready: false, cause: 'paperEnd' };
  if (error & 0x40) return { ready: false, cause: 'overheat' };
  if (printer & 0x08 || error & 0x04) return { ready: false, cause: 'offline' };
  return { ready: true, paperNearEnd: (paper & 0x03) !== 0 };
};

/**
 * From the reply to ESC v, by the masks of the profile. Paper end comes first here: modules that follow Epson set
 * `0C` for it, of which `08` is another's sign for a failure.
 */
export const readinessOfModule = (bits: number, masks: ModuleStatusMasks): PrinterReadiness => {
  if (bits & masks.paperEnd) return { ready: false, cause: 'paperEnd' };
  if (bits & masks.unrecoverable) return { ready: false, cause: 'unrecoverable' };
  if (bits & masks.overheat) return { ready: false, cause: 'overheat' };
  return { ready: true, paperNearEnd: (bits & masks.nearEnd) !== 0 };
};
