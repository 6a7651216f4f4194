import type { HalfTotals, Tally, Totals } from './reconciliation.ts';
import type { TradeKind } from './rules.ts';

/** A card that the acquirer's issuers know. */
export interface BenchCard {
  readonly pan: string;
  /** 4 … 12 digits. Without it any well-formed PIN is right; a sale without PIN is taken on any card. */
  readonly pin?: string;
  /** Institution of the issuer, up to 11 letters and digits (field 44). */
  readonly issuer: string;
  /** What it can spend, in 分. Without it, anything. */
  readonly balance?: number;
  /** 外卡: counted in the foreign half of the settlement, and not `CUP` in field 63. */
  readonly foreign?: boolean;
}

export type Half = 'domestic' | 'foreign';
export const halfOf = (card: BenchCard | undefined): Half => (card?.foreign === true ? 'foreign' : 'domestic');

/** A trade as the acquirer holds it. */
export interface BookEntry {
  readonly kind: TradeKind;
  /** What it voids, refunds or completes. */
  readonly about?: Key;
  /** Of a completion: the hold that it ends, in 分. */
  readonly released?: number;
  /** Field 13 of its answer. */
  readonly hostDate?: string;
  /** Of a void: the STAN of the sale, in the same batch. */
  readonly voids?: number;
  readonly batch: number;
  readonly stan: number;
  /** In 分. */
  readonly amount: number;
  /** First six and last four digits. */
  readonly pan: string;
  readonly half: Half;
  readonly at: Date;
  readonly state: 'approved' | 'declined' | 'reversed';
  /** Field 39 of its answer. */
  readonly responseCode: string;
  /** Field 37 of its answer. */
  readonly retrievalReference: string;
  /** Field 38 of its answer; empty on a declined one. */
  readonly authorisationCode: string;
  /** Its batch is closed, and terminal and acquirer agree on it. */
  readonly settled: boolean;
  /** A record of it came in a batch upload (批上送). */
  readonly uploaded: boolean;
}

/** The key of a request on one terminal. */
export interface Key {
  readonly batch: number;
  readonly stan: number;
}

/** One transaction of a batch upload. */
export interface UploadedRecord {
  readonly half: Half;
  readonly stan: number;
  readonly pan: string;
  readonly amount: number;
}

/** In what an upload and the book differ over one transaction. */
export interface UploadDifference {
  readonly stan: number;
  readonly what: 'notInBook' | 'notApproved' | 'half' | 'card' | 'amount' | 'notUploaded';
}

interface Posting {
  entry: BookEntry;
  /** In clear; it never leaves the book. */
  readonly pan: string;
}

export const maskPan = (pan: string): string =>
  pan.length < 13 ? '*'.repeat(pan.length) : pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);

const keyOf = ({ batch, stan }: Key): string => `${batch}/${stan}`;

/** The acquirer's own ledger of one terminal: what it really booked, whatever the terminal believes. */
export class Book {
  readonly #cards: ReadonlyMap<string, BenchCard>;
  readonly #balances = new Map<string, number>();
  readonly #postings = new Map<string, Posting>();
  readonly #reversedUnseen = new Map<string, Key>();
  readonly #uploads = new Map<number, Map<number, UploadedRecord>>();

  constructor(cards: readonly BenchCard[]) {
    this.#cards = new Map(cards.map((card) => [card.pan, card]));
    for (const { pan, balance } of cards) if (balance !== undefined) this.#balances.set(pan, balance);
  }

  card(pan: string): BenchCard | undefined {
    return this.#cards.get(pan);
  }

