/** From the first digit to the PIN: everything that may still be broken off without a trace. */
import type { EpochMs, MinorUnits } from '../../hal/units.ts';
import { netOf, takenOn, twinOf } from '../book.ts';
import { afterReversalSlip, askSupervisor, goOn, mayTurn, notice } from '../going-on.ts';
import { kinds, takesMoney } from '../kinds.ts';
import type { CardToken } from '../sale.ts';
import type { Draft, Limit, Notice, PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { linesAPage } from '../words.ts';
import { checkPrinter, enter, enterAmount, isDigit, remarkDigits, showFeeNotice, typed } from './steps.ts';

/** Amounts are typed in 分 and move in from the right. */
export const amountKey: Handler<'amount', 'key'> = (turn, { draft }, { key }) => {
  const { amount } = draft;
  if (isDigit(key)) return enterAmount(turn, draft, amount * 10 + Number(key));
  switch (key) {
    case '00':
      return enterAmount(turn, draft, amount * 100);
    case 'clear':
      return enterAmount(turn, draft, Math.floor(amount / 10));
    case 'cancel':
      return goOn(turn);
    case 'enter':
      return amount === 0 ? 'amountIsZero' : withinLimits(turn, draft);
    default:
      return 'keyWithoutMeaning';
  }
};

/** Limits of the shop, beside that of one transaction, which stops the typing. */
const withinLimits = (turn: Turn, draft: Draft): Step | Rejection => {
  const { rules, book } = turn;
  const isRefund = kinds[draft.kind].about?.amount === 'part';
  const over = (limit: Limit, most: number): Step =>
    notice(turn, { says: 'overLimit', limit, most: Math.max(0, most) as MinorUnits });
  if (isRefund && draft.amount > rules.maxRefund) return over('refund', rules.maxRefund);
  if (draft.amount > (draft.original?.most ?? draft.amount)) return over('original', draft.original?.most ?? 0);
  const net = netOf(book);
  if (isRefund && !rules.refundBeyondNet && draft.amount > net) return over('batchNet', net);
  const leftToday = rules.maxDay - takenOn(book, turn.wall);
  if (kinds[draft.kind].column === 'debit' && draft.amount > leftToday) return over('day', leftToday);
  return enter(turn, draft, 'amount');
};

/** What is typed is kept; nothing typed leaves it out. */
export const remarkKey: Handler<'remark', 'key'> = (turn, phase, { key }) => {
  const { draft, what, entered } = phase;
  if (key === 'cancel') return goOn(turn);
  if (key === 'enter') return enter(turn, entered === '' ? draft : { ...draft, [what]: entered }, what);
  return typed(entered, key, remarkDigits[what], (next) => turn.to({ ...phase, entered: next }));
};

/** A screen after the other; behind the last one it was read to the customer, who may still say no. */
export const feeNoticeKey: Handler<'feeNotice', 'key'> = (turn, { draft, lines }, { key }) => {
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return 'keyWithoutMeaning';
  const rest = lines.slice(linesAPage);
  return rest.length > 0 ? showFeeNotice(turn, draft, rest) : enter(turn, draft, 'feeNotice');
};

/** The customer has seen merchant and amount (请顾客核对商户和金额). */
export const confirmKey: Handler<'confirm', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'enter') return enter(turn, draft, 'confirm');
  if (key === 'clear') return enterAmount(turn, draft, draft.amount);
  if (key === 'cancel') return goOn(turn);
  return 'keyWithoutMeaning';
};

/** No card is asked for before the printer says that it could print; a reversal slip that is due comes first (M4). */
export const printerChecked: Handler<'checkingPrinter', 'printerChecked'> = (turn, { draft }, { readiness }) => {
  turn.know({ printer: readiness });
  if (!readiness.ready) {
    const until = turn.after(turn.rules.timers.confirmMs);
    return turn.to({ name: 'printerNotReady', draft, cause: readiness.cause, until });
  }
  return afterReversalSlip(turn, { do: 'askCard', draft });
};

export const notReadyKey: Handler<'printerNotReady', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'enter') return checkPrinter(turn, draft);
  if (key === 'function' && mayTurn(turn))
    return askSupervisor(turn, { purpose: 'otherPrinter', waiting: 'draft', draft });
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

export const notReadyReadiness: Handler<'printerNotReady', 'readiness'> = (turn, phase, { readiness }) => {
  turn.know({ printer: readiness });
  return readiness.ready ? checkPrinter(turn, phase.draft) : turn.to({ ...phase, cause: readiness.cause });
};

