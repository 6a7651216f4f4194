import type { MinorUnits } from '../hal/units.ts';
import type { EntryKind } from './kinds.ts';
import type { Remarks } from './sale.ts';

/** The most that one sale may take of cards whose number begins so. */
export interface CardCap {
  readonly prefix: string;
  readonly most: MinorUnits;
}

/** What a shop's policy and the configuration decide; the machine reads it and never changes it. */
export interface Rules {
  /** Who sells while no operator has signed on by his own number, two digits; nobody when not given. */
  readonly operator?: string;
  /** The most that one transaction may move. */
  readonly maxAmount: MinorUnits;
  /** 交易开关: what this terminal doesn't do. */
  readonly switchedOff: readonly EntryKind[];
  /** How long after a sale it may be voided; 0 is until the settlement. */
  readonly voidMs: number;
  /** When the shop settles by itself, in minutes of the day in Beijing; absent when by hand alone. */
  readonly settleAt?: number;
  /** How many days after a sale it may be refunded; 0 is for ever, as far as the acquirer goes along. */
  readonly refundDays: number;
  /** Whether a supervisor may refund later than that, for a reason. */
  readonly lateRefunds: boolean;
  /** What the clerk is asked for at a sale, beside the amount. */
  readonly remarks: readonly (keyof Remarks)[];
  /** What taking back may cost, for the clerk to read to the customer. */
  readonly feeNotice?: string;
  /** Of several that fit, the one with the longest prefix holds. */
  readonly cardCaps: readonly CardCap[];
  /** Whether the stripe of a card that has a chip is taken. */
  readonly chipFallback: boolean;
  /** The most that one refund may give back. */
  readonly maxRefund: MinorUnits;
  /** The most that sales and completions may take in a day. */
  readonly maxDay: MinorUnits;
  /** How much of a pre-authorisation may be completed, in percent: UnionPay's limit is 115. */
  readonly completionPercent: number;
  /** Whether a refund may give back more than the batch has taken. */
  readonly refundBeyondNet: boolean;
  /** How long after a sale another one of the same card and amount is asked about; 0 is never. */
  readonly twinMs: number;
  /** Transactions in a batch after which sales are refused until settlement. */
  readonly maxBatch: number;
  /** 自动签退: whether the terminal signs off behind each settlement. */
  readonly signOffAfterSettlement: boolean;
  /** Whether a cardholder may confirm without a PIN. */
  readonly pinBypass: boolean;
  /** Whether a supervisor may keep a sale whose slip didn't come out. */
  readonly keepBySupervisor: boolean;
  /** Who answers for overrides; absent when no supervisor's password is set, and then there are none. */
  readonly supervisor?: string;
  /** After how many days without maintenance the idle screen reminds of it; never when 0 or not given. */
  readonly maintenanceDays?: number;
  /** 培训: nothing here is real. */
  readonly training?: true;
  /** Whether there is a second printer, for when the first is down. */
  readonly secondPrinter: boolean;
  /** Whether a printer that can't answer is taken at its silence: chosen knowingly, with such a printer. */
  readonly acceptUnverified: boolean;
  readonly timers: {
    readonly amountMs: number;
    readonly confirmMs: number;
    readonly cardMs: number;
    /** How long paper may be waited for before the sale is reversed. */
    readonly paperGraceMs: number;
    /** Between the merchant copy and the cardholder's. */
    readonly tearOffMs: number;
    readonly noticeMs: number;
    /** How long a refusal of the acquirer's stands. */
    readonly refusalMs: number;
    readonly passwordMs: number;
    /** Between tries of a reversal, a sign-on and a settlement; the last one repeats. */
    readonly retryMs: readonly [number, ...number[]];
  };
}
