/**
 * Facts: what is made durable. The line of facts is the truth; the book (book.ts) is folded from it and nothing else
 * is stored. They are written one by one: where a step
 * gives more than one, each alone is legal and safe to stop after.
 *
 * A fact with a `stan` takes that trace number: it is never used again in the batch (M6).
 */
import type { Approval, BatchTotals, ReversalReason, SettlementFlag, TransactionKind } from '../hal/acquirer.ts';
import type { PrinterPlace } from '../hal/printer.ts';
import type { BatchNumber, EpochMs, MinorUnits, SaleId, Stan } from '../hal/units.ts';
import type { Incident } from './incidents.ts';
import type {
  CardToken,
  Copy,
  DayTotal,
  Hold,
  LastSettlement,
  LateReason,
  Original,
  Remarks,
  Sale,
  SaleReference,
} from './sale.ts';
import type { SlipFace } from './slip-face.ts';

/** What the ledger keeps of the operators' accounts. */
export type AccountEvent = 'wrongPassword' | 'lockedOut' | 'passwordChanged' | 'added' | 'removed';

interface At {
  readonly at: EpochMs;
}

/**
 * What stands on the slip and only its print knows: the ledger's short code, which each further print shows again; and of
 * a further print when and by whom it was asked for.
 */
export interface OnPaper {
  readonly code?: string;
  readonly on?: EpochMs;
  readonly by?: string;
}

/** 维护: what was done at the terminal. */
export type MaintenanceWork = 'inspected' | 'cleaned' | 'repaired' | 'replaced' | 'updated';

