/**
 * The book: what the facts add up to. `apply` takes one fact, `fold` takes them all; both are total over legal
 * lines of facts and throw on an illegal one, such as the capture of a reversed sale: that is a bug or an altered
 * ledger, and trading stops.
 */
import type { BatchTotals, HalfTotals, SettlementFlag, TransactionKind } from '../hal/acquirer.ts';
import type { PrinterPlace } from '../hal/printer.ts';
import type { BatchNumber, EpochMs, MinorUnits, SaleId, Stan } from '../hal/units.ts';
import { dayOf } from './calendar.ts';
import type { Fact, FactOf } from './facts.ts';
import { holdOf, withHold, withoutHold } from './holds.ts';
import { kinds } from './kinds.ts';
import {
  type CardToken,
  type Copy,
  copiesOf,
  type DayTotal,
  type Hold,
  type LastSettlement,
  printsOf,
  type Sale,
  type SaleStatus,
  type SlipCopy,
} from './sale.ts';
import type { SlipFace } from './slip-face.ts';
import { counts, leftOf, mayBeAbout, mayTakeDifference, stands, takingFrom } from './standing.ts';

export interface SettlementProgress {
  /**
   * The batch that is settled. Its messages carry this number to the end, also when a sign-on has given another one
   * meanwhile: an acquirer that accepted the batch end is in the next batch already, though its answer was lost.
   */
  readonly batch: BatchNumber;
  /** The trace number of the message that is to be sent, or was sent last. */
  readonly stan: Stan;
  readonly startedAt: EpochMs;
  readonly totals: BatchTotals;
  readonly operator?: string;
  /** Absent until the acquirer answered the totals. */
  readonly flags?: { readonly domestic: SettlementFlag; readonly foreign: SettlementFlag };
  /** How many of `toUpload` the acquirer has. */
  readonly uploaded: number;
}

export interface Book {
  readonly provisioned: boolean;
  /** Whose book it is: field 41 of all that is open in it. */
  readonly terminalId: string;
  /** The batch that the acquirer was in at the last sign-on: what is sold now belongs to it. */
  readonly batch: BatchNumber;
  readonly nextStan: Stan;
  /** All transactions of the batch, in the order of their intents. */
  readonly sales: readonly Sale[];
  /** Transactions of closed batches that still owe a slip, or are in doubt. */
  readonly carried: readonly Sale[];
  /** Of this batch and of closed ones. */
  readonly holds: readonly Hold[];
  readonly day?: DayTotal;
  /** The first when not told. */
  readonly printer?: PrinterPlace;
  readonly locked?: true;
  /** 签退: since the last sign-on. */
  readonly signedOff?: true;
  /** Who is signed on; the one of the configuration when not told. */
  readonly operator?: string;
  readonly settlement?: SettlementProgress;
  readonly lastSettlement?: LastSettlement;
  /** When it was maintained last, or put into service; unknown where the ledger is older than such facts. */
  readonly maintainedAt?: EpochMs;
  /** What slips are made with now. */
  readonly face?: SlipFace;
}

export const emptyBook: Book = {
  provisioned: false,
  terminalId: '',
  batch: 1 as BatchNumber,
  nextStan: 1 as Stan,
  sales: [],
  carried: [],
  holds: [],
};

/** The number after this one; 999 999 is followed by 1. */
export const following = <N extends Stan | BatchNumber>(n: N): N => (n >= 999_999 ? 1 : n + 1) as N;

const isOpen = (sale: Sale): boolean =>
  sale.status === 'intended' || sale.status === 'approved' || sale.status === 'reversalRequired';

/** The one transaction that isn't closed. There is never a second: M5. */
export const openSale = (book: Book): Sale | undefined => {
  const last = book.sales.at(-1);
  return last !== undefined && isOpen(last) ? last : undefined;
};

export const findSale = (book: Book, id: SaleId): Sale => {
  const sale = book.sales.findLast((each) => each.id === id) ?? book.carried.find((each) => each.id === id);
  if (sale === undefined) throw new Error(`No sale ${id} in the book`);
  return sale;
};

/** Transactions without a reversal that were never answered: a supervisor must find out (M2). */
export const doubtful = (book: Book): readonly Sale[] =>
  [...book.carried, ...book.sales].filter(({ status }) => status === 'inDoubt');

/** A sale of the same card and amount that stands, made at or after that time: the customer may have paid already. */
export const twinOf = (book: Book, card: CardToken, amount: MinorUnits, since: EpochMs): Sale | undefined =>
  book.sales.findLast(
    (sale) =>
      sale.kind === 'sale' &&
      stands(sale) &&
      sale.card.cardHash === card.cardHash &&
      sale.amount === amount &&
      sale.at >= since,
  );

