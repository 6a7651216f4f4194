import type { Clock } from '../../hal/clock.ts';
import type { PrinterReadiness } from '../../hal/printer.ts';
import type { Line } from '../serial/serial-line.ts';
import {
  automaticStatusOff,
  automaticStatusOn,
  clearBuffers,
  moduleStatus,
  paperStatus,
  processId,
  realTimeStatus,
  reset,
} from './commands.ts';
import { readinessOfRealTime } from './printer-status.ts';
import { type PrinterReply, ReplyParser } from './reply-parser.ts';

/** What a printer answered when it was asked everything that a profile may use. */
export interface ProbeAnswers {
  /** DLE EOT 1 … 4. */
  readonly realTime: boolean;
  /** What it said of itself, where it did: one that isn't ready answers no buffered question. */
  readonly readiness: PrinterReadiness | undefined;
  /** GS a. */
  readonly automaticStatus: boolean;
  /** GS ( H fn 48. */
  readonly processId: boolean;
  /** DLE DC4 fn 8. */
  readonly clearBuffers: boolean;
  /** GS r 1. */
  readonly paperStatus: boolean;
  /** The byte that ESC v was answered with. */
  readonly moduleStatus: number | undefined;
  /** Bytes that were no answer: a wrong speed, or no ESC/POS. */
  readonly noise: number;
  /** With a ruler: how long, in ms from its first byte, the fence took, and the shortest time in which it can be out. */
  readonly ruler: { readonly fenceMs: number | undefined; readonly soonestMs: number } | undefined;
}

/** How long each answer is waited for, in ms. */
const answerMs = 500;
const clearedMs = 1500;
/** How long, in ms, until the line is quiet. */
const quietMs = 60;
/** The ruler's paper at the slowest that a printer moves it, and then some, in ms. */
const rulerMs = 15_000;
/** No receipt printer moves paper faster, in mm/s. */
const fastest = 400;
const rulerLines = 24;
const lineMm = 3.75;

/**
 * Asks an unknown printer what it answers. Each question has its time limit, nothing is printed unless `ruler` is set, and
 * whatever a question may have left in the printer's line buffer is thrown away by ESC @ behind it. Questions that only
 * printers with status in real time know are put to no other: on small modules the same bytes are another command.
 */
export class PrinterProbe {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #parser = new ReplyParser({ automatic: true, blocks: true });
  #replies: PrinterReply[] = [];
  #noise = 0;
  #wake: () => void = () => {};

  constructor(line: Line, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
  }

  /** To be called with what comes from the printer. */
  data(chunk: Uint8Array): void {
    for (const reply of this.#parser.push(chunk, this.#clock.monotonic())) {
      if (reply.type === 'noise') this.#noise += reply.bytes;
      this.#replies.push(reply);
    }
    this.#wake();
  }

