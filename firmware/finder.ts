/** 交易查询 at the terminal: what a clerk types, as a search through this batch and the kept ones. */
import { errorCode } from '../drivers/storage/file-system.ts';
import type { Clock } from '../hal/clock.ts';
import type { DeviceFault } from '../hal/device.ts';
import type { Book } from '../state-machine/book.ts';
import type { Query } from '../state-machine/effects.ts';
import type { Found } from '../state-machine/sale.ts';
import { booksOf, type Criteria, Search } from './search.ts';

/** More than a clerk looks through. */
const mostRows = 50;

const notIntact = (where: string, what: string): DeviceFault => ({
  device: 'ledger',
  code: 'failed',
  where,
  what: `A kept batch is not intact: ${what} What stands behind that is not found, and not reckoned with.`,
  remedy: 'Run terminalctl ledger verify; before a refund of that batch ask the acquirer.',
});

const criteriaOf = (query: Query): Criteria => {
  switch (query.by) {
    case 'voucher':
      return { voucher: query.stan };
    case 'amount':
      return { amount: { from: query.amount, to: query.amount } };
    case 'card':
      return { cardTail: query.tail };
    case 'reference':
      return { reference: query.typed };
    case 'authorisationCode':
      return { authorisationCode: query.typed };
    case 'order':
      return { orderNumber: query.orderNumber };
    case 'time':
      return { time: { from: query.from, to: query.to } };
  }
};

/** In the open batch alone, for training: the kept ones are real. */
export const findInBook = (query: Query, book: Book): readonly Found[] =>
  new Search(criteriaOf(query)).look(book).map(({ sale, left }) => ({ sale, left }));

/**
 * The newest first. A scan of years may take seconds: the terminal goes on between two batches.
 *
 * @param fault is told of a batch that isn't intact: what behind the flaw was refunded nobody sees any more (M8)
 * @returns `unread` where the disk fails: what was found until then may not be all
 */
export const findTransactions = async (
  query: Query,
  store: Parameters<typeof booksOf>[0],
  clock: Pick<Clock, 'schedule'>,
  fault: (fault: DeviceFault) => void,
): Promise<{ readonly rows: readonly Found[]; readonly unread?: true }> => {
  const search = new Search(criteriaOf(query));
  const rows: Found[] = [];
  const flawed = (path: string, what: string): void => fault(notIntact(path, what));
  try {
    for (const book of booksOf(store, flawed)) {
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
