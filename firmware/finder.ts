/** 交易查询 at the terminal: what a clerk types, as a search through this batch and the kept ones. */
import { errorCode } from '../drivers/storage/file-system.ts';
import type { Clock } from '../hal/clock.ts';
import type { Found } from '../state-machine/sale.ts';
import type { Query } from '../state-machine/state.ts';
import { booksOf, type Criteria, Search } from './search.ts';

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
 * The newest first. A scan of years may take seconds: the terminal goes on between two batches.
 *
 * @returns `unread` where the disk fails: what was found until then may not be all
 */
export const findTransactions = async (
  query: Query,
  store: Parameters<typeof booksOf>[0],
  clock: Pick<Clock, 'schedule'>,
): Promise<{ readonly rows: readonly Found[]; readonly unread?: true }> => {
  const search = new Search(criteriaOf(query));
  const rows: Found[] = [];
  try {
    for (const book of booksOf(store)) {
      for (const { sale, left } of search.look(book)) rows.push({ sale, left });
      if (rows.length >= mostRows) return { rows: rows.slice(0, mostRows) };
      await new Promise<void>((resolve) => clock.schedule(0, resolve));
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return { rows, unread: true };
  }
  return { rows };
};
