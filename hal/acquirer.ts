import type { Device, DeviceFault } from './device.ts';
import type { BatchNumber, MinorUnits, Stan } from './units.ts';

/**
 * The transactions that carry money, by UnionPay's names: 消费 sale, 消费撤销 void, 退货 refund, 预授权
 * preAuthorisation, 追加预授权 preAuthorisationIncrement, 预授权撤销 preAuthorisationVoid, 预授权完成(请求) completion,
 * 预授权完成(通知) completionNotice, 预授权完成撤销 completionVoid. Each is a row of the tables that name it.
 */
export type TransactionKind =
  | 'sale'
  | 'void'
  | 'refund'
  | 'preAuthorisation'
  | 'preAuthorisationIncrement'
  | 'preAuthorisationVoid'
  | 'completion'
  | 'completionNotice'
  | 'completionVoid';

/** The transaction that another one is about, as the acquirer answered it: what fields 37, 38 and 61 say of it. */
export interface OriginalReference {
  /** 0, and the trace number too, where only its slip is known. */
  readonly batch: BatchNumber | 0;
  readonly stan: Stan | 0;
  /** Field 37 of its approval; empty where a pre-authorisation is known by its authorisation code alone. */
  readonly retrievalReference: string;
  /** Field 38 of its approval, where it had one. */
  readonly authorisationCode?: string;
  /** Field 13 of its approval, MMDD. */
  readonly date: string;
  /** Field 63.1 of its approval, for a refund. */
  readonly cardOrganisation?: string;
}

/**
 * How a card was entered (field 22): by hand, swiped, by chip, contactless, or a chip card swiped because its chip can't
 * be read.
 */
export type EntryMode = 'manual' | 'swipe' | 'chip' | 'contactless' | 'fallback';

/** Card data **in clear**, for one request only; forgotten when its answer is there (M9). */
export interface CardSecrets {
  /** Where no track tells it: by hand, chip and contactless (field 2). */
  readonly pan?: string;
  /** YYMM (field 14), likewise. */
  readonly expiry?: string;
  /** Three digits, of a chip card (field 23). */
  readonly cardSequence?: string;
  /** A chip's data objects, tag in upper-case hex to value (field 55). */
  readonly chipData?: ReadonlyMap<string, Uint8Array>;
  /** Track 2 without sentinels, `=` as separator (field 35). */
  readonly track2?: string;
  /** Track 3 without sentinels (field 36). */
  readonly track3?: string;
  /** Encrypted PIN block, 16 hex digits, or 32 under SM4 (field 52). Absent: no PIN was entered. */
  readonly pinBlock?: string;
}

/** What a financial request says, apart from the card's secrets; what a reversal repeats. */
export interface FinancialRequest {
  readonly kind: TransactionKind;
  readonly stan: Stan;
  readonly batch: BatchNumber;
  readonly amount: MinorUnits;
  /** Field 22 positions 1–2. */
  readonly entry: EntryMode;
  /** Field 22 position 3, and fields 26, 52 and 53. */
  readonly pinEntered: boolean;
  /** What it voids, refunds, adds to or completes. */
  readonly original?: OriginalReference;
}

/**
 * Why a reversal is sent (field 39 of the 0400): `98` no or late answer, `A0` the answer's MAC is wrong, `96` the
 * terminal got the answer and can't complete (the slip did not come out), `06` anything else.
 */
export type ReversalReason = '98' | 'A0' | '96' | '06';

export interface ReversalRequest extends FinancialRequest {
  readonly reason: ReversalReason;
  /** Field 38 of the approval, where there was one. */
  readonly authorisationCode?: string;
}

/** Count and amount of one column of the settlement: 借记 debit (sales), 贷记 credit (voids, refunds). */
export interface Tally {
  readonly amount: MinorUnits;
  readonly count: number;
}

/** The totals of one half of the batch: 内卡 domestic or 外卡 foreign cards. */
export interface HalfTotals {
  readonly debit: Tally;
  readonly credit: Tally;
}

export interface BatchTotals {
  readonly domestic: HalfTotals;
  readonly foreign: HalfTotals;
}

/** What the acquirer says of a half: 1 对账平, 2 对账不平, 3 对账错. */
export type SettlementFlag = 'balanced' | 'unbalanced' | 'error';

/** One transaction in a batch upload (批上送): 40 digits on the line. */
export interface UploadRecord {
  readonly half: 'domestic' | 'foreign';
  readonly stan: Stan;
  /** In clear, for this message only. */
  readonly pan: string;
  readonly amount: MinorUnits;
}

/**
 * The request did not end in an answer.
 * - `notSent`: not one byte of it left the terminal; nothing can have been booked
 * - `unanswered`: at least one byte may have left; no whole answer came in time
 */
export type LinkOutcome =
  | { readonly outcome: 'notSent'; readonly fault: DeviceFault }
  | { readonly outcome: 'unanswered'; readonly fault: DeviceFault };

/**
 * An answer came that can't be believed. `badMac`: field 64 is wrong or missing. `invalid`: it is malformed, or a
 * field that must repeat the request's (MTI, 3, 4, 11, 41, 42) doesn't; `field` is its path, never its content.
 */
export type BadAnswer =
  | { readonly outcome: 'badMac' }
  | { readonly outcome: 'invalid'; readonly field: string; readonly what: string };

/** The header's processing-request digit (处理要求): what the acquirer wants done when there is time. */
export type ProcessingRequest = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** Field 39 says no, or says something that the message has no success for. Two characters, such as `51`. */
export interface Refusal {
  readonly outcome: 'declined';
  readonly responseCode: string;
}

