/**
 * The clerk, the customer and the supervisor of the small world. What leaves no trace before the printer is asked is one
 * move: a power cut within it is one before it.
 */
import type { TransactionKind } from '../../hal/acquirer.ts';
import type { Key } from '../../hal/keypad.ts';
import { doubtful } from '../../state-machine/book.ts';
import { holdOf } from '../../state-machine/holds.ts';
import { type EntryKind, kinds } from '../../state-machine/kinds.ts';
import { mayBeAbout } from '../../state-machine/standing.ts';
import type { PhaseOf } from '../../state-machine/state.ts';
import { card } from '../state-machine/world.ts';
import { graceIsOver, type Machine, type Move, tell } from './machine.ts';
import { type Budget, spend, type World } from './world.ts';

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

/** An order number, and no note. */
const remarks: readonly Key[] = ['7', 'enter', 'enter'];

/** Sales of different amounts, so that one can't pass for another in totals. */
const amounts: readonly Key[] = ['3', '5', '8'];

const sell = (machine: Machine, world: World): readonly Move[] => {
  const { sales } = world.budget;
  if (sales === 0) return [];
  const keys: readonly Key[] = [amounts[sales - 1] ?? '1', 'enter', ...remarks, 'enter'];
  return press(machine, spend(world, 'sales'), 'the clerk enters a sale', ...keys);
};

/** The same customer again: the clerk is asked whether he means it. */
const sellAgain = (machine: Machine, world: World): readonly Move[] => {
  const first = world.durable.sales.find(({ kind }) => kind === 'sale');
  return world.budget.twins === 0 || first === undefined
    ? []
    : press(
        machine,
        spend(world, 'twins'),
        'the clerk enters the same sale again',
        ...digitsOf(first.amount),
        'enter',
        ...remarks,
        'enter',
      );
};

/** What moves no money, by the keys behind the menu's. */
const looks: readonly (readonly [what: string, ...keys: Key[]])[] = [
  ['the clerk looks at the totals', '7', '3', '4'],
  ['another clerk signs on', '7', '4', '1'],
  ['the clerk lists the operators', '7', '4', '5'],
  ['the clerk begins a balance inquiry', '8'],
  ['the clerk signs the terminal off', '7', '2'],
  ['the clerk locks the terminal', '7', '7'],
  ["the clerk prints the batch's list", '6', '3'],
  ['the clerk asks for the version', '7', '8', '1'],
  ['the clerk has the terminal test itself', '7', '8', '2'],
  ['the administrator comes', '7', '8', '9'],
  ['the supervisor is to begin training', '7', '8', '5'],
  ['the supervisor is to record maintenance', '7', '8', '4'],
  ['the clerk looks for a voucher', '7', '3', '1', '9', 'enter'],
];
const look = (machine: Machine, world: World): readonly Move[] =>
  world.budget.queries === 0
    ? []
    : looks.flatMap(([what, ...keys]) => press(machine, spend(world, 'queries'), what, 'menu', ...keys));

const settle = (machine: Machine, world: World): readonly Move[] =>
  world.budget.settlements === 0 || world.durable.sales.length === 0
    ? []
    : press(machine, spend(world, 'settlements'), 'the clerk settles', 'menu', '7', '5', 'enter');

/** What a transaction of each kind takes from the budget, and how it is begun. */
const begun: readonly { readonly kind: TransactionKind; readonly of: keyof Budget; readonly keys: readonly Key[] }[] = [
  { kind: 'void', of: 'voids', keys: ['menu', '2', '1', 'enter'] },
  { kind: 'refund', of: 'refunds', keys: ['menu', '3', '1', 'enter'] },
  { kind: 'preAuthorisation', of: 'authorisations', keys: ['menu', '4', '1', '6', 'enter', ...remarks, 'enter'] },
  { kind: 'preAuthorisationIncrement', of: 'increments', keys: ['menu', '4', '6'] },
  { kind: 'preAuthorisationVoid', of: 'voids', keys: ['menu', '4', '2', '1', 'enter'] },
  { kind: 'completion', of: 'completions', keys: ['menu', '4', '3'] },
  { kind: 'completionNotice', of: 'completions', keys: ['menu', '4', '4'] },
  { kind: 'completionVoid', of: 'voids', keys: ['menu', '4', '5', '1', 'enter'] },
];

