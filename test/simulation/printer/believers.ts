/** Drivers that believe too much, as real terminals do: the run must find each of them out. */
import { automaticStatusOn, paperStatus, realTimeStatus } from '../../../drivers/printer/commands.ts';
import type { PrinterProfile } from '../../../drivers/printer/printer-profile.ts';
import { encodeSlip } from '../../../drivers/printer/slip-encoder.ts';
import type { Line } from '../../../drivers/serial/serial-line.ts';
import type { Clock } from '../../../hal/clock.ts';
import type { Health, LinkEvent } from '../../../hal/device.ts';
import type { Printer, PrinterEvent, PrinterReadiness, PrintVerdict, SlipDocument } from '../../../hal/printer.ts';

export const beliefs = ['the drain', 'any byte', 'one answer'] as const;
/**
 * `the drain`: the line has taken all bytes, so the slip is out. `any byte`: whatever comes after the question is its
 * answer, also what came before it. `one answer`: the input is emptied first, and then the first status byte counts.
 */
export type Belief = (typeof beliefs)[number];

const patienceMs = 10_000;

export class Believer implements Printer {
  readonly #belief: Belief;
  readonly #line: Line;
  readonly #profile: PrinterProfile;
  readonly #clock: Clock;
  #input: number[] = [];
  #wake: () => void = () => {};

  constructor(belief: Belief, line: Line, profile: PrinterProfile, clock: Clock) {
    this.#belief = belief;
    this.#line = line;
    this.#profile = profile;
    this.#clock = clock;
  }

  claim(listener: (event: PrinterEvent | LinkEvent) => void): Promise<void> {
    return this.#line.open({
      online: () => listener({ type: 'online' }),
      offline: (fault) => listener({ type: 'offline', fault }),
      data: (chunk) => {
        this.#input.push(...chunk);
        this.#wake();
      },
    });
  }

  release(): Promise<void> {
    return this.#line.close();
  }

  checkHealth(): Promise<Health> {
    return Promise.resolve({ healthy: true });
  }

  async checkReady(): Promise<PrinterReadiness> {
    return this.#line.online ? { ready: true, paperNearEnd: false } : { ready: false, cause: 'linkLost' };
  }

  async print(slip: SlipDocument): Promise<PrintVerdict> {
    const { pieces } = encodeSlip(slip, this.#profile);
    await this.#line.write(realTimeStatus(1));
    const written = await this.#within(this.#line.write(Buffer.concat([...pieces, automaticStatusOn])));
    if (written !== true) return { verdict: 'UNKNOWN', cause: this.#line.online ? 'silence' : 'linkLost' };
    if (this.#belief === 'the drain') return { verdict: 'PRINTED' };
    if (this.#belief === 'one answer') this.#input = [];
    await this.#within(this.#line.write(paperStatus));
    const answered = await this.#within(
      new Promise<true>((resolve) => {
        this.#wake = () => {
          if (this.#input.some((byte) => this.#belief === 'any byte' || (byte & 0x90) === 0)) resolve(true);
        };
        this.#wake();
      }),
    );
    this.#input = [];
    return answered === true ? { verdict: 'PRINTED' } : { verdict: 'UNKNOWN', cause: 'silence' };
  }

  cancel(): Promise<{ readonly confirmed: boolean }> {
    return Promise.resolve({ confirmed: false });
  }

  #within<T>(outcome: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(patienceMs, () => resolve(undefined));
      void outcome.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }
}
