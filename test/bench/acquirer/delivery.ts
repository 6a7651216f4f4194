import type { Behaviour } from './behaviours.ts';

/** A line to one terminal: a TCP connection, or what a test puts in its place. */
export interface Link {
  readonly open: boolean;
  write(bytes: Buffer): void;
  /** Closes it when all that was written has left. */
  close(): void;
}

/** Calls `wake` once, that many milliseconds on, unless the returned function is called before. */
export type Schedule = (delayMs: number, wake: () => void) => () => void;

const garbage = Buffer.from('deadbeef0102030405060708090a0b0c0d0e0fff00ff00ff', 'hex');

/** Brings answers to the line, or does to them there what the script wants. */
export class Delivery {
  readonly #schedule: Schedule;
  #held: (() => boolean)[] = [];
  readonly #timers = new Set<() => void>();

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** `sent` is called when an answer was given to an open line, wholly and unharmed in its framing; `withheld` else. */
  deliver(
    link: Link,
    frame: Buffer,
    behaviour: Behaviour | undefined,
    told: { readonly sent: () => void; readonly withheld: () => void },
  ): void {
    const send = (): boolean => {
      if (!link.open) {
        told.withheld();
        return false;
      }
      link.write(frame);
      told.sent();
      return true;
    };
    const spoil = (bytes: Buffer, closes = false): void => {
      if (bytes.length > 0) link.write(bytes);
      if (closes) link.close();
      told.withheld();
    };
    switch (behaviour?.kind) {
      case 'late':
        this.hold(behaviour.delayMs, send);
        break;
      case 'doubled':
        send();
        send();
        break;
      case 'drip':
        this.#drip(link, frame, behaviour.everyMs ?? 1, told);
        break;
      case 'noAnswer':
      case 'notBooked':
      case 'overtaken':
        spoil(Buffer.alloc(0));
        break;
      case 'closeAfterRequest':
        spoil(Buffer.alloc(0), true);
        break;
      case 'truncated':
        spoil(frame.subarray(0, behaviour.bytes ?? frame.length >> 1), behaviour.closes);
        break;
      case 'garbage':
        spoil(behaviour.bytes ?? garbage);
        break;
      case 'lyingLength': {
        const lie = Buffer.from(frame);
        lie.writeUInt16BE(frame.readUInt16BE(0) + (behaviour.by ?? 7));
        spoil(lie);
        break;
      }
      case 'decline':
      case 'approve':
      case 'disagree':
      case 'badMac':
      case 'wrongField':
      case 'omitField':
      case 'closeOnAccept':
      case undefined:
        send();
    }
  }

  /** Does something that long from now, or at the next `release`; `act` says whether it found its line open. */
  hold(delayMs: number | undefined, act: () => boolean): void {
    if (delayMs === undefined) this.#held.push(act);
    else this.#after(delayMs, act);
  }

  /** Lets go what is held back, and says how much of it found its line still open. */
  release(): number {
    const held = this.#held;
    this.#held = [];
    return held.filter((act) => act()).length;
  }

  get held(): number {
    return this.#held.length;
  }

  /** Forgets what is held back or under way. */
  abandon(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#held = [];
  }

  #after(delayMs: number, wake: () => void): void {
    const cancel = this.#schedule(delayMs, () => {
      this.#timers.delete(cancel);
      wake();
    });
    this.#timers.add(cancel);
  }

  #drip(
    link: Link,
    frame: Buffer,
    everyMs: number,
    told: { readonly sent: () => void; readonly withheld: () => void },
  ): void {
    if (!link.open) {
      told.withheld();
      return;
    }
    link.write(frame.subarray(0, 1));
    if (frame.length === 1) told.sent();
    else this.#after(everyMs, () => this.#drip(link, frame.subarray(1), everyMs, told));
  }
}
