/** A transaction and a settlement as the book knows them, and as facts can carry them. */
import type {
  Approval,
  BatchTotals,
  OriginalReference,
  ReversalReason,
  SettlementFlag,
  Tally,
  TransactionKind,
} from '../hal/acquirer.ts';
import type { BatchNumber, EpochMs, MinorUnits, SaleId, Stan } from '../hal/units.ts';
import type { SlipFace } from './slip-face.ts';

/** A card as records may know it: nothing here is clear card data (M9). */
export interface CardToken {
  /** First six, stars, last four: `622200******1234`. */
  readonly masked: string;
  /** The PAN, encrypted under the device key; for batch upload. */
  readonly sealedPan: string;
  /** Keyed hash of the PAN: the same card gives the same hash on this terminal only. */
  readonly cardHash: string;
  readonly entry: 'swipe';
  /** Its service code says that it has a chip: swiped, it is a fallback. */
  readonly chip?: true;
}

/** The transaction that another one is about. */
export interface Original extends OriginalReference {
  /** Absent where this terminal doesn't know it, and its slip was typed in. */
  readonly saleId?: SaleId;
}

/** A transaction of this terminal, as its slip names it. */
export interface SaleReference {
  readonly saleId: SaleId;
  readonly batch: BatchNumber;
  readonly stan: Stan;
}

/** What was found in the ledger, in this batch or in a kept one. */
export interface Found {
  readonly sale: Sale;
  /** What later transactions have left of it to refund, or of a pre-authorisation what is held; 0 when it was voided or completed. */
  readonly left: MinorUnits;
}

/** 挂失: a voucher of which nothing is taken back. What is typed from its slip is kept, so that it is known by that too. */
export interface Hold {
  readonly saleId: SaleId;
  readonly batch: BatchNumber;
  readonly voucher: Stan;
  readonly reference: string;
  readonly authorisationCode?: string;
  /** The acquirer's, MMDD. */
  readonly date: string;
  readonly operator: string;
  readonly since: EpochMs;
}

/** Why a refund is made past the shop's window: 质量问题 faulty, 双方协商 agreed, 其他 other. */
export type LateReason = 'faulty' | 'agreed' | 'other';

/** What a shop may want in a record beside the amount, in digits: its own order number, a code of a discount or the like. */
export interface Remarks {
  readonly orderNumber?: string;
  readonly note?: string;
}

/** The copies of a transaction's slip: 商户存根 merchant, 持卡人存根 cardholder, 银行存根 bank. */
export type SlipCopy = 'merchant' | 'cardholder' | 'bank';
/** And 冲正凭证 reversal. */
export type Copy = SlipCopy | 'reversal';

/**
 * Where a transaction stands. Open: `intended`, `approved`, `reversalRequired`; and `inDoubt`, which keeps nothing else
 * from going on: one without a reversal that was never answered. Closed, for good: the others; M2 says that an approved
 * one ends in `captured`, `kept`, `reversed` or `handedOver`.
 */
export type SaleStatus =
  | 'intended'
  | 'notSent'
  | 'declined'
  | 'approved'
  | 'captured'
  | 'kept'
  | 'reversalRequired'
  | 'inDoubt'
  | 'reversed'
  | 'handedOver';

export interface Sale extends Remarks {
  readonly id: SaleId;
  readonly kind: TransactionKind;
  readonly stan: Stan;
  readonly batch: BatchNumber;
  readonly amount: MinorUnits;
  readonly card: CardToken;
  readonly pinEntered: boolean;
  readonly operator: string;
  /** Who allowed it, where a supervisor had to. */
  readonly supervisor?: string;
  readonly original?: Original;
  /** What ended it: its void, or the completion of a pre-authorisation. */
  readonly voidedBy?: SaleId;
  /** The sum of its refunds in this batch. */
  readonly refunded?: MinorUnits;
  /** Of a pre-authorisation: the sum of its increments in this batch (追加预授权). */
  readonly increased?: MinorUnits;
  /** The sale of the same card and amount that the clerk was told of, and went on. */
  readonly twin?: SaleId;
  /** 补收差额: too little was taken with that one, and this sale is for the rest. To the acquirer it is a sale like any other. */
  readonly differenceOf?: SaleReference;
  /** Why it was refunded though the shop's window for that was over. */
  readonly lateReason?: LateReason;
  /** When the intent was made. */
  readonly at: EpochMs;
  readonly status: SaleStatus;
  readonly approval?: Omit<Approval, 'outcome'>;
  readonly responseCode?: string;
  readonly reason?: ReversalReason;
  readonly incident?: string;
  /** Of what was in doubt and is closed: whether the acquirer has booked it, as the supervisor was told. */
  readonly booked?: boolean;
  /** How often each copy was verified as printed. */
  readonly copies: { readonly [C in Exclude<Copy, 'bank'>]: number } & { readonly bank?: number };
  /** The ledger's short code on its slips, from the first one that came out. */
  readonly slipCode?: string;
  /** What its slips are made with; absent where it is older than such facts. */
  readonly face?: SlipFace;
  /** The state that the last reversal slip told; a slip of another state is due (M4). */
  readonly reversalSlipSays?: SaleStatus;
}

/** What one kind of transaction came to in one half of a batch: a row of the settlement slip. */
export interface KindTally extends Tally {
  readonly half: 'domestic' | 'foreign';
  readonly kind: TransactionKind;
}

export interface LastSettlement {
  readonly batch: BatchNumber;
  readonly at: EpochMs;
  /** Who settled. */
  readonly operator?: string;
  readonly totals: BatchTotals;
  readonly flags: { readonly domestic: SettlementFlag; readonly foreign: SettlementFlag };
  readonly rows?: readonly KindTally[];
  readonly printed: boolean;
  /** How often. */
  readonly prints?: number;
  /** The ledger's short code on its slip, once it came out. */
  readonly slipCode?: string;
  readonly face?: SlipFace;
}

/** What sales and completions have taken on one day, for the limit of a day. */
export interface DayTotal {
  /** Days since 1970-01-01 in Beijing. */
  readonly day: number;
  readonly amount: MinorUnits;
}

/** In the order in which they are printed. */
const slipCopies: readonly SlipCopy[] = ['merchant', 'cardholder', 'bank'];

/** The copies that a transaction's slip has. */
export const copiesOf = ({ face }: Sale): readonly SlipCopy[] => slipCopies.slice(0, face?.copies ?? 2);

/** How often a copy was printed. */
export const printsOf = ({ copies }: Sale, copy: Copy): number => copies[copy] ?? 0;
