/** 交易查询: which transaction is meant, in this batch, in a kept one, or by its slip. */
import type { EpochMs, MinorUnits, Stan } from '../../hal/units.ts';
import { areNear, dayOf, daysSince, minuteOf, timeOn } from '../calendar.ts';
import type { NumberQuery, Query } from '../effects.ts';
import { effectId, goOn, notice, openRemedies } from '../going-on.ts';
import { isHeldSlip, isSameSlip } from '../holds.ts';
import { handDigits } from '../kinds.ts';
import type { Found, Original, Sale } from '../sale.ts';
import { endsOriginal, leftOf, takes } from '../standing.ts';
import type { Draft, PhaseOf, Purpose, Sought } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { remedy } from './remedies.ts';
import { aboutOf, enter, pastWindow, remarkDigits, showOriginal, takeOriginal, typed } from './steps.ts';

/** How many digits each number may have. */
const digits = { voucher: 6, amount: 12, card: 4, order: remarkDigits.orderNumber, time: 8 } as const;

/** How far from the time that a customer remembers, or a bank's message tells, it may have been. */
const aroundMs = 30 * 60_000;

const soughtBy = (wanted: Purpose): NumberQuery['by'] => (wanted.purpose === 'query' ? wanted.by : 'voucher');

/** Undefined where it can't be meant. */
const queryOf = (wanted: Purpose, entered: string, wall: EpochMs): NumberQuery | undefined => {
  const by = soughtBy(wanted);
  switch (by) {
    case 'voucher':
      return { by, stan: Number(entered) };
    case 'amount':
      return { by, amount: Number(entered) as MinorUnits };
    case 'card':
      return entered.length < digits.card ? undefined : { by, tail: entered };
    case 'order':
      return { by, orderNumber: entered };
    case 'time':
      return aroundTime(entered, wall);
  }
};

/** MMDDhhmm, of the last such day (000-03, 002-13). */
const aroundTime = (entered: string, wall: EpochMs): NumberQuery | undefined => {
  const minute = minuteOf(`${entered.slice(4, 6)}:${entered.slice(6)}`);
  const days = daysSince(entered.slice(0, 4), wall);
  if (!/^\d{4}(?:[01]\d|2[0-3])[0-5]\d$/.test(entered) || days === Infinity) return undefined;
  const at = timeOn(dayOf(wall) - days, minute);
  return { by: 'time', from: (at - aroundMs) as EpochMs, to: (at + aroundMs) as EpochMs };
};

export const numberKey: Handler<'number', 'key'> = (turn, phase, { key }) => {
  const { entered, wanted } = phase;
  const by = soughtBy(wanted);
  if (key === 'cancel') return goOn(turn);
  if (key === 'enter') {
    if (entered === '') return 'nothingEntered';
    if (wanted.purpose === 'original') return original(turn, wanted.draft, Number(entered));
    const query = queryOf(wanted, entered, turn.wall);
    return query === undefined ? 'nothingEntered' : find(turn, wanted, query);
  }
  return typed(entered, key, digits[by], (next) => turn.to({ ...phase, entered: next }));
};

const find = (turn: Turn, wanted: Sought, query: Query): Step => {
  const id = effectId('find', turn.freshId);
  return turn.ask({ type: 'find', id, query }).to({ name: 'finding', wanted, awaits: id });
};

/** The transaction that a voucher number names; what is in no open batch is looked for in the kept ones. */
const original = (turn: Turn, draft: Draft, stan: number): Step => {
  const { kind } = draft;
  const sale = turn.book.sales.findLast((each) => each.stan === stan);
  if (sale !== undefined) return takeOriginal(turn, draft, { sale, left: leftOf(sale) });
  if (aboutOf(kind).closedBatch) return find(turn, { purpose: 'original', draft }, { by: 'voucher', stan });
  return turn.to({ name: 'slipTerminal', draft, entered: '', until: turn.after(turn.rules.timers.confirmMs) });
};

/** What can't be read is not said to be missing: a clerk would take the slip's word for it. */
export const found: Handler<'finding', 'found'> = (turn, { wanted }, { rows, unread }) => {
  if (unread) return notice(turn, { says: 'unread' });
  const first = rows[0];
  if (wanted.purpose === 'slip') return knownOrTyped(turn, wanted, rows);
  if (wanted.purpose === 'original') {
    const fitting = rows.find(({ sale }) => aboutOf(wanted.draft.kind).kinds.includes(sale.kind)) ?? first;
    return fitting === undefined ? fromSlip(turn, wanted.draft) : takeOriginal(turn, wanted.draft, fitting);
  }
  if (first === undefined) return notice(turn, { says: 'nothingFound' });
  return list(turn, rows, 0);
};

const list = (turn: Turn, rows: readonly Found[], at: number): Step =>
  turn.to({ name: 'found', rows, at, until: turn.after(turn.rules.timers.confirmMs) });

/** All that were found, one a screen; nothing is picked for the clerk (001-15). */
export const foundKey: Handler<'found', 'key'> = (turn, phase, { key }) => {
  const { rows, at } = phase;
  switch (key) {
    case 'enter':
      return at + 1 < rows.length ? list(turn, rows, at + 1) : 'endOfList';
    case 'clear':
      return at > 0 ? list(turn, rows, at - 1) : 'endOfList';
    case 'function':
      return openRemedies(turn, rows, at);
    default:
      return remedy(turn, phase, key);
  }
};

