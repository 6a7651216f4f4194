import type { Timeline } from './timeline.ts';

export type ReplyKind =
  | 'dleEot'
  | 'automaticStatus'
  | 'gsR'
  | 'escV'
  | 'processId'
  | 'cleared'
  | 'powerOff'
  /** XON, XOFF. */
  | 'flowControl';

/** What goes wrong with replies on their way. */
export interface SpoiltReplies {
  readonly how:
    | { readonly type: 'lost' }
    | { readonly type: 'late'; readonly byMs: number }
    | { readonly type: 'doubled' }
    /** Held back until the first line of the next copy is on paper: an answer to the job before. */
    | { readonly type: 'stale' }
    /** One bit, 0..7, of one byte, from 0, comes the other way round. */
    | { readonly type: 'bitWrong'; readonly byte: number; readonly bit: number }
    /** Other bytes come in between, after the first. */
    | { readonly type: 'strayBytes'; readonly bytes: readonly number[] };
  /** Of which kind; without it, of any but flow control. */
  readonly kind?: ReplyKind;
  /** How many replies, 1 unless given. */
  readonly times?: number;
}

/** The way of the printer's answers to the terminal, with what a test has go wrong on it. */
export class Replies {
  readonly #timeline: Timeline;
  readonly #send: (kind: ReplyKind, bytes: Buffer) => void;
  #spoilt: { readonly rule: SpoiltReplies; left: number }[] = [];
  #stale: (() => void)[] = [];

  constructor(timeline: Timeline, send: (kind: ReplyKind, bytes: Buffer) => void) {
    this.#timeline = timeline;
    this.#send = send;
  }

  /** Rules are used up one after the other, the oldest that fits first. */
  spoil(rule: SpoiltReplies): void {
    this.#spoilt.push({ rule, left: rule.times ?? 1 });
  }

  send(kind: ReplyKind, bytes: Buffer): void {
    const spoilt = this.#spoilt.find(({ rule }) =>
      rule.kind === undefined ? kind !== 'flowControl' : rule.kind === kind,
    );
    if (spoilt === undefined) this.#send(kind, bytes);
    else {
      spoilt.left--;
      if (spoilt.left <= 0) this.#spoilt = this.#spoilt.filter((other) => other !== spoilt);
      this.#sendSpoilt(kind, bytes, spoilt.rule.how);
    }
  }

  /** The first line of a copy is on paper: what was held back comes. */
  sendStale(): void {
    for (const send of this.#stale.splice(0)) send();
  }

  #sendSpoilt(kind: ReplyKind, bytes: Buffer, how: SpoiltReplies['how']): void {
    switch (how.type) {
      case 'lost':
        break;
      case 'late':
        this.#timeline.after(how.byMs, () => this.#send(kind, bytes));
        break;
      case 'doubled':
        this.#send(kind, bytes);
        this.#send(kind, bytes);
        break;
      case 'stale':
        this.#stale.push(() => this.#send(kind, bytes));
        break;
      case 'bitWrong': {
        const wrong = Buffer.from(bytes);
        const at = Math.min(how.byte, wrong.length - 1);
        wrong[at] = (wrong[at] ?? 0) ^ (1 << how.bit);
        this.#send(kind, wrong);
        break;
      }
      case 'strayBytes':
        this.#send(kind, Buffer.concat([bytes.subarray(0, 1), Buffer.from(how.bytes), bytes.subarray(1)]));
        break;
    }
  }
}
