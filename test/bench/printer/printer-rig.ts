import { PassThrough, Writable } from 'node:stream';
import { HandClock } from '../../support/hand-clock.ts';
import type { VirtualPrinterOptions } from './printer-options.ts';
import { VirtualPrinter } from './virtual-printer.ts';
import type { FarSide } from './wire.ts';

/** A printer with the terminal's end of its line in the test's hand, and its time too. */
export class PrinterRig {
  readonly clock = new HandClock();
  readonly printer: VirtualPrinter;
  /** All that the printer has sent, in hex, a write a word. */
  readonly answers: string[] = [];
  #received = new PassThrough();

  constructor(options: VirtualPrinterOptions = {}) {
    const { clock } = this;
    this.printer = new VirtualPrinter({
      clock: { now: () => clock.monotonic(), after: (ms, wake) => clock.schedule(ms, wake) },
      ...options,
    });
    this.plug();
  }

  /** Plugs a new cable in. Returns its far side. */
  plug(): FarSide & { unplugged: number } {
    const answers = this.answers;
    this.#received = new PassThrough();
    const far = {
      received: this.#received,
      send: new Writable({
        write(chunk: Buffer, _encoding, done) {
          answers.push(chunk.toString('hex'));
          done();
        },
      }),
      unplugged: 0,
      unplug: () => {
        far.unplugged++;
      },
    };
    this.printer.attach(far);
    return far;
  }

  /** The terminal sends: hex with blanks, or bytes. They are on the wire at once. */
  send(...parts: readonly (string | Uint8Array)[]): void {
    for (const part of parts) {
      this.#received.emit('data', typeof part === 'string' ? Buffer.from(part.replaceAll(' ', ''), 'hex') : part);
    }
  }

  /** The terminal sends text, ended by a line feed. */
  sendLines(...lines: readonly string[]): void {
    for (const line of lines) this.send(Buffer.from(`${line}\n`));
  }

  /** Lets time pass. */
  wait(ms: number): void {
    this.clock.advance(ms);
  }

  /** Lets time pass until nothing more is to come by itself, and takes the answers since the last time. */
  settle(): string[] {
    this.wait(600_000);
    return this.answers.splice(0);
  }

  /** The texts of the lines on paper. */
  get texts(): string[] {
    return this.printer.paper.lines.map((line) => line.text);
  }
}
