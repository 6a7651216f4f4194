/**
 * The small world of the exhaustive check: the real machine, and beside it an acquirer, a printer with its paper, and a
 * clerk, each as little as the rules of money need. A world is a value: a move makes another one of it.
 */
import type { TransactionKind } from '../../hal/acquirer.ts';
import { type SaleId, stan } from '../../hal/units.ts';
import { type Book, fold } from '../../state-machine/book.ts';
import type { Effect, SlipRequest } from '../../state-machine/effects.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Sale } from '../../state-machine/sale.ts';
import type { State } from '../../state-machine/state.ts';
import { provisioned } from '../state-machine/world.ts';

export interface Booked {
  readonly kind: TransactionKind;
  /** What it voids, refunds or completes. */
  readonly about: string | undefined;
  readonly amount: number;
  readonly batch: number;
  /** `barred`: its reversal came, and the request hadn't. */
  readonly state: 'approved' | 'reversed' | 'barred';
}

export interface AcquirerModel {
  readonly batch: number;
  /** The highest trace number that has come, of all messages but reversals (M6). */
  readonly lastStan: number;
  readonly sales: { readonly [id: string]: Booked };
  /** Requests that are held up on their way. */
  readonly heldUp: readonly string[];
  /** Whose reversal it has accepted. */
  readonly reversed: readonly string[];
  /** Of the batch whose totals came last: whether they agreed, and what was uploaded since. */
  readonly reckoned:
    | { readonly batch: number; readonly balanced: boolean; readonly uploaded: readonly string[] }
    | undefined;
  /** Batches whose end was accepted. */
  readonly closed: readonly number[];
  readonly settled: readonly string[];
}

export const newAcquirer: AcquirerModel = {
  batch: 1,
  lastStan: 0,
  sales: {},
  heldUp: [],
  reversed: [],
  reckoned: undefined,
  closed: [],
  settled: [],
};

export interface Slip {
  readonly slip: SlipRequest['slip'];
  readonly of: string;
}

export interface PrinterModel {
  readonly ready: boolean;
  /** What it holds and hasn't printed, or not to its end, the oldest first. It comes out in this order. */
  readonly held: readonly Slip[];
}

export const readyPrinter: PrinterModel = { ready: true, held: [] };

/** What lies there of a sale. */
export interface OnPaper {
  /** Its merchant copy, to the end. */
  readonly merchant: boolean;
  /** Something of its slip that wasn't called void behind it. */
  readonly valid: boolean;
  /** Behind that came something else than more of its merchant copy, or its reversal slip. */
  readonly overlaid: boolean;
  readonly calledVoid: boolean;
}

export type Paper = { readonly [id: string]: OnPaper };

/** An effect whose outcome is waited for. */
export type Asked = Exclude<
  Effect,
  { readonly type: 'readCard' | 'stopReading' | 'cancelPin' | 'forgetCard' | 'restart' }
>;
export const isAsked = (effect: Effect): effect is Asked => 'id' in effect;

/** What the clerk may still do, and what may still happen to him. */
export interface Budget {
  readonly sales: number;
  readonly voids: number;
  readonly refunds: number;
  readonly authorisations: number;
  /** Of pre-authorisations: 追加预授权. */
  readonly increments: number;
  /** Of pre-authorisations, each as its request, as its notice, or its void. */
  readonly completions: number;
  /** Further sales of the same card and amount as the first. */
  readonly twins: number;
  /** Looks for a transaction, by its voucher number. */
  readonly queries: number;
  /** Reports the slip lost of what was found. */
  readonly holds: number;
  readonly settlements: number;
  /** How often the time of day comes at which the shop settles. */
  readonly alarms: number;
  /** How often the acquirer may leave the batch by itself. */
  readonly turns: number;
  /** How often the acquirer may ask for a sign-on in a header. */
  readonly asks: number;
  /** How often the disk may refuse or fail. */
  readonly diskFaults: number;
  /** How often a supervisor may be called. */
  readonly overrides: number;
}

export interface World {
  /** Undefined while the terminal is off. */
  readonly state: State | undefined;
  /** What is on the disk. */
  readonly durable: Book;
  readonly asked: Asked | undefined;
  /** How far what was asked for has come in the world outside; the terminal doesn't know it yet. */
  readonly stage: string;
  readonly acquirer: AcquirerModel;
  readonly printer: PrinterModel;
  readonly paper: Paper;
  readonly budget: Budget;
  /** The rule that the last move broke. */
  readonly broken?: string;
}

export const beginning = (budget: Budget): World => ({
  state: undefined,
  durable: fold([{ ...provisioned, nextStan: stan(1) } as Fact]),
  asked: undefined,
  stage: '',
  acquirer: newAcquirer,
  printer: readyPrinter,
  paper: {},
  budget,
});

export const off = (world: World): World => ({ ...world, state: undefined, asked: undefined, stage: '' });

export const breaks = (world: World, rule: string): World => ({ ...world, broken: world.broken ?? rule });

export const spend = (world: World, what: keyof Budget): World => ({
  ...world,
  budget: { ...world.budget, [what]: world.budget[what] - 1 },
});

export const saleOf = (book: Book, id: SaleId | string): Sale | undefined =>
  book.sales.find((sale) => sale.id === id) ?? book.carried.find((sale) => sale.id === id);
