import type { TransactionKind } from '../hal/acquirer.ts';

/**
 * What sets one kind of transaction apart from another. The totals and the slips read this table.
 */
export interface Kind {
  /** UnionPay's names, as slips and screens show them. */
  readonly name: { readonly 'zh-CN': string; readonly en: string };
  /** The settlement column that it counts in: 借记 debit, 贷记 credit. */
  readonly column: 'debit' | 'credit';
}

export const kinds: { readonly [K in TransactionKind]: Kind } = {
  sale: { name: { 'zh-CN': '消费', en: 'SALE' }, column: 'debit' },
};
