import type { Book, Half, UploadedRecord } from './book.ts';
import { textOf } from './iso8583.ts';
import {
  type Flag,
  type Flags,
  nothing,
  readTotals,
  sameHalf,
  type Tally,
  type Totals,
  withFlags,
} from './reconciliation.ts';
import { batchOf, managementCode, tradeOf } from './rules.ts';
import { answering, type Case, type Fields } from './trading.ts';

const lastBatch = 999_999;
export const isBatch = (batch: number): boolean => Number.isInteger(batch) && batch >= 1 && batch <= lastBatch;
const halves: readonly Half[] = ['domestic', 'foreign'];

/**
 * The end of the day: settlement (批结算), upload of what does not balance (批上送) and batch end (批上送结束), which
 * closes the batch and opens the next. Each may be repeated: a terminal whose answer was lost asks again.
 */
export class DayEnd {
  /** The batch that is open now. */
  batch: number;
  readonly #book: Book;
  /** The last settlement of each batch, and the acquirer's totals that it was compared with. */
  readonly #reckonings = new Map<number, { readonly flags: Flags; readonly totals: Totals }>();
  readonly #closed = new Set<number>();
  readonly #skew: Record<Half, Tally> = { domestic: nothing, foreign: nothing };

  constructor(book: Book, batch: number) {
    this.#book = book;
    this.batch = batch;
  }

  skew(half: Half, by: Tally): void {
    this.#skew[half] = by;
  }

  isClosed(batch: number): boolean {
    return this.#closed.has(batch);
  }

  /** The answer has no field 39: a request that is refused is in error (3) on both halves. */
  settle(settlement: Case, refused: boolean): Fields {
    const { message, behaviour, today } = settlement;
    const field48 = textOf(message, 48);
    const batch = batchOf(message);
    if (refused || !this.#isKnown(batch)) {
      const whole = field48.length === 62 ? field48 : '0'.repeat(62);
      return new Map([
        [15, today],
        [48, withFlags(whole, { domestic: 3, foreign: 3 })],
      ]);
    }
    const claimed = readTotals(field48);
    const totals = this.#book.totals(batch);
    const forced = behaviour?.kind === 'disagree' ? behaviour : undefined;
    const flag = (half: Half): Flag => {
      const { debit, credit } = totals[half];
      const { amount, count } = this.#skew[half];
      const own = { debit: { amount: debit.amount + amount, count: debit.count + count }, credit };
      return forced?.[half] ?? (sameHalf(claimed[half], own) ? 1 : 2);
    };
    const flags: Flags = { domestic: flag('domestic'), foreign: flag('foreign') };
    if (!this.#closed.has(batch)) this.#reckonings.set(batch, { flags, totals });
    return new Map([
      [15, today],
      [48, withFlags(field48, flags)],
    ]);
  }

  upload(upload: Case): Fields {
    const { message } = upload;
    const batch = batchOf(message);
    if (!this.#isKnown(batch)) return answering('77');
    const flags = this.#flags(batch);
    if (flags === undefined) {
      upload.complain('an upload without a settlement before it, or with trade since');
      return answering('30');
    }
    const records = readRecords(textOf(message, 48));
    if (records.some(({ half }) => flags[half] === 1)) {
      upload.complain('it uploads a half that balances');
      return answering('30');
    }
    if (this.#closed.has(batch)) {
      upload.complain('an upload into a batch that is closed');
      return answering('30');
    }
    for (const record of records) this.#book.upload(batch, record);
    return answering('00');
  }

  /** Of a refund or a completion notice, once more and by itself. */
  uploadNotice(upload: Case): Fields {
    const { message, complain } = upload;
    const batch = batchOf(message);
    if (!this.#isKnown(batch)) return answering('77');
    if (this.#flags(batch) === undefined || this.#closed.has(batch)) {
      complain('an upload without a settlement before it, with trade since, or into a batch that is closed');
      return answering('30');
    }
    const kind = tradeOf(message);
    const amount = Number(textOf(message, 4));
    if (kind === undefined || !this.#book.uploadNotice(batch, kind, textOf(message, 2), amount)) {
      complain('an upload of what is not in the book');
      return answering('25');
    }
    return answering('00');
  }

  endBatch(end: Case): Fields {
    const { message } = end;
    const batch = batchOf(message);
    if (this.#closed.has(batch)) return answering('00');
    if (batch !== this.batch) return answering('77');
    const flags = this.#flags(batch);
    if (flags === undefined) {
      end.complain('a batch end without a settlement before it, or with trade since');
      return answering('30');
    }
    const balanced = halves.filter((half) => flags[half] === 1);
    const uploaded = this.#book.uploadCount(batch);
    const count = Number(textOf(message, 48));
    const claimsBalance = managementCode(message) === '207';
    if (claimsBalance !== (balanced.length === 2)) {
      end.complain('field 60.3 contradicts the settlement: 207 is for two balanced halves, 202 for any other');
      return answering('30');
    }
    if (count !== (claimsBalance ? 0 : uploaded) && count !== uploaded) {
      end.complain(`field 48 counts ${count} transactions, ${uploaded} were uploaded`);
      return answering('30');
    }
    this.#book.settle(batch, balanced);
    this.#closed.add(batch);
    this.batch = (batch % lastBatch) + 1;
    return answering('00');
  }

  #isKnown(batch: number): boolean {
    return batch === this.batch || this.#closed.has(batch);
  }

  /** What the settlement of a batch said, as long as nothing was booked since. */
  #flags(batch: number): Flags | undefined {
    const reckoning = this.#reckonings.get(batch);
    if (reckoning === undefined) return undefined;
    const now = this.#book.totals(batch);
    return halves.every((half) => sameHalf(now[half], reckoning.totals[half])) ? reckoning.flags : undefined;
  }
}

/**
 * Field 48 of an upload: a count of two digits, then records of 40: half 2 (00 domestic, 01 foreign), STAN 6, PAN 20
 * with zeros in front, amount 12.
 * Example: `01 00 000123 00006212345678901232 000000001234`.
 */
const readRecords = (field48: string): UploadedRecord[] =>
  (field48.slice(2).match(/.{40}/g) ?? []).map((record) => ({
    half: record.startsWith('01') ? 'foreign' : 'domestic',
    stan: Number(record.slice(2, 8)),
    pan: record.slice(8, 28).replace(/^0+/, ''),
    amount: Number(record.slice(28)),
  }));
