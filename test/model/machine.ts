/** The machine in the small world: what becomes of what it is told, with the power or the disk failing on the way. */
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';
import { apply, type Book } from '../../state-machine/book.ts';
import type { Event, Happening } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Rules } from '../../state-machine/rules.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { counts } from '../../state-machine/standing.ts';
import type { State } from '../../state-machine/state.ts';
import { resume, step } from '../../state-machine/step.ts';
import type { Step } from '../../state-machine/turn.ts';
import { rules as usualRules } from '../state-machine/world.ts';
import { breaks, isAsked, off, spend, type World } from './world.ts';

/**
 * Time is 0 for ever, and each deadline at once: whether something comes before a deadline or behind it is a choice. Only
 * the grace time for paper is compared with a clock that isn't its own deadline; it ends at 1.
 */
export const rules: Rules = {
  ...usualRules,
  twinMs: 1,
  remarks: ['orderNumber', 'note'],
  feeNotice: '-',
  refundDays: 1,
  lateRefunds: true,
  timers: {
    amountMs: 0,
    confirmMs: 0,
    cardMs: 0,
    paperGraceMs: 1,
    tearOffMs: 0,
    noticeMs: 0,
    refusalMs: 0,
    passwordMs: 0,
    retryMs: [0],
  },
};
export const graceIsOver = 1;

/** The machine that is looked at: the real one, or for a negative control one that is broken on purpose. */
export interface Machine {
  readonly step: (state: State, event: Event) => ReturnType<typeof step>;
  readonly resume: (book: Book) => Step;
  /** What a fact does to what is durable, one write after the other: the power may go between two of them. */
  readonly writes: (fact: Fact) => readonly ((book: Book) => Book)[];
}

export const realMachine: Machine = {
  step: (state, event) => step(rules, state, event),
  resume: (book) => resume(book, 0 as EpochMs),
  writes: (fact) => [(book) => apply(book, fact)],
};

/** A move and what comes of it. Of two moves from one world the words differ. */
export type Move = readonly [what: string, world: World];

/** Facts that open a batch are written together. */
const groupsOf = (facts: readonly Fact[]): readonly (readonly Fact[])[] =>
  facts[0]?.type === 'batchOpened' ? [facts] : facts.map((fact) => [fact]);

const isUploaded = (sale: Sale): boolean =>
  counts(sale) && sale.voidedBy === undefined && kinds[sale.kind].upload !== undefined;

/** M7: what stands in a batch that is closed is settled. */
const settles = (world: World, before: Book, facts: readonly Fact[]): World => {
  const closes = facts.find((fact) => fact.type === 'batchOpened');
  if (closes === undefined) return world;
  const left = before.sales.find(
    (sale) => isUploaded(sale) && sale.batch === closes.settled.batch && !world.acquirer.settled.includes(sale.id),
  );
  return left === undefined ? world : breaks(world, `M7: the batch is closed, and ${left.id} is not settled`);
};

/** Tells the machine something: what comes of it when nothing goes wrong, first; then with the power or the disk failing. */
export const tell = (machine: Machine, world: World, what: string, happening: Happening, at = 0): readonly Move[] => {
  const { state } = world;
  if (state === undefined) throw new Error('The terminal is off');
  const event = { ...happening, at: at as MonotonicMs, wall: 0 as EpochMs, id: `s${world.durable.nextStan}` } as Event;
  try {
    const result = machine.step(state, event);
    return 'rejected' in result ? [] : takeUp(machine, world, what, result, event);
  } catch (error) {
    return [[what, breaks(world, `a bug: ${(error as Error).message}`)]];
  }
};

const takeUp = (machine: Machine, world: World, what: string, result: Step, event: Event): readonly Move[] => {
  const moves: Move[] = [];
  let { durable } = world;
  const groups = groupsOf(result.facts);
  for (const [index, group] of groups.entries()) {
    if (world.budget.diskFaults > 0)
      moves.push(...diskFaults(machine, { ...world, durable }, what, group, index, event));
    const writes = group.flatMap((fact) => machine.writes(fact));
    for (const [place, write] of writes.entries()) {
      durable = write(durable);
      const isLast = place === writes.length - 1 && index === groups.length - 1;
      const together = group.length > 1 && place < writes.length - 1;
      if (isLast || together) continue;
      moves.push([`${what}; the power goes behind write ${index + 1}.${place + 1}`, off({ ...world, durable })]);
    }
  }
  const asked = result.effects.filter(isAsked);
  if (asked.length > 1) throw new Error('Two outcomes would be waited for');
  const { phase } = result.state;
  const isStillAwaited = world.asked !== undefined && 'awaits' in phase && phase.awaits === world.asked.id;
  const next: World = {
    ...world,
    state: result.state,
    durable,
    asked: asked[0] ?? (isStillAwaited ? world.asked : undefined),
    stage: asked[0] === undefined && isStillAwaited ? world.stage : '',
  };
  return [[what, settles(next, world.durable, result.facts)], ...moves];
};

/** The disk takes a fact or it doesn't: refused with nothing written, or failed, and then it may be there or not. */
const diskFaults = (
  machine: Machine,
  world: World,
  what: string,
  group: readonly Fact[],
  index: number,
  event: Event,
): readonly Move[] => {
  const left = spend(world, 'diskFaults');
  const kept = group.flatMap((fact) => machine.writes(fact)).reduce((book, write) => write(book), world.durable);
  const fact = group[0]?.type ?? 'provisioned';
  const fault = (result: 'refused' | 'failed', words: string, durable: Book): readonly Move[] => {
    const { type: _, ...rest } = event;
    return tell(machine, { ...left, durable }, `${what}; ${words}`, {
      ...rest,
      type: 'ledgerFault',
      result,
      fact,
    } as Happening).slice(0, 1);
  };
  return [
    ...fault(index === 0 ? 'refused' : 'failed', `the disk has no room for ${fact}`, world.durable),
    ...fault('failed', `the disk fails at ${fact}, which is there`, kept),
    ...fault('failed', `the disk fails at ${fact}, which is not there`, world.durable),
  ];
};
