import { writeSync } from 'node:fs';
import type { Clock } from '../hal/clock.ts';

/**
 * systemd, as a service of Type=notify tells it how it does. Its socket comes as an open descriptor (board/libexec/start);
 * without one, on an engineer's desk, nothing is told. See sd_notify(3).
 */
export class ServiceManager {
  readonly #descriptor: number | undefined;
  /** How often the watchdog wants to be fed, in ms; undefined where there is none. */
  readonly #patienceMs: number | undefined;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  constructor(env: NodeJS.ProcessEnv, clock: Clock) {
    const descriptor = Number(env.SLIPSAFE_NOTIFY_FD);
    const patience = Number(env.WATCHDOG_USEC);
    this.#descriptor = Number.isInteger(descriptor) && descriptor > 2 ? descriptor : undefined;
    this.#patienceMs = patience > 0 ? patience / 1000 : undefined;
    this.#clock = clock;
  }

  /** Whether there is one. */
  get there(): boolean {
    return this.#descriptor !== undefined;
  }

  /**
   * The terminal trades, or says on its display why it does not. From now on the watchdog is fed, three times as often
   * as it asks, for as long as nothing ails the terminal: a timer alone would feed it in a process that does nothing.
   */
  ready(ailment: () => string | undefined): void {
    this.#tell('READY=1');
    this.#feed(ailment);
  }

  /** Nothing more is told until it is ready anew. */
  pause(): void {
    this.#cancel?.();
  }

  stopping(): void {
    this.pause();
    this.#tell('STOPPING=1');
  }

  #feed(ailment: () => string | undefined): void {
    if (this.#patienceMs === undefined || this.#descriptor === undefined) return;
    const what = ailment();
    this.#tell(what === undefined ? 'WATCHDOG=1' : `STATUS=${what}`);
    this.#cancel = this.#clock.schedule(this.#patienceMs / 3, () => this.#feed(ailment));
  }

  #tell(state: string): void {
    if (this.#descriptor === undefined) return;
    try {
      writeSync(this.#descriptor, state);
    } catch {
      // systemd is restarting, or its queue is full. The next word comes by itself, and READY only late: a start that
      // isn't heard of ends in its time-out, and is made again.
    }
  }
}
