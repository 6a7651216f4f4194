/** 挂失: vouchers whose slip was lost or is in the wrong hands; nothing is taken back of them until a supervisor says so. */
import type { SaleId } from '../hal/units.ts';
import { areNear } from './calendar.ts';
import type { FactOf } from './facts.ts';
import type { Hold, Original } from './sale.ts';

type Holds = readonly Hold[];

export const holdOf = (holds: Holds, saleId: SaleId | undefined): Hold | undefined =>
  holds.find((hold) => hold.saleId === saleId);

/**
 * Whether what is typed from a slip is that of a voucher that is held: its reference, or its code and
 * date. The date on a slip is this terminal's, the one that is kept the acquirer's.
 */
export const isHeldSlip = (
  holds: Holds,
  { retrievalReference, authorisationCode, date }: Pick<Original, 'retrievalReference' | 'authorisationCode' | 'date'>,
): boolean =>
  holds.some((hold) =>
    retrievalReference === ''
      ? hold.authorisationCode === authorisationCode && areNear(hold.date, date)
      : hold.reference === retrievalReference,
  );

export const withHold = (holds: Holds, fact: FactOf<'held'>): Holds => {
  const { type: _type, at: _at, ...hold } = fact;
  if (holdOf(holds, hold.saleId) !== undefined) throw new Error(`Voucher ${hold.voucher} is held already`);
  return [...holds, hold];
};

export const withoutHold = (holds: Holds, { saleId, voucher }: FactOf<'released'>): Holds => {
  if (holdOf(holds, saleId) === undefined) throw new Error(`Voucher ${voucher} is released and was not held`);
  return holds.filter((hold) => hold.saleId !== saleId);
};