/** What was taken on the day of that time so far; what was voided or refunded since doesn't lessen it. */
export const takenOn = (book: Book, at: EpochMs): number => (book.day?.day === dayOf(at) ? book.day.amount : 0);

/** 内卡 or 外卡, by the card organisation that the acquirer named; nothing named counts as domestic. */
export const halfOf = (sale: Sale): 'domestic' | 'foreign' => {
  const organisation = sale.approval?.cardOrganisation ?? '';
  return organisation === '' || organisation === 'CUP' ? 'domestic' : 'foreign';
};

export const totalsOf = (book: Book): BatchTotals => {
  const half = (which: 'domestic' | 'foreign'): HalfTotals => {
    const tally = (column: 'debit' | 'credit') => {
      const chosen = book.sales.filter((s) => counts(s) && halfOf(s) === which && kinds[s.kind].column === column);
      const amount = chosen.reduce((sum, sale) => sum + sale.amount, 0) as MinorUnits;
      return { amount, count: chosen.length };
    };
    return { debit: tally('debit'), credit: tally('credit') };
  };
  return { domestic: half('domestic'), foreign: half('foreign') };
};

/**
 * What a batch upload carries, of each half that the acquirer didn't call balanced: first the records, then what takes a
 * message to itself. A record tells no kind, so that only what stands is in it: neither a voided sale nor its void.
 * A message of its own is refused where the acquirer left its batch by itself, in this batch and again and again (M10):
 * it has it already, in the batch in which it approved it.
 */
export const toUpload = (book: Book): readonly Sale[] => {
  const { flags, batch } = book.settlement ?? {};
  if (flags === undefined) return [];
  const due = (how: 'record' | 'message'): readonly Sale[] =>
    book.sales.filter((sale) => stands(sale) && kinds[sale.kind].upload === how && flags[halfOf(sale)] !== 'balanced');
  return [...due('record'), ...due('message').filter((sale) => sale.batch === batch)];
};

/** What the batch has taken, less what it has given back: a refund beyond it would take other batches' money (003-14). */
export const netOf = (book: Book): number => {
  const { domestic, foreign } = totalsOf(book);
  return domestic.debit.amount + foreign.debit.amount - domestic.credit.amount - foreign.credit.amount;
};

/**
 * Whether the settlement has come to its batch end, which the acquirer may have accepted already: then the number of
 * its batch stays. Before, another number says that the acquirer doesn't know this batch any more.
 */
export const batchEndDue = (book: Book): boolean =>
  book.settlement?.flags !== undefined && book.settlement.uploaded >= toUpload(book).length;

/** Slips of what stands that didn't come out yet, oldest first: the unprinted queue. */
export const copiesDue = (book: Book): readonly { readonly sale: Sale; readonly copy: SlipCopy }[] =>
  [...book.carried, ...book.sales].filter(stands).flatMap((sale) =>
    copiesOf(sale)
      .filter((copy) => printsOf(sale, copy) === 0)
      .map((copy) => ({ sale, copy })),
  );

/**
 * The sales whose reversal slip is due: reversed, handed over, or under reversal after their slip was begun; and what the
 * last slip said of them isn't so any more. First those whose own slip may be out, or still come: theirs must be the next
 * thing printed (M4). Of each sort the oldest first.
 */
export const reversalSlipsDue = (book: Book): readonly Sale[] => {
  const due = [...book.carried, ...book.sales].filter((sale) => {
    const ended = sale.status === 'reversed' || sale.status === 'handedOver' || sale.status === 'inDoubt';
    const mayBeOut = sale.status === 'reversalRequired' && sale.approval !== undefined;
    return (ended || mayBeOut) && sale.reversalSlipSays !== sale.status;
  });
  const wasBegun = ({ approval }: Sale): boolean => approval !== undefined;
  return [...due.filter(wasBegun), ...due.filter((sale) => !wasBegun(sale))];
};

/** From which states a fact may take a sale, and to which. A row that isn't here is illegal. */
const legalFrom: { readonly [T in Fact['type']]?: readonly SaleStatus[] } = {
  notSent: ['intended'],
  declined: ['intended'],
  approved: ['intended'],
  captured: ['approved'],
  keptBySupervisor: ['approved'],
  slipOwed: ['approved'],
  inDoubt: ['intended'],
  reversalRequired: ['intended', 'approved'],
  reversed: ['reversalRequired'],
  handedOver: ['reversalRequired', 'inDoubt'],
};

