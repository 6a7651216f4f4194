/**
 * Random walks through the machine with a small acquirer beside it: whatever keys are pressed, answers come, paper
 * does and power goes, the rules of money hold after every step. (The exhaustive walk is `npm run model`.)
 */
import type { Key } from '../../hal/keypad.ts';
import type { SaleId } from '../../hal/units.ts';
import { openSale } from '../../state-machine/book.ts';
import type { Effect } from '../../state-machine/effects.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { State } from '../../state-machine/state.ts';
import { view } from '../../state-machine/view.ts';
import { approval, card, fault, World } from './world.ts';

export const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };
const keys = ['1', '5', '00', 'enter', 'enter', 'enter', 'cancel', 'clear', 'menu', 'function'] as const;
/** What a clerk does on purpose, besides pressing keys at random. */
const habits: readonly [readonly Key[], ...(readonly Key[])[]] = [
  ['5', 'enter', 'enter'],
  ['5', 'enter', 'enter'],
  ['function', '1', 'enter', '7', 'enter'],
  ['menu', '1', 'enter'],
  ['menu', '1'],
];
const ways = [
  ...Array(12).fill('answer'),
  'habit',
  'habit',
  'key',
  'time',
  'paper',
  'card',
  'card',
  'cut',
] as unknown as readonly ['answer' | 'habit' | 'key' | 'time' | 'paper' | 'card' | 'cut'];

/** Choices from a seed (mulberry32), so that a walk that fails can be walked again. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }
  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.#next() % of.length] ?? of[0];
  }
}

/** The acquirer's own book, which knows only what reached it. */
class SmallAcquirer {
  readonly booked = new Set<SaleId>();
  readonly reversed = new Set<SaleId>();

  outcomeOf(effect: Effect, dice: Dice): Happening | undefined {
    switch (effect.type) {
      case 'signOn': {
        const signedOn = {
          outcome: 'signedOn',
          batch: 1 as never,
          hostTime: '000000',
          hostDate: '0101',
          pinKey: '',
        } as const;
        const declined = { outcome: 'declined', responseCode: dice.one(['77', '97', '38']) } as const;
        const answer = dice.one([signedOn, signedOn, signedOn, { outcome: 'unanswered', fault }, declined] as const);
        return { type: 'signOnAnswered', effect: effect.id, answer };
      }
      case 'authorise': {
        const way = dice.one([
          'approve',
          'approve',
          'approve',
          'lost',
          'swallowed',
          'badMac',
          'decline',
          'notSent',
        ] as const);
        if (way === 'approve' || way === 'lost' || way === 'badMac') this.booked.add(effect.saleId);
        const answers = {
          approve: approval,
          lost: { outcome: 'unanswered', fault },
          swallowed: { outcome: 'unanswered', fault },
          badMac: { outcome: 'badMac' },
          decline: { outcome: 'declined', responseCode: '51' },
          notSent: { outcome: 'notSent', fault },
        } as const;
        return { type: 'authorised', effect: effect.id, answer: answers[way] };
      }
      case 'reverse': {
        const way = dice.one(['done', 'done', 'doneAndLost', 'lost', 'refused'] as const);
        if (way === 'done' || way === 'doneAndLost') {
          this.reversed.add(effect.saleId);
          this.booked.delete(effect.saleId);
        }
        const answers = {
          done: { outcome: 'acknowledged', responseCode: '00' },
          doneAndLost: { outcome: 'unanswered', fault },
          lost: { outcome: 'unanswered', fault },
          refused: { outcome: 'declined', responseCode: '96' },
        } as const;
        return { type: 'reversalAnswered', effect: effect.id, answer: answers[way] };
      }
      case 'settle': {
        const flag = dice.one(['balanced', 'unbalanced'] as const);
        const answer = dice.one([
          { outcome: 'reconciled', domestic: flag, foreign: 'balanced' },
          { outcome: 'unanswered', fault },
        ] as const);
        return { type: 'settlementAnswered', effect: effect.id, answer };
      }
      case 'upload':
      case 'endBatch': {
        const answer = dice.one([{ outcome: 'accepted' }, { outcome: 'unanswered', fault }] as const);
        return { type: 'uploadAnswered', effect: effect.id, answer };
      }
      case 'print': {
        const verdict = dice.one([
          { verdict: 'PRINTED' },
          { verdict: 'PRINTED' },
          { verdict: 'NOT_PRINTED', cause: 'paperEnd' },
          { verdict: 'UNKNOWN', cause: 'silence' },
        ] as const);
        return { type: 'printed', effect: effect.id, verdict };
      }
      case 'cancelPrint':
        return { type: 'printCancelled', effect: effect.id, confirmed: dice.one([true, false]) };
      case 'checkPrinter': {
        const ready = { ready: true, paperNearEnd: false } as const;
        const readiness = dice.one([ready, ready, ready, { ready: false, cause: 'coverOpen' }] as const);
        return { type: 'printerChecked', effect: effect.id, readiness };
      }
      case 'askPin':
        return {
          type: 'pin',
          effect: effect.id,
          outcome: dice.one(['entered', 'entered', 'bypassed', 'cancelled', 'failed']),
        };
      case 'checkPassword':
        return { type: 'passwordChecked', effect: effect.id, accepted: dice.one([true, false]) };
      default:
        return undefined;
    }
  }
}

