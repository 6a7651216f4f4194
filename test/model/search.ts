/**
 * Walks through all worlds that can be reached, the nearest first, so that the way to the first one in which a rule is
 * broken is a shortest one. Kept of each world are its key and how it was first reached; the way is walked again when it
 * is to be told.
 */
import type { State } from '../../state-machine/state.ts';
import { keyOf, keyOfState } from './key.ts';
import type { Machine } from './machine.ts';
import { movesFrom } from './moves.ts';
import { Numbers } from './numbers.ts';
import { provoke } from './provoke.ts';
import { brokenRule } from './rules-of-money.ts';
import { type Budget, beginning, type World } from './world.ts';

export interface Walked {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest ways, in moves. */
  readonly deepest: number;
  readonly seconds: number;
  /** Rows of the machine's table that were walked: `idle × key`. */
  readonly rows: ReadonlySet<string>;
  readonly broken?: Breach;
  /** Not all worlds were visited: the limit was reached, or a rule broken. */
  readonly cutShort: boolean;
}

export interface Breach {
  readonly rule: string;
  /** The moves from the beginning, and the world after each. */
  readonly way: readonly (readonly [what: string, world: World])[];
}

export interface SearchOptions {
  readonly budget: Budget;
  readonly machine: Machine;
  /** So many states at most. */
  readonly limit?: number;
  readonly progress?: (states: number, waiting: number) => void;
}

/** A machine that tells which rows of its table are walked, and looks once at each state that it is asked about. */
const watched = (machine: Machine, rows: Set<string>, look: (of: Machine, state: State) => void): Machine => {
  const recorded: Machine = {
    ...machine,
    step: (state, event) => {
      rows.add(`${state.phase.name} × ${event.type}`);
      return machine.step(state, event);
    },
  };
  const seen = new Set<string>();
  return {
    ...recorded,
    step: (state, event) => {
      const key = keyOfState(state);
      if (!seen.has(key)) look(recorded, state);
      seen.add(key);
      return recorded.step(state, event);
    },
  };
};

export const search = ({ budget, machine, limit = Infinity, progress }: SearchOptions): Walked => {
  const began = performance.now();
  const known = new Map<string, number>();
  /** By the number of a world: the one before it, and which of that one's moves led to it. */
  const before = new Numbers();
  const byMove = new Numbers();
  /** Edges, for the way back from rest. */
  const from = new Numbers();
  const to = new Numbers();
  const rows = new Set<string>();
  const resting = new Numbers();
  let complaint: string | undefined;
  const looked = watched(machine, rows, (of, state) => {
    complaint ??= provoke(of, state);
  });
  const add = (key: string, parent: number, move: number): number => {
    const number = known.size;
    known.set(key, number);
    before.push(parent);
    byMove.push(move);
    return number;
  };
  const start = beginning(budget);
  let layer: (readonly [number, World])[] = [[add(keyOf(start), -1, 0), start]];
  let deepest = 0;
  let broken: Breach | undefined;
  const told = (number: number, rule: string): Breach => ({ rule, way: wayTo(number, before, byMove, machine, start) });
  const isFull = (): boolean => known.size >= limit;
  while (layer.length > 0 && broken === undefined && !isFull()) {
    const next: (readonly [number, World])[] = [];
    for (const [number, world] of layer) {
      if (isAtRest(world)) resting.push(number);
      const moves = movesFrom(looked, world);
      if (complaint !== undefined) {
        broken = told(number, complaint);
        break;
      }
      for (const [move, [, reached]] of moves.entries()) {
        const key = keyOf(reached);
        let other = known.get(key);
        if (other === undefined) {
          other = add(key, number, move);
          const rule = brokenRule(reached);
          if (rule !== undefined) {
            broken = told(other, rule);
            break;
          }
          next.push([other, reached]);
        }
        from.push(number);
        to.push(other);
      }
      if (broken !== undefined) break;
    }
    if (next.length > 0) deepest += 1;
    progress?.(known.size, next.length);
    layer = next;
  }
  const cutShort = broken !== undefined || layer.length > 0;
  if (!cutShort) {
    const stuck = wedged(known.size, from, to, resting);
    if (stuck !== undefined) broken = told(stuck, 'M10: from here the terminal never comes to rest');
  }
  const seconds = (performance.now() - began) / 1000;
  const counts = { states: known.size, transitions: from.length, deepest, seconds, rows, cutShort };
  return broken === undefined ? counts : { ...counts, broken };
};

/** Where a day may end: nothing is open or owed, and the terminal waits for the next amount. */
const isAtRest = ({ state }: World): boolean => state?.phase.name === 'idle';

/** The first world from which no way leads to rest. */
const wedged = (count: number, from: Numbers, to: Numbers, resting: Numbers): number | undefined => {
  const heads = new Int32Array(count + 1);
  for (let edge = 0; edge < to.length; edge++) heads[to.at(edge) + 1] = (heads[to.at(edge) + 1] as number) + 1;
  for (let n = 0; n < count; n++) heads[n + 1] = (heads[n + 1] as number) + (heads[n] as number);
  const fill = heads.slice();
  const sources = new Int32Array(from.length);
  for (let edge = 0; edge < to.length; edge++) {
    const at = fill[to.at(edge)] as number;
    sources[at] = from.at(edge);
    fill[to.at(edge)] = at + 1;
  }
  const leads = new Uint8Array(count);
  const queue = new Numbers();
  for (let n = 0; n < resting.length; n++) {
    leads[resting.at(n)] = 1;
    queue.push(resting.at(n));
  }
  for (let n = 0; n < queue.length; n++) {
    const world = queue.at(n);
    for (let at = heads[world] as number; at < (heads[world + 1] as number); at++) {
      const source = sources[at] as number;
      if (leads[source] === 1) continue;
      leads[source] = 1;
      queue.push(source);
    }
  }
  const stuck = leads.indexOf(0);
  return stuck < 0 ? undefined : stuck;
};

/** The way to a world, from the beginning, walked again. */
const wayTo = (number: number, before: Numbers, byMove: Numbers, machine: Machine, start: World): Breach['way'] => {
  const choices: number[] = [];
  for (let at = number; before.at(at) >= 0; at = before.at(at)) choices.unshift(byMove.at(at));
  const way: (readonly [string, World])[] = [];
  let world = start;
  for (const choice of choices) {
    const move = movesFrom(machine, world)[choice];
    if (move === undefined) throw new Error('The way can not be walked again');
    way.push(move);
    world = move[1];
  }
  return way;
};