const withSale = (book: Book, fact: Fact & { readonly saleId: SaleId }, change: (sale: Sale) => Sale): Book => {
  const edit = (list: readonly Sale[]): readonly Sale[] | undefined => {
    const index = list.findLastIndex((sale) => sale.id === fact.saleId);
    const sale = list[index];
    if (sale === undefined) return undefined;
    const from = legalFrom[fact.type];
    if (from !== undefined && !from.includes(sale.status)) {
      throw new Error(`A ${sale.status} sale can't be ${fact.type} (voucher ${sale.stan})`);
    }
    return list.with(index, change(sale));
  };
  const sales = edit(book.sales);
  if (sales !== undefined) return { ...book, sales };
  const carried = edit(book.carried);
  if (carried === undefined) throw new Error(`${fact.type} of a sale that isn't in the book: ${fact.saleId}`);
  return { ...book, carried };
};

/** What a transaction that came to stand does beside: to the one that it is about, and to the day's total. */
const standing = (book: Book, { saleId }: { readonly saleId: SaleId }): Book => {
  const sale = findSale(book, saleId);
  const { amount, at, kind } = sale;
  const taken = { ...book, sales: takingFrom(book.sales, sale, 1) };
  if (kinds[kind].column !== 'debit') return taken;
  return { ...taken, day: { day: dayOf(at), amount: (takenOn(book, at) + amount) as MinorUnits } };
};

const taking = (book: Book, stan: Stan): Book => {
  if (stan !== book.nextStan) throw new Error(`Trace number ${stan} is out of order; ${book.nextStan} is next`);
  return { ...book, nextStan: following(stan) };
};

/** Of a completion how far it may exceed is the shop's policy. */
const fits = (kind: TransactionKind, amount: MinorUnits, about: Sale): boolean => {
  switch (kinds[kind].about?.amount) {
    case 'whole':
      return amount === leftOf(about);
    case 'part':
      return amount <= leftOf(about);
    default:
      return true;
  }
};

const intend = (book: Book, fact: FactOf<'intended'>): Book => {
  const open = openSale(book);
  if (open !== undefined) throw new Error(`A second sale was begun while voucher ${open.stan} is open (M5)`);
  if (book.settlement !== undefined) throw new Error('A sale was begun during a settlement (M7)');
  const { type: _, saleId: id, ...entered } = fact;
  const { kind, stan, amount, original, differenceOf } = entered;
  if (holdOf(book.holds, original?.saleId) !== undefined) throw new Error(`Voucher ${stan} is about one that is held`);
  // One of a batch that is closed isn't in the book: what is left of it was looked up in its ledger.
  const about = book.sales.find((sale) => sale.id === original?.saleId);
  if (about !== undefined && !(mayBeAbout(kind, about) && fits(kind, amount, about))) {
    throw new Error(`Voucher ${about.stan} can't take the ${kind} of voucher ${stan}`);
  }
  const less = book.sales.find((sale) => sale.id === differenceOf?.saleId);
  if (less !== undefined && !mayTakeDifference(less)) {
    throw new Error(`Voucher ${stan} can't make up for voucher ${less.stan}`);
  }
  const sale: Sale = {
    id,
    ...entered,
    batch: book.batch,
    status: 'intended',
    copies: { merchant: 0, cardholder: 0, reversal: 0 },
    ...(book.face !== undefined && { face: book.face }),
  };
  return { ...taking(book, stan), sales: [...book.sales, sale] };
};

const printed = (sale: Sale, copy: Copy, { number, code }: { number: number; code?: string }): Sale => {
  const copies = { ...sale.copies, [copy]: number };
  if (copy === 'reversal') return { ...sale, copies, reversalSlipSays: sale.status };
  const slipCode = sale.slipCode ?? code;
  return { ...sale, copies, ...(slipCode !== undefined && { slipCode }) };
};

const settlementPrinted = (settled: LastSettlement, { code }: FactOf<'settlementPrinted'>): LastSettlement => {
  const slipCode = settled.slipCode ?? code;
  const prints = (settled.prints ?? 0) + 1;
  return { ...settled, printed: true, prints, ...(slipCode !== undefined && { slipCode }) };
};

const faceOf = ({ face }: FactOf<'batchOpened'>): { readonly face?: SlipFace } => (face === undefined ? {} : { face });

export const settling = (book: Book): SettlementProgress => {
  if (book.settlement === undefined) throw new Error('A settlement goes on that was never started');
  return book.settlement;
};

