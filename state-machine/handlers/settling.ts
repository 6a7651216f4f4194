/** 结算: totals, upload where they differ, batch end, the next batch. Each answer is a fact (M7). */
import type { UploadOutcome } from '../../hal/acquirer.ts';
import type { EventOf } from '../events.ts';
import { afterReversalSlip, continueSettlement, goOn, retrySettlement, startSettlement } from '../going-on.ts';
import { nextBatch } from '../next-batch.ts';
import { needsSignOn } from '../response-codes.ts';
import type { Phase, PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';

export const confirmSettlementKey: Handler<'confirmSettlement', 'key'> = (turn, _phase, { key }) => {
  if (key === 'cancel') return goOn(turn);
  return key === 'enter' ? startSettlement(turn) : 'keyWithoutMeaning';
};

/** At the time of day that the shop has chosen. */
export const settlementDue = (turn: Turn): Step => goOn(turn.know({ settlementDue: true }));

/** Asked for without a key, it goes where the time of day leads; what it may not, it may not either. */
export const settlementAsked = (turn: Turn, _phase: Phase, { by }: EventOf<'settlementAsked'>): Step | Rejection =>
  turn.book.sales.length > 0
    ? settlementDue(turn.record({ type: 'asked', what: 'settlement', by }))
    : 'nothingToSettle';

/** An answer that can't be believed may be a refusal in a form of its own (an 0510 has no field 39): sign on again too. */
const waitForAcquirer = (turn: Turn, attempt: number, answer: { outcome: string; responseCode?: string }): Step => {
  const { outcome, responseCode } = answer;
  if (outcome === 'badMac' || outcome === 'invalid' || (responseCode !== undefined && needsSignOn(responseCode))) {
    turn.know({ signedOn: false });
  }
  const until = turn.retryAt(attempt);
  const unsent = outcome === 'notSent';
  return turn.to({
    name: 'settlementWait',
    attempt,
    unsent,
    until,
    ...(responseCode !== undefined && { responseCode }),
  });
};

export const totalsAnswered: Handler<'settling', 'settlementAnswered'> = (turn, { attempt }, { answer }) => {
  if (answer.outcome !== 'reconciled') return waitForAcquirer(turn, attempt, answer);
  const { domestic, foreign } = answer;
  turn.record({ type: 'settlementAnswered', domestic, foreign, stan: turn.book.nextStan });
  return continueSettlement(turn, 1);
};

export const uploadAnswered: Handler<'uploading', 'uploadAnswered'> = (turn, { attempt, sent }, { answer }) => {
  if (answer.outcome !== 'accepted') return waitForAcquirer(turn, attempt, answer);
  const count = (turn.book.settlement?.uploaded ?? 0) + sent;
  turn.record({ type: 'uploaded', count, stan: turn.book.nextStan });
  return continueSettlement(turn, 1);
};

/**
 * The batch is over whether or not its slip comes out; a slip that doesn't is owed. The next batch needs a sign-on.
 * A 77 to a batch that the acquirer has left says that it left it by itself, not by an earlier batch end of ours.
 */
export const batchEndAnswered: Handler<'endingBatch', 'uploadAnswered'> = (turn, { attempt }, { answer }) => {
  if (answer.outcome === 'declined' && answer.responseCode === '77') {
    if (turn.book.settlement?.batch !== turn.book.batch) return startSettlement(turn);
  }
  if (answer.outcome !== 'accepted') return waitForAcquirer(turn, attempt, answer satisfies UploadOutcome);
  for (const fact of nextBatch(turn.book)) turn.record(fact);
  turn.know({ signedOn: false, signOffDue: turn.rules.signOffAfterSettlement });
  return afterReversalSlip(turn, { do: 'printSettlement' });
};

export const settlementRetry = (turn: Turn, { attempt, unsent }: PhaseOf<'settlementWait'>): Step =>
  retrySettlement(turn, attempt + 1, unsent);

export const settlementAskedAgain: Handler<'settlementWait', 'settlementAsked'> = (turn, phase, { by }) =>
  settlementRetry(turn.record({ type: 'asked', what: 'settlement', by }), phase);

export const settlementKey: Handler<'settlementWait', 'key'> = (turn, phase, { key }) =>
  key === 'enter' ? settlementRetry(turn, phase) : 'keyWithoutMeaning';
