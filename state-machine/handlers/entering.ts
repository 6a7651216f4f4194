/** From the first digit to the PIN: everything that may still be broken off without a trace. */
import type { TransactionKind } from '../../hal/acquirer.ts';
import type { Digit, Key } from '../../hal/keypad.ts';
import type { MinorUnits, SaleId } from '../../hal/units.ts';
import { canVoid } from '../book.ts';
import {
  afterReversalSlip,
  askCard,
  askSupervisor,
  effectId,
  goOn,
  notice,
  printOwedOrLast,
  signOn,
} from '../going-on.ts';
import { type EntryStep, kinds } from '../kinds.ts';
import type { CardToken, Original, Sale } from '../sale.ts';
import type { Draft, PhaseOf } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';

export const isDigit = (key: Key): key is Digit => key.length === 1;

/** Begins a transaction of that kind at its first step. */
const begin = (turn: Turn, kind: TransactionKind, amount = 0): Step | Rejection => {
  if (turn.book.sales.length >= turn.rules.maxBatch) return notice(turn, { says: 'batchFull' });
  return enter(turn, { kind, amount: amount as MinorUnits });
};

/** Goes on with the step that follows the one that is done, as the kind's row says; after the last one comes the intent. */
export const enter = (turn: Turn, draft: Draft, done?: EntryStep): Step | Rejection => {
  const { entry } = kinds[draft.kind];
  const { confirmMs } = turn.rules.timers;
  const step = entry[done === undefined ? 0 : entry.indexOf(done) + 1];
  switch (step) {
    case 'supervisor':
      return askSupervisor(turn, { purpose: 'enter', draft });
    case 'original':
      return turn.to({ name: 'voucher', draft, entered: '', until: turn.after(confirmMs) });
    case 'amount':
      return enterAmount(turn, draft, draft.amount);
    case 'confirm':
      return turn.to({ name: 'confirm', draft, until: turn.after(confirmMs) });
    case 'printer':
      return checkPrinter(turn, draft);
    case 'card':
      return askCard(turn, draft);
    default:
      throw new Error(`The step ${step} of a ${draft.kind} needs a card`);
  }
};

const enterAmount = (turn: Turn, draft: Draft, amount: number): Step | Rejection => {
  if (amount > turn.rules.maxAmount) return 'amountTooLarge';
  const until = turn.after(turn.rules.timers.amountMs);
  return turn.to({ name: 'amount', draft: { ...draft, amount: amount as MinorUnits }, until });
};

export const atIdle: Handler<'idle', 'key'> = (turn, _phase, { key }) => {
  if (isDigit(key)) return begin(turn, 'sale', Number(key));
  if (key === 'menu') return turn.to({ name: 'menu', until: turn.after(turn.rules.timers.noticeMs) });
  if (key === 'function') return printOwedOrLast(turn);
  return 'keyWithoutMeaning';
};

/** 1 结算, 2 补打/重打印, 3 签到, 4 消费撤销. */
export const inMenu: Handler<'menu', 'key'> = (turn, _phase, { key }) => {
  switch (key) {
    case '1':
      return turn.book.sales.length > 0
        ? turn.to({ name: 'confirmSettlement', until: turn.after(turn.rules.timers.confirmMs) })
        : notice(turn, { says: 'nothingToSettle' });
    case '2':
      return printOwedOrLast(turn);
    case '3':
      return signOn(turn, 1);
    case '4':
      return begin(turn, 'void');
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};

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
      return amount === 0 ? 'amountIsZero' : enter(turn, draft, 'amount');
    default:
      return 'keyWithoutMeaning';
  }
};

const voucherDigits = 6;

export const voucherKey: Handler<'voucher', 'key'> = (turn, phase, { key }) => {
  const { entered } = phase;
  if (isDigit(key)) {
    return entered.length < voucherDigits ? turn.to({ ...phase, entered: entered + key }) : 'tooManyDigits';
  }
  if (key === 'clear') return turn.to({ ...phase, entered: entered.slice(0, -1) });
  if (key === 'cancel') return goOn(turn);
  if (key !== 'enter') return 'keyWithoutMeaning';
  return entered === '' ? 'nothingEntered' : showOriginal(turn, phase);
};

