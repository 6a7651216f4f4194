import type { MinorUnits } from '../../../hal/units.ts';
import { malformed, packAmount, type Read, said } from './text.ts';

/** An amount on a card's account, as a balance inquiry (余额查询) tells it. */
export interface Balance {
  /** Two digits: 00 not told, 30 credit, and the like. */
  readonly accountType: string;
  /** Two digits: 02 is what can be spent. */
  readonly amountType: string;
  /** Three digits, 156. */
  readonly currency: string;
  /** Negative when it is owed (D). */
  readonly amount: number;
}

const balanceDigits = 20;

/**
 * Field 54 of an answer, 附加金额, 20 characters an amount: account type 2, amount type 2, currency 3, C or D, amount 12.
 * `3002156C000000123456`
 */
export const readBalances = (field54: string): Read<readonly Balance[]> => {
  if (field54.length === 0 || field54.length % balanceDigits !== 0)
    return malformed('54', 'is not made of 20 characters an amount');
  const balances: Balance[] = [];
  for (let at = 0; at < field54.length; at += balanceDigits) {
    const [, accountType, amountType, currency, sign, digits] =
      /^(\d\d)(\d\d)(\d{3})([CD])(\d{12})$/.exec(field54.slice(at, at + balanceDigits)) ?? [];
    if (accountType === undefined || amountType === undefined || currency === undefined) {
      return malformed(`54.${at / balanceDigits + 1}`, 'is no amount with its types, currency and sign');
    }
    const amount = Number(digits);
    balances.push({ accountType, amountType, currency, amount: sign === 'D' ? 0 - amount : amount });
  }
  return said(balances);
};

export const packBalances = (balances: readonly Balance[]): string =>
  balances
    .map(
      ({ accountType, amountType, currency, amount }) =>
        `${accountType}${amountType}${currency}${amount < 0 ? 'D' : 'C'}${packAmount(Math.abs(amount) as MinorUnits)}`,
    )
    .join('');
