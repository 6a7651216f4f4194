/** What is walked, by name, and what must be found broken. */
import { apply, type Book } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { type Machine, realMachine } from './machine.ts';
import type { Budget } from './world.ts';

const nothing: Budget = {
  sales: 0,
  voids: 0,
  refunds: 0,
  authorisations: 0,
  increments: 0,
  completions: 0,
  twins: 0,
  queries: 0,
  holds: 0,
  settlements: 0,
  alarms: 0,
  turns: 0,
  asks: 0,
  diskFaults: 0,
  overrides: 0,
};

export interface Scope {
  readonly name: string;
  readonly budget: Budget;
  /** In `scripts/test` too. */
  readonly isSmall?: boolean;
}

export const scopes: readonly Scope[] = [
  { name: 'one sale', budget: { ...nothing, sales: 1 }, isSmall: true },
  { name: 'one sale, and a disk that fails', budget: { ...nothing, sales: 1, diskFaults: 1 }, isSmall: true },
  { name: 'one sale, and a supervisor', budget: { ...nothing, sales: 1, overrides: 2 } },
  {
    name: 'one sale and a settlement',
    budget: { ...nothing, sales: 1, settlements: 1 },
    isSmall: true,
  },
  {
    name: 'a settlement, and an acquirer in another batch',
    budget: { ...nothing, sales: 1, settlements: 1, turns: 1 },
  },
  {
    name: 'a settlement, and an acquirer that asks for a sign-on',
    budget: { ...nothing, sales: 1, settlements: 1, asks: 1 },
  },
  { name: 'one sale and a settlement by the clock', budget: { ...nothing, sales: 1, alarms: 1 } },
  { name: 'a sale and its void', budget: { ...nothing, sales: 1, voids: 1 }, isSmall: true },
  { name: 'a sale and its void, and a disk that fails', budget: { ...nothing, sales: 1, voids: 1, diskFaults: 1 } },
  { name: 'a sale and its void, and a supervisor', budget: { ...nothing, sales: 1, voids: 1, overrides: 2 } },
  { name: 'a sale, its void and a settlement', budget: { ...nothing, sales: 1, voids: 1, settlements: 1 } },
  { name: 'a sale and its refund', budget: { ...nothing, sales: 1, refunds: 1 }, isSmall: true },
  { name: 'a sale, its refund and a supervisor', budget: { ...nothing, sales: 1, refunds: 1, overrides: 1 } },
  { name: 'a sale and two refunds', budget: { ...nothing, sales: 1, refunds: 2 } },
  { name: 'a sale and its twin', budget: { ...nothing, sales: 1, twins: 1 } },
  { name: 'a sale and a query', budget: { ...nothing, sales: 1, queries: 1, overrides: 1 }, isSmall: true },
  { name: 'a sale and its hold', budget: { ...nothing, sales: 1, queries: 1, holds: 1, overrides: 1 } },
  { name: 'a query and a refund', budget: { ...nothing, sales: 1, queries: 1, refunds: 1 } },
  { name: 'a sale, its refund and a settlement', budget: { ...nothing, sales: 1, refunds: 1, settlements: 1 } },
  { name: 'a pre-authorisation and its void', budget: { ...nothing, authorisations: 1, voids: 1 } },
  {
    name: 'a pre-authorisation, what is added to it, and the void of both',
    budget: { ...nothing, authorisations: 1, increments: 1, voids: 1 },
  },
  { name: 'a pre-authorisation and its completion', budget: { ...nothing, authorisations: 1, completions: 1 } },
  {
    name: 'a pre-authorisation, its completion, and the void of that',
    budget: { ...nothing, authorisations: 1, completions: 1, voids: 1 },
  },
  {
    name: 'a pre-authorisation, its completion and a settlement',
    budget: { ...nothing, authorisations: 1, completions: 1, settlements: 1 },
  },
  { name: 'two sales', budget: { ...nothing, sales: 2 } },
  { name: 'two sales and a settlement', budget: { ...nothing, sales: 2, settlements: 1 } },
];

