/** 挂失: vouchers whose slip was lost or is in the wrong hands; nothing is taken back of them until a supervisor says so. */
import type { SaleId } from '../hal/units.ts';
import { areNear } from './calendar.ts';
import type { FactOf } from './facts.ts';
import type { Hold, Original } from './sale.ts';

type Holds = readonly Hold[];

export const holdOf = (holds: Holds, saleId: SaleId | undefined): Hold | undefined =>
  holds.find((hold) => hold.saleId === saleId);

/** What a slip is known by. */
type SlipNumbers = Pick<Original, 'retrievalReference' | 'authorisationCode' | 'date'>;

/**
 * Whether what is typed from a slip names that transaction: its reference, or its code and date. The date on a slip is
 * this terminal's, the one that is kept the acquirer's.
 */
export const isSameSlip = (known: SlipNumbers, typed: SlipNumbers): boolean =>
  typed.retrievalReference === ''
    ? known.authorisationCode === typed.authorisationCode && areNear(known.date, typed.date)
    : known.retrievalReference === typed.retrievalReference;

/** Whether what is typed from a slip is that of a voucher that is held. */
export const isHeldSlip = (holds: Holds, slip: SlipNumbers): boolean =>
  holds.some(({ reference, ...hold }) => isSameSlip({ retrievalReference: reference, ...hold }, slip));

export const withHold = (holds: Holds, fact: FactOf<'held'>): Holds => {
  const { type: _type, at: _at, ...hold } = fact;
  if (holdOf(holds, hold.saleId) !== undefined) throw new Error(`Voucher ${hold.voucher} is held already`);
  return [...holds, hold];
};

export const withoutHold = (holds: Holds, { saleId, voucher }: FactOf<'released'>): Holds => {
  if (holdOf(holds, saleId) === undefined) throw new Error(`Voucher ${voucher} is released and was not held`);
  return holds.filter((hold) => hold.saleId !== saleId);
};
