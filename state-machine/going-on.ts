/** Where the terminal goes when nothing is in hand: the order in which open business is taken up. */

import type { ReversalReason } from '../hal/acquirer.ts';
import type { EffectId, SaleId, Stan } from '../hal/units.ts';
import { batchEndDue, copiesDue, findSale, openSale, reversalSlipsDue, totalsOf, toUpload } from './book.ts';
import { msPerDay } from './calendar.ts';
import type { DeviceCheck, Report, SlipRequest } from './effects.ts';
import { kinds } from './kinds.ts';
import type { MenuName } from './menu.ts';
import { type Copy, copiesOf, type Found, printsOf, type Sale } from './sale.ts';
import { counts } from './standing.ts';
import type { CaseSheet, Continuation, Draft, Notice, OpenReversal, Override, Unprinted } from './state.ts';
import type { Step, Turn } from './turn.ts';

export const effectId = (...parts: readonly (string | number)[]): EffectId => parts.join('/') as EffectId;

/** What a message tells as operator before anybody has signed on: UnionPay's supervisor. */
export const nobody = '00';

/** 系统管理员: who changes parameters. He doesn't sell. */
export const administrator = '99';

/**
 * An open reversal, then an open settlement, then a reversal slip that is due, then the sign-off behind a settlement or the
 * sign-on, then the day's settlement; else idle.
 */
export const goOn = (turn: Turn): Step => {
  const open = openSale(turn.book);
  if (open !== undefined) {
    if (open.reason === undefined) throw new Error(`Voucher ${open.stan} is ${open.status} with nobody at work on it`);
    return reverse(turn, { saleId: open.id, attempt: 1, reason: open.reason });
  }
  if (turn.book.settlement !== undefined) return retrySettlement(turn, 1);
  const due = reversalSlipsDue(turn.book)[0];
  if (due !== undefined && turn.state.printer.ready) return printReversalSlip(turn, due.id, { do: 'goOn' });
  if (turn.state.signOffDue) return signOff(turn.know({ signOffDue: false }));
  const toSettle = turn.state.settlementDue && turn.book.sales.length > 0;
  if (!turn.state.signedOn && (turn.book.signedOff !== true || toSettle)) return signOn(turn, 1);
  turn.know({ settlementDue: false, maintenanceDue: maintenanceDue(turn) });
  if (!turn.state.signedOn) return turn.to({ name: 'signedOff' });
  if (toSettle) return startSettlement(turn);
  return turn.operator === undefined
    ? turn.to({ name: 'operatorNumber', entered: '', wanted: 'signOn' })
    : turn.to({ name: 'idle' });
};

/** Where nobody knows when it was maintained, it is due. */
const maintenanceDue = ({ book, rules: { maintenanceDays = 0 }, wall }: Turn): boolean =>
  maintenanceDays > 0 && wall - (book.maintainedAt ?? 0) >= maintenanceDays * msPerDay;

export const follow = (turn: Turn, next: Continuation): Step => {
  switch (next.do) {
    case 'waitForPaper':
      return waitForPaper(turn, next);
    case 'reprint':
      return printMerchant(turn, next.saleId, next.attempt + 1, next.graceUntil);
    case 'reverse':
      return sendReversal(turn, next);
    case 'waitForAcquirer': {
      const { do: _, ...wait } = next;
      return turn.to({ name: 'reversalWait', ...wait });
    }
    case 'askCard':
      return askCard(turn, next.draft);
    case 'printOwedOrLast':
      return printOwedOrLast(turn);
    case 'printCopies':
      return printCopies(turn, next.saleId, copiesOf(findSale(turn.book, next.saleId)));
    case 'reprintFound':
      return reprintFound(turn, next.sale);
    case 'printSettlement':
      return printSettlement(turn);
    case 'printReport':
      return printReport(turn, next.report, next.checks);
    case 'printCase':
      return printCase(turn, next.sheet);
    case 'notice':
      return notice(turn, next.notice);
    case 'goOn':
      return goOn(turn);
  }
};

export const notice = (turn: Turn, what: Notice): Step =>
  turn.to({
    name: 'notice',
    notice: what,
    until: turn.after(what.says === 'declined' ? turn.rules.timers.refusalMs : turn.rules.timers.noticeMs),
  });

export const openRemedies = (turn: Turn, rows: readonly Found[], at: number): Step =>
  turn.to({ name: 'remedies', rows, at, until: turn.after(turn.rules.timers.confirmMs) });

/** @param by who has proved who he is, for a menu that only he may have */
export const openMenu = (turn: Turn, menu: MenuName, by?: string): Step =>
  turn.to({ name: 'menu', menu, ...(by !== undefined && { by }), until: turn.after(turn.rules.timers.confirmMs) });

