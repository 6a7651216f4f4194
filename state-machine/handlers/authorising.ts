/** The acquirer's answers: to the sign-on and to the sale. */
import type { AuthorisationOutcome, ReversalReason } from '../../hal/acquirer.ts';
import { askSupervisor, goOn, notice, printMerchant, requireReversal, reverse, signOn } from '../going-on.ts';
import { needsSignOn } from '../response-codes.ts';
import type { Handler } from '../turn.ts';

export const signOnAnswered: Handler<'signingOn', 'signOnAnswered'> = (turn, { attempt, reversal }, { answer }) => {
  if (answer.outcome !== 'signedOn') {
    return turn.to({
      name: 'signOnWait',
      attempt,
      until: turn.retryAt(attempt),
      ...(reversal && { reversal }),
      ...(answer.outcome === 'declined' && { responseCode: answer.responseCode }),
      ...(answer.outcome === 'badKeys' && { trouble: 'keys' }),
      ...((answer.outcome === 'invalid' || answer.outcome === 'badMac') && { trouble: 'answer' }),
    });
  }
  const { batch, hostDate, hostTime } = answer;
  turn.record({ type: 'signedOn', batch, hostDate, hostTime }).know({ signedOn: true });
  return reversal === undefined ? goOn(turn) : reverse(turn, reversal);
};

export const signOnAgain: Handler<'signOnWait', 'timeUp'> = (turn, { attempt, reversal }) =>
  signOn(turn, attempt + 1, reversal);

export const signOnKey: Handler<'signOnWait', 'key'> = (turn, { attempt, reversal }, { key }) => {
  if (key === 'enter') return signOn(turn, attempt + 1, reversal);
  return key === 'function' && reversal !== undefined
    ? askSupervisor(turn, { purpose: 'handOver', ...reversal })
    : 'keyWithoutMeaning';
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
      return notice(turn, { says: 'declined', responseCode });
    }
    case 'notSent':
      return notice(turn.record({ type: 'notSent', saleId }), { says: 'notSent' });
    default:
      return requireReversal(turn, saleId, doubt(answer));
  }
};