/** The voucher of another batch isn't found: what was settled is refunded, not voided. */
const showOriginal = (turn: Turn, { draft, entered }: PhaseOf<'voucher'>): Step => {
  const sale = turn.book.sales.findLast(({ stan }) => stan === Number(entered));
  if (sale === undefined) return notice(turn, { says: 'noOriginal' });
  if (sale.voidedBy !== undefined) return notice(turn, { says: 'alreadyVoided' });
  if (!canVoid(sale)) return notice(turn, { says: 'notVoidable' });
  const until = turn.after(turn.rules.timers.confirmMs);
  return turn.to({ name: 'original', draft: { ...draft, amount: sale.amount, original: originalOf(sale) }, until });
};

const originalOf = ({ id, batch, stan, card, approval }: Sale): NonNullable<Draft['original']> => {
  if (approval === undefined) throw new Error(`Voucher ${stan} stands without an approval`);
  const { retrievalReference, authorisationCode, hostDate: date } = approval;
  const code = authorisationCode === undefined ? {} : { authorisationCode };
  return { saleId: id, batch, stan, retrievalReference, ...code, date, card };
};

/** The clerk has compared it with the slip. */
export const originalKey: Handler<'original', 'key'> = (turn, { draft }, { key }) => {
  if (key === 'enter') return enter(turn, draft, 'original');
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

const checkPrinter = (turn: Turn, draft: Draft): Step => {
  const id = effectId('checkPrinter', turn.freshId);
  return turn.ask({ type: 'checkPrinter', id }).to({ name: 'checkingPrinter', draft, awaits: id });
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
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

export const notReadyReadiness: Handler<'printerNotReady', 'readiness'> = (turn, phase, { readiness }) => {
  turn.know({ printer: readiness });
  return readiness.ready ? checkPrinter(turn, phase.draft) : turn.to({ ...phase, cause: readiness.cause });
};

/** How many swipes may fail before the customer is sent away. */
const swipes = 3;

const isOther = (card: CardToken, { original }: Draft): boolean =>
  original !== undefined && original.card.cardHash !== card.cardHash;

export const cardRead: Handler<'card', 'card'> = (turn, { draft }, { card }) => {
  turn.ask({ type: 'stopReading' });
  if (isOther(card, draft)) return notice(turn.ask({ type: 'forgetCard' }), { says: 'otherCard' });
  const id = effectId('pin', turn.freshId);
  return turn.ask({ type: 'askPin', id, amount: draft.amount }).to({ name: 'pin', draft, card, awaits: id });
};

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

/** The last step that leaves no trace. From the intent on, only an answer or a reversal ends the transaction (M1). */
export const pinEntered: Handler<'pin', 'pin'> = (turn, { draft, card }, { outcome }) => {
  const { kind, amount, supervisor } = draft;
  const leave = (says: 'cancelled' | 'pinNeeded' | 'pinPadFailed'): Step =>
    notice(turn.ask({ type: 'forgetCard' }), { says, kind });
  switch (outcome) {
    case 'cancelled':
    case 'timedOut':
      return leave('cancelled');
    case 'failed':
      return leave('pinPadFailed');
    case 'bypassed':
      if (!turn.rules.pinBypass) return leave('pinNeeded');
      break;
    case 'entered':
      break;
  }
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
      pinEntered: outcome === 'entered',
      operator: turn.rules.operator,
      ...(supervisor !== undefined && { supervisor }),
      ...(draft.original !== undefined && { original: withoutCard(draft.original) }),
    })
    .ask({ type: 'authorise', id, saleId })
    .to({ name: 'authorising', saleId, awaits: id });
};

const withoutCard = (shown: NonNullable<Draft['original']>): Original => {
  const { card: _, ...original } = shown;
  return original;
};
