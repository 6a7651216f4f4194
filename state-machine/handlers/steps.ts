/** The steps of entering a transaction, in the order that its kind's row gives, up to the intent. */
import type { Digit, Key } from '../../hal/keypad.ts';
import type { MinorUnits, SaleId } from '../../hal/units.ts';
import { dayOf, minutesUntil } from '../calendar.ts';
import { askCard, askSupervisor, effectId, nobody, notice } from '../going-on.ts';
import { holdOf } from '../holds.ts';
import { type About, type EntryKind, type EntryStep, kinds } from '../kinds.ts';
import type { Found, Original, Sale } from '../sale.ts';
import { leftOf, mayBeAbout } from '../standing.ts';
import type { Draft, Purpose, Remaining } from '../state.ts';
import type { Rejection, Step, Turn } from '../turn.ts';
import { wrapped } from '../words.ts';

export const isDigit = (key: Key): key is Digit => key.length === 1;

/** A digit behind those that are there, or the last one away. */
export const typed = (entered: string, key: Key, most: number, then: (entered: string) => Step): Step | Rejection => {
  if (key === 'clear') return then(entered.slice(0, -1));
  if (!isDigit(key)) return 'keyWithoutMeaning';
  return entered.length < most ? then(entered + key) : 'tooManyDigits';
};

/** Goes on with the step that follows the one that is done, as the kind's row says; after the last one comes the intent. */
export const enter = (turn: Turn, draft: Draft, done?: EntryStep): Step | Rejection => {
  const { entry } = kinds[draft.kind];
  if (done === undefined) {
    if (turn.book.sales.length >= turn.rules.maxBatch) return notice(turn, { says: 'batchFull' });
    if (turn.rules.switchedOff.includes(draft.kind)) return notice(turn, { says: 'switchedOff', kind: draft.kind });
  }
  const { confirmMs } = turn.rules.timers;
  const step = entry[done === undefined ? 0 : entry.indexOf(done) + 1];
  switch (step) {
    case 'supervisor':
      return askSupervisor(turn, { purpose: 'enter', draft });
    case 'original': {
      const { known, ...unknown } = draft;
      return known === undefined ? askNumber(turn, { purpose: 'original', draft }) : takeOriginal(turn, unknown, known);
    }
    case 'amount':
      return enterAmount(turn, draft, draft.amount);
    case 'feeNotice':
      return kinds[draft.kind].column === 'credit' && turn.rules.feeNotice !== undefined
        ? showFeeNotice(turn, draft, wrapped(turn.rules.feeNotice))
        : enter(turn, draft, step);
    case 'orderNumber':
    case 'note':
      return turn.rules.remarks.includes(step)
        ? turn.to({ name: 'remark', what: step, draft, entered: '', until: turn.after(confirmMs) })
        : enter(turn, draft, step);
    case 'confirm':
      return turn.to({ name: 'confirm', draft, until: turn.after(confirmMs) });
    case 'printer':
      return checkPrinter(turn, draft);
    case 'card':
      return askCard(turn, draft);
    case 'pin': {
      const id = effectId('pin', turn.freshId);
      return turn.ask({ type: 'askPin', id, amount: draft.amount }).to({ name: 'pin', draft, awaits: id });
    }
    default:
      return intend(turn, draft);
  }
};

export const enterAmount = (turn: Turn, draft: Draft, amount: number): Step | Rejection => {
  if (amount > turn.rules.maxAmount) return 'amountTooLarge';
  const until = turn.after(turn.rules.timers.amountMs);
  return turn.to({ name: 'amount', draft: { ...draft, amount: amount as MinorUnits }, until });
};

export const showFeeNotice = (turn: Turn, draft: Draft, lines: readonly string[]): Step =>
  turn.to({ name: 'feeNotice', draft, lines, until: turn.after(turn.rules.timers.confirmMs) });

/**
 * How many digits each may have. An order number is shorter than any card number that a check of exports looks for: a card's
 * number that is typed for it by mistake doesn't fit (M9).
 */
export const remarkDigits = { orderNumber: 12, note: 8 } as const;

export const askNumber = (turn: Turn, wanted: Purpose, entered = ''): Step =>
  turn.to({ name: 'number', wanted, entered, until: turn.after(turn.rules.timers.confirmMs) });

export const aboutOf = (kind: EntryKind): About => {
  const { about } = kinds[kind];
  if (about === undefined) throw new Error(`A ${kind} is about nothing`);
  return about;
};

/** Shows it when the transaction may be about it, and says why when not. */
export const takeOriginal = (turn: Turn, draft: Draft, found: Found): Step => {
  const { kind } = draft;
  const about = aboutOf(kind);
  // Of this batch the book knows best, whatever was found and when.
  const own = turn.book.sales.find(({ id }) => id === found.sale.id);
  const { sale, left } = own === undefined ? found : { sale: own, left: leftOf(own) };
  if (holdOf(turn.book.holds, sale.id) !== undefined) return notice(turn, { says: 'held' });
  if (own === undefined && !about.closedBatch) return notice(turn, { says: 'noOriginal', kind });
  if (about.kinds.includes(sale.kind) && (left === 0 || sale.voidedBy !== undefined)) {
    return notice(turn, { says: 'alreadyVoided', kind });
  }
  if (!mayBeAbout(kind, sale) || (about.amount !== 'part' && left < sale.amount)) {
    return notice(turn, { says: 'notVoidable', kind });
  }
  // What isn't about a sale names its original by its code.
  if (sale.kind !== 'sale' && sale.approval?.authorisationCode === undefined)
    return notice(turn, { says: 'noCode', kind });
  const { voidMs } = turn.rules;
  if (kind === 'void' && voidMs > 0 && turn.wall - sale.at > voidMs) {
    return notice(turn, { says: 'voidTooLate', minutes: voidMs / 60_000 });
  }
  const amount = about.amount === 'whole' ? left : (0 as MinorUnits);
  const remaining = remainingOf(turn, about, sale);
  const limit = limitOf(turn, about, left);
  const original = { ...originalOf(sale), card: sale.card, ...limit, ...(remaining !== undefined && { remaining }) };
  const shown = { ...draft, amount, original };
  return pastWindow(turn, shown, dayOf(turn.wall) - dayOf(sale.at)) ?? showOriginal(turn, shown);
};