export type Fact = At &
  (
    | {
        readonly type: 'provisioned';
        readonly terminalId: string;
        readonly merchantId: string;
        readonly batch: BatchNumber;
        readonly nextStan: Stan;
      }
    /** What slips are made with from here on. */
    | { readonly type: 'slipFace'; readonly face: SlipFace }
    /** A trace number for a message that moves no money of its own. */
    | {
        readonly type: 'traceTaken';
        readonly stan: Stan;
        readonly purpose: 'signOn' | 'signOff' | 'settlement' | 'balance';
      }
    | { readonly type: 'signedOn'; readonly batch: BatchNumber; readonly hostDate: string; readonly hostTime: string }
    /** 签退: nothing is traded before somebody signs the terminal on again, also after a start. `told`: the acquirer knows. */
    | { readonly type: 'signedOff'; readonly told: boolean }
    /** M1: durable before the first byte of the request leaves. */
    | ({
        readonly type: 'intended';
        readonly saleId: SaleId;
        readonly kind: TransactionKind;
        readonly stan: Stan;
        readonly amount: MinorUnits;
        readonly card: CardToken;
        readonly pinEntered: boolean;
        readonly operator: string;
        readonly supervisor?: string;
        readonly original?: Original;
        /** The clerk was told of a sale of the same card and amount just before, and went on. */
        readonly twin?: SaleId;
        /** 补收差额: of a sale with which too little was taken. */
        readonly differenceOf?: SaleReference;
        readonly lateReason?: LateReason;
      } & Remarks)
    /** Nothing of the request left the terminal, so there is nothing to reverse. */
    | { readonly type: 'notSent'; readonly saleId: SaleId }
    | { readonly type: 'declined'; readonly saleId: SaleId; readonly responseCode: string }
    | { readonly type: 'approved'; readonly saleId: SaleId; readonly approval: Omit<Approval, 'outcome'> }
    /** The merchant copy is on paper: the commit point. From here on nothing is reversed (M4). */
    | ({ readonly type: 'captured'; readonly saleId: SaleId; readonly number: number } & OnPaper)
    /** Approved, without a reversal, and its merchant copy didn't come out: it stands, and the slip is owed. */
    | { readonly type: 'slipOwed'; readonly saleId: SaleId }
    /** Without a reversal and without an answer that can be believed: a supervisor must find out. `reason` as in a reversal. */
    | { readonly type: 'inDoubt'; readonly saleId: SaleId; readonly reason: ReversalReason }
    | { readonly type: 'keptBySupervisor'; readonly saleId: SaleId; readonly supervisor: string }
    | { readonly type: 'reversalRequired'; readonly saleId: SaleId; readonly reason: ReversalReason }
    /** The acquirer acknowledged with 00, 12 or 25 (M5). */
    | { readonly type: 'reversed'; readonly saleId: SaleId; readonly responseCode: string }
    /**
     * `booked`: of what was in doubt, whether the acquirer has it, as it told the supervisor. Only what it hasn't gives back
     * what it took: an amount whose fate nobody told is not refunded again.
     */
    | {
        readonly type: 'handedOver';
        readonly saleId: SaleId;
        readonly incident: string;
        readonly supervisor: string;
        readonly booked?: boolean;
      }
    | ({ readonly type: 'printed'; readonly saleId: SaleId; readonly copy: Copy; readonly number: number } & OnPaper)
    /** Of the batch that the acquirer was in at the last sign-on; a settlement that is under way begins anew. */
    | {
        readonly type: 'settlementStarted';
        readonly stan: Stan;
        readonly totals: BatchTotals;
        readonly operator?: string;
      }
    /** `stan` is taken for the message that follows: the first upload, or the batch end. */
    | {
        readonly type: 'settlementAnswered';
        readonly domestic: SettlementFlag;
        readonly foreign: SettlementFlag;
        readonly stan: Stan;
      }
    /** The first `count` of the records to upload are with the acquirer; `stan` is the next message's. */
    | { readonly type: 'uploaded'; readonly count: number; readonly stan: Stan }
    /**
     * The batch end was accepted: the batch is closed and the next one open, in one record, the first of a new
     * ledger file. What must not be forgotten of the old one follows it there, before anything else (`carried`).
     */
    | {
        readonly type: 'batchOpened';
        readonly terminalId: string;
        readonly batch: BatchNumber;
        readonly nextStan: Stan;
        readonly settled: LastSettlement;
        /** What was sold on the day so far. */
        readonly day?: DayTotal;
        readonly face?: SlipFace;
        readonly printer?: PrinterPlace;
        readonly locked?: true;
        readonly operator?: string;
        /** When it was maintained last, or put into service. */
        readonly maintainedAt?: EpochMs;
      }
    /** A transaction of an earlier batch that still owes a slip, or is in doubt. */
    | { readonly type: 'carried'; readonly sale: Sale }
    /** 挂失; and again at the beginning of each batch as long as it lasts. */
    | ({ readonly type: 'held' } & Hold)
    /** 解挂. */
    | ({ readonly type: 'released'; readonly supervisor: string } & Pick<Hold, 'saleId' | 'batch' | 'voucher'>)
    /** 事件记录: it is added to by another one, and never changed. */
    | ({ readonly type: 'incidentRecorded' } & Incident)
    | ({ readonly type: 'settlementPrinted' } & OnPaper)
    /** 签到: who sells from here on, also after a start. */
    | { readonly type: 'operatorSignedOn'; readonly operator: string }
    | { readonly type: 'operatorSignedOff'; readonly operator: string }
    /** What happened at an account; a password that was wrong among it. */
    | { readonly type: 'accountEvent'; readonly what: AccountEvent; readonly operator: string; readonly by?: string }
    /** 锁定: no transaction is begun until somebody unlocks it; what is open goes on. */
    | { readonly type: 'locked'; readonly operator: string }
    | { readonly type: 'unlocked'; readonly supervisor: string }
    /** A parameter of the configuration was changed at the terminal; it holds from the next start on. */
    | {
        readonly type: 'parameterChanged';
        readonly key: string;
        readonly from: string;
        readonly to: string;
        readonly by: string;
      }
    /** 培训 was asked for, or its end: what follows until then is in no ledger. */
    | { readonly type: 'trainingChosen'; readonly on: boolean; readonly by: string }
    /** 维护: somebody did something at the terminal. */
    | { readonly type: 'maintained'; readonly work: MaintenanceWork; readonly by: string }
    /** The supervisor turned to the other printer; it is the one that is used, also after a start. */
    | { readonly type: 'printerChosen'; readonly printer: PrinterPlace; readonly supervisor: string }
    /** A technician asked for it without a key: `by` is the Unix user that the kernel named. */
    | { readonly type: 'asked'; readonly what: 'settlement' | 'reversal'; readonly by: string }
    /** A slip of a closed batch was printed again, which a supervisor allowed. */
    | ({
        readonly type: 'reprinted';
        readonly saleId: SaleId;
        readonly batch: BatchNumber;
        readonly voucher: Stan;
        readonly supervisor: string;
      } & OnPaper)
  );

export type FactType = Fact['type'];
export type FactOf<T extends FactType> = Extract<Fact, { readonly type: T }>;
