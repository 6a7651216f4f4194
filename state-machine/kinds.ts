import type { TransactionKind } from '../hal/acquirer.ts';

/**
 * What sets one kind of transaction apart from another. The machine, the totals and the slips read this table; none
 * of them names a kind.
 */
export interface Kind {
  /** UnionPay's names, as slips and screens show them. */
  readonly name: { readonly 'zh-CN': string; readonly en: string };
  /** The settlement column that it counts in: 借记 debit, 贷记 credit. */
  readonly column: 'debit' | 'credit';
  /** Whether an open request of this kind is reversed (冲正). */
  readonly reversible: boolean;
}

export const kinds: { readonly [K in TransactionKind]: Kind } = {
  sale: { name: { 'zh-CN': '消费', en: 'SALE' }, column: 'debit', reversible: true },
};
