/** The acquirer's answers: to the sign-on and to the sale. */
import type { AuthorisationOutcome, ReversalReason } from '../../hal/acquirer.ts';
import { findSale } from '../book.ts';
import {
  askSupervisor,
  goOn,
  notice,
  printMerchant,
  printOwedOrLast,
  retrySettlement,
  reverse,
  signOn,
  withoutAnswer,
} from '../going-on.ts';
import { needsSignOn } from '../response-codes.ts';
import type { PhaseOf } from '../state.ts';
import type { Handler, Step, Turn } from '../turn.ts';

export const signOnAnswered: Handler<'signingOn', 'signOnAnswered'> = (turn, phase, { answer }) => {
  const { attempt, reversal } = phase;
  if (answer.outcome !== 'signedOn') {
    return turn.to({
      name: 'signOnWait',
      attempt,
      until: turn.retryAt(attempt),
      ...(reversal && { reversal }),
      ...(answer.outcome === 'notSent' && { unsent: phase.stan }),
      ...(answer.outcome === 'declined' && { responseCode: answer.responseCode }),
      ...(answer.outcome === 'badKeys' && { trouble: 'keys' }),
      ...((answer.outcome === 'invalid' || answer.outcome === 'badMac') && { trouble: 'answer' }),
    });
  }
  const { batch, hostDate, hostTime } = answer;
  turn.record({ type: 'signedOn', batch, hostDate, hostTime }).know({ signedOn: true });
  if (reversal !== undefined) return reverse(turn, reversal);
  return turn.book.settlement === undefined ? goOn(turn) : retrySettlement(turn, attempt);
};

export const signOnAgain = (turn: Turn, { attempt, reversal, unsent }: PhaseOf<'signOnWait'>): Step =>
  signOn(turn, attempt + 1, reversal, unsent);

export const signOnKey: Handler<'signOnWait', 'key'> = (turn, phase, { key }) => {
  const { reversal } = phase;
  if (key === 'enter') return signOnAgain(turn, phase);
  return key === 'function' && reversal !== undefined
    ? askSupervisor(turn, { purpose: 'handOver', ...reversal })
    : 'keyWithoutMeaning';
};

/** M10: without an answer too, the keys are gone and the terminal is signed off; that the acquirer doesn't know it is said. */
export const signOffAnswered: Handler<'signingOff', 'signOffAnswered'> = (turn, _phase, { answer }) => {
  const told = answer.outcome === 'signedOff';
  return notice(turn.record({ type: 'signedOff', told }).know({ signedOn: false }), { says: 'signedOff', told });
};

export const signedOffKey: Handler<'signedOff', 'key'> = (turn, _phase, { key }) => {
  if (key === 'enter') return signOn(turn, 1);
  return key === 'function' ? printOwedOrLast(turn) : 'keyWithoutMeaning';
};

/** A reversal that needs a sign-on first is tried again from there. */
export const signOnForReversal: Handler<'signOnWait', 'reversalAsked'> = (turn, phase, { by }) =>
  phase.reversal === undefined
    ? 'noReversalWaits'
    : signOnAgain(turn.record({ type: 'asked', what: 'reversal', by }), phase);

/** At rest there is time. */
export const signOnAsked = (turn: Turn): Step => goOn(turn.know({ signedOn: false }));

/** A balance moves nothing: whatever comes of it is told, and nothing is left open. */
export const balanceAnswered: Handler<'inquiring', 'balanceAnswered'> = (turn, _phase, { answer }) => {
  const kind = 'balance';
  turn.ask({ type: 'forgetCard' });
  switch (answer.outcome) {
    case 'balance':
      return notice(turn, { says: 'balance', amount: answer.amount });
    case 'declined': {
      const { responseCode } = answer;
      if (needsSignOn(responseCode)) turn.know({ signedOn: false });
      return notice(turn, { says: 'declined', responseCode, kind });
    }
    default:
      return notice(turn, { says: 'notSent', kind });
  }
};

/** Why an answer that isn't one leaves the sale in doubt, as the reversal tells it in field 39. */
const doubt = (
  answer: Exclude<AuthorisationOutcome, { outcome: 'approved' | 'declined' | 'notSent' }>,
): ReversalReason => {
  switch (answer.outcome) {
    case 'unanswered':
      return '98';
    case 'badMac':
      return 'A0';
    case 'invalid':
      return '06';
  }
};

export const authorised: Handler<'authorising', 'authorised'> = (turn, { saleId }, { answer }) => {
  const { kind } = findSale(turn.book, saleId);
  turn.ask({ type: 'forgetCard' });
  switch (answer.outcome) {
    case 'approved': {
      const { outcome: _, ...approval } = answer;
      return printMerchant(turn.record({ type: 'approved', saleId, approval }), saleId, 1);
    }
    case 'declined': {
      const { responseCode } = answer;
      turn.record({ type: 'declined', saleId, responseCode });
      if (needsSignOn(responseCode)) turn.know({ signedOn: false });
      return notice(turn, { says: 'declined', responseCode, kind });
    }
    case 'notSent':
      return notice(turn.record({ type: 'notSent', saleId }), { says: 'notSent', kind });
    default:
      return withoutAnswer(turn, saleId, doubt(answer));
  }
};
