import type { Device } from './device.ts';

/** One line or element of a slip, before it is laid out to columns. Text is any Unicode; the driver makes it safe. */
export type SlipElement =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly align?: 'left' | 'centre' | 'right';
      readonly size?: 'normal' | 'doubleHeight' | 'double';
      readonly bold?: boolean;
    }
  /** Left and right on one line, apart; where they don't fit, the right one goes to a line of its own. */
  | { readonly type: 'pair'; readonly left: string; readonly right: string }
  /** A row of columns with their widths as shares of the paper; numbers stand right. */
  | {
      readonly type: 'row';
      readonly cells: readonly { readonly text: string; readonly columns: number; readonly align?: 'left' | 'right' }[];
    }
  | { readonly type: 'rule' }
  | { readonly type: 'blank'; readonly lines: number }
  /** A QR symbol (model 2, level M) in the middle: 1 … 100 characters of ASCII, 20h … 7Eh. */
  | { readonly type: 'qr'; readonly data: string }
  /** A picture in the middle, one bit a dot of 1/8 mm. */
  | ({ readonly type: 'image' } & DotImage);

/** Rows of whole bytes from top to bottom, the leftmost dot in the most significant bit, 1 is black. */
export interface DotImage {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bits: Uint8Array;
}

/** Which of two printers: the one that is used, or the one for when that is down. */
export type PrinterPlace = 'first' | 'second';

/** A slip as a document: what is to stand on paper, from top to bottom. The driver ends it with feed and cut. */
export interface SlipDocument {
  readonly elements: readonly SlipElement[];
  /** The cash drawer at the printer opens behind it, where its profile has one. */
  readonly opensDrawer?: true;
}

/**
 * Why a slip is not out, or the printer not ready, in precedence order.
 * `linkLost` the line to the printer is gone; `silence` it doesn't answer; the others are the printer's own words.
 */
export type PrinterCause =
  | 'linkLost'
  | 'unrecoverable'
  | 'cutter'
  | 'coverOpen'
  | 'paperEnd'
  | 'overheat'
  | 'offline'
  | 'silence';

/**
 * Whether a slip came out, by the printer's own word after its last line.
 * - `PRINTED`: the last line has passed the mechanism
 * - `NOT_PRINTED`: nothing was sent (then also for `linkLost` or `silence`), or the printer said why it stopped before
 *   it had answered for the slip; part of it may be on paper, in the worst case all of its lines
 * - `UNKNOWN`: nobody can say, the slip may be out, or come out later
 * - `UNVERIFIED`: only from a printer whose profile says, knowingly configured, that it can't answer
 */
export type PrintVerdict =
  | { readonly verdict: 'PRINTED' }
  | { readonly verdict: 'NOT_PRINTED'; readonly cause: PrinterCause }
  | { readonly verdict: 'UNKNOWN'; readonly cause: PrinterCause }
  | { readonly verdict: 'UNVERIFIED' };

/** What the printer says of itself now. */
export type PrinterReadiness =
  | { readonly ready: true; readonly paperNearEnd: boolean }
  | { readonly ready: false; readonly cause: PrinterCause };

/**
 * A change between prints, or during one: the readiness that holds from now on. After a verdict that is not `PRINTED` it
 * is told anew, also where the printer never said anything else.
 */
export interface PrinterEvent {
  readonly type: 'readiness';
  readonly readiness: PrinterReadiness;
}

/** POSPrinter, with verdicts. One job at a time: a call while another runs is a bug of the caller and throws. */
export interface Printer extends Device<PrinterEvent> {
  /** Asks the printer whether a slip begun now would come out. Resolves within 1 s. */
  checkReady(): Promise<PrinterReadiness>;
  /**
   * Prints one copy and resolves with the verdict on it, always, at the latest `silence` after the longest time that
   * the paper can take. After anything but `PRINTED` the caller must `cancel` before it prints again or reverses.
   */
  print(slip: SlipDocument): Promise<PrintVerdict>;
  /**
   * Throws away whatever the printer holds and has not printed, and asks it to confirm. `confirmed: false` means
   * that old lines may still come out, when paper or the cable return: the caller must then have the reversal slip
   * be the next thing printed (M4). It is also false when the printer's answers show that the old slip came out to its
   * end after its verdict.
   */
  cancel(): Promise<{ readonly confirmed: boolean }>;
}
