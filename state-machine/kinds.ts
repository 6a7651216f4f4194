import type { TransactionKind } from '../hal/acquirer.ts';

/**
 * A step of entering a transaction, up to its intent.
 * - `supervisor`: the password of who must allow it
 * - `original`: the voucher number of the transaction that it is about, which is then shown
 * - `amount`: typed in 分
 * - `confirm`: the customer sees merchant and amount
 * - `printer`: could a slip be printed? No card is asked for before
 * - `card`: swiped; where there is an original it must be its card
 * - `pin`: at the PIN pad
 */
export type EntryStep = 'supervisor' | 'original' | 'amount' | 'confirm' | 'printer' | 'card' | 'pin';

interface Words {
  readonly 'zh-CN': string;
  readonly en: string;
}

/**
 * What sets one kind of transaction apart from another. The machine, the totals and the slips read this table.
 */
export interface Kind {
  /** UnionPay's names, as slips and screens show them. */
  readonly name: Words;
  /** The settlement column that it counts in: 借记 debit, 贷记 credit. */
  readonly column: 'debit' | 'credit';
  readonly entry: readonly EntryStep[];
  /** What the clerk reads of the money when it did not come about. */
  readonly undone: Words;
  /** And when it was taken back, but the bank may have told the customer otherwise. */
  readonly takenBack: Words;
}

export const kinds: { readonly [K in TransactionKind]: Kind } = {
  sale: {
    name: { 'zh-CN': '消费', en: 'SALE' },
    column: 'debit',
    entry: ['amount', 'confirm', 'printer', 'card', 'pin'],
    undone: { 'zh-CN': '未扣款', en: 'Nothing taken' },
    takenBack: { 'zh-CN': '若已扣款 将退回', en: 'Money goes back' },
  },
  void: {
    name: { 'zh-CN': '消费撤销', en: 'VOID' },
    column: 'credit',
    entry: ['supervisor', 'original', 'printer', 'card', 'pin'],
    undone: { 'zh-CN': '未撤销 原单有效', en: 'The sale stands' },
    takenBack: { 'zh-CN': '原交易仍有效', en: 'The sale stands' },
  },
};