export interface Approval {
  readonly outcome: 'approved';
  /** 00, or another code that counts as approved (11, A2, A4, A5, A6). */
  readonly responseCode: string;
  /** Field 37, 检索参考号, 12 characters. */
  readonly retrievalReference: string;
  /** Field 38, 授权码, 6 characters; many approvals have none. */
  readonly authorisationCode?: string;
  /** Field 12, hhmmss, and field 13, MMDD: the acquirer's clock. */
  readonly hostTime: string;
  readonly hostDate: string;
  /** Field 44: the issuer's and the acquirer's institution, trimmed. */
  readonly issuer?: string;
  readonly acquirer?: string;
  /** Field 63.1: `CUP` for a domestic card, else the foreign scheme. Absent counts as domestic. */
  readonly cardOrganisation?: string;
  /** Field 14 of the answer, YYMM. */
  readonly expiry?: string;
}

/** 余额查询: what can be spent with the card, in minor units; negative when it is owed. */
export type BalanceOutcome =
  | { readonly outcome: 'balance'; readonly amount: number }
  | Refusal
  | LinkOutcome
  | BadAnswer;

export type AuthorisationOutcome = Approval | Refusal | LinkOutcome | BadAnswer;

/** `acknowledged` is 00, 12 or 25: the acquirer holds nothing of the request any more. */
export type ReversalOutcome =
  | { readonly outcome: 'acknowledged'; readonly responseCode: string }
  | Refusal
  | LinkOutcome
  | BadAnswer;

export type SignOnOutcome =
  | {
      readonly outcome: 'signedOn';
      /** Field 60.2 of the answer: the batch that the acquirer is in. */
      readonly batch: BatchNumber;
      readonly hostTime: string;
      readonly hostDate: string;
      /** The PIN key under the master key, hex, for the PIN pad. Its check value was right. */
      readonly pinKey: string;
    }
  /** A key of field 62 doesn't give its check value: the terminal's master key isn't the acquirer's. */
  | { readonly outcome: 'badKeys'; readonly key: 'PIK' | 'MAK' | 'TDK' }
  | Refusal
  | LinkOutcome
  | BadAnswer;

export type SettlementOutcome =
  | { readonly outcome: 'reconciled'; readonly domestic: SettlementFlag; readonly foreign: SettlementFlag }
  | LinkOutcome
  | BadAnswer;

/** Of an upload and of the batch end. */
export type UploadOutcome = { readonly outcome: 'accepted' } | Refusal | LinkOutcome | BadAnswer;

export type AcquirerEvent =
  /**
   * An answer that no request waits for any more, or whose MTI or STAN isn't the waiting request's, which then waits
   * on. It is logged and changes nothing (M4). `mti` is empty where it can't be read.
   */
  | { readonly type: 'lateAnswer'; readonly mti: string; readonly stan: Stan | undefined }
  | { readonly type: 'processingRequest'; readonly request: ProcessingRequest };

/**
 * The line to the acquirer (收单行). One request at a time: a call while another runs is a bug of the caller and
 * throws. Each call resolves, always, at the latest when the configured connect and answer time-outs have passed.
 * The driver holds the master key and the MAC key; nobody else sees them. Financial messages need a sign-on since
 * the process started: without it they resolve as `notSent`.
 */
export interface Acquirer extends Device<AcquirerEvent> {
  /** 签到 0800, for the working keys of the configured suite. */
  signOn(request: {
    readonly stan: Stan;
    readonly batch: BatchNumber;
    readonly operator: string;
  }): Promise<SignOnOutcome>;
  /** 消费 0200 and every other kind. The caller has made the intent durable first (M1). */
  authorise(request: FinancialRequest, secrets: CardSecrets): Promise<AuthorisationOutcome>;
  /** 余额查询 0200. It moves no money: an answer that doesn't come leaves nothing open. */
  balance(
    request: Pick<FinancialRequest, 'stan' | 'batch' | 'entry' | 'pinEntered'>,
    secrets: CardSecrets,
  ): Promise<BalanceOutcome>;
  /** 冲正 0400, with the STAN of its request (M6). Of a kind that has no reversal it is a bug of the caller and throws. */
  reverse(request: ReversalRequest): Promise<ReversalOutcome>;
  /** 批结算 0500/201. */
  settle(request: {
    readonly stan: Stan;
    readonly batch: BatchNumber;
    readonly operator: string;
    readonly totals: BatchTotals;
  }): Promise<SettlementOutcome>;
  /** 批上送 0320/201, 1–8 records. */
  upload(request: {
    readonly stan: Stan;
    readonly batch: BatchNumber;
    readonly records: readonly UploadRecord[];
  }): Promise<UploadOutcome>;
  /** 批上送 0320 of a transaction that takes a message to itself: a refund or a completion notice, once more. */
  uploadOne(request: {
    readonly stan: Stan;
    readonly batch: BatchNumber;
    /** In clear, for this message only. */
    readonly pan: string;
    /** The request as it was sent; its trace number is the upload's own. */
    readonly request: FinancialRequest;
  }): Promise<UploadOutcome>;
  /** 批上送结束 0320/207 (balanced) or 202, with the number of records that were uploaded. */
  endBatch(request: {
    readonly stan: Stan;
    readonly batch: BatchNumber;
    readonly balanced: boolean;
    readonly count: number;
  }): Promise<UploadOutcome>;
}
