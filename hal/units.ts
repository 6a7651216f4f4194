/**
 * The units that Slipsafe counts in. Each is a branded number or string: a plain number can't slip in where money
 * or a trace number is meant. The constructors assert; they are for trusted places (a parser that has checked its
 * digits, a configuration that a schema has passed), so a failure is a bug and not an expected fault.
 */

declare const unit: unique symbol;
type Unit<Base, Name extends string> = Base & { readonly [unit]: Name };

/** Money in minor units of the terminal's currency (分 for CNY): an integer, 0 … 999 999 999 999 (ISO 8583 n12). */
export type MinorUnits = Unit<number, 'minorUnits'>;

/** System trace audit number (ISO 8583 field 11, 流水号), 1 … 999 999; printed on the slip as the voucher number 凭证号. */
export type Stan = Unit<number, 'stan'>;

/** Batch number (field 60.2, 批次号), 1 … 999 999. */
export type BatchNumber = Unit<number, 'batch'>;

/** Milliseconds of a clock that never jumps and has no meaning outside this run of the process. For time-outs. */
export type MonotonicMs = Unit<number, 'monotonicMs'>;

/** Milliseconds since 1970-01-01 UTC as the board's clock says; it may jump. For records and slips. */
export type EpochMs = Unit<number, 'epochMs'>;

/** Identifier of one transaction intent, made when the amount is confirmed: 1 … 64 characters of [0-9A-Za-z-]. */
export type SaleId = Unit<string, 'saleId'>;

/** Identifier of one effect, the same again when the effect is resolved after a restart. */
export type EffectId = Unit<string, 'effectId'>;

const inRange = (value: number, low: number, high: number, name: string): number => {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be an integer from ${low} to ${high}, not ${value}`);
  }
  return value;
};

export const minorUnits = (value: number): MinorUnits => inRange(value, 0, 999_999_999_999, 'an amount') as MinorUnits;
export const stan = (value: number): Stan => inRange(value, 1, 999_999, 'a trace number') as Stan;
export const batchNumber = (value: number): BatchNumber => inRange(value, 1, 999_999, 'a batch number') as BatchNumber;