/** Only what can be about something that is there: that it is refused otherwise leads nowhere. */
const begin = (machine: Machine, world: World): readonly Move[] =>
  begun
    .filter(({ kind, of }) => {
      const isAbout = kinds[kind].about !== undefined;
      return world.budget[of] > 0 && (!isAbout || world.durable.sales.some((sale) => mayBeAbout(kind, sale)));
    })
    .flatMap(({ kind, of, keys }) => press(machine, spend(world, of), `the clerk begins a ${kind}`, ...keys));

/** That the original is right, what it may cost, and what is typed of its amount: 2, of which there may be two in a sale. */
const originalIsRight = (kind: EntryKind): readonly Key[] => [
  'enter',
  ...(kinds[kind].column === 'credit' ? (['enter'] as const) : []),
  ...(kinds[kind].about?.amount === 'whole' ? [] : (['2', 'enter', 'enter'] as const)),
];

/** The original's number, that it is right, and what follows. */
const aboutOriginal = (machine: Machine, world: World, { wanted }: PhaseOf<'number'>): readonly Move[] => {
  if (wanted.purpose !== 'original') return [];
  const { kind } = wanted.draft;
  const known = world.durable.sales
    .filter((sale) => mayBeAbout(kind, sale))
    .flatMap((sale) =>
      press(
        machine,
        world,
        `the clerk enters the voucher of ${sale.id}`,
        ...digitsOf(sale.stan),
        'enter',
        ...originalIsRight(kind),
      ),
    );
  const looks = world.budget.queries > 0;
  if (!looks && kind !== 'void') return known;
  const unknown = press(
    machine,
    looks ? spend(world, 'queries') : world,
    'the clerk enters a voucher of another batch',
    '0',
    'enter',
  );
  return [...known, ...unknown];
};

