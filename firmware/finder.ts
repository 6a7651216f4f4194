/** 交易查询: transactions of this batch and of the kept ones, by what a clerk knows of them. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { MinorUnits, SaleId } from '../hal/units.ts';
import { type Book, counts, fold } from '../state-machine/book.ts';
import type { Fact } from '../state-machine/facts.ts';
import { kinds } from '../state-machine/kinds.ts';
import type { Found, Sale } from '../state-machine/sale.ts';
import type { Query } from '../state-machine/state.ts';

/** More than a clerk looks through. */
const mostRows = 50;

const fits = (sale: Sale, query: Query): boolean => {
  switch (query.by) {
    case 'voucher':
      return sale.stan === query.stan;
    case 'amount':
      return sale.amount === query.amount;
    case 'card':
      return sale.card.masked.endsWith(query.tail);
  }
};

/**
 * The newest first. What later batches have done to a transaction, a refund or a completion, is known before it is come
 * to: they are read first.
 *
 * @param archives the facts of the batches that are closed, newest first, each read when it is come to
 */
export const findTransactions = async (
  query: Query,
  book: Book,
  archives: Iterable<readonly Fact[]>,
): Promise<readonly Found[]> => {
  const taken = new Map<SaleId, number>();
  const rows: Found[] = [];
  const look = (sales: readonly Sale[]): void => {
    for (const { original, amount } of sales.filter(counts)) {
      if (original?.saleId !== undefined) taken.set(original.saleId, (taken.get(original.saleId) ?? 0) + amount);
    }
    for (const sale of sales.toReversed()) {
      if (rows.length < mostRows && fits(sale, query)) rows.push({ sale, left: leftOf(sale, taken.get(sale.id) ?? 0) });
    }
  };
  look(book.sales);
  for (const facts of archives) {
    look(fold(facts).sales);
    // A scan of years may take seconds: the terminal goes on meanwhile.
    await breathe();
  }
  return rows;
};

/** What it was refunded, of what it was; a pre-authorisation that was completed in part is over too. */
const leftOf = (sale: Sale, taken: number): MinorUnits => {
  const isOver = sale.voidedBy !== undefined || (kinds[sale.kind].column !== 'debit' && taken > 0);
  return (isOver ? 0 : Math.max(0, sale.amount - taken)) as MinorUnits;
};
