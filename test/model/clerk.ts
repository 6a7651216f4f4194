/**
 * The clerk, the customer and the supervisor of the small world. What leaves no trace before the printer is asked is one
 * move: a power cut within it is one before it.
 */
import type { Key } from '../../hal/keypad.ts';
import { canVoid } from '../../state-machine/book.ts';
import { card } from '../state-machine/world.ts';
import { graceIsOver, type Machine, type Move, tell } from './machine.ts';
import { spend, type World } from './world.ts';

const digitsOf = (number: number): readonly Key[] => String(number).split('') as Key[];

/** Presses keys one after the other; only the last one may write something. */
const press = (machine: Machine, world: World, what: string, ...keys: readonly Key[]): readonly Move[] => {
  let now = world;
  for (const key of keys.slice(0, -1)) {
    const [next] = tell(machine, now, what, { type: 'key', key });
    if (next === undefined) return [];
    now = next[1];
  }
  return tell(machine, now, what, { type: 'key', key: keys.at(-1) as Key });
};

const timeUp = (machine: Machine, world: World, what: string, at = 0): readonly Move[] =>
  tell(machine, world, what, { type: 'timeUp' }, at);

/** Sales of different amounts, so that one can't pass for another in totals. */
const amounts: readonly Key[] = ['3', '5', '8'];

const sell = (machine: Machine, world: World): readonly Move[] => {
  const { sales } = world.budget;
  if (sales === 0) return [];
  return press(machine, spend(world, 'sales'), 'the clerk enters a sale', amounts[sales - 1] ?? '1', 'enter', 'enter');
};

const settle = (machine: Machine, world: World): readonly Move[] =>
  world.budget.settlements === 0 || world.durable.sales.length === 0
    ? []
    : press(machine, spend(world, 'settlements'), 'the clerk settles', 'menu', '1', 'enter');

const beginVoid = (machine: Machine, world: World): readonly Move[] =>
  world.budget.voids === 0
    ? []
    : press(machine, spend(world, 'voids'), 'a supervisor allows a void', 'menu', '4', '1', 'enter');

const override = (machine: Machine, world: World, what: string): readonly Move[] =>
  world.budget.overrides === 0 ? [] : press(machine, spend(world, 'overrides'), what, 'function', '1', 'enter');

export const clerkMoves = (machine: Machine, world: World): readonly Move[] => {
  const { state } = world;
  if (state === undefined) return [];
  const { phase } = state;
  switch (phase.name) {
    case 'idle':
      return [
        ...sell(machine, world),
        ...settle(machine, world),
        ...beginVoid(machine, world),
        ...press(machine, world, 'the clerk prints what is owed, or the last slip again', 'function'),
      ];
    case 'voucher':
      return [
        ...state.book.sales
          .filter(canVoid)
          .flatMap((sale) =>
            press(
              machine,
              world,
              `the clerk enters the voucher of ${sale.id}`,
              ...digitsOf(sale.stan),
              'enter',
              'enter',
            ),
          ),
        ...press(machine, world, 'the clerk cancels', 'cancel'),
      ];
    case 'printerNotReady':
      return [
        ...press(machine, world, 'the clerk has the printer asked again', 'enter'),
        ...press(machine, world, 'the clerk cancels', 'cancel'),
      ];
    case 'card':
      return [
        ...tell(machine, world, 'the customer swipes', { type: 'card', card }),
        ...press(machine, world, 'the clerk cancels', 'cancel'),
      ];
    case 'paperWait':
      return [
        ...press(machine, world, 'the clerk has it printed again', 'enter'),
        ...press(machine, world, 'the clerk gives up the slip', 'cancel'),
        ...timeUp(machine, world, 'the grace time for paper is over', graceIsOver),
        ...override(machine, world, 'a supervisor is to keep the sale'),
      ];
    case 'tearOff':
      return [
        ...press(machine, world, 'the merchant copy is torn off', 'enter'),
        ...press(machine, world, 'the clerk leaves the other copy for later', 'cancel'),
      ];
    case 'reversalWait':
      return [
        ...timeUp(machine, world, 'the reversal is sent again'),
        ...override(machine, world, 'a supervisor is to end the reversal by hand'),
      ];
    case 'signOnWait':
      return [
        ...timeUp(machine, world, 'the sign-on is sent again'),
        ...override(machine, world, 'a supervisor is to end the reversal by hand'),
      ];
    case 'incident':
      return [
        ...press(machine, world, 'the supervisor enters an incident number', '7', 'enter'),
        ...press(machine, world, 'the supervisor cancels', 'cancel'),
      ];
    case 'settlementWait':
      return timeUp(machine, world, 'the settlement goes on');
    case 'notice':
      return [
        ...press(machine, world, 'the clerk confirms the message', 'enter'),
        ...press(machine, world, 'the clerk closes the message', 'cancel'),
      ];
    default:
      return [];
  }
};

/** What people answer that are asked for something. */
export const peopleMoves = (machine: Machine, world: World): readonly Move[] => {
  const { asked } = world;
  if (asked?.type === 'askPin') {
    return [
      ...tell(machine, world, 'the cardholder enters his PIN', { type: 'pin', effect: asked.id, outcome: 'entered' }),
      ...tell(machine, world, 'the cardholder cancels', { type: 'pin', effect: asked.id, outcome: 'cancelled' }),
    ];
  }
  if (asked?.type === 'checkPassword') {
    const answer = (words: string, accepted: boolean, at = 0): readonly Move[] =>
      tell(machine, world, words, { type: 'passwordChecked', effect: asked.id, accepted }, at);
    return [
      ...answer('the password is right', true),
      ...answer('the password is wrong', false),
      ...answer('the password is wrong, and the grace time over', false, graceIsOver),
    ];
  }
  return [];
};
