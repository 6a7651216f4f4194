/** 冲正: until the acquirer acknowledges, or a supervisor takes it over with an incident number (M5). */
import type { ReversalOutcome, ReversalReason } from '../../hal/acquirer.ts';
import { doubtful } from '../book.ts';
import type { FactOf } from '../facts.ts';
import {
  askSupervisor,
  clearBuffer,
  effectId,
  goOn,
  nobody,
  notice,
  printArchived,
  printReversalSlip,
  reverse,
  showDoubt,
  turnToOther,
  waitForAcquirer,
  waitForPaper,
  withoutSlip,
} from '../going-on.ts';
import { needsSignOn } from '../response-codes.ts';
import type { OpenReversal, Override, Unprinted } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { chooseTraining, recordMaintenance } from './administering.ts';
import { askNumber as askOperator, changePassword, isShut, shut } from './operating.ts';
import { printAgain } from './printing.ts';
import { released } from './remedies.ts';
import { checkPrinter, enter, isDigit } from './steps.ts';

/** What the next 0400 gives as its reason after this answer. */
const nextReason = (
  answer: Exclude<ReversalOutcome, { outcome: 'acknowledged' }>,
  reason: ReversalReason,
): ReversalReason => {
  switch (answer.outcome) {
    case 'notSent':
      return reason;
    case 'unanswered':
      return '98';
    case 'badMac':
      return 'A0';
    case 'declined':
    case 'invalid':
      return '06';
  }
};

export const reversalAnswered: Handler<'reversing', 'reversalAnswered'> = (turn, phase, { answer }) => {
  const { saleId, attempt } = phase;
  if (answer.outcome === 'acknowledged') {
    turn.record({ type: 'reversed', saleId, responseCode: answer.responseCode });
    return printReversalSlip(turn, saleId, { do: 'notice', notice: { says: 'reversed', saleId } });
  }
  if (answer.outcome === 'badMac' || (answer.outcome === 'declined' && needsSignOn(answer.responseCode))) {
    turn.know({ signedOn: false });
  }
  return waitForAcquirer(turn, { saleId, attempt, reason: nextReason(answer, phase.reason) });
};

const openReversal = ({ saleId, attempt, reason }: OpenReversal): OpenReversal => ({ saleId, attempt, reason });

const tryAgain = (turn: Turn, open: OpenReversal): Step =>
  reverse(turn, { ...openReversal(open), attempt: open.attempt + 1 });

export const reversalRetry: Handler<'reversalWait', 'timeUp'> = tryAgain;

/** Without a key: the next try, now. */
export const reversalAsked: Handler<'reversalWait', 'reversalAsked'> = (turn, phase, { by }) =>
  tryAgain(turn.record({ type: 'asked', what: 'reversal', by }), phase);

export const reversalKey: Handler<'reversalWait', 'key'> = (turn, phase, { key }) => {
  if (key === 'enter') return tryAgain(turn, phase);
  if (key !== 'function') return 'keyWithoutMeaning';
  return askSupervisor(turn, { purpose: 'handOver', ...openReversal(phase) });
};

export const reversalReadiness: Handler<'reversalWait', 'readiness'> = (turn, phase, { readiness }) => {
  turn.know({ printer: readiness });
  return waitForAcquirer(turn, openReversal(phase), phase.until);
};

/**
 * Back to where the supervisor was called from. A sale whose grace time is over meanwhile is reversed, one whose
 * printer has become ready is printed.
 */
export const withoutOverride = (turn: Turn, override: Override): Step => {
  switch (override.purpose) {
    case 'enter':
    case 'reprint':
    case 'release':
    case 'close':
    case 'unlock':
    case 'manage':
    case 'training':
    case 'maintain':
      return goOn(turn);
    case 'handOver':
      return waitForAcquirer(turn, openReversal(override));
    case 'keep':
      return backToPaper(turn, override);
    case 'otherPrinter':
      return override.waiting === 'slip' ? backToPaper(turn, override) : goOn(turn);
  }
};

const backToPaper = (turn: Turn, unprinted: Unprinted): Step => {
  if (turn.after(0) >= unprinted.graceUntil) return withoutSlip(turn, unprinted.saleId);
  const { printer } = turn.state;
  return printer.ready ? printAgain(turn, unprinted) : waitForPaper(turn, { ...unprinted, cause: printer.cause });
};

/** A sale or a reversal is waiting: nothing may come between. */
const waits = (override: Override): boolean =>
  override.purpose === 'keep' ||
  override.purpose === 'handOver' ||
  (override.purpose === 'otherPrinter' && override.waiting === 'slip');

const passwordDigits = 12;

export const passwordKey: Handler<'password', 'key'> = (turn, phase, { key }) => {
  const { entered, override } = phase;
  if (isDigit(key)) {
    return entered.length < passwordDigits ? turn.to({ ...phase, entered: entered + key }) : 'tooManyDigits';
  }
  if (key === 'clear') return turn.to({ ...phase, entered: entered.slice(0, -1) });
  if (key === 'cancel') return withoutOverride(turn, override);
  if (key !== 'enter') return 'keyWithoutMeaning';
  const id = effectId('checkPassword', turn.freshId);
  return turn
    .ask({ type: 'checkPassword', id, operator: turn.rules.supervisor ?? nobody, password: entered })
    .to({ name: 'checkingPassword', override, password: entered, awaits: id });
};

