import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Clock } from '../hal/clock.ts';
import type { Status } from './control/monitor.ts';
import type { Metrics } from './metrics.ts';

/** How often it is written. A collector looks about as often. */
const everyMs = 15_000;
/** systemd-timesyncd makes it when the network has set the clock. */
const synchronised = '/run/systemd/timesync/synchronized';

/** Writes the metrics into a file, renamed into place so that nobody reads half of one. It isn't synced: no money hangs on it. */
export class MetricsFile {
  readonly #path: string;
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #starts: number;
  #cancel: (() => void) | undefined;

  constructor(path: string, metrics: Metrics, clock: Clock) {
    this.#path = path;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#startedAt = Math.round(clock.wall() / 1000);
    this.#starts = startsIn(path) + 1;
  }

  /** @param problem is told once why it can't be written, and then it is no more */
  begin(status: () => Status | undefined, problem: (code: string) => void): void {
    const now = status();
    try {
      if (now !== undefined) this.#write(now);
    } catch (error) {
      problem((error as NodeJS.ErrnoException).code ?? (error as Error).message);
      return;
    }
    this.#cancel = this.#clock.schedule(everyMs, () => this.begin(status, problem));
  }

  end(): void {
    this.#cancel?.();
  }

  #write(status: Status): void {
    const text = this.#metrics.text(status, this.#startedAt, this.#starts, existsSync(synchronised));
    writeFileSync(`${this.#path}.new`, text, { mode: 0o644 });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

/** Of the file that the process before has left. */
const startsIn = (path: string): number => {
  try {
    return Number(/^slipsafe_starts_total (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};
