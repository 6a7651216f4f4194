/** 柜员: who sells, whose password it is, and who else there is. */
import type { AccountOutcome, NotLetIn, PasswordOutcome } from '../../hal/operators.ts';
import { administrator, askSupervisor, effectId, goOn, nobody, notice, openMenu } from '../going-on.ts';
import type { AccountPurpose } from '../menu.ts';
import type { PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { typed } from './steps.ts';

const operatorDigits = 2;
const passwordDigits = 12;

export const askNumber = (turn: Turn, wanted: AccountPurpose, by?: string): Step =>
  turn.to({
    name: 'operatorNumber',
    entered: '',
    wanted,
    ...(by !== undefined && { by }),
    until: turn.after(turn.rules.timers.passwordMs),
  });

/**
 * Anybody signs on and changes his own password; accounts are added and removed by the supervisor. Accounts are the real
 * ones in training too, where no ledger keeps what is done with them: there they are only signed on with.
 */
export const begin = (turn: Turn, wanted: AccountPurpose): Step | Rejection => {
  if (turn.rules.training && wanted !== 'signOn') return notice(turn, { says: 'inTraining' });
  return wanted === 'add' || wanted === 'remove'
    ? askSupervisor(turn, { purpose: 'manage', wanted })
    : askNumber(turn, wanted);
};

export const numberKey: Handler<'operatorNumber', 'key'> = (turn, phase, { key }) => {
  const { entered: operator, wanted, by = nobody } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return typed(operator, key, operatorDigits, (entered) => turn.to({ ...phase, entered }));
  if (operator.length < operatorDigits) return 'nothingEntered';
  const until = turn.after(turn.rules.timers.passwordMs);
  switch (wanted) {
    case 'signOn':
    case 'change':
      return turn.to({ name: 'operatorPassword', entered: '', operator, wanted, until });
    case 'add':
      return turn.to({ name: 'newPassword', entered: '', operator, by, until });
    case 'remove':
      return remove(turn, operator, by);
  }
};

/** 系统管理: he proves who he is, and has a menu of his own. */
export const askAdministrator = (turn: Turn): Step =>
  turn.to({
    name: 'operatorPassword',
    entered: '',
    operator: administrator,
    wanted: 'signOn',
    until: turn.after(turn.rules.timers.passwordMs),
  });

/** Not one whose slips aren't settled: the batch would name somebody who isn't there. */
const remove = (turn: Turn, operator: string, by: string): Step => {
  const hasSlips = turn.book.sales.some((sale) => sale.operator === operator);
  if (hasSlips) return notice(turn, { says: 'accountRefused', why: 'unsettled' });
  const id = effectId('removeOperator', turn.freshId);
  return turn
    .ask({ type: 'removeOperator', id, operator, by, current: turn.operator ?? nobody })
    .to({ name: 'managing', operator, what: 'removed', by, awaits: id });
};

export const passwordKey: Handler<'operatorPassword', 'key'> = (turn, phase, { key }) => {
  const { entered: password, operator, wanted } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return typed(password, key, passwordDigits, (entered) => turn.to({ ...phase, entered }));
  if (password === '') return 'nothingEntered';
  const id = effectId('checkPassword', turn.freshId);
  return turn
    .ask({ type: 'checkPassword', id, operator, password })
    .to({ name: 'checkingOperator', operator, wanted, password, awaits: id });
};

/** A try that failed is kept. */
export const shut = (turn: Turn, operator: string, answer: NotLetIn): Turn => {
  if (answer.result === 'wrong') return turn.record({ type: 'accountEvent', what: 'wrongPassword', operator });
  return answer.result === 'lockedOut' ? turn.record({ type: 'accountEvent', what: 'lockedOut', operator }) : turn;
};

export const isShut = (answer: PasswordOutcome | AccountOutcome): answer is NotLetIn =>
  answer.result === 'wrong' ||
  answer.result === 'lockedOut' ||
  answer.result === 'unknown' ||
  answer.result === 'notStored';

export const changePassword = (turn: Turn, operator: string, old: string): Step => {
  const until = turn.after(turn.rules.timers.passwordMs);
  return turn.to({ name: 'newPassword', entered: '', operator, old, until });
};

/** An initial password opens nothing but the changing of it. Who isn't a clerk doesn't sell; the administrator has his menu. */
export const checked: Handler<'checkingOperator', 'passwordChecked'> = (turn, phase, { answer }) => {
  const { operator, wanted, password } = phase;
  if (isShut(answer)) return notice(shut(turn, operator, answer), { says: 'notLetIn', answer });
  if (wanted === 'change' || answer.result === 'mustChange') return changePassword(turn, operator, password);
  if (answer.role === 'administrator') return openMenu(turn, 'system', operator);
  if (answer.role !== 'clerk') return notice(turn, { says: 'notLetIn', answer: { result: 'notClerk' } });
  turn.record({ type: 'operatorSignedOn', operator });
  return notice(turn, { says: 'accountDone', what: 'signedOn', operator });
};

/** The new one is typed twice: nobody sees what he types. */
export const newPasswordKey: Handler<'newPassword', 'key'> = (turn, phase, { key }) => {
  const { entered: password, first } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return typed(password, key, passwordDigits, (entered) => turn.to({ ...phase, entered }));
  if (password === '') return 'nothingEntered';
  if (first === undefined) {
    return turn.to({ ...phase, entered: '', first: password, until: turn.after(turn.rules.timers.passwordMs) });
  }
  return first === password ? give(turn, phase) : notice(turn, { says: 'accountRefused', why: 'differ' });
};

const give = (turn: Turn, { operator, old, by = nobody, entered: password }: PhaseOf<'newPassword'>): Step => {
  const id = effectId('account', turn.freshId);
  if (old !== undefined) {
    return turn
      .ask({ type: 'changePassword', id, operator, old, password })
      .to({ name: 'managing', operator, what: 'passwordChanged', awaits: id });
  }
  return turn
    .ask({ type: 'addOperator', id, operator, password, by })
    .to({ name: 'managing', operator, what: 'added', by, awaits: id });
};

export const accountAnswered: Handler<'managing', 'accountAnswered'> = (turn, { operator, what, by }, { answer }) => {
  if (answer.result === 'refused') return notice(turn, { says: 'accountRefused', why: answer.why });
  if (answer.result !== 'done') return notice(shut(turn, operator, answer), { says: 'notLetIn', answer });
  turn.record({ type: 'accountEvent', what, operator, ...(by !== undefined && { by }) });
  return notice(turn, { says: 'accountDone', what, operator });
};

export const list = (turn: Turn): Step => {
  const id = effectId('listOperators', turn.freshId);
  return turn.ask({ type: 'listOperators', id }).to({ name: 'listingOperators', awaits: id });
};

export const listed: Handler<'listingOperators', 'operatorsListed'> = (turn, _phase, { operators }) =>
  page(turn, operators, 0);

/** So many fit on a screen. */
const operatorsOnPage = 15;

const page = (turn: Turn, ids: readonly string[], at: number): Step =>
  turn.to({ name: 'operators', ids, at, until: turn.after(turn.rules.timers.confirmMs) });

export const listKey: Handler<'operators', 'key'> = (turn, { ids, at }, { key }) => {
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return 'keyWithoutMeaning';
  const next = at + operatorsOnPage;
  return next < ids.length ? page(turn, ids, next) : goOn(turn);
};
