import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, Health, LinkEvent } from '../../hal/device.ts';
import type { Line } from '../serial/serial-line.ts';

/** How long a screen may take on the line; at 9600 baud it takes a tenth of a second. */
const stuckMs = 2000;

/**
 * The line to a display that only listens. One write is in flight at a time, and of what comes meanwhile only the
 * newest is kept, so that a display that holds us off costs no memory and shows the truth once it reads on. After a
 * replug the newest is sent again, whole.
 */
export class ScreenLine {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #prelude: Buffer;
  #newest: Buffer;
  #unsent: Buffer | undefined;
  #writingSince: number | undefined;
  #offlineFault: DeviceFault | undefined;

  /** `prelude` is sent whenever the line comes up, `newest` after it as long as nothing else was put. */
  constructor(line: Line, clock: Clock, prelude: Buffer, newest: Buffer) {
    this.#line = line;
    this.#clock = clock;
    this.#prelude = prelude;
    this.#newest = newest;
  }

  async open(listener: (event: LinkEvent) => void): Promise<void> {
    await this.#line.open({
      online: () => {
        this.#offlineFault = undefined;
        this.#unsent = Buffer.concat([this.#prelude, this.#newest]);
        this.#writeOn();
        listener({ type: 'online' });
      },
      offline: (fault) => {
        this.#offlineFault = fault;
        listener({ type: 'offline', fault });
      },
      data: () => {
        // These displays have nothing to say; what comes is an echo or noise.
      },
    });
  }

  async close(): Promise<void> {
    await this.#line.close();
  }

  /** What the display shall show from now on. */
  put(bytes: Buffer): void {
    this.#newest = bytes;
    if (!this.#line.online) return;
    this.#unsent = bytes;
    this.#writeOn();
  }

  health(): Health {
    if (!this.#line.online) {
      const notInUse = this.#line.fault('missing', 'The display is not in use.', 'Start the terminal first.');
      return { healthy: false, fault: this.#offlineFault ?? notInUse };
    }
    if (this.#writingSince !== undefined && this.#clock.monotonic() - this.#writingSince > stuckMs) {
      const what = 'The display takes no bytes.';
      return { healthy: false, fault: this.#line.fault('silent', what, 'Check its power and its flow control.') };
    }
    return { healthy: true };
  }

  #writeOn(): void {
    const bytes = this.#unsent;
    if (bytes === undefined || this.#writingSince !== undefined) return;
    this.#unsent = undefined;
    this.#writingSince = this.#clock.monotonic();
    void this.#line.write(bytes).then(() => {
      this.#writingSince = undefined;
      this.#writeOn();
    });
  }
}
