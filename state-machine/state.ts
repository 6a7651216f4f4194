/** The state: the book, which is folded from facts, and where the terminal is between two of them. */

import type { ReversalReason, TransactionKind } from '../hal/acquirer.ts';
import type { DeviceName } from '../hal/device.ts';
import type { PrinterCause, PrinterReadiness } from '../hal/printer.ts';
import type { EffectId, MinorUnits, MonotonicMs, SaleId, Stan } from '../hal/units.ts';
import type { Book } from './book.ts';
import type { CardToken, Copy, Original } from './sale.ts';

/** What a message screen tells; its words are in texts.ts. */
export type Notice =
  | { readonly says: 'approved'; readonly saleId: SaleId; readonly cardholderCopy: 'printed' | 'due' }
  | { readonly says: 'kept'; readonly saleId: SaleId }
  | { readonly says: 'declined'; readonly responseCode: string; readonly kind: TransactionKind }
  | { readonly says: 'notSent'; readonly kind: TransactionKind }
  | { readonly says: 'reversed'; readonly saleId: SaleId }
  | { readonly says: 'handedOver'; readonly saleId: SaleId }
  | { readonly says: 'cancelled'; readonly kind: TransactionKind }
  | { readonly says: 'cardUnreadable'; readonly kind: TransactionKind }
  | { readonly says: 'pinNeeded'; readonly kind: TransactionKind }
  | { readonly says: 'pinPadFailed'; readonly kind: TransactionKind }
  /** Why an original can't be voided: there is none of that number; it was voided; it is no sale that stands. */
  | { readonly says: 'noOriginal' }
  | { readonly says: 'alreadyVoided' }
  | { readonly says: 'notVoidable' }
  /** Another card than the original's. */
  | { readonly says: 'otherCard' }
  | { readonly says: 'batchFull' }
  | { readonly says: 'nothingToSettle' }
  | { readonly says: 'nothingToPrint' }
  | { readonly says: 'settled' }
  | { readonly says: 'copyPrinted' }
  | { readonly says: 'copyNotPrinted'; readonly cause?: PrinterCause }
  | { readonly says: 'storageRefused' };

/** Waits for a person or a retry; `timeUp` comes at `until`. */
interface Timed {
  readonly until: MonotonicMs;
}

/** Waits for the outcome of this effect, and takes no other. */
interface Awaiting {
  readonly awaits: EffectId;
}

interface OfSale {
  readonly saleId: SaleId;
}

/** A sale that was approved and whose merchant copy isn't out yet; it is reversed at the end of `graceUntil`. */
export interface Unprinted extends OfSale {
  /** Prints of the merchant copy begun so far. */
  readonly attempt: number;
  readonly cause: PrinterCause;
  readonly graceUntil: MonotonicMs;
}

/** A reversal that the acquirer hasn't acknowledged: the try under way or to come, from 1. */
export interface OpenReversal extends OfSale {
  readonly attempt: number;
  /** What the next 0400 says in field 39. */
  readonly reason: ReversalReason;
}

/** A transaction that is being entered: what its steps have given so far. */
export interface Draft {
  readonly kind: TransactionKind;
  readonly amount: MinorUnits;
  readonly supervisor?: string;
  /** What it is about, and the card that it was made with. */
  readonly original?: Original & { readonly card: CardToken };
}

interface Drafting {
  readonly draft: Draft;
}

/**
 * What a supervisor is asked for: to keep a sale whose slip didn't come out, to end a reversal by hand, or to allow a
 * transaction that needs him.
 */
export type Override =
  | ({ readonly purpose: 'keep' } & Unprinted)
  | ({ readonly purpose: 'handOver' } & OpenReversal)
  | ({ readonly purpose: 'enter' } & Drafting);

/** Where to go on when a print that interrupted something has ended. */
export type Continuation =
  | ({ readonly do: 'waitForPaper' } & Unprinted)
  | ({ readonly do: 'reprint' } & Unprinted)
  | ({ readonly do: 'reverse' } & OpenReversal)
  | ({ readonly do: 'waitForAcquirer' } & OpenReversal & Timed)
  | ({ readonly do: 'askCard' } & Drafting)
  | { readonly do: 'printOwedOrLast' }
  | { readonly do: 'printSettlement' }
  | { readonly do: 'notice'; readonly notice: Notice }
  | { readonly do: 'goOn' };

