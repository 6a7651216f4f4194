/** Money of one kind in a batch: amount in 分, and how many transactions. */
export interface Tally {
  readonly amount: number;
  readonly count: number;
}

/** 借记 debit: sales; 贷记 credit: what goes back. */
export interface HalfTotals {
  readonly debit: Tally;
  readonly credit: Tally;
}

/** 内卡 domestic cards and 外卡 foreign cards. */
export interface Totals {
  readonly domestic: HalfTotals;
  readonly foreign: HalfTotals;
}

/** What a settlement's answer says of a half: 1 对账平 balanced, 2 对账不平 unbalanced, 3 对账错 error. */
export type Flag = 1 | 2 | 3;

export interface Flags {
  readonly domestic: Flag;
  readonly foreign: Flag;
}

export const nothing: Tally = { amount: 0, count: 0 };

/**
 * Field 48 of a settlement, 62 digits, twice: debit amount 12, debit count 3, credit amount 12, credit count 3, flag 1
 * (0 in the request). The domestic half stands first.
 * Example, one sale of 12.34 on a domestic card: `000000001234 001 000000000000 000 0` and 31 zeros.
 */
export const readTotals = (field48: string): Totals => {
  const tally = (at: number): Tally => ({
    amount: Number(field48.slice(at, at + 12)),
    count: Number(field48.slice(at + 12, at + 15)),
  });
  const half = (at: number): HalfTotals => ({ debit: tally(at), credit: tally(at + 15) });
  return { domestic: half(0), foreign: half(31) };
};

/** The same field with the flags of the answer. */
export const withFlags = (field48: string, flags: Flags): string =>
  field48.slice(0, 30) + flags.domestic + field48.slice(31, 61) + flags.foreign;

const sameTally = (a: Tally, b: Tally): boolean => a.amount === b.amount && a.count === b.count;
export const sameHalf = (a: HalfTotals, b: HalfTotals): boolean =>
  sameTally(a.debit, b.debit) && sameTally(a.credit, b.credit);