  canSpend(pan: string, amount: number): boolean {
    return amount <= (this.#balances.get(pan) ?? Number.POSITIVE_INFINITY);
  }

  /** What is left on a card, in 分; undefined when it has no limit. */
  balance(pan: string): number | undefined {
    return this.#balances.get(pan);
  }

  /** Every sale and void that was decided on its merits, in the order of arrival. One refused before (A0, 30, 77, 94, 97) is not. */
  entries(): BookEntry[] {
    return [...this.#postings.values()].map(({ entry }) => entry);
  }

  find(key: Key): BookEntry | undefined {
    return this.#postings.get(keyOf(key))?.entry;
  }

  /** True when that card made that sale. */
  isOf(key: Key, pan: string): boolean {
    return this.#postings.get(keyOf(key))?.pan === pan;
  }

  /** Amount in 分 that is approved, not reversed and not settled; a void takes its sale away. */
  openTotal(): number {
    const open = this.entries().filter(({ state, settled }) => state === 'approved' && !settled);
    return open.reduce((sum, entry) => sum + booked(entry), 0);
  }

  /** True when an approved void of that sale stands. */
  isVoided({ batch, stan }: Key): boolean {
    return this.#of(batch).some((entry) => entry.voids === stan && entry.state === 'approved');
  }

  /** What is about that one and stands, in whatever batch. */
  #about({ batch, stan }: Key): readonly BookEntry[] {
    return this.entries().filter(
      ({ about, state }) => about?.batch === batch && about.stan === stan && state === 'approved',
    );
  }

  /** Voided, or completed: nothing more may be about it. */
  isEnded(key: Key): boolean {
    return (
      this.isVoided(key) ||
      this.#about(key).some(({ kind }) => kind !== 'refund' && kind !== 'preAuthorisationIncrement')
    );
  }

  /** What stands by it, in 分: of a pre-authorisation with what was added to it (追加预授权). */
  standing(entry: BookEntry): number {
    return this.#about(entry).reduce(
      (sum, { kind, amount }) => (kind === 'preAuthorisationIncrement' ? sum + amount : sum),
      entry.amount,
    );
  }

  /** How much of it was given back, in 分. */
  refunded(key: Key): number {
    return this.#about(key).reduce((sum, { kind, amount }) => (kind === 'refund' ? sum + amount : sum), 0);
  }

  /** By field 37 and the day of its approval; a terminal tells no more of a refund's original. */
  withReference(reference: string, date: string, pan: string): BookEntry | undefined {
    return this.#latest(pan, (entry) => entry.retrievalReference === reference && entry.hostDate === date);
  }

  /** A pre-authorisation by its code and day. */
  withCode(code: string, date: string, pan: string): BookEntry | undefined {
    return this.#latest(
      pan,
      (entry) => entry.kind === 'preAuthorisation' && entry.authorisationCode === code && entry.hostDate === date,
    );
  }

  #latest(pan: string, fits: (entry: BookEntry) => boolean): BookEntry | undefined {
    return [...this.#postings.values()].findLast((posting) => posting.pan === pan && fits(posting.entry))?.entry;
  }

  post(sale: Omit<BookEntry, 'pan' | 'half' | 'settled' | 'uploaded'>, pan: string): void {
    const half = halfOf(this.card(pan));
    this.#postings.set(keyOf(sale), {
      entry: { ...sale, pan: maskPan(pan), half, settled: false, uploaded: false },
      pan,
    });
    if (sale.state === 'approved') this.#move(pan, -moved(sale));
  }

  /** What was approved becomes reversed, and the card is as it was before. */
  reverse(key: Key): void {
    const posting = this.#postings.get(keyOf(key));
    if (posting?.entry.state !== 'approved') throw new Error(`nothing to reverse under ${keyOf(key)}`);
    posting.entry = { ...posting.entry, state: 'reversed' };
    this.#move(posting.pan, moved(posting.entry));
  }

  /** A reversal came before its sale: the sale is not to be taken any more, should it still come. */
  reverseUnseen(key: Key): void {
    this.#reversedUnseen.set(keyOf(key), key);
  }

  /** Reversals whose sale was never received, or not before them. */
  reversedUnseen(): Key[] {
    return [...this.#reversedUnseen.values()];
  }

  wasReversedUnseen(key: Key): boolean {
    return this.#reversedUnseen.has(keyOf(key));
  }

  totals(batch: number): Totals {
    const half = (name: Half): HalfTotals => {
      const tally = (column: 'debit' | 'credit'): Tally => {
        const entries = this.#of(batch).filter(
          (entry) => columns[entry.kind] === column && entry.half === name && entry.state === 'approved',
        );
        return { amount: entries.reduce((sum, { amount }) => sum + amount, 0), count: entries.length };
      };
      return { debit: tally('debit'), credit: tally('credit') };
    };
    return { domestic: half('domestic'), foreign: half('foreign') };
  }

  /** Stores a record of an upload; the same again replaces it, for a terminal repeats what was not acknowledged. */
  upload(batch: number, record: UploadedRecord): void {
    const records = this.#uploads.get(batch) ?? new Map<number, UploadedRecord>();
    this.#uploads.set(batch, records.set(record.stan, record));
    const posting = this.#postings.get(keyOf({ batch, stan: record.stan }));
    if (posting !== undefined) posting.entry = { ...posting.entry, uploaded: true };
  }

  /**
   * A refund or a notice that was uploaded by itself, under a STAN that isn't its own: it is known by kind, card and amount.
   * One more than there are is a repetition, of which the answer was lost. False where there is none.
   */
  uploadNotice(batch: number, kind: TradeKind, pan: string, amount: number): boolean {
    const fitting = [...this.#postings.values()].filter(
      (posting) =>
        posting.pan === pan &&
        posting.entry.batch === batch &&
        posting.entry.kind === kind &&
        posting.entry.amount === amount &&
        posting.entry.state === 'approved',
    );
    const next = fitting.find(({ entry }) => !entry.uploaded);
    if (next !== undefined) next.entry = { ...next.entry, uploaded: true };
    return fitting.length > 0;
  }

  /** How many transactions were uploaded for a batch. */
  uploadCount(batch: number): number {
    const notices = this.#of(batch).filter(({ kind, uploaded }) => isNotice(kind) && uploaded);
    return (this.#uploads.get(batch)?.size ?? 0) + notices.length;
  }

  /**
   * Where an upload and the book disagree; of sales that were not uploaded only those of the halves given. A record
   * tells no kind, so that a voided sale and its void have no place in an upload.
   */
  uploadDifferences(batch: number, halves: readonly Half[] = ['domestic', 'foreign']): UploadDifference[] {
    const records = this.#uploads.get(batch) ?? new Map<number, UploadedRecord>();
    const differences: UploadDifference[] = [];
    for (const record of records.values()) {
      const posting = this.#postings.get(keyOf({ batch, stan: record.stan }));
      const voided = this.isEnded({ batch, stan: record.stan });
      const what = voided ? 'notApproved' : difference(record, posting);
      if (what !== undefined) differences.push({ stan: record.stan, what });
    }
    for (const { kind, state, stan, half, uploaded } of this.#of(batch)) {
      const isRecord = (kind === 'sale' || kind === 'completion') && !this.isEnded({ batch, stan });
      const isMissing = isRecord ? !records.has(stan) : isNotice(kind) && !uploaded;
      if (state === 'approved' && halves.includes(half) && isMissing) {
        differences.push({ stan, what: 'notUploaded' });
      }
    }
    return differences;
  }

  /** Closes a batch: settled is what its half's totals, or its uploaded record, agree on. */
  settle(batch: number, balanced: readonly Half[]): void {
    const differing = new Set(this.uploadDifferences(batch).map(({ stan }) => stan));
    for (const posting of this.#postings.values()) {
      const { entry } = posting;
      if (entry.batch !== batch || entry.state !== 'approved') continue;
      if (balanced.includes(entry.half) || !differing.has(entry.stan)) posting.entry = { ...entry, settled: true };
    }
  }

  #of(batch: number): BookEntry[] {
    return this.entries().filter((entry) => entry.batch === batch);
  }

  #move(pan: string, amount: number): void {
    const balance = this.#balances.get(pan);
    if (balance !== undefined) this.#balances.set(pan, balance + amount);
  }
}