export interface Control {
  readonly name: string;
  readonly machine: Machine;
  readonly budget: Budget;
  /** The rule that must be found broken. */
  readonly rule: RegExp;
}

const capturedAtApproval: Machine = {
  ...realMachine,
  writes: (fact) => {
    if (fact.type === 'captured') return [(book) => book];
    if (fact.type !== 'approved') return realMachine.writes(fact);
    const { saleId, at } = fact;
    const captured: Fact = { type: 'captured', saleId, number: 1, at };
    return [(book) => apply(apply(book, fact), captured)];
  },
};

/** As terminals with a reversal file beside a journal do: the one is cleared, then the other is written. */
const clearedFirst: Machine = {
  ...realMachine,
  writes: (fact) => {
    if (fact.type !== 'captured') return realMachine.writes(fact);
    const cleared =
      (status: 'notSent' | 'approved') =>
      (book: Book): Book => ({
        ...book,
        sales: book.sales.map((sale) => (sale.id === fact.saleId ? { ...sale, status } : sale)),
      });
    return [cleared('notSent'), (book) => apply(cleared('approved')(book), fact)];
  },
};

const droppedOnRefusal: Machine = {
  ...realMachine,
  step: (state, event) =>
    realMachine.step(
      state,
      event.type === 'reversalAnswered' && event.answer.outcome === 'declined'
        ? { ...event, answer: { outcome: 'acknowledged', responseCode: event.answer.responseCode } }
        : event,
    ),
};

const believedUnheard: Machine = {
  ...realMachine,
  step: (state, event) =>
    realMachine.step(
      state,
      event.type === 'printed' && event.verdict.verdict === 'UNKNOWN'
        ? { ...event, verdict: { verdict: 'PRINTED' } }
        : event,
    ),
};

const forgetful: Machine = {
  ...realMachine,
  resume: (book) => {
    const sales = book.sales.map((sale) =>
      sale.status === 'intended' ? { ...sale, status: 'notSent' as const } : sale,
    );
    return realMachine.resume({ ...book, sales });
  },
};

/** The sale is reversed, and no slip says so. */
const silent: Machine = {
  ...realMachine,
  writes: (fact) => [(book) => apply(book, fact), ...(fact.type === 'reversed' ? [asIfTold] : [])],
  resume: (book) => realMachine.resume(asIfTold(book)),
  step: (state, event) => {
    const result = realMachine.step(state, event);
    if ('rejected' in result || !result.facts.some(({ type }) => type === 'reversed')) return result;
    const phase = { name: 'idle' } as const;
    return { facts: result.facts, effects: [], state: { ...result.state, phase, book: asIfTold(result.state.book) } };
  },
};

const asIfTold = (book: Book): Book => ({
  ...book,
  sales: book.sales.map((sale) => (sale.status === 'reversed' ? { ...sale, reversalSlipSays: 'reversed' } : sale)),
});

const oneSale: Budget = { ...nothing, sales: 1 };

export const controls: readonly Control[] = [
  { name: 'a capture before the print', machine: capturedAtApproval, budget: oneSale, rule: /^M2: .* merchant copy/ },
  {
    name: 'a reversal that is cleared before the journal is written',
    machine: clearedFirst,
    budget: oneSale,
    rule: /^M2/,
  },
  { name: 'a reversal that is dropped on a refusal', machine: droppedOnRefusal, budget: oneSale, rule: /^M5/ },
  { name: 'a slip that is believed out when nobody can say', machine: believedUnheard, budget: oneSale, rule: /^M2/ },
  { name: 'a start that forgets the intent', machine: forgetful, budget: oneSale, rule: /^M2: the terminal rests/ },
  { name: 'a reversal without its slip', machine: silent, budget: oneSale, rule: /^M4/ },
];
