/**
 * 交易查询: transactions of the open batch and of all that are kept, by what is known of them. Every match is told, the
 * newest first; none is picked (001-15). A scan is enough, a batch at a time.
 */
import type { LedgerStore } from '../drivers/ledger/ledger-store.ts';
import { errorCode } from '../drivers/storage/file-system.ts';
import type { TransactionKind } from '../hal/acquirer.ts';
import type { EpochMs, MinorUnits, SaleId } from '../hal/units.ts';
import { type Book, fold } from '../state-machine/book.ts';
import type { Fact } from '../state-machine/facts.ts';
import { holdOf } from '../state-machine/holds.ts';
import { kinds } from '../state-machine/kinds.ts';
import type { Found, Hold, Sale, SaleStatus } from '../state-machine/sale.ts';
import { counts, endsOriginal, takes, takingFrom } from '../state-machine/standing.ts';

/** From and to, both included. */
export interface Range<T> {
  readonly from?: T;
  readonly to?: T;
}

/** What is not named fits. */
export interface Criteria {
  /** 批次号, as it stands on the slip. */
  readonly batch?: number;
  /** 凭证号. */
  readonly voucher?: number;
  /** 参考号. */
  readonly reference?: string;
  /** 授权码. */
  readonly authorisationCode?: string;
  readonly amount?: Range<MinorUnits>;
  readonly time?: Range<EpochMs>;
  /** The last four digits. */
  readonly cardTail?: string;
  readonly status?: SaleStatus;
  readonly operator?: string;
  readonly orderNumber?: string;
  readonly kind?: TransactionKind;
}

export interface Match extends Found {
  /** What later transactions did to it, or may have done: its void, increments, completion, refunds; the oldest first. */
  readonly takers: readonly Sale[];
  /** 挂失, as the newest batch knows. */
  readonly held: boolean;
}

const isIn = <T extends number>(value: T, { from, to }: Range<T> = {}): boolean =>
  (from === undefined || value >= from) && (to === undefined || value <= to);

const is = <T>(value: T, wanted: T | undefined): boolean => wanted === undefined || value === wanted;

/** Its own, and those of an original that isn't here: they were typed from its slip. */
const numbersOf = ({ approval, original }: Sale) =>
  original === undefined || original.saleId !== undefined ? [approval] : [approval, original];

const fits = (sale: Sale, wanted: Criteria): boolean =>
  is<number>(sale.batch, wanted.batch) &&
  is<number>(sale.stan, wanted.voucher) &&
  numbersOf(sale).some(
    (numbers) =>
      is(numbers?.retrievalReference, wanted.reference) && is(numbers?.authorisationCode, wanted.authorisationCode),
  ) &&
  isIn(sale.amount, wanted.amount) &&
  isIn(sale.at, wanted.time) &&
  sale.card.masked.endsWith(wanted.cardTail ?? '') &&
  is(sale.status, wanted.status) &&
  is(sale.operator, wanted.operator) &&
  is(sale.orderNumber, wanted.orderNumber) &&
  is(sale.kind, wanted.kind);

/** What is left of it to refund, or of a pre-authorisation what is held; nothing, once it was voided or completed. */
const leftOf = (sale: Sale, takers: readonly Sale[]): MinorUnits => {
  const does = ({ kind }: Sale) => kinds[kind].about?.amount;
  const isOver = takers.some(endsOriginal);
  if (!counts(sale) || sale.voidedBy !== undefined || isOver) return 0 as MinorUnits;
  const change = (taker: Sale): number => (does(taker) === 'more' ? 1 : -1) * taker.amount;
  const left = takers.reduce<number>((sum, taker) => sum + change(taker), sale.amount);
  return Math.max(0, left) as MinorUnits;
};

/** Whether there is a kind that gives back a part of it. */
export const isRefundable = (kind: TransactionKind): boolean =>
  Object.values(kinds).some(({ about }) => about?.amount === 'part' && about.kinds.includes(kind));

/**
 * Looks through one batch after the other, **the newest first**: so what later ones have done to a transaction, or know of
 * it since, is known when it is come to.
 */
export class Search {
  readonly #wanted: Criteria;
  readonly #takers = new Map<SaleId, readonly Sale[]>();
  /** What was carried into a later batch, as that one left it. */
  readonly #carried = new Map<SaleId, Sale>();
  #holds: readonly Hold[] | undefined;

  constructor(wanted: Criteria) {
    this.#wanted = wanted;
  }

  /** The matches in the next older batch, the newest first. */
  look(book: Pick<Book, 'sales' | 'carried' | 'holds'>): readonly Match[] {
    this.#holds ??= book.holds;
    const holds = this.#holds;
    const latest = book.sales.map((sale) => this.#latest(sale));
    // What was in doubt then, and not booked as it turned out later, has given back what it took here.
    const givenBack = book.sales.filter((sale, index) => takes(sale) && !takes(latest[index] ?? sale));
    const sales = givenBack.reduce<readonly Sale[]>((known, sale) => takingFrom(known, sale, -1), latest);
    const ofThisBatch = sales.toReversed();
    for (const taker of ofThisBatch.filter(takes)) {
      const id = taker.original?.saleId;
      if (id !== undefined) this.#takers.set(id, [taker, ...(this.#takers.get(id) ?? [])]);
    }
    for (const sale of book.carried) if (!this.#carried.has(sale.id)) this.#carried.set(sale.id, sale);
    return ofThisBatch
      .filter((sale) => fits(sale, this.#wanted))
      .map((sale) => {
        const takers = this.#takers.get(sale.id) ?? [];
        return { sale, left: leftOf(sale, takers), takers, held: holdOf(holds, sale.id) !== undefined };
      });
  }

  #latest(sale: Sale): Sale {
    const latest = this.#carried.get(sale.id) ?? sale;
    this.#carried.delete(sale.id);
    return latest;
  }
}

/**
 * The batches of a ledger, the newest first, each read when it is come to and not kept.
 *
 * @param flawed is told of a batch that isn't intact; up to the flaw it is read
 */
export function* booksOf(
  store: Pick<LedgerStore<Fact>, 'generations' | 'readArchive'>,
  flawed: (path: string, what: string) => void = () => undefined,
): Generator<Book> {
  for (const generation of store.generations().toReversed()) {
    let reading: ReturnType<typeof store.readArchive>;
    try {
      reading = store.readArchive(generation);
    } catch (error) {
      // The terminal has removed it meanwhile, being too old; and so it did those before.
      if (errorCode(error) === 'ENOENT') return;
      throw error;
    }
    if (!reading.verdict.intact) flawed(reading.path, reading.verdict.what);
    yield fold(reading.facts);
  }
}
