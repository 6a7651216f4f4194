import type { PrinterProfile } from './profiles.ts';

/** What is the matter with the printer, as its sensors see it. */
export interface Condition {
  readonly paperOut: boolean;
  readonly paperNearEnd: boolean;
  /** It stands because of paper end: the line that was under way is finished. */
  readonly stoppedByPaperEnd: boolean;
  readonly coverOpen: boolean;
  /** The cover was opened while something was being printed: an error that closing it mends. */
  readonly coverOpenInPrint: boolean;
  /** The blade is stuck: waits for DLE ENQ. */
  readonly cutterError: boolean;
  /** The head is too hot: mends itself. */
  readonly overheated: boolean;
  readonly unrecoverable: boolean;
}

const bits = (condition: boolean, mask: number): number => (condition ? mask : 0);

const autoRecoverable = (c: Condition): boolean => c.overheated || c.coverOpenInPrint;

/** The same bits in the answer to DLE EOT 3 and in the second byte of automatic status back. */
const errors = (c: Condition): number =>
  bits(c.cutterError, 0x08) | bits(c.unrecoverable, 0x20) | bits(autoRecoverable(c), 0x40);

export const isOnline = (c: Condition): boolean =>
  !(c.stoppedByPaperEnd || c.coverOpen || c.cutterError || c.overheated || c.unrecoverable);

/** The near-end sensor doesn't see paper either, once it is out. */
const nearEnd = (c: Condition, profile: PrinterProfile): boolean =>
  profile.nearEndSensor && (c.paperNearEnd || c.paperOut);

/**
 * The answer to DLE EOT n. Bits 1 and 4 are always set.
 * 1: 08 offline. 2: 04 cover open, 20 stopped by paper end, 40 error. 3: 08 cutter, 20 unrecoverable, 40 mends itself.
 * 4: 0C near end, 60 end. So all well is 12 for each, paper end 1A 32 12 7E.
 */
export const realTimeStatus = (n: 1 | 2 | 3 | 4, c: Condition, profile: PrinterProfile): number => {
  switch (n) {
    case 1:
      return 0x12 | bits(!isOnline(c), 0x08);
    case 2: {
      const error = c.cutterError || c.unrecoverable || autoRecoverable(c);
      return 0x12 | bits(c.coverOpen, 0x04) | bits(c.stoppedByPaperEnd, 0x20) | bits(error, 0x40);
    }
    case 3:
      return 0x12 | errors(c);
    case 4:
      return 0x12 | bits(nearEnd(c, profile), 0x0c) | bits(c.paperOut, 0x60);
  }
};

/**
 * The four bytes of automatic status back. 1: 10, 08 offline, 20 cover open. 2: 08 cutter, 20 unrecoverable, 40 mends
 * itself. 3: 03 near end, 0C end. 4: without meaning. All well is 10 00 00 xx, paper end 18 00 0F xx.
 */
export const automaticStatus = (c: Condition, profile: PrinterProfile): AutomaticStatus => [
  0x10 | bits(!isOnline(c), 0x08) | bits(c.coverOpen, 0x20),
  errors(c),
  paperSensors(c, profile),
  profile.asbByte4,
];

export type AutomaticStatus = readonly [number, number, number, number];

/** Which bits of `GS a n` (01 drawer, 02 on/offline, 04 error, 08 paper) report the change from one status to the next. */
export const changedCategories = (before: AutomaticStatus, after: AutomaticStatus): number =>
  bits(before[0] !== after[0], 0x02) | bits(before[1] !== after[1], 0x04) | bits(before[2] !== after[2], 0x08);

/** The answer to `GS r 1`, and to `ESC v` in Epson's manner: 03 near end, 0C end. */
export const paperSensors = (c: Condition, profile: PrinterProfile): number =>
  bits(nearEnd(c, profile), 0x03) | bits(c.paperOut, 0x0c);

/** The answer to `ESC v` of a simple module: 04 no paper, 08 failure, 40 head too hot. */
export const moduleStatus = (c: Condition): number =>
  bits(c.paperOut, 0x04) | bits(c.unrecoverable || c.cutterError, 0x08) | bits(c.overheated, 0x40);