/** One shape a phase. The names are the rows of table.ts. */
export type Phase =
  | { readonly name: 'starting' }
  | ({
      readonly name: 'signingOn';
      readonly attempt: number;
      readonly stan: Stan;
      readonly reversal?: OpenReversal;
    } & Awaiting)
  | ({
      readonly name: 'signOnWait';
      readonly attempt: number;
      readonly reversal?: OpenReversal;
      /** The trace number that was taken for a message of which nothing left the terminal. */
      readonly unsent?: Stan;
      readonly responseCode?: string;
      /** An answer came: with keys that this terminal's master key doesn't open, or one that can't be believed. */
      readonly trouble?: 'keys' | 'answer';
    } & Timed)
  | { readonly name: 'idle' }
  | ({ readonly name: 'menu' } & Timed)
  /** The voucher number of the original is typed, then the original is shown. */
  | ({ readonly name: 'voucher'; readonly entered: string } & Drafting & Timed)
  | ({ readonly name: 'original' } & Drafting & Timed)
  | ({ readonly name: 'amount' } & Drafting & Timed)
  | ({ readonly name: 'confirm' } & Drafting & Timed)
  | ({ readonly name: 'checkingPrinter' } & Drafting & Awaiting)
  | ({ readonly name: 'printerNotReady'; readonly cause: PrinterCause } & Drafting & Timed)
  | ({ readonly name: 'card'; readonly failures: number } & Drafting & Timed)
  | ({ readonly name: 'pin'; readonly card: CardToken } & Drafting & Awaiting)
  | ({ readonly name: 'authorising' } & OfSale & Awaiting)
  | ({ readonly name: 'printingMerchant'; readonly attempt: number; readonly graceUntil?: MonotonicMs } & OfSale &
      Awaiting)
  | ({ readonly name: 'paperWait' } & Unprinted & Timed)
  | ({ readonly name: 'tearOff' } & OfSale & Timed)
  | ({ readonly name: 'printingCardholder' } & OfSale & Awaiting)
  | ({ readonly name: 'reversing' } & OpenReversal & Awaiting)
  | ({ readonly name: 'reversalWait' } & OpenReversal & Timed)
  | ({ readonly name: 'printingReversal'; readonly next: Continuation } & OfSale & Awaiting)
  /** The printer throws away what it holds and hasn't printed, and is asked to confirm it (M4). */
  | ({ readonly name: 'clearingBuffer'; readonly next: Continuation } & Awaiting)
  | ({ readonly name: 'password'; readonly entered: string; readonly override: Override } & Timed)
  | ({ readonly name: 'checkingPassword'; readonly override: Override } & Awaiting)
  | ({ readonly name: 'incident'; readonly entered: string; readonly supervisor: string } & OpenReversal & Timed)
  | ({ readonly name: 'printingCopy'; readonly copy: Copy; readonly rest: readonly Copy[] } & OfSale & Awaiting)
  | ({ readonly name: 'confirmSettlement' } & Timed)
  | ({ readonly name: 'settling'; readonly attempt: number } & Awaiting)
  | ({ readonly name: 'uploading'; readonly attempt: number; readonly sent: number } & Awaiting)
  | ({ readonly name: 'endingBatch'; readonly attempt: number } & Awaiting)
  | ({
      readonly name: 'settlementWait';
      readonly attempt: number;
      readonly unsent: boolean;
      readonly responseCode?: string;
    } & Timed)
  | ({ readonly name: 'printingSettlement' } & Awaiting)
  | ({ readonly name: 'notice'; readonly notice: Notice } & Timed)
  | { readonly name: 'outOfService'; readonly why: 'storage' | 'keys' | 'bug' };

export type PhaseName = Phase['name'];
export type PhaseOf<N extends PhaseName> = Extract<Phase, { readonly name: N }>;

export interface State {
  readonly book: Book;
  readonly phase: Phase;
  /** Whether the acquirer knows us since this start: a reversal and a sale need its keys. */
  readonly signedOn: boolean;
  /** What the printer said of itself last. */
  readonly printer: PrinterReadiness;
  /** Whether the printer may still hold lines of a slip that it hasn't printed. */
  readonly printerMayHold: boolean;
  /** Devices whose line is down. */
  readonly offline: readonly DeviceName[];
}
