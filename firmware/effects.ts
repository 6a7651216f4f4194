/**
 * What the machine asks for, done. One executor an effect: the mapped type makes a missing one a compile error. An
 * executor that owes an outcome gives one, always; a driver that throws instead of answering is a bug, which is
 * logged and counts as the least that can be known (`UNKNOWN`, `unanswered`).
 */

import type { Acquirer, FinancialRequest, LinkOutcome, UploadRecord } from '../hal/acquirer.ts';
import type { CardReader } from '../hal/card-reader.ts';
import type { DeviceFault, DeviceName } from '../hal/device.ts';
import type { Ledger } from '../hal/ledger.ts';
import type { OperatorAccounts } from '../hal/operators.ts';
import type { PinPad } from '../hal/pin-pad.ts';
import type { Printer, PrinterPlace, PrintVerdict, SlipDocument } from '../hal/printer.ts';
import type { EpochMs, SaleId } from '../hal/units.ts';
import { type Book, findSale, halfOf } from '../state-machine/book.ts';
import type { Effect, EffectOf, EffectType, Query, SlipRequest } from '../state-machine/effects.ts';
import type { Happening } from '../state-machine/events.ts';
import type { Fact } from '../state-machine/facts.ts';
import { nobody } from '../state-machine/going-on.ts';
import type { Rules } from '../state-machine/rules.ts';
import type { Found, Sale } from '../state-machine/sale.ts';
import { counts } from '../state-machine/standing.ts';
import type { CardMemory } from './card-memory.ts';
import type { Care } from './care.ts';
import { type Print, sixDigits } from './slips/slip.ts';
import type { SlipArchive } from './slips/slip-archive.ts';
import type { SlipMaker } from './slips/slip-maker.ts';

export interface EffectContext {
  readonly rules: Rules;
  readonly slips: SlipMaker;
  /** Where images of slips that are out are kept. */
  readonly archive?: Pick<SlipArchive, 'keep'>;
  /** The time of day, for the mark of a slip that is printed again. */
  readonly wall: () => EpochMs;
  readonly pinTimeoutMs: number;
  readonly cardReader: CardReader;
  readonly pinPad: PinPad;
  readonly printer: Printer;
  readonly acquirer: Acquirer;
  readonly ledger: Ledger<Fact>;
  readonly cards: CardMemory;
  /** Which of two printers is asked from here on; absent where there is one. */
  readonly usePrinter?: (place: PrinterPlace) => void;
  readonly find: (query: Query, book: Book) => Promise<{ readonly rows: readonly Found[]; readonly unread?: true }>;
  /** The PAN that was sealed when the card was read. */
  readonly unsealPan: (sealed: string) => string;
  readonly operators: OperatorAccounts;
  readonly care: Care;
  /** A device says why it failed, to be logged. */
  readonly fault: (fault: DeviceFault) => void;
  /** A driver threw: a bug, to be logged. */
  readonly bug: (where: EffectType, error: unknown) => void;
}

type Performed = Happening | undefined;

type Executors = {
  readonly [T in EffectType]: (effect: EffectOf<T>, book: Book) => Performed | Promise<Performed>;
};

/** Performs an effect against the book as it was after the step that asked for it; resolves with its outcome. */
export type Perform = (effect: Effect, book: Book) => Promise<Performed>;

/** A try that couldn't be counted lets nobody in. */
const notStored = { result: 'notStored' } as const;

const bugFault = (device: DeviceName): DeviceFault => ({
  device,
  code: 'failed',
  where: 'driver',
  what: 'The driver threw an error instead of answering.',
  remedy: 'Report it with the log.',
});

/** By all that can be known. */
const isOut = ({ verdict }: PrintVerdict): boolean => verdict === 'PRINTED' || verdict === 'UNVERIFIED';

/** Of the image of a slip: batch, voucher and which slip. */
const nameOf = ({ batch, stan }: Sale, slip: string): string => `${sixDigits(batch)}-${sixDigits(stan)}-${slip}`;

const requestOf = (sale: Sale): FinancialRequest => ({
  kind: sale.kind,
  stan: sale.stan,
  batch: sale.batch,
  amount: sale.amount,
  entry: sale.card.entry,
  pinEntered: sale.pinEntered,
  ...(sale.original !== undefined && { original: sale.original }),
});