export const apply = (book: Book, fact: Fact): Book => {
  switch (fact.type) {
    case 'provisioned':
      return {
        ...emptyBook,
        provisioned: true,
        terminalId: fact.terminalId,
        batch: fact.batch,
        nextStan: fact.nextStan,
        maintainedAt: fact.at,
      };
    case 'slipFace':
      return { ...book, face: fact.face };
    case 'traceTaken': {
      const taken = taking(book, fact.stan);
      return fact.purpose === 'settlement' ? { ...taken, settlement: { ...settling(book), stan: fact.stan } } : taken;
    }
    case 'signedOn': {
      const { signedOff: _, ...known } = book;
      return { ...known, batch: fact.batch };
    }
    case 'signedOff':
      return { ...book, signedOff: true };
    case 'intended':
      return intend(book, fact);
    case 'notSent':
      return withSale(book, fact, (sale) => ({ ...sale, status: 'notSent' }));
    case 'declined':
      return withSale(book, fact, (sale) => ({ ...sale, status: 'declined', responseCode: fact.responseCode }));
    case 'approved':
      return withSale(book, fact, (sale) => ({ ...sale, status: 'approved', approval: fact.approval }));
    case 'captured':
      return standing(
        withSale(book, fact, (sale) => ({ ...printed(sale, 'merchant', fact), status: 'captured' })),
        fact,
      );
    case 'keptBySupervisor':
    case 'slipOwed':
      return standing(
        withSale(book, fact, (sale) => ({ ...sale, status: 'kept' })),
        fact,
      );
    case 'inDoubt': {
      // It may have been booked: nobody refunds the same money twice.
      const doubted = withSale(book, fact, (sale) => ({ ...sale, status: 'inDoubt', reason: fact.reason }));
      return { ...doubted, sales: takingFrom(doubted.sales, findSale(doubted, fact.saleId), 1) };
    }
    case 'reversalRequired':
      return withSale(book, fact, (sale) => ({ ...sale, status: 'reversalRequired', reason: fact.reason }));
    case 'reversed':
      return withSale(book, fact, (sale) => ({ ...sale, status: 'reversed', responseCode: fact.responseCode }));
    case 'handedOver': {
      const before = findSale(book, fact.saleId);
      const { incident, booked } = fact;
      const closed = withSale(book, fact, (sale) => ({
        ...sale,
        status: 'handedOver',
        incident,
        ...(booked !== undefined && { booked }),
      }));
      const givesBack = before.status === 'inDoubt' && booked === false;
      return givesBack ? { ...closed, sales: takingFrom(closed.sales, before, -1) } : closed;
    }
    case 'printed':
      return withSale(book, fact, (sale) => printed(sale, fact.copy, fact));
    case 'settlementStarted':
      return {
        ...taking(book, fact.stan),
        settlement: {
          batch: book.batch,
          stan: fact.stan,
          startedAt: fact.at,
          totals: fact.totals,
          uploaded: 0,
          ...(fact.operator !== undefined && { operator: fact.operator }),
        },
      };
    case 'settlementAnswered': {
      const { domestic, foreign, stan } = fact;
      return { ...taking(book, stan), settlement: { ...settling(book), stan, flags: { domestic, foreign } } };
    }
    case 'uploaded':
      return {
        ...taking(book, fact.stan),
        settlement: { ...settling(book), stan: fact.stan, uploaded: fact.count },
      };
    case 'batchOpened':
      return {
        provisioned: true,
        terminalId: fact.terminalId,
        batch: fact.batch,
        nextStan: fact.nextStan,
        sales: [],
        carried: [],
        holds: [],
        lastSettlement: { ...fact.settled, ...faceOf(fact) },
        ...faceOf(fact),
        ...(fact.day !== undefined && { day: fact.day }),
        ...(fact.printer !== undefined && { printer: fact.printer }),
        ...(fact.locked && { locked: true as const }),
        ...(fact.operator !== undefined && { operator: fact.operator }),
        ...(fact.maintainedAt !== undefined && { maintainedAt: fact.maintainedAt }),
      };
    case 'carried':
      return { ...book, carried: [...book.carried, fact.sale] };
    case 'held':
      return { ...book, holds: withHold(book.holds, fact) };
    case 'released':
      return { ...book, holds: withoutHold(book.holds, fact) };
    case 'settlementPrinted':
      if (book.lastSettlement === undefined)
        throw new Error('A settlement slip was printed and there was no settlement');
      return { ...book, lastSettlement: settlementPrinted(book.lastSettlement, fact) };
    case 'operatorSignedOn':
      return { ...book, operator: fact.operator };
    case 'operatorSignedOff': {
      const { operator: _, ...nobody } = book;
      return nobody;
    }
    case 'accountEvent':
    case 'incidentRecorded':
    case 'asked':
      return book;
    case 'locked':
      return { ...book, locked: true };
    case 'unlocked': {
      const { locked: _, ...unlocked } = book;
      return unlocked;
    }
    case 'printerChosen':
      return { ...book, printer: fact.printer };
    case 'maintained':
      return { ...book, maintainedAt: fact.at };
    case 'parameterChanged':
    case 'trainingChosen':
    case 'reprinted':
      return book;
  }
};

export const fold = (facts: Iterable<Fact>, onto: Book = emptyBook): Book => {
  let book = onto;
  for (const fact of facts) book = apply(book, fact);
  return book;
};