const columns: Readonly<Record<TradeKind, 'debit' | 'credit' | 'none'>> = {
  sale: 'debit',
  void: 'credit',
  refund: 'credit',
  preAuthorisation: 'none',
  preAuthorisationIncrement: 'none',
  preAuthorisationVoid: 'none',
  completion: 'debit',
  completionNotice: 'debit',
  completionVoid: 'credit',
};

const isNotice = (kind: TradeKind): boolean => kind === 'refund' || kind === 'completionNotice';

type Movement = Pick<BookEntry, 'kind' | 'amount' | 'released'>;

/** What it brings the shop, in 分. */
export const booked = ({ kind, amount }: Movement): number => {
  if (columns[kind] === 'none') return 0;
  return columns[kind] === 'debit' ? amount : -amount;
};

/** What it takes from a card, in 分: a hold is taken too, and a completion ends it. */
const moved = (entry: Movement): number => {
  if (entry.kind === 'preAuthorisation' || entry.kind === 'preAuthorisationIncrement') return entry.amount;
  return entry.kind === 'preAuthorisationVoid' ? -entry.amount : booked(entry) - (entry.released ?? 0);
};

const difference = (record: UploadedRecord, posting: Posting | undefined): UploadDifference['what'] | undefined => {
  if (posting === undefined) return 'notInBook';
  const { entry, pan } = posting;
  if (entry.state !== 'approved' || (entry.kind !== 'sale' && entry.kind !== 'completion')) return 'notApproved';
  if (entry.half !== record.half) return 'half';
  if (pan !== record.pan) return 'card';
  return entry.amount === record.amount ? undefined : 'amount';
};