export const showDoubt = (turn: Turn, { id: saleId }: Sale): Step =>
  turn.to({ name: 'doubt', saleId, until: turn.after(turn.rules.timers.confirmMs) });

export const askCard = (turn: Turn, draft: Draft): Step =>
  turn.ask({ type: 'readCard' }).to({ name: 'card', draft, failures: 0, until: turn.after(turn.rules.timers.cardMs) });

/* ---- sign-on ---- */

/**
 * Until it is answered nothing that needs keys goes on: the acquirer may have given out others already. `unsent` is a
 * trace number that was taken and never sent: a line that is down for days must not fill the ledger with numbers.
 */
export const signOn = (turn: Turn, attempt: number, reversal?: OpenReversal, unsent?: Stan): Step => {
  const { nextStan, batch } = turn.book;
  const stan = unsent ?? nextStan;
  if (unsent === undefined) turn.record({ type: 'traceTaken', stan, purpose: 'signOn' });
  const id = effectId('signOn', stan);
  return turn
    .know({ signedOn: false })
    .ask({ type: 'signOn', id, stan, batch, operator: turn.operator ?? nobody })
    .to({ name: 'signingOn', attempt, stan, awaits: id, ...(reversal && { reversal }) });
};

/** Whatever the acquirer answers, the terminal is signed off then. */
export const signOff = (turn: Turn): Step => {
  const { nextStan: stan, batch } = turn.book;
  const id = effectId('signOff', stan);
  return turn
    .record({ type: 'traceTaken', stan, purpose: 'signOff' })
    .ask({ type: 'signOff', id, stan, batch })
    .to({ name: 'signingOff', awaits: id });
};

/* ---- printing ---- */

const nameOf = (slip: SlipRequest): string => {
  if (slip.slip === 'settlement') return 'settlement';
  if (slip.slip === 'report') return slip.report;
  return 'sale' in slip ? `${slip.sale.id}/${slip.slip}` : `${slip.saleId}/${slip.slip}/${slip.number}`;
};

export const print = (turn: Turn, slip: SlipRequest): EffectId => {
  const id = effectId('print', nameOf(slip), turn.freshId);
  turn.know({ printerMayHold: true }).ask({ type: 'print', id, slip });
  return id;
};

/** `attempt` counts from 1; the grace time for paper begins with the first failure. */
export const printMerchant = (
  turn: Turn,
  saleId: SaleId,
  attempt: number,
  graceUntil?: Unprinted['graceUntil'],
): Step => {
  const awaits = print(turn, { slip: 'merchant', saleId, number: attempt });
  return turn.to({
    name: 'printingMerchant',
    saleId,
    attempt,
    awaits,
    ...(graceUntil !== undefined && { graceUntil }),
  });
};

/** Of that sale, or first of the one for which it must be the next thing printed (M4): then that one's follows. */
export const printReversalSlip = (turn: Turn, asked: SaleId, next: Continuation): Step => {
  const saleId = reversalSlipsDue(turn.book)[0]?.id ?? asked;
  const number = findSale(turn.book, saleId).copies.reversal + 1;
  const awaits = print(turn, { slip: 'reversal', saleId, number });
  return turn.to({ name: 'printingReversal', saleId, next, awaits });
};

export const clearBuffer = (turn: Turn, next: Continuation): Step => {
  const id = effectId('cancelPrint', turn.freshId);
  return turn.ask({ type: 'cancelPrint', id }).to({ name: 'clearingBuffer', next, awaits: id });
};

/** The printer may have become ready while its buffer was cleared: then there is nothing to wait for. */
export const waitForPaper = (turn: Turn, { saleId, attempt, cause, graceUntil }: Unprinted): Step =>
  turn.state.printer.ready
    ? printMerchant(turn, saleId, attempt + 1, graceUntil)
    : turn.to({ name: 'paperWait', saleId, attempt, cause, graceUntil, until: graceUntil });

/**
 * Whether the other printer may be turned to. What this one may still hold of a slip that was called void must be
 * followed by its reversal slip, on the same paper (M4): as long as one is due, it stays.
 */
export const mayTurn = (turn: Turn): boolean => turn.rules.secondPrinter && reversalSlipsDue(turn.book).length === 0;

/** From here on the other one is asked; what is known of this one says nothing of it. */
export const turnToOther = (turn: Turn, supervisor: string): Turn => {
  const printer = turn.book.printer === 'second' ? 'first' : 'second';
  return turn
    .record({ type: 'printerChosen', printer, supervisor })
    .know({ printer: { ready: true, paperNearEnd: false }, printerMayHold: true });
};

