/** The state: the book, which is folded from facts, and where the terminal is between two of them. */

import type { ReversalReason } from '../hal/acquirer.ts';
import type { DeviceName } from '../hal/device.ts';
import type { AccountFlaw, NotLetIn } from '../hal/operators.ts';
import type { ParameterOutcome, TerminalParameter } from '../hal/parameters.ts';
import type { PrinterCause, PrinterPlace, PrinterReadiness } from '../hal/printer.ts';
import type { EffectId, MinorUnits, MonotonicMs, SaleId, Stan } from '../hal/units.ts';
import type { Book } from './book.ts';
import type { DeviceCheck, NumberQuery, Report, SlipRequest } from './effects.ts';
import type { MaintenanceWork } from './facts.ts';
import type { IncidentField } from './incidents.ts';
import type { EntryKind } from './kinds.ts';
import type { AccountPurpose, MenuName } from './menu.ts';
import type { CardToken, Copy, Found, Hold, LateReason, Original, Remarks, Sale, SaleReference } from './sale.ts';

/** What a message screen tells; its words are in notices.ts. */
export type Notice =
  | { readonly says: 'approved'; readonly saleId: SaleId; readonly cardholderCopy: 'printed' | 'due' }
  /** Approved, its slip not out: a supervisor kept it, or it has no reversal. */
  | { readonly says: 'kept'; readonly saleId: SaleId }
  | { readonly says: 'inDoubt'; readonly saleId: SaleId }
  | { readonly says: 'declined'; readonly responseCode: string; readonly kind: EntryKind }
  | { readonly says: 'notSent'; readonly kind: EntryKind }
  | { readonly says: 'reversed'; readonly saleId: SaleId }
  | { readonly says: 'handedOver'; readonly saleId: SaleId }
  | { readonly says: 'cancelled'; readonly kind: EntryKind }
  | { readonly says: 'cardUnreadable'; readonly kind: EntryKind }
  | { readonly says: 'pinNeeded'; readonly kind: EntryKind }
  | { readonly says: 'pinPadFailed'; readonly kind: EntryKind }
  /** Why a transaction can't be about that one: there is none of that number; it was voided, refunded or completed; it is none that stands. */
  | { readonly says: 'noOriginal'; readonly kind: EntryKind }
  | { readonly says: 'alreadyVoided'; readonly kind: EntryKind }
  | { readonly says: 'notVoidable'; readonly kind: EntryKind }
  /** The acquirer gave no 授权码 by which it could be named. */
  | { readonly says: 'noCode'; readonly kind: EntryKind }
  /** What was made of the same slip is in doubt still. */
  | { readonly says: 'doubtFirst'; readonly stan: Stan }
  /** No sale for a difference can follow that one. */
  | { readonly says: 'noDifference' }
  /** 挂失: nothing is taken back of it. */
  | { readonly says: 'held' }
  | { readonly says: 'released'; readonly voucher: Stan }
  /** A voucher of another terminal, as its slip says. */
  | { readonly says: 'otherTerminal'; readonly terminalId: string }
  | { readonly says: 'refundTooLate'; readonly days: number }
  /** A card with a chip was swiped. */
  | { readonly says: 'useChip'; readonly kind: EntryKind }
  /** Another card than the original's. */
  | { readonly says: 'otherCard'; readonly kind: EntryKind }
  /** A limit of the shop's: of one transaction, of a refund, of a day, of what the batch has taken. */
  | { readonly says: 'overLimit'; readonly limit: Limit; readonly most: MinorUnits }
  /** In minor units; negative when it is owed. */
  | { readonly says: 'balance'; readonly amount: number }
  | { readonly says: 'locked' }
  | { readonly says: 'switchedOff'; readonly kind: EntryKind }
  | { readonly says: 'voidTooLate'; readonly minutes: number }
  /** Nobody was let in, or an account stayed as it was. */
  | {
      readonly says: 'notLetIn';
      readonly answer: NotLetIn | { readonly result: 'mustChange' } | { readonly result: 'notClerk' };
    }
  | { readonly says: 'accountRefused'; readonly why: AccountFlaw | 'differ' | 'unsettled' }
  | {
      readonly says: 'accountDone';
      readonly what: 'passwordChanged' | 'added' | 'removed' | 'signedOn';
      readonly operator: string;
    }
  | { readonly says: 'signedOff'; readonly told: boolean }
  /** 培训 can't begin while something is open or a reversal slip is due; and in it nothing is changed or recorded. */
  | { readonly says: 'notNow' }
  | { readonly says: 'inTraining' }
  | { readonly says: 'maintained'; readonly work: MaintenanceWork }
  | { readonly says: 'noSupervisor' }
  | { readonly says: 'nothingFound' }
  | { readonly says: 'unread' }
  | { readonly says: 'noDoubt' }
  | { readonly says: 'otherPrinter'; readonly printer: PrinterPlace }
  | { readonly says: 'batchFull' }
  | { readonly says: 'nothingToSettle' }
  | { readonly says: 'nothingToPrint' }
  | { readonly says: 'settled' }
  | { readonly says: 'copyPrinted' }
  | { readonly says: 'copyNotPrinted'; readonly cause?: PrinterCause }
  | { readonly says: 'storageRefused' };

