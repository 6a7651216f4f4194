/**
 * What tells two worlds apart. Left out is what has no bearing on what can follow:
 *
 * - Times and deadlines: time stands still (`world.ts`).
 * - How often something was tried: it chooses a deadline.
 * - Trace numbers: that the next one is higher than all that the acquirer got is a rule that is checked in each world,
 *   and nothing else is asked of them, but whether one is left over that was never sent. Nor are the ids of effects: one
 *   at a time is waited for.
 * - How often a copy was printed, beyond once: it is a number on the slip.
 * - Card and answer of a sale: they are the same for all.
 */
import { hash } from 'node:crypto';
import type { Book } from '../../state-machine/book.ts';
import type { Sale } from '../../state-machine/sale.ts';
import type { Phase, State } from '../../state-machine/state.ts';
import type { World } from './world.ts';

const leftOut: ReadonlySet<string> = new Set([
  'until',
  'graceUntil',
  'attempt',
  'awaits',
  'unsent',
  'stan',
  'card',
  'entered',
  'first',
  'password',
  'supervisor',
  'retrievalReference',
  'authorisationCode',
  'date',
]);

const told = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  let text = '{';
  for (const name in value) {
    if (!leftOut.has(name)) text += `${name}:${told((value as { [name: string]: unknown })[name])};`;
  }
  return `${text}}`;
};

const saleKey = (sale: Sale): string =>
  [
    sale.id,
    sale.kind,
    sale.amount,
    sale.batch,
    sale.status,
    sale.approval === undefined ? '' : 'a',
    sale.reason ?? '',
    sale.voidedBy ?? '',
    sale.refunded ?? '',
    sale.increased ?? '',
    sale.booked ?? '',
    sale.original?.saleId ?? '',
    sale.copies.merchant > 0 ? 'm' : '',
    sale.copies.cardholder > 0 ? 'c' : '',
    sale.reversalSlipSays ?? '',
  ].join();

const bookKey = ({
  batch,
  sales,
  carried,
  holds,
  settlement,
  lastSettlement,
  locked,
  signedOff,
  operator,
}: Book): string => {
  let text = `${batch}${locked ?? ''}${signedOff === true ? 'off' : ''}${operator ?? ''}`;
  for (const sale of sales) text += `/${saleKey(sale)}`;
  for (const sale of carried) text += `\\${saleKey(sale)}`;
  for (const { saleId } of holds) text += `!${saleId}`;
  if (settlement !== undefined) {
    const { batch: of, flags, uploaded, totals } = settlement;
    const { debit, credit } = totals.domestic;
    text += `#${of},${flags?.domestic ?? ''},${uploaded},${debit.amount},${credit.amount}`;
  }
  if (lastSettlement !== undefined) text += `%${lastSettlement.batch}${lastSettlement.printed}`;
  return text;
};

const bookKeys = new WeakMap<Book, string>();
const keyOfBook = (book: Book): string => {
  const known = bookKeys.get(book) ?? bookKey(book);
  bookKeys.set(book, known);
  return known;
};

/** Sales are numbered by their place, and ids by trace numbers: two ways to the same place give the same names. */
const renamed = (text: string, world: World): string => {
  let named = text;
  const { durable } = world;
  const ids = [
    ...Object.keys(world.acquirer.sales),
    ...durable.carried.map(({ id }) => id),
    ...durable.sales.map(({ id }) => id),
  ];
  for (const [index, id] of [...new Set(ids)].entries())
    named = named.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), `S${index}`);
  return named;
};

const unsent = (phase: Phase): string => ('unsent' in phase && phase.unsent !== false ? 'unsent' : '');

const machineKey = (state: State): string =>
  `${told(state.phase)}${unsent(state.phase)}${state.signedOn}${state.settlementDue}${state.printer.ready}${state.printerMayHold}`;

/** What tells two states of the machine apart. */
export const keyOfState = (state: State): string => `${machineKey(state)}|${keyOfBook(state.book)}`;

export const textOf = (world: World): string => {
  const { state, durable, asked, stage, acquirer, printer, paper, budget } = world;
  const { lastStan: _, ...known } = acquirer;
  const machine = state === undefined ? 'off' : machineKey(state);
  const own = state === undefined || keyOfBook(state.book) === keyOfBook(durable) ? '' : keyOfBook(state.book);
  return renamed(
    `${machine}|${own}|${keyOfBook(durable)}|${asked?.type ?? ''}${stage}|${told(known)}|${told(printer)}|${told(paper)}|${told(budget)}`,
    world,
  );
};

/** 128 bits: among ten million worlds two that differ share one with a chance of 10^-25. */
export const keyOf = (world: World): string => hash('md5', textOf(world), 'base64');
