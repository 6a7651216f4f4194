/** From the first digit to the PIN: everything that may still be broken off without a trace. */
import type { Digit, Key } from '../../hal/keypad.ts';
import type { MinorUnits, SaleId } from '../../hal/units.ts';
import { afterReversalSlip, effectId, goOn, notice, printOwedOrLast, signOn } from '../going-on.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';

export const isDigit = (key: Key): key is Digit => key.length === 1;

const atAmount = (turn: Turn, amount: MinorUnits): Step =>
  turn.to({ name: 'amount', amount, until: turn.after(turn.rules.timers.amountMs) });

const enterAmount = (turn: Turn, amount: number): Step | Rejection =>
  amount > turn.rules.maxAmount ? 'amountTooLarge' : atAmount(turn, amount as MinorUnits);

export const atIdle: Handler<'idle', 'key'> = (turn, _phase, { key }) => {
  if (isDigit(key)) {
    if (turn.book.sales.length >= turn.rules.maxBatch) return notice(turn, { says: 'batchFull' });
    return enterAmount(turn, Number(key));
  }
  if (key === 'menu') return turn.to({ name: 'menu', until: turn.after(turn.rules.timers.noticeMs) });
  if (key === 'function') return printOwedOrLast(turn);
  return 'keyWithoutMeaning';
};

/** 1 结算, 2 补打/重打印, 3 签到. */
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
    case 'cancel':
      return goOn(turn);
    default:
      return 'keyWithoutMeaning';
  }
};

/** Amounts are typed in 分 and move in from the right. */
export const amountKey: Handler<'amount', 'key'> = (turn, { amount }, { key }) => {
  if (isDigit(key)) return enterAmount(turn, amount * 10 + Number(key));
  switch (key) {
    case '00':
      return enterAmount(turn, amount * 100);
    case 'clear':
      return atAmount(turn, Math.floor(amount / 10) as MinorUnits);
    case 'cancel':
      return goOn(turn);
    case 'enter':
      return amount === 0
        ? 'amountIsZero'
        : turn.to({ name: 'confirm', amount, until: turn.after(turn.rules.timers.confirmMs) });
    default:
      return 'keyWithoutMeaning';
  }
};

const checkPrinter = (turn: Turn, amount: MinorUnits): Step => {
  const id = effectId('checkPrinter', turn.freshId);
  return turn.ask({ type: 'checkPrinter', id }).to({ name: 'checkingPrinter', amount, awaits: id });
};

/** The customer has seen merchant and amount (请顾客核对商户和金额). */
export const confirmKey: Handler<'confirm', 'key'> = (turn, { amount }, { key }) => {
  if (key === 'enter') return checkPrinter(turn, amount);
  if (key === 'clear') return atAmount(turn, amount);
  if (key === 'cancel') return goOn(turn);
  return 'keyWithoutMeaning';
};

/** No card is asked for before the printer says that it could print; a reversal slip that is due comes first (M4). */
export const printerChecked: Handler<'checkingPrinter', 'printerChecked'> = (turn, { amount }, { readiness }) => {
  turn.know({ printer: readiness });
  if (!readiness.ready) {
    const until = turn.after(turn.rules.timers.confirmMs);
    return turn.to({ name: 'printerNotReady', amount, cause: readiness.cause, until });
  }
  return afterReversalSlip(turn, { do: 'askCard', amount });
};

export const notReadyKey: Handler<'printerNotReady', 'key'> = (turn, { amount }, { key }) => {
  if (key === 'enter') return checkPrinter(turn, amount);
  return key === 'cancel' ? goOn(turn) : 'keyWithoutMeaning';
};

export const notReadyReadiness: Handler<'printerNotReady', 'readiness'> = (turn, phase, { readiness }) => {
  turn.know({ printer: readiness });
  return readiness.ready ? checkPrinter(turn, phase.amount) : turn.to({ ...phase, cause: readiness.cause });
};

/** How many swipes may fail before the customer is sent away. */
const swipes = 3;

export const cardRead: Handler<'card', 'card'> = (turn, { amount }, { card }) => {
  const id = effectId('pin', turn.freshId);
  return turn
    .ask({ type: 'stopReading' })
    .ask({ type: 'askPin', id, amount })
    .to({ name: 'pin', amount, card, awaits: id });
};

/**
 * The reader goes on reading. It is not started anew: a good swipe may be on its way to the machine already, and its
 * tracks, or another card's, would no longer be those of the card that the machine is told of.
 */
export const cardFault: Handler<'card', 'cardFault'> = (turn, phase) => {
  const failures = phase.failures + 1;
  return failures < swipes
    ? turn.to({ ...phase, failures, until: turn.after(turn.rules.timers.cardMs) })
    : notice(turn.ask({ type: 'stopReading' }).ask({ type: 'forgetCard' }), { says: 'cardUnreadable' });
};

export const cardKey: Handler<'card', 'key'> = (turn, _phase, { key }) =>
  key === 'cancel' ? cardGivenUp(turn) : 'keyWithoutMeaning';

export const cardGivenUp = (turn: Turn): Step =>
  notice(turn.ask({ type: 'stopReading' }).ask({ type: 'forgetCard' }), { says: 'cancelled' });

/** The pad ends the entry and its outcome comes as any other. */
export const pinKey: Handler<'pin', 'key'> = (turn, phase, { key }) =>
  key === 'cancel' ? turn.ask({ type: 'cancelPin' }).to(phase) : 'keyWithoutMeaning';

/** The last step that leaves no trace. From the intent on, only an answer or a reversal ends the transaction (M1). */
export const pinEntered: Handler<'pin', 'pin'> = (turn, { amount, card }, { outcome }) => {
  const leave = (says: 'cancelled' | 'pinNeeded' | 'pinPadFailed'): Step =>
    notice(turn.ask({ type: 'forgetCard' }), { says });
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
      kind: 'sale',
      stan: turn.book.nextStan,
      amount,
      card,
      pinEntered: outcome === 'entered',
      operator: turn.rules.operator,
    })
    .ask({ type: 'authorise', id, saleId })
    .to({ name: 'authorising', saleId, awaits: id });
};