/** A supervisor has asked the acquirer what became of one that was never answered. */
const closeDoubt = (machine: Machine, world: World): readonly Move[] =>
  world.budget.overrides === 0 || doubtful(world.durable).length === 0
    ? []
    : press(machine, world, 'the clerk shows what is in doubt', 'menu', '7', '6');

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
        ...sellAgain(machine, world),
        ...look(machine, world),
        ...settle(machine, world),
        ...begin(machine, world),
        ...closeDoubt(machine, world),
        ...press(machine, world, 'the clerk prints what is owed, or the last slip again', 'function'),
      ];
    case 'number':
      return [...aboutOriginal(machine, world, phase), ...press(machine, world, 'the clerk cancels', 'cancel')];
    case 'found':
      return [
        ...press(machine, world, 'the clerk prints what was found', '1'),
        ...press(machine, world, 'the clerk asks what can be done', 'function'),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    case 'remedies':
      return [
        ...(world.budget.holds === 0 ? [] : press(machine, spend(world, 'holds'), 'the clerk holds it', '4')),
        ...(holdOf(world.durable.holds, phase.rows[phase.at]?.sale.id) === undefined
          ? []
          : press(machine, world, 'a supervisor is to lift the hold', '4')),
        ...press(machine, world, 'the clerk prints a query sheet', '5'),
        ...press(
          machine,
          world,
          'the clerk records an incident',
          '7',
          '1',
          'enter',
          '4',
          'enter',
          'enter',
          '4',
          'enter',
        ),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    case 'lateRefund':
      return [
        ...press(machine, world, 'the supervisor gives his reason', '2'),
        ...press(machine, world, 'the supervisor does not', 'cancel'),
      ];
    case 'slipTerminal':
      return [
        ...press(machine, world, 'the clerk has no slip', 'enter'),
        ...press(machine, world, 'the slip names another terminal', ...digitsOf(99_999_999), 'enter'),
      ];
    case 'original':
      return [
        ...press(machine, world, 'the clerk takes what was found', ...originalIsRight(phase.draft.kind)),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    case 'reference': {
      const reference = Array<Key>(12).fill('7');
      const rest = ['1', '1', '2', '2', 'enter', '1', ...originalIsRight(phase.draft.kind).slice(1)] as const;
      return [
        ...press(machine, world, 'the clerk types a reference from a slip', ...reference, 'enter'),
        ...press(machine, world, 'the clerk types what a slip says', ...reference, 'enter', ...rest),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    }
    case 'amount':
      return press(machine, world, 'the clerk types 2', '2', 'enter', 'enter');
    case 'doubt':
      return [
        ...press(machine, world, 'a supervisor is to close it', 'enter'),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    case 'password':
      return [
        ...(world.budget.overrides === 0
          ? []
          : press(machine, spend(world, 'overrides'), 'a supervisor types his password', '1', 'enter')),
        ...press(machine, world, 'no supervisor is there', 'cancel'),
      ];
    case 'menu':
      return [
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
        ...(phase.by === undefined
          ? []
          : [
              ...press(machine, world, 'what was done is recorded, or the parameters are listed', '1'),
              ...press(machine, world, 'training is begun, or a cleaning recorded', '2'),
              ...press(machine, world, 'the terminal is restarted, or a new part recorded', '4'),
            ]),
      ];
    case 'parameters':
      return [...press(machine, world, 'he sets a parameter', '1'), ...press(machine, world, 'he leaves it', 'cancel')];
    case 'parameterValue':
      return [
        ...press(machine, world, 'he types a value', '5', 'enter'),
        ...press(machine, world, 'he leaves it', 'cancel'),
      ];
    case 'parameterConfirm':
      return [
        ...press(machine, world, 'he means it', 'enter'),
        ...press(machine, world, 'he types another value', 'cancel'),
      ];
    case 'parameterTold':
      return timeUp(machine, world, 'he goes away');
    case 'restarting':
      return timeUp(machine, world, 'it is not restarted');
    case 'version':
      return press(machine, world, 'the clerk leaves it', 'cancel');
    case 'selfTest':
      return [
        ...press(machine, world, 'the clerk prints it', '1'),
        ...press(machine, world, 'the clerk leaves it', 'cancel'),
      ];
    case 'date':
    case 'totals':
      return press(machine, world, 'the clerk leaves it', 'cancel');
    case 'twin':
      return [
        ...press(machine, world, 'the clerk has the slip before printed again', '1'),
        ...press(machine, world, 'the clerk means it', '2'),
        ...press(machine, world, 'the clerk cancels', 'cancel'),
      ];
    case 'operatorNumber':
      return [
        ...press(machine, world, 'another clerk types his number', '0', '2', 'enter'),
        ...press(machine, world, 'he leaves it', 'cancel'),
      ];
    case 'operatorPassword':
      return [
        ...press(machine, world, 'he types his password', '1', 'enter'),
        ...press(machine, world, 'he leaves it', 'cancel'),
      ];
    case 'newPassword':
      return [
        ...press(machine, world, 'he chooses another password', '5', 'enter', '5', 'enter'),
        ...press(machine, world, 'he types two that differ', '5', 'enter', '6', 'enter'),
        ...press(machine, world, 'he leaves it', 'cancel'),
      ];
    case 'operators':
      return press(machine, world, 'the clerk turns the page', 'enter');
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
    case 'signedOff':
      return press(machine, world, 'the clerk signs the terminal on', 'enter');
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
    case 'closingDoubt':
      return [
        ...press(machine, world, 'the acquirer has booked it', '1'),
        ...press(machine, world, 'the acquirer has not booked it', '2'),
        ...press(machine, world, 'the supervisor cancels', 'cancel'),
      ];
    case 'settlementWait':
      return timeUp(machine, world, 'the settlement goes on');
    case 'notice':
      return [
        ...press(machine, world, 'the clerk confirms the message', 'enter'),
        ...press(machine, world, 'the clerk closes the message', 'cancel'),
        ...(world.budget.voids === 0
          ? []
          : press(machine, spend(world, 'voids'), 'the clerk takes it back at once', '2', '1', 'enter')),
      ];
    default:
      return [];
  }
};