/** Nothing is printed, and no card asked for, before the reversal slip that is due (M4). */
export const afterReversalSlip = (turn: Turn, next: Continuation): Step => {
  const due = reversalSlipsDue(turn.book)[0];
  return due === undefined ? follow(turn, next) : printReversalSlip(turn, due.id, next);
};

/** Prints what is owed first (the settlement slip, then copies of sales), else the last sale's copies again. */
export const printOwedOrLast = (turn: Turn): Step => {
  if (reversalSlipsDue(turn.book).length > 0) return afterReversalSlip(turn, { do: 'printOwedOrLast' });
  const { lastSettlement } = turn.book;
  if (lastSettlement !== undefined && !lastSettlement.printed) return printSettlement(turn);
  const due = copiesDue(turn.book);
  const first = due[0]?.sale;
  if (first !== undefined) {
    return printCopies(
      turn,
      first.id,
      due.filter(({ sale }) => sale === first).map(({ copy }) => copy),
    );
  }
  const last = turn.book.sales.findLast((sale) => sale.copies.merchant > 0);
  return last === undefined ? notice(turn, { says: 'nothingToPrint' }) : printCopies(turn, last.id, copiesOf(last));
};

export const printCopies = (turn: Turn, saleId: SaleId, [copy, ...rest]: readonly Copy[]): Step => {
  if (copy === undefined) return notice(turn, { says: 'copyPrinted' });
  const number = printsOf(findSale(turn.book, saleId), copy) + 1;
  return turn.to({ name: 'printingCopy', saleId, copy, rest, awaits: print(turn, { slip: copy, saleId, number }) });
};

/** A slip that was asked for by its number: the copies of what stands, the reversal slip of what doesn't. */
const reprintFound = (turn: Turn, sale: Sale): Step => {
  if (sale.status === 'notSent' || sale.status === 'declined') return notice(turn, { says: 'nothingToPrint' });
  const inBook = turn.book.sales.some(({ id }) => id === sale.id);
  if (!inBook) {
    const asked = askSupervisor(turn, { purpose: 'reprint', sale });
    return asked === 'notByPolicy' ? notice(turn, { says: 'noSupervisor' }) : asked;
  }
  return counts(sale)
    ? printCopies(turn, sale.id, copiesOf(sale))
    : printReversalSlip(turn, sale.id, { do: 'notice', notice: { says: 'copyPrinted' } });
};

export const printArchived = (turn: Turn, sale: Sale, supervisor: string): Step =>
  turn.to({ name: 'printingArchived', sale, supervisor, awaits: print(turn, { slip: 'archived', sale }) });

export const printSettlement = (turn: Turn): Step =>
  turn.to({ name: 'printingSettlement', awaits: print(turn, { slip: 'settlement' }) });

const printReport = (turn: Turn, report: Report, checks?: readonly DeviceCheck[]): Step => {
  const awaits = print(turn, { slip: 'report', report, ...(checks !== undefined && { checks }) });
  return turn.to({ name: 'printingReport', report, awaits });
};

const printCase = (turn: Turn, sheet: CaseSheet): Step =>
  turn.to({ name: 'printingReport', report: sheet.slip, awaits: print(turn, sheet) });

/** Behind the reversal slip that is due: nothing else is printed before it (M4). */
export const reportAskedFor = (turn: Turn, report: Report, checks?: readonly DeviceCheck[]): Step =>
  afterReversalSlip(turn, { do: 'printReport', report, ...(checks !== undefined && { checks }) });

/* ---- reversal ---- */

/** From here on the sale can only end as reversed, or by a supervisor's hand (M5). */
export const requireReversal = (turn: Turn, saleId: SaleId, reason: ReversalReason): Step =>
  reverse(turn.record({ type: 'reversalRequired', saleId, reason }), { saleId, attempt: 1, reason });

/**
 * The slip didn't come out. What has a reversal is reversed; what has none stands with the acquirer, and owes its slip.
 */
export const withoutSlip = (turn: Turn, saleId: SaleId): Step =>
  kinds[findSale(turn.book, saleId).kind].reversible
    ? requireReversal(turn, saleId, '96')
    : clearBuffer(turn.record({ type: 'slipOwed', saleId }), { do: 'notice', notice: { says: 'kept', saleId } });

/** Nobody knows whether the acquirer booked it. What has a reversal is reversed; what has none is in doubt, on paper too. */
export const withoutAnswer = (turn: Turn, saleId: SaleId, reason: ReversalReason): Step => {
  if (kinds[findSale(turn.book, saleId).kind].reversible) return requireReversal(turn, saleId, reason);
  turn.record({ type: 'inDoubt', saleId, reason });
  return printReversalSlip(turn, saleId, { do: 'notice', notice: { says: 'inDoubt', saleId } });
};

