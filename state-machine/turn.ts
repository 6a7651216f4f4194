import type { EpochMs, MonotonicMs } from '../hal/units.ts';
import { apply, type Book } from './book.ts';
import type { Effect } from './effects.ts';
import type { Event, EventName, EventOf } from './events.ts';
import type { Fact } from './facts.ts';
import type { Rules } from './rules.ts';
import type { Phase, PhaseName, PhaseOf, State } from './state.ts';

/** What a step gives: the state after it, and what is to be made durable, one by one, before the effects are done. */
export interface Step {
  readonly state: State;
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
}

/** Why an event changes nothing, in the order in which they are looked for. */
export type Rejection =
  /** Nothing is taken any more until the process restarts. */
  | 'outOfService'
  /** The outcome of an effect that isn't waited for any more; an answer after its time-out is one. */
  | 'staleOutcome'
  /** A deadline rang that this phase doesn't have, or that hasn't come. */
  | 'noSuchDeadline'
  /** The phase has no use for this event. */
  | 'alreadyStarted'
  | 'keyWithoutMeaning'
  | 'noCardAskedFor'
  /** The key has a meaning here and can't be followed now. */
  | 'amountIsZero'
  | 'amountTooLarge'
  | 'tooManyDigits'
  | 'nothingEntered'
  | 'notByPolicy'
  /** What was asked for without a key: something is in hand, or there is nothing of the kind. */
  | 'notAtRest'
  | 'nothingToSettle'
  | 'noReversalWaits'
  /** Nothing is listed beyond. */
  | 'endOfList';

/** A fact without its time, which the turn adds. */
type Undated<F> = F extends Fact ? Omit<F, 'at'> : never;

/**
 * One step in the making: handlers record facts, ask for effects and end with the phase to be in. Facts change the
 * book at once, so that what follows in the same step is decided on what will be true.
 */
export class Turn {
  readonly rules: Rules;
  readonly #event: Event;
  #state: State;
  readonly #facts: Fact[] = [];
  readonly #effects: Effect[] = [];

  constructor(rules: Rules, state: State, event: Event) {
    this.rules = rules;
    this.#state = state;
    this.#event = event;
  }

  get state(): State {
    return this.#state;
  }

  get book(): Book {
    return this.#state.book;
  }

  /** The fresh identifier that came with the event. */
  get freshId(): string {
    return this.#event.id;
  }

  /** The time of day, for records and for what counts in days. */
  get wall(): EpochMs {
    return this.#event.wall;
  }

  /** Who sells: who signed on by his number, else the one of the configuration. */
  get operator(): string | undefined {
    return this.book.operator ?? this.rules.operator;
  }

  after(ms: number): MonotonicMs {
    return (this.#event.at + ms) as MonotonicMs;
  }

  /** The deadline of the n-th retry, n from 1. */
  retryAt(attempt: number): MonotonicMs {
    const { retryMs } = this.rules.timers;
    return this.after(retryMs[Math.min(attempt, retryMs.length) - 1] ?? retryMs[0]);
  }

  record(fact: Undated<Fact>): this {
    const dated = { ...fact, at: this.#event.wall } as Fact;
    this.#facts.push(dated);
    return this.know({ book: apply(this.book, dated) });
  }

  know(change: Partial<Omit<State, 'phase'>>): this {
    this.#state = { ...this.#state, ...change };
    return this;
  }

  ask(effect: Effect): this {
    this.#effects.push(effect);
    return this;
  }

  to(phase: Phase): Step {
    return { state: { ...this.#state, phase }, facts: this.#facts, effects: this.#effects };
  }
}

export type Handler<P extends PhaseName, E extends EventName> = (
  turn: Turn,
  phase: PhaseOf<P>,
  event: EventOf<E>,
) => Step | Rejection;