export const passwordTimeUp: Handler<'password', 'timeUp'> = (turn, { override }) => withoutOverride(turn, override);

const withOtherPrinter = (turn: Turn, override: Extract<Override, { purpose: 'otherPrinter' }>): Step => {
  switch (override.waiting) {
    case 'draft':
      return checkPrinter(turn, override.draft);
    case 'slip':
      return printAgain(turn, override);
    case 'nothing':
      return notice(turn, { says: 'otherPrinter', printer: turn.book.printer ?? 'first' });
  }
};

/**
 * Whoever isn't let in reads why, where there is time to read. An open reversal keeps the menu shut in which an initial
 * password is changed: there it is changed at once.
 */
export const passwordChecked: Handler<'checkingPassword', 'passwordChecked'> = (turn, phase, { answer }) => {
  const { override } = phase;
  const { supervisor } = turn.rules;
  if (supervisor === undefined) return withoutOverride(turn, override);
  if (answer.result !== 'accepted') {
    if (isShut(answer)) shut(turn, supervisor, answer);
    else if (override.purpose === 'handOver') return changePassword(turn, supervisor, phase.password);
    const told = isShut(answer) ? answer : ({ result: 'mustChange' } as const);
    return waits(override) ? withoutOverride(turn, override) : notice(turn, { says: 'notLetIn', answer: told });
  }
  return allowed(turn, override, supervisor);
};

const allowed = (turn: Turn, override: Override, supervisor: string): Step | Rejection => {
  switch (override.purpose) {
    case 'enter':
      return enter(turn, { ...override.draft, supervisor }, 'supervisor');
    case 'manage':
      return askOperator(turn, override.wanted, supervisor);
    case 'training':
      return chooseTraining(turn, supervisor);
    case 'maintain':
      return recordMaintenance(turn, supervisor);
    case 'unlock':
      return goOn(turn.record({ type: 'unlocked', supervisor }));
    case 'otherPrinter':
      return withOtherPrinter(turnToOther(turn, supervisor), override);
    case 'release':
      return released(turn, override.hold, supervisor);
    case 'reprint':
      return printArchived(turn, override.sale, supervisor);
    case 'handOver':
    case 'close': {
      const until = turn.after(turn.rules.timers.passwordMs);
      return turn.to({ name: 'incident', entered: '', supervisor, closing: override, until });
    }
    case 'keep': {
      const { saleId } = override;
      turn.record({ type: 'keptBySupervisor', saleId, supervisor });
      return clearBuffer(turn, { do: 'notice', notice: { says: 'kept', saleId } });
    }
  }
};

const incidentDigits = 12;

export const incidentKey: Handler<'incident', 'key'> = (turn, phase, { key }) => {
  const { entered, closing, supervisor } = phase;
  const { saleId } = closing;
  if (isDigit(key)) {
    return entered.length < incidentDigits ? turn.to({ ...phase, entered: entered + key }) : 'tooManyDigits';
  }
  if (key === 'clear') return turn.to({ ...phase, entered: entered.slice(0, -1) });
  if (key === 'cancel') return withoutOverride(turn, closing);
  if (key !== 'enter') return 'keyWithoutMeaning';
  if (entered === '') return 'nothingEntered';
  if (closing.purpose === 'close') {
    const until = turn.after(turn.rules.timers.passwordMs);
    return turn.to({ name: 'closingDoubt', saleId, incident: entered, supervisor, until });
  }
  return handOver(turn, { saleId, incident: entered, supervisor });
};

const handOver = (turn: Turn, closed: Omit<FactOf<'handedOver'>, 'type' | 'at'>): Step => {
  const { saleId } = closed;
  turn.record({ type: 'handedOver', ...closed });
  return printReversalSlip(turn, saleId, { do: 'notice', notice: { says: 'handedOver', saleId } });
};

/** What the acquirer said of it: 1 it has booked it, 2 it hasn't. Who doesn't know leaves it in doubt. */
export const closingDoubtKey: Handler<'closingDoubt', 'key'> = (turn, phase, { key }) => {
  const { saleId, incident, supervisor } = phase;
  if (key === 'cancel') return goOn(turn);
  return key === '1' || key === '2'
    ? handOver(turn, { saleId, incident, supervisor, booked: key === '1' })
    : 'keyWithoutMeaning';
};

export const incidentTimeUp: Handler<'incident', 'timeUp'> = (turn, { closing }) => withoutOverride(turn, closing);

/**
 * Each of what is in doubt, one a screen: the bank answers in an order of its own. It is closed by who has asked the
 * acquirer, with the number under which that was done.
 */
export const doubtKey: Handler<'doubt', 'key'> = (turn, { saleId }, { key }) => {
  switch (key) {
    case 'enter':
      return askSupervisor(turn, { purpose: 'close', saleId });
    case 'clear': {
      const all = doubtful(turn.book);
      const next = all[(all.findIndex(({ id }) => id === saleId) + 1) % all.length];
      return next === undefined || next.id === saleId ? 'endOfList' : showDoubt(turn, next);
    }
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};
