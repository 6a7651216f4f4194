import { openSale, reversalSlipsDue } from '../../state-machine/book.ts';
import type { PhaseName, State } from '../../state-machine/state.ts';

/** Nobody waits for anything in these, and nothing is under way. */
const atRest: ReadonlySet<PhaseName> = new Set(['idle', 'signedOff', 'signOnWait', 'outOfService']);

/**
 * Why the terminal must not be stopped for another build now, in words; undefined when it may. Another build goes on
 * from the facts as this one would: but what is open is finished by the program that began it.
 */
export const vetoOf = ({ book, phase }: State): string | undefined => {
  const open = openSale(book);
  if (open?.status === 'reversalRequired') return 'a reversal is open';
  if (open !== undefined) return 'a transaction is under way';
  if (book.settlement !== undefined) return 'a settlement is under way';
  const isWaitingForClerk = phase.name === 'operatorNumber' && phase.until === undefined;
  if (!atRest.has(phase.name) && !isWaitingForClerk) return 'somebody is at the keys';
  return reversalSlipsDue(book).length > 0 ? 'a reversal slip is due' : undefined;
};

/** The same for a build of another data format: a batch is settled in the format in which it was traded. */
export const migrationVetoOf = (state: State): string | undefined =>
  vetoOf(state) ??
  (state.book.sales.length > 0 ? 'the batch is not settled, and the data get another format' : undefined);
