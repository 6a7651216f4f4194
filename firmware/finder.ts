/** 交易查询 at the terminal: what a clerk can type, and no more rows than he looks through. */
import { setImmediate as breathe } from 'node:timers/promises';
import { type Book, fold } from '../state-machine/book.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { Found } from '../state-machine/sale.ts';
import type { Query } from '../state-machine/state.ts';
import { type Criteria, Search } from './search.ts';

/** More than a clerk looks through. */
const mostRows = 50;

const criteriaOf = (query: Query): Criteria => {
  switch (query.by) {
    case 'voucher':
      return { voucher: query.stan };
    case 'amount':
      return { amount: { from: query.amount, to: query.amount } };
    case 'card':
      return { cardTail: query.tail };
  }
};

/**
 * The newest first.
 *
 * @param archives the facts of the batches that are closed, newest first, each read when it is come to
 */
export const findTransactions = async (
  query: Query,
  book: Book,
  archives: Iterable<readonly Fact[]>,
): Promise<readonly Found[]> => {
  const search = new Search(criteriaOf(query));
  const rows: Found[] = [];
  const look = (at: Book): void => {
    for (const { sale, left } of search.look(at)) rows.push({ sale, left });
  };
  look(book);
  for (const facts of archives) {
    if (rows.length >= mostRows) break;
    look(fold(facts));
    // A scan of years may take seconds: the terminal goes on meanwhile.
    await breathe();
  }
  return rows.slice(0, mostRows);
};
