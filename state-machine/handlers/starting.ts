/** The process is up. */
import { msPerDay, nextAt } from '../calendar.ts';
import { goOn } from '../going-on.ts';
import type { Handler, Turn } from '../turn.ts';

/** The day's settlement has passed since the batch was begun: the terminal was off then, or was restarted before it came to it. */
const missedSettlement = ({ rules: { settleAt }, book: { sales }, wall }: Turn): boolean =>
  settleAt !== undefined && sales[0] !== undefined && sales[0].at < nextAt(settleAt, wall) - msPerDay;

/** What slips are made with is told to the ledger first, where that has changed: it is the ledger that they are made of. */
export const started: Handler<'starting', 'started'> = (turn, _phase, { face }) => {
  const isNew = face !== undefined && JSON.stringify(face) !== JSON.stringify(turn.book.face);
  if (missedSettlement(turn)) turn.know({ settlementDue: true });
  return goOn(isNew ? turn.record({ type: 'slipFace', face }) : turn);
};