/** Begins or goes on with a reversal: what the printer may hold of an approved sale's slip is cleared first (M4). */
export const reverse = (turn: Turn, open: OpenReversal): Step => {
  const slipBegun = findSale(turn.book, open.saleId).approval !== undefined;
  return slipBegun && turn.state.printerMayHold
    ? clearBuffer(turn, { do: 'reverse', ...open })
    : sendReversal(turn, open);
};

const sendReversal = (turn: Turn, { saleId, attempt, reason }: OpenReversal): Step => {
  if (!turn.state.signedOn) return signOn(turn, 1, { saleId, attempt, reason });
  const id = effectId('reverse', saleId, attempt);
  return turn
    .ask({ type: 'reverse', id, saleId, reason })
    .to({ name: 'reversing', saleId, attempt, reason, awaits: id });
};

/**
 * Waits for the next try. A slip that may be out already is called void on paper meanwhile, without putting the try
 * off: a printer that comes and goes must not keep the reversal from being sent (M5).
 */
export const waitForAcquirer = (
  turn: Turn,
  { saleId, attempt, reason }: OpenReversal,
  until = turn.retryAt(attempt),
): Step => {
  const wait = { saleId, attempt, reason, until };
  const due = reversalSlipsDue(turn.book).some((sale) => sale.id === saleId);
  return due && turn.state.printer.ready
    ? printReversalSlip(turn, saleId, { do: 'waitForAcquirer', ...wait })
    : turn.to({ name: 'reversalWait', ...wait });
};

/** A supervisor's override begins with the password; without a supervisor there are none. */
export const askSupervisor = (turn: Turn, override: Override): Step | 'notByPolicy' =>
  turn.rules.supervisor === undefined
    ? 'notByPolicy'
    : turn.to({ name: 'password', entered: '', override, until: turn.after(turn.rules.timers.passwordMs) });

/* ---- settlement ---- */

/** The number of records in one batch-upload message (批上送). */
const recordsPerUpload = 8;

/** Begins a settlement at its totals. */
export const startSettlement = (turn: Turn): Step => {
  turn.record({
    type: 'settlementStarted',
    stan: turn.book.nextStan,
    totals: totalsOf(turn.book),
    operator: turn.operator ?? nobody,
  });
  return continueSettlement(turn, 1);
};

/** Sends the message that the settlement has come to, under the trace number that was stored for it. */
export const continueSettlement = (turn: Turn, attempt: number): Step => {
  const { settlement } = turn.book;
  if (settlement === undefined) throw new Error('No settlement to go on with');
  const { batch, stan, totals, flags, uploaded } = settlement;
  if (flags === undefined) {
    const id = effectId('settle', stan);
    turn.ask({ type: 'settle', id, stan, batch, operator: turn.operator ?? nobody, totals });
    return turn.to({ name: 'settling', attempt, awaits: id });
  }
  const records = toUpload(turn.book);
  if (uploaded < records.length) {
    const id = effectId('upload', stan);
    const next = records[uploaded] as Sale;
    if (kinds[next.kind].upload === 'message') {
      turn.ask({ type: 'uploadOne', id, stan, batch, saleId: next.id });
      return turn.to({ name: 'uploading', attempt, sent: 1, awaits: id });
    }
    const saleIds = records
      .slice(uploaded, uploaded + recordsPerUpload)
      .filter(({ kind }) => kinds[kind].upload === 'record')
      .map((sale) => sale.id);
    turn.ask({ type: 'upload', id, stan, batch, saleIds });
    return turn.to({ name: 'uploading', attempt, sent: saleIds.length, awaits: id });
  }
  const id = effectId('endBatch', stan);
  const balanced = flags.domestic === 'balanced' && flags.foreign === 'balanced';
  turn.ask({ type: 'endBatch', id, stan, batch, balanced, count: records.length });
  return turn.to({ name: 'endingBatch', attempt, awaits: id });
};

/**
 * Sends the settlement's current message again, under a new trace number where the old one may have been sent (M6).
 * Where the acquirer turned to another batch before this one's end was sent, it begins anew, in the batch that there is.
 */
export const retrySettlement = (turn: Turn, attempt: number, unsent = false): Step => {
  if (!turn.state.signedOn) return signOn(turn, attempt);
  const { settlement, batch } = turn.book;
  if (settlement?.batch !== batch && !batchEndDue(turn.book)) return startSettlement(turn);
  if (!unsent) turn.record({ type: 'traceTaken', stan: turn.book.nextStan, purpose: 'settlement' });
  return continueSettlement(turn, attempt);
};
