/**
 * The printer of the small world and the paper before it: it prints, runs out of paper, keeps what it holds and goes on
 * by itself, says so or is mute. What lies there is told as far as M2 to M4 ask.
 */
import type { PrintVerdict } from '../../hal/printer.ts';
import type { Happening } from '../../state-machine/events.ts';
import { type Machine, type Move, tell } from './machine.ts';
import { type Asked, breaks, type OnPaper, type Slip, saleOf, type World } from './world.ts';

const blank: OnPaper = { merchant: false, valid: false, overlaid: false, calledVoid: false };

const belongsBehind = (slip: Slip, id: string): boolean =>
  slip.of === id && (slip.slip === 'merchant' || slip.slip === 'reversal');

/** A slip comes out, whole or in part. */
const comesOut = (world: World, slip: Slip, whole: boolean): World => {
  const paper: { [id: string]: OnPaper } = {};
  for (const [id, on] of Object.entries(world.paper)) {
    paper[id] = on.valid && !belongsBehind(slip, id) ? { ...on, overlaid: true } : on;
  }
  if (slip.of === '') return { ...world, paper };
  const on = paper[slip.of] ?? blank;
  const status = saleOf(world.durable, slip.of)?.status;
  const stands = status === 'captured' || status === 'kept';
  if (slip.slip === 'reversal') {
    paper[slip.of] = whole ? { ...on, valid: false, calledVoid: true } : on;
    const next = { ...world, paper };
    return stands ? breaks(next, `M4: ${slip.of} is ${status}, and called void on paper`) : next;
  }
  paper[slip.of] = { ...on, valid: true, merchant: on.merchant || (slip.slip === 'merchant' && whole) };
  const next = { ...world, paper };
  if (on.calledVoid) return breaks(next, `M4: a valid-looking slip of ${slip.of} comes out, behind its reversal slip`);
  if (slip.slip === 'cardholder' && !stands)
    return breaks(next, `M3: a cardholder gets a copy of ${status} ${slip.of}`);
  return next;
};

/** All that it holds comes out. */
const flushed = (world: World): World => {
  const { held } = world.printer;
  const out = held.reduce((next, slip) => comesOut(next, slip, true), world);
  return { ...out, printer: { ...out.printer, held: [] } };
};

/** Two of the same in a row are as good as one. */
const holding = (world: World, slip: Slip, ready = world.printer.ready): World => {
  const { held } = world.printer;
  const last = held.at(-1);
  const same = last?.slip === slip.slip && last.of === slip.of;
  return { ...world, printer: { ready, held: same ? held : [...held, slip] } };
};

const at = (world: World, stage: string): World => ({ ...world, stage });

type Of<T extends Asked['type']> = Extract<Asked, { readonly type: T }>;

export const printerMoves = (machine: Machine, world: World, asked: Asked): readonly Move[] => {
  switch (asked.type) {
    case 'print':
      return world.stage === '' ? happens(world, asked) : verdicts(machine, world, asked);
    case 'cancelPrint':
      return cancels(machine, world, asked);
    case 'checkPrinter': {
      const readiness = world.printer.ready
        ? ({ ready: true, paperNearEnd: false } as const)
        : ({ ready: false, cause: 'paperEnd' } as const);
      return tell(machine, world, 'the printer is asked', { type: 'printerChecked', effect: asked.id, readiness });
    }
    default:
      return [];
  }
};

/** What becomes of a slip, before anybody tells. */
const happens = (world: World, { slip }: Of<'print'>): readonly Move[] => {
  const what: Slip = { slip: slip.slip, of: 'saleId' in slip ? slip.saleId : '' };
  const words = what.of === '' ? what.slip : `${what.slip} slip of ${what.of}`;
  const mute: Move = [`the ${words} stays in the printer`, at(holding(world, what), 'held')];
  if (!world.printer.ready) return [mute];
  const first = flushed(world);
  const stopped = holding(comesOut(first, what, false), what, false);
  return [
    [`the ${words} comes out`, at(comesOut(first, what, true), 'out')],
    [`the paper runs out in the ${words}`, at(stopped, 'stopped')],
    mute,
    [`nothing of the ${words} reaches the printer`, at(world, 'gone')],
  ];
};

const verdicts = (machine: Machine, world: World, { id }: Of<'print'>): readonly Move[] => {
  const verdict = (words: string, told: PrintVerdict): readonly Move[] =>
    tell(machine, world, words, { type: 'printed', effect: id, verdict: told });
  const cause = world.printer.ready ? 'silence' : 'paperEnd';
  return [
    ...(world.stage === 'out' ? verdict('the printer says that it is out', { verdict: 'PRINTED' }) : []),
    ...verdict('the printer says why it stopped', { verdict: 'NOT_PRINTED', cause }),
    ...verdict('nobody can say whether it is out', { verdict: 'UNKNOWN', cause }),
  ];
};

const cancels = (machine: Machine, world: World, { id }: Of<'cancelPrint'>): readonly Move[] => {
  const empty = { ...world, printer: { ...world.printer, held: [] } };
  const told = (on: World, words: string, confirmed: boolean): readonly Move[] =>
    tell(machine, on, words, { type: 'printCancelled', effect: id, confirmed } as Happening);
  return [
    ...told(empty, 'the printer throws away what it holds, and confirms it', true),
    ...told(empty, 'the printer throws away what it holds, and does not confirm it', false),
    ...(world.printer.held.length > 0 ? told(world, 'the printer keeps what it holds', false) : []),
  ];
};

/** The terminal is told how the printer is, when it is on. */
const ready = (machine: Machine, world: World, words: string): readonly Move[] => {
  if (world.state === undefined) return [[words, world]];
  const readiness = world.printer.ready
    ? ({ ready: true, paperNearEnd: false } as const)
    : ({ ready: false, cause: 'paperEnd' } as const);
  return tell(machine, world, words, { type: 'readiness', readiness });
};

/** Phases in which paper that ends at rest makes a difference. */
const rests: ReadonlySet<string> = new Set(['idle', 'card', 'authorising', 'tearOff', 'reversing', 'reversalWait']);

/** What the printer does without being asked, with the terminal on or off. */
export const printerByItself = (machine: Machine, world: World): readonly Move[] => {
  const { printer, state } = world;
  const moves: Move[] = [];
  if (!printer.ready) {
    const loaded = flushed({ ...world, printer: { ...printer, ready: true } });
    moves.push(...ready(machine, loaded, 'paper is loaded, and the printer goes on with what it holds'));
  } else if (printer.held.length > 0) {
    moves.push(['the printer goes on by itself with what it holds', flushed(world)]);
  } else if (state !== undefined && rests.has(state.phase.name)) {
    const empty = { ...world, printer: { ...printer, ready: false } };
    moves.push(...ready(machine, empty, 'the printer has no paper any more'));
  }
  return moves;
};