/** The clerk has compared it with the slip. */
export const originalKey: Handler<'original', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'enter') return enter(turn, draft, 'original');
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

/** This terminal doesn't know it: a sale of another terminal of the shop, or one that is no longer kept. */
const fromSlip = (turn: Turn, draft: Draft): Step => {
  if (aboutOf(draft.kind).byHand === undefined) return notice(turn, { says: 'noOriginal', kind: draft.kind });
  return turn.to({ name: 'reference', draft, entered: '', until: turn.after(turn.rules.timers.confirmMs) });
};

export const referenceKey: Handler<'reference', 'key'> = (turn, phase, { key }) => {
  const { draft, entered } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key === 'enter') {
    if (entered.length < handDigits(draft.kind)) return 'nothingEntered';
    const until = turn.after(turn.rules.timers.confirmMs);
    return turn.to({ name: 'date', draft, reference: entered, entered: '', until });
  }
  return typed(entered, key, handDigits(draft.kind), (next) => turn.to({ ...phase, entered: next }));
};

const isDate = (date: string): boolean => /^(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(date);

/** Whether it was made of that slip, which was typed. */
const isOfSlip = ({ original: typed }: Sale, slip: Original): boolean =>
  typed !== undefined && typed.saleId === undefined && isSameSlip(typed, slip);

/**
 * What this terminal has made of the slip before comes first: nothing is made again while that is in doubt, nor after
 * what ends it. One that is known here after all is taken as known, with what is left of it: the same money isn't given
 * back twice by typing. Of any other nobody here knows whose card it was: the acquirer compares it.
 */
const knownOrTyped = (
  turn: Turn,
  { draft, original }: Extract<Sought, { readonly purpose: 'slip' }>,
  rows: readonly Found[],
): Step | Rejection => {
  const takers = rows.map(({ sale }) => sale).filter((sale) => takes(sale) && isOfSlip(sale, original));
  const doubted = takers.find(({ status }) => status === 'inDoubt');
  if (doubted !== undefined) return notice(turn, { says: 'doubtFirst', stan: doubted.stan });
  if (takers.some(endsOriginal)) return notice(turn, { says: 'alreadyVoided', kind: draft.kind });
  // A reference is the acquirer's only one. A code of six comes again; and the date on a slip is this terminal's.
  const fitting = rows.filter(({ sale }) => aboutOf(draft.kind).kinds.includes(sale.kind));
  const dated = (fits: (hostDate: string) => boolean): Found | undefined =>
    fitting.find(({ sale }) => sale.approval !== undefined && fits(sale.approval.hostDate));
  const known =
    original.retrievalReference !== ''
      ? fitting[0]
      : (dated((date) => date === original.date) ?? dated((date) => areNear(date, original.date)));
  if (known !== undefined) return takeOriginal(turn, draft, known);
  const withOriginal = { ...draft, original };
  return pastWindow(turn, withOriginal, daysSince(original.date, turn.wall)) ?? enter(turn, withOriginal, 'original');
};

const terminalDigits = 8;

/** 终端编号 as the slip has it: one of another terminal is refused by its name, and taken back there (004-12). */
export const slipTerminalKey: Handler<'slipTerminal', 'key'> = (turn, phase, { key }) => {
  const { draft, entered } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return typed(entered, key, terminalDigits, (next) => turn.to({ ...phase, entered: next }));
  if (entered === '' || entered === turn.book.terminalId) return notice(turn, { says: 'noOriginal', kind: draft.kind });
  return entered.length < terminalDigits
    ? 'nothingEntered'
    : notice(turn, { says: 'otherTerminal', terminalId: entered });
};

/** The supervisor, whose password was asked for before, gives his reason. */
export const lateRefundKey: Handler<'lateRefund', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'cancel') return goOn(turn);
  const lateReason = lateReasonOf[key as keyof typeof lateReasonOf];
  if (lateReason === undefined) return 'keyWithoutMeaning';
  const chosen = { ...draft, lateReason };
  return draft.original?.saleId === undefined ? enter(turn, chosen, 'original') : showOriginal(turn, chosen);
};

const lateReasonOf = { '1': 'faulty', '2': 'agreed', '3': 'other' } as const;

export const dateKey: Handler<'date', 'key'> = (turn, phase, { key }) => {
  const { draft, entered, reference } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return typed(entered, key, 4, (next) => turn.to({ ...phase, entered: next }));
  if (!isDate(entered)) return 'nothingEntered';
  const byReference = aboutOf(draft.kind).byHand === 'reference';
  const unknown = { batch: 0, stan: 0 as Stan | 0, date: entered } as const;
  const original = byReference
    ? { ...unknown, retrievalReference: reference }
    : { ...unknown, retrievalReference: '', authorisationCode: reference };
  if (isHeldSlip(turn.book.holds, original)) return notice(turn, { says: 'held' });
  const by = byReference ? 'reference' : 'authorisationCode';
  return find(turn, { purpose: 'slip', draft, original }, { by, typed: reference });
};

export const totalsKey: Handler<'totals', 'key'> = (turn, _phase: PhaseOf<'totals'>, { key }) =>
  key === 'enter' || key === 'cancel' || key === 'clear' ? goOn(turn) : 'keyWithoutMeaning';