/** A refund that the shop's window is over for: refused in words, or a supervisor's, for a reason. */
export const pastWindow = (turn: Turn, draft: Draft, days: number): Step | undefined => {
  const { refundDays, lateRefunds, timers } = turn.rules;
  if (aboutOf(draft.kind).amount !== 'part' || refundDays === 0 || days <= refundDays) return undefined;
  return lateRefunds
    ? turn.to({ name: 'lateRefund', days: refundDays, draft, until: turn.after(timers.confirmMs) })
    : notice(turn, { says: 'refundTooLate', days: refundDays });
};

/** Until the window for a refund is over; and for what must be of this batch, until that is settled or its own window over. */
const remainingOf = (turn: Turn, about: About, { at }: Sale): Remaining | undefined => {
  const { refundDays, voidMs, settleAt } = turn.rules;
  if (about.amount === 'part') {
    const days = refundDays - (dayOf(turn.wall) - dayOf(at));
    return refundDays > 0 && days >= 0 ? { days } : undefined;
  }
  if (about.closedBatch) return undefined;
  const untilLate = voidMs > 0 ? Math.ceil((voidMs - (turn.wall - at)) / 60_000) : Infinity;
  const untilSettled = settleAt === undefined ? Infinity : minutesUntil(turn.wall, settleAt);
  const minutes = Math.min(untilLate, untilSettled);
  return minutes === Infinity ? undefined : { minutes };
};

/** How much its amount may be, or, where the original sets no limit, what is held so far. */
const limitOf = (turn: Turn, about: About, left: MinorUnits): { most: MinorUnits } | { held: MinorUnits } => {
  if (about.amount === 'more') return { held: left };
  return {
    most: (about.amount === 'over' ? Math.floor((left * turn.rules.completionPercent) / 100) : left) as MinorUnits,
  };
};

export const showOriginal = (turn: Turn, draft: Draft): Step =>
  turn.to({ name: 'original', draft, until: turn.after(turn.rules.timers.confirmMs) });

export const originalOf = ({ id, batch, stan, approval }: Sale): NonNullable<Draft['original']> => {
  if (approval === undefined) throw new Error(`Voucher ${stan} stands without an approval`);
  const { retrievalReference, authorisationCode, hostDate: date, cardOrganisation } = approval;
  return {
    saleId: id,
    batch,
    stan,
    retrievalReference,
    ...(authorisationCode !== undefined && { authorisationCode }),
    date,
    ...(cardOrganisation !== undefined && { cardOrganisation }),
  };
};

export const checkPrinter = (turn: Turn, draft: Draft): Step => {
  const id = effectId('checkPrinter', turn.freshId);
  return turn.ask({ type: 'checkPrinter', id }).to({ name: 'checkingPrinter', draft, awaits: id });
};

/** The last step that leaves no trace. From the intent on, only an answer or a reversal ends the transaction (M1). */
const intend = (turn: Turn, draft: Draft): Step => {
  const { kind, amount, supervisor, original, card, pinEntered = false, twin, differenceOf } = draft;
  const { lateReason, orderNumber, note } = draft;
  if (card === undefined) throw new Error(`A ${kind} without a card`);
  if (kind === 'balance') return inquire(turn, pinEntered);
  const saleId = turn.freshId as SaleId;
  const id = effectId('authorise', saleId);
  return turn
    .record({
      type: 'intended',
      saleId,
      kind,
      stan: turn.book.nextStan,
      amount,
      card,
      pinEntered,
      operator: turn.operator ?? nobody,
      ...(supervisor !== undefined && { supervisor }),
      ...(original !== undefined && { original: referenceOf(original) }),
      ...(twin !== undefined && { twin }),
      ...(differenceOf !== undefined && { differenceOf }),
      ...(lateReason !== undefined && { lateReason }),
      ...(orderNumber !== undefined && { orderNumber }),
      ...(note !== undefined && { note }),
    })
    .ask({ type: 'authorise', id, saleId })
    .to({ name: 'authorising', saleId, awaits: id });
};

/** Nothing is moved, so that nothing need be durable but the trace number (M6). */
const inquire = (turn: Turn, pinEntered: boolean): Step => {
  const { nextStan: stan, batch } = turn.book;
  const id = effectId('inquire', stan);
  return turn
    .record({ type: 'traceTaken', stan, purpose: 'balance' })
    .ask({ type: 'inquire', id, stan, batch, pinEntered })
    .to({ name: 'inquiring', awaits: id });
};

/** What the intent keeps of it: its card is in the intent already. */
const referenceOf = (shown: NonNullable<Draft['original']>): Original => {
  const { card: _card, most: _most, held: _held, remaining: _remaining, ...original } = shown;
  return original;
};
