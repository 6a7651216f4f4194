/** What a batch leaves behind when the next one is opened: the facts of that moment. */
import type { TransactionKind } from '../hal/acquirer.ts';
import type { MinorUnits } from '../hal/units.ts';
import { type Book, copiesDue, doubtful, following, halfOf, reversalSlipsDue, settling } from './book.ts';
import type { FactOf } from './facts.ts';
import { kinds } from './kinds.ts';
import type { KindTally, Sale } from './sale.ts';
import { counts } from './standing.ts';

/** What the next batch must not forget. */
const toCarry = (book: Book): readonly Sale[] => {
  const due = new Set([...copiesDue(book).map(({ sale }) => sale), ...reversalSlipsDue(book), ...doubtful(book)]);
  return [...book.carried, ...book.sales].filter((sale) => due.has(sale));
};

/** The totals kind by kind, as the settlement slip shows them; those that there are none of are left out. */
export const tallies = (book: Book): readonly KindTally[] =>
  (['domestic', 'foreign'] as const).flatMap((half) =>
    (Object.keys(kinds) as TransactionKind[]).flatMap((kind) => {
      if (kinds[kind].column === undefined) return [];
      const chosen = book.sales.filter((sale) => counts(sale) && sale.kind === kind && halfOf(sale) === half);
      const amount = chosen.reduce((sum, sale) => sum + sale.amount, 0) as MinorUnits;
      return chosen.length === 0 ? [] : [{ half, kind, count: chosen.length, amount }];
    }),
  );

/** The facts that close this batch, whose end the acquirer has accepted, and open the next. */
export const nextBatch = (
  book: Book,
): readonly [Omit<FactOf<'batchOpened'>, 'at'>, ...(Omit<FactOf<'carried'>, 'at'> | Omit<FactOf<'held'>, 'at'>)[]] => {
  const { batch, totals, operator, flags, startedAt } = settling(book);
  if (flags === undefined) throw new Error('A batch is closed whose totals were never answered');
  const settled = {
    batch,
    at: startedAt,
    totals,
    flags,
    printed: false,
    rows: tallies(book),
    ...(operator !== undefined && { operator }),
  };
  // The sign-on that follows says which batch the acquirer is in, if none since the batch end has said it already.
  const next = book.batch === batch ? following(batch) : book.batch;
  return [
    {
      type: 'batchOpened',
      terminalId: book.terminalId,
      batch: next,
      nextStan: book.nextStan,
      settled,
      ...(book.day !== undefined && { day: book.day }),
      ...(book.printer !== undefined && { printer: book.printer }),
      ...(book.locked && { locked: true as const }),
      ...(book.operator !== undefined && { operator: book.operator }),
      ...(book.maintainedAt !== undefined && { maintainedAt: book.maintainedAt }),
      ...(book.face !== undefined && { face: book.face }),
    },
    ...toCarry(book).map((sale) => ({ type: 'carried', sale }) as const),
    ...book.holds.map((hold) => ({ type: 'held', ...hold }) as const),
  ];
};
