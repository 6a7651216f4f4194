/** Everything that the machine can be told, fitting or not: it goes on by a row of its table or rejects it by name. */
import type { Key } from '../../hal/keypad.ts';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';
import type { Event, Happening } from '../../state-machine/events.ts';
import type { State } from '../../state-machine/state.ts';
import { approval, card, fault, signedOn } from '../state-machine/world.ts';
import { graceIsOver, type Machine } from './machine.ts';

const keys: readonly Key[] = ['0', '9', '00', 'enter', 'clear', 'cancel', 'menu', 'function'];
const answers = [
  { outcome: 'unanswered', fault },
  { outcome: 'notSent', fault },
  { outcome: 'badMac' },
  { outcome: 'invalid', field: 'f', what: 'w' },
  { outcome: 'declined', responseCode: '51' },
  { outcome: 'declined', responseCode: '77' },
] as const;

/** Outcomes of effects, each as the one that is waited for and as one that isn't. */
const outcomes = (effect: string): readonly object[] => [
  ...(['entered', 'bypassed', 'cancelled', 'timedOut', 'failed'] as const).map((outcome) => ({
    type: 'pin',
    effect,
    outcome,
  })),
  { type: 'printerChecked', effect, readiness: { ready: true, paperNearEnd: true } },
  { type: 'printerChecked', effect, readiness: { ready: false, cause: 'coverOpen' } },
  ...(['PRINTED', 'UNVERIFIED'] as const).map((verdict) => ({ type: 'printed', effect, verdict: { verdict } })),
  ...(['NOT_PRINTED', 'UNKNOWN'] as const).map((verdict) => ({
    type: 'printed',
    effect,
    verdict: { verdict, cause: 'paperEnd' },
  })),
  ...[true, false].map((confirmed) => ({ type: 'printCancelled', effect, confirmed })),
  ...[signedOn, { outcome: 'badKeys', key: 'MAK' }, ...answers].map((answer) => ({
    type: 'signOnAnswered',
    effect,
    answer,
  })),
  ...[{ outcome: 'signedOff' }, ...answers].map((answer) => ({ type: 'signOffAnswered', effect, answer })),
  ...[approval, ...answers].map((answer) => ({ type: 'authorised', effect, answer })),
  ...[{ outcome: 'balance', amount: -1 }, ...answers].map((answer) => ({ type: 'balanceAnswered', effect, answer })),
  ...[{ outcome: 'acknowledged', responseCode: '25' }, ...answers].map((answer) => ({
    type: 'reversalAnswered',
    effect,
    answer,
  })),
  ...[{ outcome: 'reconciled', domestic: 'error', foreign: 'unbalanced' }, ...answers.slice(0, 4)].map((answer) => ({
    type: 'settlementAnswered',
    effect,
    answer,
  })),
  ...[{ outcome: 'accepted' }, ...answers].map((answer) => ({ type: 'uploadAnswered', effect, answer })),
  { type: 'found', effect, rows: [] },
  ...[
    { result: 'accepted', role: 'clerk' },
    { result: 'accepted', role: 'administrator' },
    { result: 'mustChange', role: 'clerk' },
    { result: 'wrong', triesLeft: 1 },
    { result: 'lockedOut', minutes: 30 },
    { result: 'unknown' },
    { result: 'notStored' },
  ].map((answer) => ({ type: 'passwordChecked', effect, answer })),
  ...[{ result: 'done' }, { result: 'refused', why: 'exists' }, { result: 'lockedOut', minutes: 30 }].map((answer) => ({
    type: 'accountAnswered',
    effect,
    answer,
  })),
  { type: 'operatorsListed', effect, operators: ['00', '99'] },
  { type: 'parametersListed', effect, parameters: [] },
  { type: 'parametersListed', effect, parameters: [{ key: 'k', label: 'l', kind: 'boolean', digits: '1' }] },
  { type: 'parameterWritten', effect, answer: { result: 'notStored' } },
  { type: 'versionTold', effect, version: { build: 'b', checksum: '0', merchantId: '1', acquirers: ['a:1'] } },
  { type: 'selfTested', effect, checks: [{ device: 'ledger', fault: 'failed', faults: 1 }] },
  ...[true, false].map((stored) => ({ type: 'trainingSwitched', effect, stored })),
];

const always: readonly object[] = [
  { type: 'started' },
  ...keys.map((key) => ({ type: 'key', key })),
  { type: 'timeUp' },
  { type: 'card', card },
  { type: 'cardFault', fault: 'lrc' },
  { type: 'readiness', readiness: { ready: true, paperNearEnd: false } },
  { type: 'readiness', readiness: { ready: false, cause: 'overheat' } },
  ...(['printer', 'acquirer', 'keypad'] as const).flatMap((device) =>
    [true, false].map((online) => ({ type: 'link', device, online })),
  ),
  { type: 'signOnAsked' },
  { type: 'settlementDue' },
  { type: 'settlementAsked', by: 'tech' },
  { type: 'reversalAsked', by: 'tech' },
  ...(['refused', 'failed'] as const).map((result) => ({ type: 'ledgerFault', result, fact: 'intended' })),
];

const stale = outcomes('none');
const byEffect = new Map<string, readonly object[]>();
const outcomesOf = (effect: string): readonly object[] => {
  const known = byEffect.get(effect) ?? outcomes(effect);
  byEffect.set(effect, known);
  return known;
};

/** What is wrong; undefined when nothing is. */
export const provoke = (machine: Machine, state: State): string | undefined => {
  const { phase, book } = state;
  const id = `s${book.nextStan}`;
  for (const happening of [...always, ...stale, ...('awaits' in phase ? outcomesOf(phase.awaits) : [])]) {
    for (const at of [0, graceIsOver]) {
      const event = { ...(happening as Happening), at: at as MonotonicMs, wall: 0 as EpochMs, id } as Event;
      try {
        const result = machine.step(state, event);
        if ('effect' in event && event.effect === 'none' && !('rejected' in result)) {
          return `${phase.name} takes the outcome of an effect that it doesn't wait for: ${event.type}`;
        }
      } catch (error) {
        return `a bug: ${phase.name} × ${event.type}: ${(error as Error).message}`;
      }
    }
  }
  return undefined;
};