/** Which limit an amount is over. */
export type Limit = 'refund' | 'original' | 'day' | 'batchNet' | 'card';

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

/** A transaction of a batch that is closed: it isn't in the book. */
interface Archived {
  readonly sale: Sale;
}

export type Remaining =
  | { readonly days: number; readonly minutes?: never }
  | { readonly minutes: number; readonly days?: never };

/** A transaction that is being entered: what its steps have given so far. */
export interface Draft extends Remarks {
  readonly kind: EntryKind;
  readonly amount: MinorUnits;
  readonly supervisor?: string;
  /** What it is about, and what is known of that. */
  readonly original?: Original & {
    /** The card that it was made with; absent where its slip was typed in. */
    readonly card?: CardToken;
    /** The most that may be refunded or completed; absent likewise. */
    readonly most?: MinorUnits;
    /** Of a pre-authorisation that is added to: what it holds so far. */
    readonly held?: MinorUnits;
    /** How long this may still be done, where that is limited. */
    readonly remaining?: Remaining;
  };
  readonly card?: CardToken;
  readonly pinEntered?: boolean;
  readonly twin?: SaleId;
  /** 补收差额: what it makes up for. Any card may pay it, since the customer's first one may be empty or gone. */
  readonly differenceOf?: SaleReference;
  readonly lateReason?: LateReason;
  /** Chosen from a list before the steps began. */
  readonly known?: Found;
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
  | ({ readonly purpose: 'enter' } & Drafting)
  | ({ readonly purpose: 'close' } & OfSale)
  /** To turn to the other printer, with what waits for it. */
  | ({ readonly purpose: 'otherPrinter'; readonly waiting: 'draft' } & Drafting)
  | ({ readonly purpose: 'otherPrinter'; readonly waiting: 'slip' } & Unprinted)
  | { readonly purpose: 'otherPrinter'; readonly waiting: 'nothing' }
  | { readonly purpose: 'unlock' }
  /** To begin or end training, to record what was done at the terminal. */
  | { readonly purpose: 'training' }
  | { readonly purpose: 'maintain' }
  /** To add or remove an operator. */
  | { readonly purpose: 'manage'; readonly wanted: 'add' | 'remove' }
  | ({ readonly purpose: 'reprint' } & Archived)
  | { readonly purpose: 'release'; readonly hold: Hold };

/** 版本: what this terminal is, and whom it speaks to. */
export interface Version {
  readonly build: string;
  /** The beginning of the SHA-256 of the program's file, in hex. */
  readonly checksum: string;
  readonly merchantId: string;
  /** `host:port` of the acquirer, then of its other address; none in training, which speaks to nobody. */
  readonly acquirers: readonly string[];
}

/** What ends with an incident number: a reversal, or what is in doubt. */
export type Closing = Extract<Override, { readonly purpose: 'handOver' | 'close' }>;

/** What a voucher number is typed for, or another number of a transaction. */
export type Purpose =
  | ({ readonly purpose: 'original' } & Drafting)
  | { readonly purpose: 'reprint' }
  | { readonly purpose: 'query'; readonly by: NumberQuery['by'] };

/** What is looked for: by a number, or what a slip says, which this terminal may know after all. */
export type Sought = Purpose | ({ readonly purpose: 'slip'; readonly original: Original } & Drafting);

/** What is handed to who must find out about a transaction. */
export type CaseSheet = Extract<SlipRequest, { readonly slip: 'query' | 'incident' }>;

/** Where to go on when a print that interrupted something has ended. */
export type Continuation =
  | ({ readonly do: 'waitForPaper' } & Unprinted)
  | ({ readonly do: 'reprint' } & Unprinted)
  | ({ readonly do: 'reverse' } & OpenReversal)
  | ({ readonly do: 'waitForAcquirer' } & OpenReversal & Timed)
  | ({ readonly do: 'askCard' } & Drafting)
  | { readonly do: 'printOwedOrLast' }
  | ({ readonly do: 'printCopies' } & OfSale)
  | ({ readonly do: 'reprintFound' } & Archived)
  | { readonly do: 'printSettlement' }
  | { readonly do: 'printReport'; readonly report: Report; readonly checks?: readonly DeviceCheck[] }
  | { readonly do: 'printCase'; readonly sheet: CaseSheet }
  | { readonly do: 'notice'; readonly notice: Notice }
  | { readonly do: 'goOn' };

interface OfAdministrator {
  readonly by: string;
}

interface Listed extends OfAdministrator {
  readonly parameters: readonly TerminalParameter[];
  /** Which of them. */
  readonly at: number;
}

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
  | ({ readonly name: 'signingOff' } & Awaiting)
  /** Until somebody signs it on, or the time of the day's settlement comes. */
  | { readonly name: 'signedOff' }
  | { readonly name: 'idle' }
  /** `by`: who has proved who he is, for what only he may do. */
  | ({ readonly name: 'menu'; readonly menu: MenuName; readonly by?: string } & Timed)
  /** A number of a transaction is typed, it is looked for, then what was found is shown. */
  | ({ readonly name: 'number'; readonly entered: string; readonly wanted: Purpose } & Timed)
  | ({ readonly name: 'finding'; readonly wanted: Sought } & Awaiting)
  | ({ readonly name: 'found'; readonly rows: readonly Found[]; readonly at: number } & Timed)
  /** What can be done about one of them. */
  | ({ readonly name: 'remedies'; readonly rows: readonly Found[]; readonly at: number } & Timed)
  /** What happened with it is recorded, one field after the other; `given` are the digits of those before. */
  | ({
      readonly name: 'incidentReport';
      readonly field: IncidentField;
      readonly entered: string;
      readonly given: { readonly [F in IncidentField]?: string };
    } & Archived &
      Timed)
  | ({ readonly name: 'original' } & Drafting & Timed)
  /** Its window is over; a supervisor gives the reason why it is refunded all the same. */
  | ({ readonly name: 'lateRefund'; readonly days: number } & Drafting & Timed)
  /** No voucher of that number is here: which terminal does its slip name? */
  | ({ readonly name: 'slipTerminal'; readonly entered: string } & Drafting & Timed)
  /** What it may cost: the lines that weren't read yet. */
  | ({ readonly name: 'feeNotice'; readonly lines: readonly string[] } & Drafting & Timed)
  /** What this terminal doesn't know is typed from its slip: reference or authorisation code, then the date MMDD. */
  | ({ readonly name: 'reference'; readonly entered: string } & Drafting & Timed)
  | ({ readonly name: 'date'; readonly entered: string; readonly reference: string } & Drafting & Timed)
  | ({ readonly name: 'totals' } & Timed)
  /** 柜员: a number, then a password, or a new one twice. Without a deadline where nobody is signed on. */
  | {
      readonly name: 'operatorNumber';
      readonly entered: string;
      readonly wanted: AccountPurpose;
      readonly by?: string;
      readonly until?: MonotonicMs;
    }
  | ({
      readonly name: 'operatorPassword';
      readonly entered: string;
      readonly operator: string;
      readonly wanted: 'signOn' | 'change';
    } & Timed)
  | ({
      readonly name: 'checkingOperator';
      readonly operator: string;
      readonly wanted: 'signOn' | 'change';
      readonly password: string;
    } & Awaiting)
  | ({
      readonly name: 'newPassword';
      readonly entered: string;
      readonly operator: string;
      /** The one before; absent for an account that is added. */
      readonly old?: string;
      /** What was typed the first time. */
      readonly first?: string;
      readonly by?: string;
    } & Timed)
  | ({
      readonly name: 'managing';
      readonly operator: string;
      readonly what: 'passwordChanged' | 'added' | 'removed';
      readonly by?: string;
    } & Awaiting)
  | ({ readonly name: 'listingOperators' } & Awaiting)
  | ({ readonly name: 'operators'; readonly ids: readonly string[]; readonly at: number } & Timed)
  /** 参数: they are listed, one is chosen, its value typed, then confirmed and written; what became of it is told. */
  | ({ readonly name: 'listingParameters'; readonly at: number } & OfAdministrator & Awaiting)
  | ({ readonly name: 'parameters' } & Listed & Timed)
  | ({ readonly name: 'parameterValue'; readonly entered: string } & Listed & Timed)
  | ({ readonly name: 'parameterConfirm'; readonly entered: string } & Listed & Timed)
  | ({ readonly name: 'writingParameter' } & Listed & Awaiting)
  | ({ readonly name: 'parameterTold'; readonly answer: ParameterOutcome } & Listed & Timed)
  /** 版本 and 自检: asked for, then shown a page at a time. */
  | ({ readonly name: 'inspecting' } & Awaiting)
  | ({ readonly name: 'version'; readonly version: Version; readonly page: number } & Timed)
  | ({ readonly name: 'selfTest'; readonly checks: readonly DeviceCheck[]; readonly at: number } & Timed)
  /** 培训: the choice is stored, then the terminal starts anew in it. */
  | ({ readonly name: 'switchingTraining' } & Awaiting)
  | ({ readonly name: 'restarting' } & Timed)
  | ({ readonly name: 'amount' } & Drafting & Timed)
  | ({ readonly name: 'remark'; readonly what: keyof Remarks; readonly entered: string } & Drafting & Timed)
  | ({ readonly name: 'confirm' } & Drafting & Timed)
  | ({ readonly name: 'checkingPrinter' } & Drafting & Awaiting)
  | ({ readonly name: 'printerNotReady'; readonly cause: PrinterCause } & Drafting & Timed)
  | ({ readonly name: 'card'; readonly failures: number } & Drafting & Timed)
  /** A sale of the same card and amount was made just before: the clerk decides, never the terminal. */
  | ({ readonly name: 'twin'; readonly twin: SaleId } & Drafting & Timed)
  | ({ readonly name: 'pin' } & Drafting & Awaiting)
  | ({ readonly name: 'inquiring' } & Awaiting)
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
  | ({ readonly name: 'checkingPassword'; readonly override: Override; readonly password: string } & Awaiting)
  | ({
      readonly name: 'incident';
      readonly entered: string;
      readonly supervisor: string;
      readonly closing: Closing;
    } & Timed)
  /** The incident number of what was in doubt is there: has the acquirer booked it? */
  | ({ readonly name: 'closingDoubt'; readonly incident: string; readonly supervisor: string } & OfSale & Timed)
  /** What is in doubt is shown, for a supervisor to close. */
  | ({ readonly name: 'doubt' } & OfSale & Timed)
  | ({ readonly name: 'printingCopy'; readonly copy: Copy; readonly rest: readonly Copy[] } & OfSale & Awaiting)
  | ({ readonly name: 'printingArchived'; readonly supervisor: string } & Archived & Awaiting)
  | ({ readonly name: 'printingReport'; readonly report: Report | CaseSheet['slip'] } & Awaiting)
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
  /** It is time for the settlement that the shop has every day. */
  readonly settlementDue: boolean;
  /** The batch was settled, and behind it the terminal is to sign off. */
  readonly signOffDue: boolean;
  /** 维护: it is time for it, as it stood when the terminal came to rest. */
  readonly maintenanceDue: boolean;
  /** Devices whose line is down. */
  readonly offline: readonly DeviceName[];
}
