/** The process is up. */
import { goOn } from '../going-on.ts';
import type { Handler } from '../turn.ts';

/** What slips are made with is told to the ledger first, where that has changed: it is the ledger that they are made of. */
export const started: Handler<'starting', 'started'> = (turn, _phase, { face }) => {
  const isNew = face !== undefined && JSON.stringify(face) !== JSON.stringify(turn.book.face);
  return goOn(isNew ? turn.record({ type: 'slipFace', face }) : turn);
};
