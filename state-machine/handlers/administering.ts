/** 系统管理: parameters, training and maintenance, for the administrator 99 and in part for the supervisor. */
import { openSale, reversalSlipsDue } from '../book.ts';
import type { MaintenanceWork } from '../facts.ts';
import { askSupervisor, effectId, notice, openMenu } from '../going-on.ts';
import type { PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { shownAt } from '../words.ts';
import { typed } from './steps.ts';

/** As many as the largest amount has. */
const valueDigits = 12;

type Listed = Pick<PhaseOf<'parameters'>, 'parameters' | 'at' | 'by'>;

const listed = ({ parameters, at, by }: Listed): Listed => ({ parameters, at, by });

/** What training changed would hold for real trade, and stand in no ledger. */
export const listParameters = (turn: Turn, by: string, at = 0): Step => {
  if (turn.rules.training) return notice(turn, { says: 'inTraining' });
  const id = effectId('listParameters', turn.freshId);
  return turn.ask({ type: 'listParameters', id }).to({ name: 'listingParameters', at, by, awaits: id });
};

const show = (turn: Turn, list: Listed): Step =>
  turn.to({ name: 'parameters', ...listed(list), until: turn.after(turn.rules.timers.confirmMs) });

export const parametersListed: Handler<'listingParameters', 'parametersListed'> = (turn, { at, by }, { parameters }) =>
  parameters.length === 0
    ? notice(turn, { says: 'notLetIn', answer: { result: 'notStored' } })
    : show(turn, { parameters, at, by });

export const listKey: Handler<'parameters', 'key'> = (turn, phase, { key }) => {
  const { parameters, at } = phase;
  switch (key) {
    case 'enter':
      return at + 1 < parameters.length ? show(turn, { ...phase, at: at + 1 }) : 'endOfList';
    case 'clear':
      return at > 0 ? show(turn, { ...phase, at: at - 1 }) : 'endOfList';
    case '1':
      return type(turn, phase, '');
    case 'cancel':
      return openMenu(turn, 'system', phase.by);
    default:
      return 'keyWithoutMeaning';
  }
};

const type = (turn: Turn, list: Listed, entered: string): Step =>
  turn.to({ name: 'parameterValue', ...listed(list), entered, until: turn.after(turn.rules.timers.amountMs) });

/** Nothing typed is a value only where it means never. */
export const valueKey: Handler<'parameterValue', 'key'> = (turn, phase, { key }) => {
  const { entered } = phase;
  if (key === 'cancel') return show(turn, phase);
  if (key !== 'enter') return typed(entered, key, valueDigits, (next) => type(turn, phase, next));
  if (entered === '' && shownAt(phase.parameters, phase.at).kind !== 'time') return 'nothingEntered';
  const until = turn.after(turn.rules.timers.confirmMs);
  return turn.to({ name: 'parameterConfirm', ...listed(phase), entered, until });
};

export const confirmKey: Handler<'parameterConfirm', 'key'> = (turn, phase, { key }) => {
  if (key === 'cancel' || key === 'clear') return type(turn, phase, phase.entered);
  if (key !== 'enter') return 'keyWithoutMeaning';
  const id = effectId('writeParameter', turn.freshId);
  return turn
    .ask({ type: 'writeParameter', id, key: shownAt(phase.parameters, phase.at).key, digits: phase.entered })
    .to({ name: 'writingParameter', ...listed(phase), awaits: id });
};

export const written: Handler<'writingParameter', 'parameterWritten'> = (turn, phase, { answer }) => {
  const { by } = phase;
  if (answer.result === 'changed') {
    const { from, to } = answer;
    turn.record({ type: 'parameterChanged', key: shownAt(phase.parameters, phase.at).key, from, to, by });
  }
  const until = turn.after(turn.rules.timers.confirmMs);
  return turn.to({ name: 'parameterTold', ...listed(phase), answer, until });
};

/** Back to the list, with what holds now. */
export const toldKey: Handler<'parameterTold', 'key'> = (turn, { at, by }, { key }) =>
  key === 'enter' || key === 'cancel' || key === 'clear' ? listParameters(turn, by, at) : 'keyWithoutMeaning';

/**
 * Training and trade have a book each, and one printer: nothing may be open in this one, and no reversal slip due, which
 * must be the next thing printed (M4).
 */
export const chooseTraining = (turn: Turn, by: string | undefined): Step | Rejection => {
  const { book } = turn;
  const isAtWork = openSale(book) !== undefined || book.settlement !== undefined;
  if (isAtWork || reversalSlipsDue(book).length > 0) return notice(turn, { says: 'notNow' });
  if (by === undefined) return askSupervisor(turn, { purpose: 'training' });
  const on = turn.rules.training !== true;
  const id = effectId('switchTraining', turn.freshId);
  return turn
    .record({ type: 'trainingChosen', on, by })
    .ask({ type: 'switchTraining', id, on })
    .to({ name: 'switchingTraining', awaits: id });
};

export const trainingSwitched: Handler<'switchingTraining', 'trainingSwitched'> = (turn, _phase, { stored }) =>
  stored ? restart(turn) : notice(turn, { says: 'notLetIn', answer: { result: 'notStored' } });

/** Longer than the process takes to end; where it doesn't, the terminal goes on as what it is. */
const restartMs = 30_000;

export const restart = (turn: Turn): Step =>
  turn.ask({ type: 'restart' }).to({ name: 'restarting', until: turn.after(restartMs) });

export const recordMaintenance = (turn: Turn, by: string | undefined): Step | Rejection => {
  if (turn.rules.training) return notice(turn, { says: 'inTraining' });
  return by === undefined ? askSupervisor(turn, { purpose: 'maintain' }) : openMenu(turn, 'maintenance', by);
};

export const maintained = (turn: Turn, work: MaintenanceWork, by: string): Step =>
  notice(turn.record({ type: 'maintained', work, by }), { says: 'maintained', work });
