import type { MinorUnits } from '../hal/units.ts';
import type { EntryKind } from './kinds.ts';

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
