/** 凭证抬头: how the shop shows itself on its slips. */
import type { MinorUnits } from '../hal/units.ts';

/**
 * What the configuration says of slips, as it stood when a transaction began. It is a fact, recorded when it isn't what
 * was recorded last, so that a slip is made of the ledger alone: printed again years later it is the same.
 * Bounded by the configuration to some 1.5 KB, as a record of the ledger holds 4.
 */
export interface SlipFace {
  readonly merchant: string;
  readonly branch: string;
  readonly merchantId: string;
  readonly hotline: string;
  /** Which copies a transaction has: 1 the merchant's, 2 the cardholder's too, 3 the bank's too. */
  readonly copies: 1 | 2 | 3;
  /** Under the title, and before the end. */
  readonly header?: string;
  readonly footer?: string;
  /** What a customer must be told of a refund; and of a void or a refund that costs something. */
  readonly refundNotice?: string;
  readonly feeNotice?: string;
  /** Up to this amount a sale asks for no signature (免签). */
  readonly noSignatureUpTo?: MinorUnits;
  /** What the shop pays of a card's turnover, in 0.01 %, for the estimate on a settlement slip; 0 is none. */
  readonly feeBasisPoints?: { readonly domestic: number; readonly foreign: number };
  /** A QR symbol with the transaction's identifier. */
  readonly qr?: true;
  /** Each slip says that it is worth nothing. */
  readonly training?: true;
  /** The picture at its top, by the SHA-256 of its file. */
  readonly logo?: string;
}
