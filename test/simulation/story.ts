import { createHash, type Hash } from 'node:crypto';
import { beginning } from './clocks.ts';
import type { Scheduler } from './scheduler.ts';

/** What a simulated day is told by: who, or what, did something. */
export type Teller = 'shop' | 'clerk' | 'screen' | 'fact' | 'line' | 'paper' | 'fault' | 'power' | 'log' | 'rule';

const chinaMs = 8 * 3_600_000;

/** What happened, line by line, for those who asked for it; and a digest of it, by which two runs are compared. */
export class Story {
  readonly #scheduler: Scheduler;
  readonly #write: ((line: string) => void) | undefined;
  readonly #digest: Hash | undefined;

  constructor(scheduler: Scheduler, options: { write?: ((line: string) => void) | undefined; digest: boolean }) {
    this.#scheduler = scheduler;
    this.#write = options.write;
    if (options.digest) this.#digest = createHash('sha256');
  }

  /** False when nobody listens: then nothing needs to be put into words. */
  get isTold(): boolean {
    return this.#write !== undefined || this.#digest !== undefined;
  }

  tell(teller: Teller, what: () => string): void {
    if (!this.isTold) return;
    const line = `${this.when} ${teller.padEnd(6)} ${what()}`;
    this.#digest?.update(`${line}\n`);
    this.#write?.(line);
  }

  /** Bytes that belong to what happened, such as those of a disk. */
  add(bytes: Uint8Array): void {
    this.#digest?.update(bytes);
  }

  digest(): string | undefined {
    return this.#digest?.copy().digest('hex');
  }

  /** `#1234 day 1 09:12:03.120`, the shop's time. */
  get when(): string {
    const { now, step } = this.#scheduler;
    const at = new Date(Math.floor(beginning + chinaMs + now)).toISOString();
    const day =
      1 + Math.floor((beginning + chinaMs + now) / 86_400_000) - Math.floor((beginning + chinaMs) / 86_400_000);
    return `#${step} day ${day} ${at.slice(11, 23)}`;
  }
}