export const makePerform = (context: EffectContext): Perform => {
  const { acquirer, printer, pinPad, cardReader, cards, slips, bug } = context;
  let pinKey: string | undefined;

  /** The outcome of a call, or what it counts as when the driver throws. */
  const guarded = async <T>(type: EffectType, call: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      bug(type, error);
      return otherwise;
    }
  };
  const unanswered: LinkOutcome = { outcome: 'unanswered', fault: bugFault('acquirer') };

  /**
   * A slip, and what stands on it beside the ledger's words: the ledger's short code, at its first print that of the
   * ledger's end; and of a further print who asked for it and when.
   */
  const slipOf = (request: SlipRequest, book: Book): { slip: SlipDocument; print: Print; name: string } => {
    const end = context.ledger.tailCode();
    const operator = book.operator ?? context.rules.operator ?? nobody;
    const printing = (number: number, code = end): Print =>
      number < 2 ? { number: 1, code } : { number, code, on: context.wall(), by: operator };
    if (request.slip === 'settlement') {
      const { lastSettlement } = book;
      if (lastSettlement === undefined) throw new Error('There is no settlement to print');
      const { printed, prints = printed ? 1 : 0, slipCode } = lastSettlement;
      const print = printing(prints + 1, slipCode);
      const slip = slips.settlement(lastSettlement, operator, print);
      return { slip, print, name: `${sixDigits(lastSettlement.batch)}-settlement` };
    }
    if (request.slip === 'report') {
      const print = printing(1);
      const at = context.wall();
      const made = { at, operator, code: end };
      return {
        slip:
          request.report === 'selfTest'
            ? slips.selfTest(book, made, request.checks ?? [])
            : slips[request.report](book, made),
        print,
        name: `${sixDigits(book.batch)}-${request.report}-${at}`,
      };
    }
    if (request.slip === 'archived') {
      const { sale } = request;
      const print = printing(sale.copies.merchant + 1, sale.slipCode);
      return counts(sale)
        ? { slip: slips.copy(sale, 'merchant', print), print, name: nameOf(sale, 'merchant') }
        : { slip: slips.end(sale, print), print, name: nameOf(sale, 'reversal') };
    }
    if (request.slip === 'query' || request.slip === 'incident') {
      const { sale } = request;
      const slip = request.slip === 'query' ? slips.query(sale, end) : slips.incident(sale, [request.record], end);
      return { slip, print: printing(1), name: nameOf(sale, `${request.slip}-${context.wall()}`) };
    }
    const sale = findSale(book, request.saleId);
    if (request.slip === 'reversal') {
      const again = sale.reversalSlipSays === sale.status;
      const print = printing(again ? request.number : 1);
      return { slip: slips.end(sale, print), print, name: nameOf(sale, `reversal-${sale.status}`) };
    }
    const print = printing(request.number, sale.slipCode);
    const copy = slips.copy(sale, request.slip, print);
    // The signed copy goes into the drawer; one that is printed again has its place.
    const opensDrawer = request.slip === 'merchant' && sale.status === 'approved';
    return { slip: opensDrawer ? { ...copy, opensDrawer } : copy, print, name: nameOf(sale, request.slip) };
  };

  const uploadRecord = (book: Book, id: SaleId): UploadRecord => {
    const sale = findSale(book, id);
    return { half: halfOf(sale), stan: sale.stan, pan: context.unsealPan(sale.card.sealedPan), amount: sale.amount };
  };

  const usePrinter = (book: Book): void => context.usePrinter?.(book.printer ?? 'first');

  const executors: Executors = {
    readCard: () => {
      cards.await();
      cardReader.enable();
      return undefined;
    },
    stopReading: () => {
      cards.stop();
      cardReader.disable();
      return undefined;
    },
    forgetCard: () => {
      cards.forget();
      return undefined;
    },
    askPin: async ({ type, id: effect, amount }) => {
      const { pan } = cards;
      if (pan === undefined || pinKey === undefined) return { type: 'pin', effect, outcome: 'failed' };
      const request = { pan, pinKey, amount, timeoutMs: context.pinTimeoutMs };
      const answer = await guarded(type, () => pinPad.requestPin(request), {
        outcome: 'failed',
        fault: bugFault('pinPad'),
      });
      if (answer.outcome === 'entered') cards.takePinBlock(answer.block);
      if (answer.outcome === 'failed') context.fault(answer.fault);
      return { type: 'pin', effect, outcome: answer.outcome };
    },
    cancelPin: () => {
      pinPad.cancel();
      return undefined;
    },
    checkPrinter: async ({ type, id: effect }, book) => {
      usePrinter(book);
      const readiness = await guarded(type, () => printer.checkReady(), { ready: false, cause: 'silence' });
      return { type: 'printerChecked', effect, readiness };
    },
    print: async ({ type, id: effect, slip }, book) => {
      usePrinter(book);
      const { slip: document, print, name } = slipOf(slip, book);
      const verdict = await guarded(type, () => printer.print(document), { verdict: 'UNKNOWN', cause: 'silence' });
      const { number, ...onPaper } = print;
      if (isOut(verdict)) context.archive?.keep({ name: `${name}-${number}`, at: context.wall(), document });
      return { type: 'printed', effect, verdict, ...onPaper };
    },
    cancelPrint: async ({ type, id: effect }, book) => {
      usePrinter(book);
      const { confirmed } = await guarded(type, () => printer.cancel(), { confirmed: false });
      return { type: 'printCancelled', effect, confirmed };
    },
    signOn: async ({ type, id: effect, ...request }) => {
      const answer = await guarded(type, () => acquirer.signOn(request), unanswered);
      if (answer.outcome === 'signedOn') pinKey = answer.pinKey;
      return { type: 'signOnAnswered', effect, answer };
    },
    signOff: async ({ type, id: effect, ...request }) => {
      pinKey = undefined;
      return {
        type: 'signOffAnswered',
        effect,
        answer: await guarded(type, () => acquirer.signOff(request), unanswered),
      };
    },
    authorise: async ({ type, id: effect, saleId }, book) => {
      const secrets = cards.secrets();
      const answer = await guarded(
        type,
        async () => {
          if (secrets === undefined) throw new Error('The card is gone from memory before its request was sent');
          return acquirer.authorise(requestOf(findSale(book, saleId)), secrets);
        },
        unanswered,
      );
      return { type: 'authorised', effect, answer };
    },
    inquire: async ({ type, id: effect, stan, batch, pinEntered }) => {
      const secrets = cards.secrets();
      const answer = await guarded(
        type,
        async () => {
          if (secrets === undefined) throw new Error('The card is gone from memory before its request was sent');
          return acquirer.balance({ stan, batch, entry: 'swipe', pinEntered }, secrets);
        },
        unanswered,
      );
      return { type: 'balanceAnswered', effect, answer };
    },
    reverse: async ({ type, id: effect, saleId, reason }, book) => {
      const sale = findSale(book, saleId);
      const code = sale.approval?.authorisationCode;
      const request = { ...requestOf(sale), reason, ...(code !== undefined && { authorisationCode: code }) };
      return {
        type: 'reversalAnswered',
        effect,
        answer: await guarded(type, () => acquirer.reverse(request), unanswered),
      };
    },
    settle: async ({ type, id: effect, ...request }) => ({
      type: 'settlementAnswered',
      effect,
      answer: await guarded(type, () => acquirer.settle(request), unanswered),
    }),
    upload: async ({ type, id: effect, stan, batch, saleIds }, book) => {
      const answer = await guarded(
        type,
        async () => acquirer.upload({ stan, batch, records: saleIds.map((id) => uploadRecord(book, id)) }),
        unanswered,
      );
      return { type: 'uploadAnswered', effect, answer };
    },
    uploadOne: async ({ type, id: effect, stan, batch, saleId }, book) => {
      const answer = await guarded(
        type,
        async () => {
          const sale = findSale(book, saleId);
          const pan = context.unsealPan(sale.card.sealedPan);
          return acquirer.uploadOne({ stan, batch, pan, request: requestOf(sale) });
        },
        unanswered,
      );
      return { type: 'uploadAnswered', effect, answer };
    },
    find: async ({ type, id: effect, query }, book) => ({
      type: 'found',
      effect,
      ...(await guarded(type, () => context.find(query, book), { rows: [], unread: true })),
    }),
    endBatch: async ({ type, id: effect, ...request }) => ({
      type: 'uploadAnswered',
      effect,
      answer: await guarded(type, () => acquirer.endBatch(request), unanswered),
    }),
    checkPassword: async ({ type, id: effect, operator, password }) => ({
      type: 'passwordChecked',
      effect,
      answer: await guarded(type, () => context.operators.check(operator, password), notStored),
    }),
    changePassword: async ({ type, id: effect, operator, old, password }) => ({
      type: 'accountAnswered',
      effect,
      answer: await guarded(type, () => context.operators.change(operator, old, password), notStored),
    }),
    addOperator: async ({ type, id: effect, operator, password, by }) => ({
      type: 'accountAnswered',
      effect,
      answer: await guarded(type, () => context.operators.add(operator, password, by), notStored),
    }),
    removeOperator: async ({ type, id: effect, operator, by, current }) => ({
      type: 'accountAnswered',
      effect,
      answer: await guarded(type, () => context.operators.remove(operator, by, current), notStored),
    }),
    listOperators: async ({ type, id: effect }) => ({
      type: 'operatorsListed',
      effect,
      operators: await guarded(type, () => context.operators.ids(), []),
    }),
    listParameters: async ({ type, id: effect }) => ({
      type: 'parametersListed',
      effect,
      parameters: await guarded(type, () => context.care.parameters(), []),
    }),
    writeParameter: async ({ type, id: effect, key, digits }) => ({
      type: 'parameterWritten',
      effect,
      answer: await guarded(type, () => context.care.writeParameter(key, digits), notStored),
    }),
    tellVersion: ({ id: effect }) => ({ type: 'versionTold', effect, version: context.care.version() }),
    selfTest: async ({ type, id: effect }) => ({
      type: 'selfTested',
      effect,
      checks: await guarded(type, () => context.care.selfTest(), []),
    }),
    switchTraining: async ({ type, id: effect, on }) => ({
      type: 'trainingSwitched',
      effect,
      stored: await guarded(type, () => context.care.switchTraining(on), false),
    }),
    restart: () => {
      context.care.restart();
      return undefined;
    },
  };

  return async (effect, book) =>
    (executors[effect.type] as (e: Effect, b: Book) => Performed | Promise<Performed>)(effect, book);
};
