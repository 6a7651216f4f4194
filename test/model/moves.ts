/** All that can happen next in the small world. */
import { acquirerByItself, acquirerMoves } from './acquirer.ts';
import { clerkMoves } from './clerk.ts';
import { type Machine, type Move, tell } from './machine.ts';
import { peopleMoves } from './people.ts';
import { printerByItself, printerMoves } from './printer.ts';
import { breaks, off, spend, type World } from './world.ts';

const switchedOn = (machine: Machine, world: World): readonly Move[] => {
  const what = 'the terminal is switched on';
  try {
    const { state, facts } = machine.resume(world.durable);
    const writes = facts.flatMap((fact) => machine.writes(fact));
    const durable = writes.reduce((book, write) => write(book), world.durable);
    const on: World = { ...world, state, durable };
    const cut: Move = [`${what}; the power goes behind what it had to make up for`, off(on)];
    return [...tell(machine, on, what, { type: 'started' }), ...(writes.length > 0 ? [cut] : [])];
  } catch (error) {
    return [[what, breaks(world, `a bug: ${(error as Error).message}`)]];
  }
};

const powerCuts = (world: World): readonly Move[] => {
  const { printer } = world;
  const cut = off(world);
  if (printer.held.length === 0) return [['the power goes', cut]];
  const both = { ...cut, printer: { ...printer, held: [] } };
  return [
    ['the power of the terminal goes', cut],
    ['the power goes, the printer’s too', both],
  ];
};

/** In the header of whatever it sends, at any time. */
const asksForSignOn = (machine: Machine, world: World): readonly Move[] =>
  world.budget.asks === 0
    ? []
    : tell(machine, spend(world, 'asks'), 'the acquirer asks for a sign-on', { type: 'signOnAsked' });

/** At any time too. */
const settlesByTheClock = (machine: Machine, world: World): readonly Move[] =>
  world.budget.alarms === 0
    ? []
    : [
        ...tell(machine, spend(world, 'alarms'), 'it is time to settle', { type: 'settlementDue' }),
        ...tell(machine, spend(world, 'alarms'), 'a technician asks for it', { type: 'settlementAsked', by: 'tech' }),
      ];

export const movesFrom = (machine: Machine, world: World): readonly Move[] => {
  const outside = [...printerByItself(machine, world), ...acquirerByItself(world)];
  if (world.state === undefined) return [...switchedOn(machine, world), ...outside];
  const { asked } = world;
  return [
    ...(asked === undefined ? clerkMoves(machine, world) : []),
    ...(asked === undefined ? [] : acquirerMoves(machine, world, asked)),
    ...(asked === undefined ? [] : printerMoves(machine, world, asked)),
    ...peopleMoves(machine, world),
    ...asksForSignOn(machine, world),
    ...settlesByTheClock(machine, world),
    ...outside,
    ...powerCuts(world),
  ];
};
