/** Copies and their verdicts. The merchant copy decides about the money; the others don't. */
import type { PrinterCause, PrintVerdict } from '../../hal/printer.ts';
import type { SaleId } from '../../hal/units.ts';
import { findSale, reversalSlipsDue } from '../book.ts';
import type { EventOf } from '../events.ts';
import type { OnPaper } from '../facts.ts';
import {
  afterReversalSlip,
  askSupervisor,
  clearBuffer,
  follow,
  goOn,
  mayTurn,
  notice,
  print,
  printCopies,
  printMerchant,
  printOwedOrLast,
  printReversalSlip,
  withoutSlip,
} from '../going-on.ts';
import { copiesOf, printsOf } from '../sale.ts';
import { canVoid } from '../standing.ts';
import type { Continuation, Phase, PhaseOf, Unprinted } from '../state.ts';
import type { Handler, Rejection, Step, Turn } from '../turn.ts';
import { enter } from './steps.ts';

/**
 * Takes a verdict down. True when the slip is out: everything that the printer held before it is out too. Otherwise
 * the printer counts as not ready until it says the contrary.
 */
const isOut = (turn: Turn, verdict: PrintVerdict): boolean => {
  if (verdict.verdict === 'PRINTED' || (verdict.verdict === 'UNVERIFIED' && turn.rules.acceptUnverified)) {
    turn.know({ printerMayHold: false });
    return true;
  }
  turn.know({ printer: { ready: false, cause: causeOf(verdict) } });
  return false;
};

/** What a fact keeps of a slip that is out. */
const onPaper = ({ code, on, by }: EventOf<'printed'>): OnPaper => ({
  ...(code !== undefined && { code }),
  ...(on !== undefined && { on }),
  ...(by !== undefined && { by }),
});

const causeOf = (verdict: PrintVerdict): PrinterCause => ('cause' in verdict ? verdict.cause : 'silence');

/**
 * The commit point. PRINTED captures; NOT_PRINTED waits for paper within the grace time; UNKNOWN reverses at once,
 * because nobody could say later whether a slip is in somebody's hand.
 */
export const merchantPrinted: Handler<'printingMerchant', 'printed'> = (turn, phase, event) => {
  const { verdict } = event;
  const { saleId, attempt } = phase;
  if (isOut(turn, verdict)) {
    turn.record({ type: 'captured', saleId, number: attempt, ...onPaper(event) });
    if (copiesOf(findSale(turn.book, saleId)).length === 1) {
      return notice(turn, { says: 'approved', saleId, cardholderCopy: 'printed' });
    }
    return turn.to({ name: 'tearOff', saleId, until: turn.after(turn.rules.timers.tearOffMs) });
  }
  const graceUntil = phase.graceUntil ?? turn.after(turn.rules.timers.paperGraceMs);
  if (verdict.verdict !== 'NOT_PRINTED' || turn.after(0) >= graceUntil) return withoutSlip(turn, saleId);
  return clearBuffer(turn, { do: 'waitForPaper', saleId, attempt, cause: causeOf(verdict), graceUntil });
};

export const bufferCleared: Handler<'clearingBuffer', 'printCancelled'> = (turn, { next }, { confirmed }) =>
  follow(confirmed ? turn.know({ printerMayHold: false }) : turn, next);

export const printAgain = (turn: Turn, unprinted: Unprinted): Step =>
  turn.state.printerMayHold
    ? clearBuffer(turn, { do: 'reprint', ...onlyUnprinted(unprinted) })
    : printMerchant(turn, unprinted.saleId, unprinted.attempt + 1, unprinted.graceUntil);

const onlyUnprinted = ({ saleId, attempt, cause, graceUntil }: Unprinted): Unprinted => ({
  saleId,
  attempt,
  cause,
  graceUntil,
});

export const paperReadiness: Handler<'paperWait', 'readiness'> = (turn, phase, { readiness }) => {
  turn.know({ printer: readiness });
  return readiness.ready ? printAgain(turn, phase) : turn.to({ ...phase, cause: readiness.cause });
};

export const paperKey: Handler<'paperWait', 'key'> = (turn, phase, { key }) => {
  if (key === 'enter') return printAgain(turn, phase);
  if (key === 'cancel') return withoutSlip(turn, phase.saleId);
  // Only once this one surely holds nothing of it: else a slip that is reversed later could come out here.
  if (key === '00' && mayTurn(turn) && !turn.state.printerMayHold) {
    return askSupervisor(turn, { purpose: 'otherPrinter', waiting: 'slip', ...onlyUnprinted(phase) });
  }
  if (key !== 'function') return 'keyWithoutMeaning';
  if (!turn.rules.keepBySupervisor || turn.rules.supervisor === undefined) return 'notByPolicy';
  const override = { purpose: 'keep', ...onlyUnprinted(phase) } as const;
  return turn.to({ name: 'password', entered: '', override, until: phase.graceUntil });
};

export const paperTimeUp: Handler<'paperWait', 'timeUp'> = (turn, { saleId }) => withoutSlip(turn, saleId);

/** The clerk tears the merchant copy off, or the time for it is over. */
export const tornOff = (turn: Turn, { saleId }: PhaseOf<'tearOff'>): Step => {
  const number = findSale(turn.book, saleId).copies.cardholder + 1;
  return turn.to({ name: 'printingCardholder', saleId, awaits: print(turn, { slip: 'cardholder', saleId, number }) });
};

