import { type Book, fold, openSale } from './book.ts';
import type { Event } from './events.ts';
import type { Fact } from './facts.ts';
import { kinds } from './kinds.ts';
import type { Rules } from './rules.ts';
import type { State } from './state.ts';
import { table } from './table.ts';
import { type Rejection, type Step, Turn } from './turn.ts';

/**
 * The machine: takes a state and an event, and gives the state after it with the facts to be made durable and the
 * effects to be performed then; or the name of the rejection, and nothing has changed. Pure: the same arguments give
 * the same result. It throws only on a bug.
 */
export const step = (rules: Rules, state: State, event: Event): Step | { readonly rejected: Rejection } => {
  const { phase } = state;
  const row = table[phase.name][event.type];
  if (typeof row === 'string') return { rejected: row };
  if ('effect' in event && !('awaits' in phase && phase.awaits === event.effect)) return { rejected: 'staleOutcome' };
  if (event.type === 'timeUp' && !('until' in phase && event.at >= phase.until)) return { rejected: 'noSuchDeadline' };
  const result = row.run(new Turn(rules, state, event), phase as never, event as never);
  if (typeof result === 'string') return { rejected: result };
  const next = result.state.phase.name;
  if (!row.to.includes(next) && !(next === phase.name && row.to.includes('same'))) {
    throw new Error(`${phase.name} × ${event.type} led to ${next}, which its row doesn't name`);
  }
  return result;
};

/**
 * Where a terminal stands after a start, from the facts alone. The last fact decides: an intent without an answer is
 * to be reversed (98), an approval without a captured slip too (96); what has no reversal is in doubt, or owes its slip. The facts returned are to be made durable, then
 * the event `started` sets the machine going.
 */
export const recover = (facts: Iterable<Fact>, at: Fact['at']): Step => resume(fold(facts), at);

/** The same, from the book that the facts add up to. */
export const resume = (book: Book, at: Fact['at']): Step => {
  const open = openSale(book);
  const missing: Fact[] = [];
  if (open?.status === 'intended') {
    const type = kinds[open.kind].reversible ? 'reversalRequired' : 'inDoubt';
    missing.push({ type, saleId: open.id, reason: '98', at });
  }
  if (open?.status === 'approved') {
    missing.push(
      kinds[open.kind].reversible
        ? { type: 'reversalRequired', saleId: open.id, reason: '96', at }
        : { type: 'slipOwed', saleId: open.id, at },
    );
  }
  return {
    state: {
      book: fold(missing, book),
      phase: { name: 'starting' },
      signedOn: false,
      printer: { ready: true, paperNearEnd: false },
      printerMayHold: true,
      settlementDue: false,
      signOffDue: false,
      maintenanceDue: false,
      offline: [],
    },
    facts: missing,
    effects: [],
  };
};