  async run(ruler: boolean): Promise<ProbeAnswers> {
    await this.#send(reset);
    await this.#quiet();
    const bits: number[] = [];
    for (const n of [1, 2, 3, 4] as const) {
      const reply = await this.#ask(realTimeStatus(n), ({ type }) => type === 'realTime');
      if (reply?.type !== 'realTime') break;
      bits.push(reply.bits);
    }
    const realTime = bits.length === 4;
    const [printer = 0, offline = 0, error = 0, paper = 0] = bits;
    const readiness = realTime ? readinessOfRealTime(printer, offline, error, paper) : undefined;
    await this.#send(reset); // takes away what a module that doesn't know these bytes made of them
    const automatic =
      realTime && (await this.#ask(automaticStatusOn, ({ type }) => type === 'automatic')) !== undefined;
    if (realTime) await this.#send(automaticStatusOff);
    const asked = realTime ? await this.#askId('0001') : undefined;
    if (realTime) await this.#send(reset);
    const status = await this.#ask(paperStatus, ({ type }) => type === 'status');
    const module = await this.#ask(moduleStatus, ({ type }) => type === 'status');
    const cleared = asked !== undefined && (await this.#ask(clearBuffers, ({ type }) => type === 'cleared', clearedMs));
    await this.#send(reset);
    const fence = asked !== undefined ? 'processId' : status !== undefined ? 'paperStatus' : undefined;
    const measured = ruler ? await this.#printRuler(fence) : undefined;
    await this.#send(reset);
    await this.#quiet();
    return {
      realTime,
      readiness,
      automaticStatus: automatic,
      processId: asked !== undefined,
      clearBuffers: cleared !== false && cleared !== undefined,
      paperStatus: status !== undefined,
      moduleStatus: module?.type === 'status' ? module.bits : undefined,
      noise: this.#noise,
      ruler: measured,
    };
  }

  #askId(id: string, limitMs = answerMs): Promise<PrinterReply | undefined> {
    return this.#ask(processId(id), (reply) => reply.type === 'processId' && reply.id === id, limitMs);
  }

  /** Lines by which a person sees the columns, whether it has Hanzi, and where the tear bar is. */
  async #printRuler(fence: 'processId' | 'paperStatus' | undefined): Promise<ProbeAnswers['ruler']> {
    const begun = this.#clock.monotonic();
    const digits = (columns: number): string =>
      `${String(columns).padEnd(3, '.')}${'1234567890'.repeat(8).slice(3, columns)}`;
    const hanzi = Buffer.from('D6D0CEC4', 'hex'); // 中文 in GBK
    const lines = [
      Buffer.from('Slipsafe: each ruler that stays on one line fits'),
      ...[32, 42, 48].map((columns) => Buffer.from(digits(columns))),
      Buffer.concat([Buffer.from([0x1c, 0x26]), Buffer.from('Hanzi: '), hanzi]),
    ];
    while (lines.length < rulerLines) lines.push(Buffer.from(`line ${lines.length + 1} of ${rulerLines}`));
    const feed = Buffer.from([0x1b, 0x64, 4]);
    await this.#send(Buffer.concat([...lines.flatMap((line) => [line, Buffer.from('\n')]), feed]), rulerMs);
    const reply =
      fence === 'processId'
        ? await this.#askId('0002', rulerMs)
        : fence === 'paperStatus' && (await this.#ask(paperStatus, ({ type }) => type === 'status', rulerMs));
    const answered = reply !== undefined && reply !== false;
    return {
      fenceMs: answered ? this.#clock.monotonic() - begun : undefined,
      soonestMs: ((rulerLines + 4) * lineMm * 1000) / fastest,
    };
  }

  /** Empties the input, asks, and gives the first reply that fits. */
  async #ask(
    query: Uint8Array,
    fits: (reply: PrinterReply) => boolean,
    limitMs = answerMs,
  ): Promise<PrinterReply | undefined> {
    await this.#quiet();
    this.#replies = [];
    if (!(await this.#send(query))) return undefined;
    const deadline = this.#clock.monotonic() + limitMs;
    for (;;) {
      const found = this.#replies.find(fits);
      const left = deadline - this.#clock.monotonic();
      if (found !== undefined || left <= 0) return found;
      await this.#pause(left);
    }
  }

  /** False when the line didn't take it in time; then it is dropped, not left to be printed later. */
  async #send(bytes: Uint8Array, limitMs = clearedMs): Promise<boolean> {
    let taken: boolean | undefined;
    void this.#line.write(bytes).then((written) => {
      taken = written;
      this.#wake();
    });
    const deadline = this.#clock.monotonic() + limitMs;
    while (taken === undefined && this.#clock.monotonic() < deadline) {
      await this.#pause(deadline - this.#clock.monotonic());
    }
    if (taken === undefined) {
      await this.#line.reset(
        this.#line.fault('silent', 'The printer took no bytes.', 'Look at its cable and flow control.'),
      );
    }
    return taken === true;
  }

  async #quiet(): Promise<void> {
    for (let n = 0; n < 10; n++) {
      const before = this.#replies.length;
      await this.#pause(quietMs);
      if (this.#replies.length === before) return;
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#wake = () => {};
        resolve();
      };
      const cancel = this.#clock.schedule(Math.max(0, ms), done);
      this.#wake = done;
    });
  }
}