export const tearOffKey: Handler<'tearOff', 'key'> = (turn, phase, { key }) => {
  if (key === 'enter') return tornOff(turn, phase);
  if (key === 'cancel') return notice(turn, { says: 'approved', saleId: phase.saleId, cardholderCopy: 'due' });
  return 'keyWithoutMeaning';
};

/** Its failure reverses nothing: the copy waits in the unprinted queue. */
export const cardholderPrinted: Handler<'printingCardholder', 'printed'> = (turn, { saleId }, event) => {
  if (!isOut(turn, event.verdict)) {
    return clearBuffer(turn, { do: 'notice', notice: { says: 'approved', saleId, cardholderCopy: 'due' } });
  }
  const number = findSale(turn.book, saleId).copies.cardholder + 1;
  turn.record({ type: 'printed', saleId, copy: 'cardholder', number, ...onPaper(event) });
  const rest = copiesOf(findSale(turn.book, saleId)).slice(2);
  if (rest.length > 0) return printCopies(turn, saleId, rest);
  return notice(turn, { says: 'approved', saleId, cardholderCopy: 'printed' });
};

export const copyPrinted: Handler<'printingCopy', 'printed'> = (turn, { saleId, copy, rest }, event) => {
  const { verdict } = event;
  if (!isOut(turn, verdict)) {
    return clearBuffer(turn, { do: 'notice', notice: { says: 'copyNotPrinted', cause: causeOf(verdict) } });
  }
  const number = printsOf(findSale(turn.book, saleId), copy) + 1;
  return printCopies(turn.record({ type: 'printed', saleId, copy, number, ...onPaper(event) }), saleId, rest);
};

/** Once more, and nothing depends on it. */
export const archivedPrinted: Handler<'printingArchived', 'printed'> = (turn, { sale, supervisor }, event) => {
  const { verdict } = event;
  if (!isOut(turn, verdict)) {
    return clearBuffer(turn, { do: 'notice', notice: { says: 'copyNotPrinted', cause: causeOf(verdict) } });
  }
  const { id: saleId, batch, stan: voucher } = sale;
  return notice(turn.record({ type: 'reprinted', saleId, batch, voucher, supervisor, ...onPaper(event) }), {
    says: 'copyPrinted',
  });
};

/** Due until it is out; whatever waits for it goes on either way, but for a try of the reversal behind all that are due. */
export const reversalSlipPrinted: Handler<'printingReversal', 'printed'> = (turn, { saleId, next }, event) => {
  const { verdict } = event;
  if (!isOut(turn, verdict)) return clearBuffer(turn, onFailure(next, causeOf(verdict)));
  const number = findSale(turn.book, saleId).copies.reversal + 1;
  turn.record({ type: 'printed', saleId, copy: 'reversal', number, ...onPaper(event) });
  return next.do === 'waitForAcquirer' ? follow(turn, next) : afterReversalSlip(turn, next);
};

/** Nothing else is begun with a printer that just failed. */
const onFailure = (next: Continuation, cause: PrinterCause): Continuation =>
  next.do === 'askCard' ||
  next.do === 'printOwedOrLast' ||
  next.do === 'printCopies' ||
  next.do === 'reprintFound' ||
  next.do === 'printSettlement' ||
  next.do === 'printReport' ||
  next.do === 'printCase'
    ? { do: 'notice', notice: { says: 'copyNotPrinted', cause } }
    : next;

export const settlementPrinted: Handler<'printingSettlement', 'printed'> = (turn, _phase, event) => {
  const { verdict } = event;
  if (!isOut(turn, verdict)) {
    return clearBuffer(turn, { do: 'notice', notice: { says: 'copyNotPrinted', cause: causeOf(verdict) } });
  }
  return notice(turn.record({ type: 'settlementPrinted', ...onPaper(event) }), { says: 'settled' });
};

export const reportPrinted: Handler<'printingReport', 'printed'> = (turn, _phase, { verdict }) =>
  isOut(turn, verdict)
    ? notice(turn, { says: 'copyPrinted' })
    : clearBuffer(turn, { do: 'notice', notice: { says: 'copyNotPrinted', cause: causeOf(verdict) } });

/** A printer that comes back prints the reversal slip that is due before anything else (M4). */
export const readinessAtRest = (turn: Turn, phase: Phase, { readiness }: EventOf<'readiness'>): Step => {
  turn.know({ printer: readiness });
  const due = reversalSlipsDue(turn.book)[0];
  return readiness.ready && due !== undefined ? printReversalSlip(turn, due.id, { do: 'goOn' }) : turn.to(phase);
};

/** A wrong sale is taken back best at once, before anybody has gone. */
const voidAtOnce = (turn: Turn, saleId: SaleId): Step | Rejection => {
  const sale = findSale(turn.book, saleId);
  if (!canVoid(sale)) return 'keyWithoutMeaning';
  return enter(turn, { kind: 'void', amount: sale.amount, known: { sale, left: sale.amount } });
};

/** 确认, 取消 or 清除 closes a message; one that was made for a copy that is owed prints it (确认补打). */
export const noticeKey: Handler<'notice', 'key'> = (turn, { notice: told }, { key }) => {
  const owed = (told.says === 'approved' && told.cardholderCopy === 'due') || told.says === 'copyNotPrinted';
  if (owed && key === 'enter') return printOwedOrLast(turn);
  if (key === '2' && told.says === 'approved' && told.cardholderCopy === 'printed')
    return voidAtOnce(turn, told.saleId);
  return key === 'enter' || key === 'cancel' || key === 'clear' ? goOn(turn) : 'keyWithoutMeaning';
};
