/** Steps the machine again through what the flight recorder heard, against the facts of a ledger export. */
import * as v from 'valibot';
import type { Screen } from '../../hal/display.ts';
import { fold } from '../../state-machine/book.ts';
import type { Effect } from '../../state-machine/effects.ts';
import type { Event } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { PhaseName, State } from '../../state-machine/state.ts';
import { recover, step } from '../../state-machine/step.ts';
import { view } from '../../state-machine/view.ts';
import { type RecorderHead, recorderFormat, recorderVersion } from '../flight-recorder.ts';
import { maskedEventSchema, maskFact, unmaskEvent, unmaskFact } from './masked.ts';
import type { ExportRecord } from './read-export.ts';

/** One thing that the machine was told, and what came of it. */
export interface ReplayedStep {
  readonly wall: number;
  /** `start`: the terminal was switched on, or the recording goes on from rest. */
  readonly event: Event | 'start';
  readonly from: PhaseName;
  readonly to: PhaseName;
  readonly rejected?: string;
  readonly screen: Screen;
  readonly facts: readonly Fact[];
  readonly effects: readonly Effect[];
}

/** Why a recording can't be played, or not to its end. */
export interface ReplayFault {
  /** In the recording, from 1. */
  readonly line: number;
  readonly what: string;
}

export interface Replay {
  readonly steps: readonly ReplayedStep[];
  readonly fault: ReplayFault | undefined;
}

/** A head's rules and identity were written by the terminal itself: their shape is that of the version. */
const headSchema = v.looseObject({
  format: v.literal(recorderFormat),
  version: v.literal(recorderVersion),
  wall: v.number(),
  rules: v.looseObject({ operator: v.exactOptional(v.string()), timers: v.looseObject({}) }),
  identity: v.looseObject({ merchant: v.string(), branch: v.string(), terminalId: v.string(), hotline: v.string() }),
  language: v.picklist(['zh-CN', 'en']),
  code: v.string(),
  facts: v.number(),
  resumes: v.exactOptional(
    v.looseObject({
      signedOn: v.boolean(),
      printer: v.looseObject({ ready: v.boolean() }),
      printerMayHold: v.boolean(),
      offline: v.array(v.string()),
    }),
  ),
});

/**
 * Plays one file of a recording. The facts that the machine gives again must be those of the export, one by one: where
 * they aren't, the recording and the ledger don't tell the same story, and that is where it stops.
 *
 * @param records the export's, in their order
 */
export const replay = (recording: string, records: readonly ExportRecord[]): Replay => {
  const steps: ReplayedStep[] = [];
  const lines = recording.split('\n').filter((line) => line !== '');
  let line = 1;
  try {
    const head = readHead(lines[0] ?? '');
    const position = beginningOf(head, records);
    const tape = new Tape(records, position);
    let state = stateAt(head, tape);
    const screenOf = (): Screen => view(state, head.identity, head.language);
    steps.push({
      wall: head.wall,
      event: 'start',
      from: state.phase.name,
      to: state.phase.name,
      screen: screenOf(),
      facts: tape.taken.splice(0),
      effects: [],
    });
    for (const text of lines.slice(1)) {
      line += 1;
      const event = readEvent(text);
      if (event === undefined) return { steps, fault: { line, what: 'the recording was cut off or altered here' } };
      const from = state.phase.name;
      const result = step(head.rules, state, event);
      const common = { wall: event.wall, event, from };
      if ('rejected' in result) {
        steps.push({ ...common, to: from, rejected: result.rejected, screen: screenOf(), facts: [], effects: [] });
        continue;
      }
      const missing = tape.expect(result.facts);
      if (missing !== undefined) return { steps, fault: { line, what: missing } };
      state = result.state;
      const { facts, effects } = result;
      steps.push({ ...common, to: state.phase.name, screen: screenOf(), facts, effects });
    }
    return { steps, fault: undefined };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { steps, fault: { line, what: error.message } };
  }
};

/** The export's facts from where the recording begins. */
class Tape {
  readonly #records: readonly ExportRecord[];
  #at: number;
  readonly taken: Fact[] = [];

  constructor(records: readonly ExportRecord[], at: number) {
    this.#records = records;
    this.#at = at;
  }

  /** The facts of the batch that the record before the beginning is in, up to it. */
  get before(): readonly Fact[] {
    const batch = this.#records[this.#at - 1]?.batch;
    return this.#records
      .slice(0, this.#at)
      .filter((record) => record.batch === batch)
      .map(({ fact }) => unmaskFact(fact));
  }

  /** Why these facts aren't the next ones of the export. The export may have been made before they were written. */
  expect(facts: readonly Fact[]): string | undefined {
    for (const fact of facts) {
      const record = this.#records[this.#at];
      if (record === undefined) return `the export ends before the fact ${fact.type}: make it anew`;
      if (JSON.stringify(maskFact(fact)) !== JSON.stringify(record.fact)) {
        return `the machine gives ${fact.type} here, and record ${record.sequence} of the ledger is ${record.fact.type}`;
      }
      this.#at += 1;
      this.taken.push(fact);
    }
    return undefined;
  }
}

const readHead = (line: string): RecorderHead => {
  const result = v.safeParse(headSchema, parsed(line));
  if (!result.success) throw new Error('this is no recording of a Slipsafe terminal, or one of another version');
  return result.output as unknown as RecorderHead;
};

const readEvent = (line: string): Event | undefined => {
  const result = v.safeParse(maskedEventSchema, parsed(line));
  return result.success ? unmaskEvent(result.output) : undefined;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const beginningOf = ({ code }: RecorderHead, records: readonly ExportRecord[]): number => {
  const index = records.findIndex((record) => record.code === code);
  if (index < 0) throw new Error(`record ${code}, after which the recording begins, is not in the export`);
  return index + 1;
};

const stateAt = (head: RecorderHead, tape: Tape): State => {
  const { before } = tape;
  if (head.resumes !== undefined)
    return {
      ...head.resumes,
      settlementDue: false,
      signOffDue: false,
      maintenanceDue: false,
      book: fold(before),
      phase: { name: 'idle' },
    };
  const { state, facts } = recover(before, head.wall as Fact['at']);
  const missing = tape.expect(facts);
  if (missing !== undefined) throw new Error(missing);
  return state;
};
