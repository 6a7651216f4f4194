/** At idle and in the menus: what is begun next. */
import type { MinorUnits } from '../../hal/units.ts';
import { doubtful } from '../book.ts';
import {
  afterReversalSlip,
  askSupervisor,
  goOn,
  mayTurn,
  nobody,
  notice,
  openMenu,
  printOwedOrLast,
  reportAskedFor,
  showDoubt,
  signOff,
  signOn,
} from '../going-on.ts';
import { takesMoney } from '../kinds.ts';
import { type MenuAction, menus } from '../menu.ts';
import type { Draft } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import * as administering from './administering.ts';
import * as inspecting from './inspecting.ts';
import * as operating from './operating.ts';
import { askNumber, enter, isDigit } from './steps.ts';

/**
 * Begins a transaction at the first step of its kind. A lock keeps sales from being made; what gives money back, or only
 * asks, goes on (003-13).
 */
export const begin = (turn: Turn, draft: Draft): Step | Rejection => {
  if (turn.book.locked && takesMoney(draft.kind)) return notice(turn, { says: 'locked' });
  return enter(turn, draft);
};

export const atIdle: Handler<'idle', 'key'> = (turn, _phase, { key }) => {
  if (isDigit(key)) return begin(turn, { kind: 'sale', amount: Number(key) as MinorUnits });
  if (key === 'menu') return openMenu(turn, 'main');
  if (key === 'function') return printOwedOrLast(turn);
  return 'keyWithoutMeaning';
};

export const inMenu: Handler<'menu', 'key'> = (turn, { menu, by }, { key }) => {
  if (key === 'cancel') return menu === 'main' ? goOn(turn) : openMenu(turn, 'main');
  const item = menus[menu].flat().find((each) => each.key === key);
  return item === undefined ? 'keyWithoutMeaning' : follow(turn, item.action, by);
};

const follow = (turn: Turn, action: MenuAction, by: string | undefined): Step | Rejection => {
  switch (action.do) {
    case 'open':
      return openMenu(turn, action.menu);
    case 'begin':
      return begin(turn, { kind: action.kind, amount: 0 as MinorUnits });
    case 'operator':
      return operating.begin(turn, action.wanted);
    case 'listOperators':
      return operating.list(turn);
    case 'query':
      return askNumber(turn, { purpose: 'query', by: action.by });
    case 'reprintLast':
      return printOwedOrLast(turn);
    case 'reprintAny':
      return askNumber(turn, { purpose: 'reprint' });
    case 'reprintSettlement':
      return turn.book.lastSettlement === undefined
        ? notice(turn, { says: 'nothingToPrint' })
        : afterReversalSlip(turn, { do: 'printSettlement' });
    case 'report':
      return reportAskedFor(turn, action.report);
    case 'otherPrinter':
      return mayTurn(turn) ? askSupervisor(turn, { purpose: 'otherPrinter', waiting: 'nothing' }) : 'notByPolicy';
    case 'totals':
      return turn.to({ name: 'totals', until: turn.after(turn.rules.timers.confirmMs) });
    case 'version':
      return inspecting.askVersion(turn);
    case 'selfTest':
      return inspecting.askSelfTest(turn);
    case 'administer':
      return operating.askAdministrator(turn);
    case 'parameters':
      return by === undefined ? 'notByPolicy' : administering.listParameters(turn, by);
    case 'training':
      return administering.chooseTraining(turn, by);
    case 'maintain':
      return administering.recordMaintenance(turn, by);
    case 'maintained':
      return by === undefined ? 'notByPolicy' : administering.maintained(turn, action.work, by);
    case 'restart':
      return by === undefined ? 'notByPolicy' : administering.restart(turn);
    case 'signOn':
      return signOn(turn, 1);
    case 'signOff':
      return signOff(turn);
    case 'lock':
      return turn.book.locked
        ? askSupervisor(turn, { purpose: 'unlock' })
        : notice(turn.record({ type: 'locked', operator: turn.operator ?? nobody }), { says: 'locked' });
    case 'settle':
      return turn.book.sales.length > 0
        ? turn.to({ name: 'confirmSettlement', until: turn.after(turn.rules.timers.confirmMs) })
        : notice(turn, { says: 'nothingToSettle' });
    case 'doubt': {
      const first = doubtful(turn.book)[0];
      return first === undefined ? notice(turn, { says: 'noDoubt' }) : showDoubt(turn, first);
    }
  }
};