/** How many swipes may fail before the customer is sent away. */
const swipes = 3;

const isOther = (card: CardToken, { original }: Draft): boolean =>
  original?.card !== undefined && original.card.cardHash !== card.cardHash;

/** What the shop takes no money of: the stripe of a card with a chip, where its policy says so, and more than its kind's cap. */
const cardRefused = (turn: Turn, { kind, amount }: Draft, { masked, chip }: CardToken): Notice | undefined => {
  const { chipFallback, cardCaps } = turn.rules;
  if (chip && !chipFallback && (takesMoney(kind) || kind === 'balance')) return { says: 'useChip', kind };
  const [cap] = cardCaps
    .filter(({ prefix }) => masked.startsWith(prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return cap !== undefined && takesMoney(kind) && amount > cap.most
    ? { says: 'overLimit', limit: 'card', most: cap.most }
    : undefined;
};

export const cardRead: Handler<'card', 'card'> = (turn, { draft }, { card }) => {
  const { kind, amount } = draft;
  turn.ask({ type: 'stopReading' });
  if (isOther(card, draft)) return notice(turn.ask({ type: 'forgetCard' }), { says: 'otherCard', kind });
  const refused = cardRefused(turn, draft, card);
  if (refused !== undefined) return notice(turn.ask({ type: 'forgetCard' }), refused);
  const withCard = { ...draft, card };
  const { twinMs, timers } = turn.rules;
  const twin =
    kind === 'sale' && twinMs > 0 ? twinOf(turn.book, card, amount, (turn.wall - twinMs) as EpochMs) : undefined;
  if (twin === undefined) return enter(turn, withCard, 'card');
  return turn.to({ name: 'twin', draft: withCard, twin: twin.id, until: turn.after(timers.confirmMs) });
};

/** Two equal purchases are legal: the clerk is asked, and what he answers stands in the intent. */
export const twinKey: Handler<'twin', 'key'> = (turn, { draft, twin }, { key }) => {
  if (key === '2') return enter(turn, { ...draft, twin }, 'card');
  if (key === 'cancel') return twinGivenUp(turn, { draft });
  if (key !== '1' && key !== 'enter') return 'keyWithoutMeaning';
  turn.ask({ type: 'forgetCard' });
  return afterReversalSlip(turn, { do: 'printCopies', saleId: twin });
};

export const twinGivenUp = (turn: Turn, { draft }: { readonly draft: Draft }): Step =>
  notice(turn.ask({ type: 'forgetCard' }), { says: 'cancelled', kind: draft.kind });

/**
 * The reader goes on reading. It is not started anew: a good swipe may be on its way to the machine already, and its
 * tracks, or another card's, would no longer be those of the card that the machine is told of.
 */
export const cardFault: Handler<'card', 'cardFault'> = (turn, phase) => {
  const failures = phase.failures + 1;
  return failures < swipes
    ? turn.to({ ...phase, failures, until: turn.after(turn.rules.timers.cardMs) })
    : cardLeft(turn, phase, 'cardUnreadable');
};

export const cardKey: Handler<'card', 'key'> = (turn, phase, { key }) =>
  key === 'cancel' ? cardGivenUp(turn, phase) : 'keyWithoutMeaning';

export const cardGivenUp = (turn: Turn, phase: PhaseOf<'card'>): Step => cardLeft(turn, phase, 'cancelled');

const cardLeft = (turn: Turn, { draft }: PhaseOf<'card'>, says: 'cancelled' | 'cardUnreadable'): Step =>
  notice(turn.ask({ type: 'stopReading' }).ask({ type: 'forgetCard' }), { says, kind: draft.kind });

/** The pad ends the entry and its outcome comes as any other. */
export const pinKey: Handler<'pin', 'key'> = (turn, phase, { key }) =>
  key === 'cancel' ? turn.ask({ type: 'cancelPin' }).to(phase) : 'keyWithoutMeaning';

export const pinEntered: Handler<'pin', 'pin'> = (turn, { draft }, { outcome }) => {
  const leave = (says: 'cancelled' | 'pinNeeded' | 'pinPadFailed'): Step =>
    notice(turn.ask({ type: 'forgetCard' }), { says, kind: draft.kind });
  switch (outcome) {
    case 'cancelled':
    case 'timedOut':
      return leave('cancelled');
    case 'failed':
      return leave('pinPadFailed');
    case 'bypassed':
      return turn.rules.pinBypass ? enter(turn, draft, 'pin') : leave('pinNeeded');
    case 'entered':
      return enter(turn, { ...draft, pinEntered: true }, 'pin');
  }
};