/** Walks, checks the rules after every step, and shows each state to `visit`. Returns the facts at the end. */
export const walk = (seed: number, steps: number, visit: (state: State) => void): readonly Fact[] => {
  const dice = new Dice(seed);
  const acquirer = new SmallAcquirer();
  let world = new World().start();
  let answered = 0;
  const stans = new Set<number>();

  const must = (holds: boolean, rule: string): void => {
    if (!holds) throw new Error(`seed ${seed}: ${rule} (in ${world.phase}, after ${world.factTypes.join(' ')})`);
  };

  const check = (): void => {
    const { book, phase } = world.state;
    for (const sale of book.sales) {
      const held = acquirer.booked.has(sale.id);
      if (sale.status === 'captured' || sale.status === 'kept')
        must(held, 'M2: a captured sale is not with the acquirer');
      if (sale.status === 'reversed') must(!held, 'M4: a reversed sale is still with the acquirer');
      if (sale.status === 'declined' || sale.status === 'notSent')
        must(!held, 'M2: a refused sale is with the acquirer');
    }
    const openOnes = book.sales.filter((sale) => ['intended', 'approved', 'reversalRequired'].includes(sale.status));
    must(openOnes.length <= 1, 'M5: two sales are open at once');
    if (phase.name === 'idle') must(openOnes.length === 0, 'M2: the terminal rests with an open sale');
    const shown = view(world.state, identity, 'zh-CN').lines.join('|');
    const last = book.sales.at(-1);
    if (shown.includes('交易成功')) {
      must(last?.status === 'captured' || last?.status === 'kept', 'M3: success is shown before the capture');
    }
  };

  for (let n = 0; n < steps; n++) {
    const pending = world.effects.slice(answered);
    const way = dice.one(ways);
    if (way === 'answer') {
      const effect = pending[0];
      if (effect !== undefined) {
        answered += 1;
        const outcome = acquirer.outcomeOf(effect, dice);
        if (outcome !== undefined) world.happen(outcome);
      }
    } else if (way === 'key') {
      world.keys(dice.one(keys));
    } else if (way === 'habit') {
      world.keys(...dice.one(habits));
    } else if (way === 'time') {
      world.wait(dice.one([1_000, 120_000]));
    } else if (way === 'paper') {
      world.paper(dice.one([true, true, false]));
    } else if (way === 'card') {
      world.happen({ type: 'card', card });
    } else {
      // What was asked for may still have reached the acquirer before the power went.
      for (const effect of pending) if (dice.one([true, false])) acquirer.outcomeOf(effect, dice);
      world = world.restarted().start();
      answered = 0;
    }
    for (const effect of world.effects.slice(answered)) {
      if (effect.type !== 'authorise') continue;
      const open = openSale(world.state.book);
      must(open?.id === effect.saleId, 'M1: a request is asked for without its intent');
    }
    check();
    visit(world.state);
  }
  for (const fact of world.facts) {
    if (!('stan' in fact)) continue;
    must(!stans.has(fact.stan), 'M6: a trace number was used twice');
    stans.add(fact.stan);
  }
  return world.facts;
};
