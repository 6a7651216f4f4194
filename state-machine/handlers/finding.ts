/** 交易查询: which transaction is meant, in this batch, in a kept one, or by its slip. */
import type { MinorUnits, Stan } from '../../hal/units.ts';
import { leftOf, mayTakeDifference } from '../book.ts';
import { afterReversalSlip, effectId, goOn, notice } from '../going-on.ts';
import { handDigits } from '../kinds.ts';
import type { Found } from '../sale.ts';
import type { Draft, PhaseOf, Purpose, Query } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { begin } from './choosing.ts';
import { aboutOf, enter, takeOriginal, typed } from './steps.ts';

/** How many digits each number may have. */
const digits = { voucher: 6, amount: 12, card: 4 } as const;

const soughtBy = (wanted: Purpose): Query['by'] => (wanted.purpose === 'query' ? wanted.by : 'voucher');

const queryOf = (wanted: Purpose, entered: string): Query => {
  const by = soughtBy(wanted);
  switch (by) {
    case 'voucher':
      return { by, stan: Number(entered) };
    case 'amount':
      return { by, amount: Number(entered) as MinorUnits };
    case 'card':
      return { by, tail: entered };
  }
};

export const numberKey: Handler<'number', 'key'> = (turn, phase, { key }) => {
  const { entered, wanted } = phase;
  const by = soughtBy(wanted);
  if (key === 'cancel') return goOn(turn);
  if (key === 'enter') {
    if (entered === '' || (by === 'card' && entered.length < digits.card)) return 'nothingEntered';
    return wanted.purpose === 'original' ? original(turn, wanted.draft, Number(entered)) : find(turn, wanted, entered);
  }
  return typed(entered, key, digits[by], (next) => turn.to({ ...phase, entered: next }));
};

const find = (turn: Turn, wanted: Purpose, entered: string): Step => {
  const id = effectId('find', turn.freshId);
  return turn.ask({ type: 'find', id, query: queryOf(wanted, entered) }).to({ name: 'finding', wanted, awaits: id });
};

/** The transaction that a voucher number names; what is in no open batch is looked for in the kept ones. */
const original = (turn: Turn, draft: Draft, stan: number): Step => {
  const { kind } = draft;
  const sale = turn.book.sales.findLast((each) => each.stan === stan);
  if (sale !== undefined) return takeOriginal(turn, draft, { sale, left: leftOf(sale) });
  if (aboutOf(kind).closedBatch) return find(turn, { purpose: 'original', draft }, String(stan));
  return notice(turn, { says: 'noOriginal', kind });
};

/** What can't be read is not said to be missing: a clerk would take the slip's word for it. */
export const found: Handler<'finding', 'found'> = (turn, { wanted }, { rows, unread }) => {
  if (unread) return notice(turn, { says: 'unread' });
  const first = rows[0];
  if (wanted.purpose === 'original') {
    const fitting = rows.find(({ sale }) => aboutOf(wanted.draft.kind).kinds.includes(sale.kind)) ?? first;
    return fitting === undefined ? fromSlip(turn, wanted.draft) : takeOriginal(turn, wanted.draft, fitting);
  }
  if (first === undefined) return notice(turn, { says: 'nothingFound' });
  return list(turn, rows, 0);
};

const list = (turn: Turn, rows: readonly Found[], at: number): Step =>
  turn.to({ name: 'found', rows, at, until: turn.after(turn.rules.timers.confirmMs) });

/** All that were found, one a screen; nothing is picked for the clerk (001-15). 1 reprints it, 2 voids, 3 refunds, 4 takes what was too little. */
export const foundKey: Handler<'found', 'key'> = (turn, { rows, at }, { key }) => {
  const row = rows[at];
  if (row === undefined) throw new Error('A row is shown that was not found');
  switch (key) {
    case 'enter':
      return at + 1 < rows.length ? list(turn, rows, at + 1) : 'endOfList';
    case 'clear':
      return at > 0 ? list(turn, rows, at - 1) : 'endOfList';
    case '1':
      return afterReversalSlip(turn, { do: 'reprintFound', sale: row.sale });
    case '2':
      return enter(turn, { kind: 'void', amount: row.sale.amount, known: row });
    case '3':
      return enter(turn, { kind: 'refund', amount: 0 as MinorUnits, known: row });
    case '4':
      return takeDifference(turn, row);
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};

/**
 * 补收差额: too little was taken (003-04, 003-21). A sale of its own, that says which one it makes up for: the acquirer has
 * no message for more of a sale that stands.
 */
const takeDifference = (turn: Turn, { sale, left }: Found): Step | Rejection => {
  if (left === 0 || !mayTakeDifference(sale)) return notice(turn, { says: 'noDifference' });
  const { id: saleId, batch, stan } = sale;
  return begin(turn, { kind: 'sale', amount: 0 as MinorUnits, differenceOf: { saleId, batch, stan } });
};

/** The clerk has compared it with the slip. */
export const originalKey: Handler<'original', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'enter') return enter(turn, draft, 'original');
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

/** This terminal doesn't know it: a sale of another terminal of the shop, or one that is no longer kept. */
const fromSlip = (turn: Turn, draft: Draft): Step => {
  const { kind } = draft;
  if (aboutOf(kind).byHand === undefined) return notice(turn, { says: 'noOriginal', kind });
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

/** Whose card it was nobody here knows: the acquirer compares it. */
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
  return enter(turn, { ...draft, original }, 'original');
};

export const totalsKey: Handler<'totals', 'key'> = (turn, _phase: PhaseOf<'totals'>, { key }) =>
  key === 'enter' || key === 'cancel' || key === 'clear' ? goOn(turn) : 'keyWithoutMeaning';
