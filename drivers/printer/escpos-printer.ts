import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, Health, LinkEvent } from '../../hal/device.ts';
import type { Printer, PrinterEvent, PrinterReadiness, PrintVerdict, SlipDocument } from '../../hal/printer.ts';
import type { Line } from '../serial/serial-line.ts';
import { automaticStatusOn, recoverAfterClearing } from './commands.ts';
import { ProcessIds } from './fence.ts';
import { PrintJob, type PrintJobRig, timesOf } from './print-job.ts';
import { PrinterCancel } from './printer-cancel.ts';
import { PrinterDialogue } from './printer-dialogue.ts';
import { lineSpeed, type PrinterPort, printerLine } from './printer-line.ts';
import type { PrinterProfile } from './printer-profile.ts';
import type { PrinterReply } from './reply-parser.ts';
import { encodeSlip } from './slip-encoder.ts';

export interface EscPosPrinterOptions {
  readonly port: PrinterPort;
  readonly profile: PrinterProfile;
  /** Must be true for a profile without a fence: its slips come out `UNVERIFIED`, which someone has to have chosen. */
  readonly acceptUnverified?: boolean;
}

/** How often, in ms, an idle printer is asked how it is. */
const idlePollMs = 1000;
/**
 * How often, in ms, one that is well and tells changes by itself, and so often it is told anew to do so: one that was
 * switched off and on has forgotten it.
 */
const watchedPollMs = 30_000;
/** How soon, in ms, after it told a change by itself. */
const soonMs = 50;
/** The longest time, in ms, between two questions to a module that doesn't answer: each waits in its buffer. */
const slowestPollMs = 60_000;
/** The longest time, in ms, after which a printer that never says that a slip is out is called ready again. */
const longestOwedMs = 300_000;
/** So many bytes without sense since the last health check are no longer noise. */
const babblingBytes = 64;

/**
 * An ESC/POS printer on a serial line or in the network, fulfilling the `Printer` port: what a slip became is said by the printer's own
 * word after its last line, and by nothing else. What a model can say stands in its profile.
 */
export class EscPosPrinter implements Printer {
  readonly #profile: PrinterProfile;
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #dialogue: PrinterDialogue;
  readonly #jobRig: PrintJobRig;
  #listener: ((event: PrinterEvent | LinkEvent) => void) | undefined;
  #claimed = false;
  #linkFault: DeviceFault | undefined;
  #readiness: PrinterReadiness | undefined;
  /**
   * A slip didn't come out, or nobody knows: whoever was told that must hear how the printer is, changed or not, from
   * that time on; Infinity when nobody waits for it.
   */
  #owedFrom = Infinity;
  #silencesRunning = 0;
  /** The call under way; one at a time. */
  #call: string | undefined;
  #poll: Promise<PrinterReadiness | undefined> | undefined;
  #pollDelayMs = idlePollMs;
  #toldToTellAt = -Infinity;
  /** It has said something by itself since it was told to. */
  #tellsByItself = false;
  #nextPoll: { readonly at: number; readonly cancel: () => void } | undefined;
  /** The last slip was not verified, and its fence was answered afterwards: it came out to its end. */
  #cameOutLate = false;
  #lastSlipMs = 0;

  /** Throws a TypeError for a profile that can verify nothing, unless that is accepted knowingly. */
  constructor(
    options: EscPosPrinterOptions,
    clock: Clock,
    line: Line = printerLine(options.port, clock),
    ids = new ProcessIds(),
  ) {
    const { profile, port, acceptUnverified = false } = options;
    if (profile.fence === 'none' && !acceptUnverified) {
      throw new TypeError(
        `The printer profile "${profile.name}" can't tell whether a slip came out. Choose another profile, or set acceptUnverified.`,
      );
    }
    this.#profile = profile;
    this.#line = line;
    this.#clock = clock;
    const baudRate = lineSpeed(port);
    this.#dialogue = new PrinterDialogue(line, profile, baudRate, clock);
    this.#dialogue.onReadiness = (readiness) => this.#note(readiness);
    this.#jobRig = { dialogue: this.#dialogue, profile, baudRate, ids, clock };
  }

  async claim(listener: (event: PrinterEvent | LinkEvent) => void): Promise<void> {
    if (this.#claimed) throw new Error('the printer is claimed already');
    this.#claimed = true;
    this.#listener = listener;
    this.#dialogue.onReply = (reply) => this.#heardIdle(reply);
    await this.#line.open({
      online: () => this.#online(),
      offline: (fault) => this.#offline(fault),
      data: (chunk) => this.#dialogue.data(chunk),
    });
  }

  async release(): Promise<void> {
    this.#listener = undefined;
    this.#dropNextPoll();
    await this.#line.close();
    this.#dialogue.linkChanged();
  }

  async checkHealth(): Promise<Health> {
    const fault = await this.#fault();
    return fault === undefined ? { healthy: true } : { healthy: false, fault };
  }

  checkReady(): Promise<PrinterReadiness> {
    return this.#exclusively('checkReady', async (polled) => {
      const readiness = polled ?? (await this.#dialogue.readiness());
      return (await this.#recoverCutter()) ?? readiness;
    });
  }

  async print(slip: SlipDocument): Promise<PrintVerdict> {
    const encoded = encodeSlip(slip, this.#profile);
    return this.#exclusively('print', async () => {
      await this.#recoverCutter();
      this.#cameOutLate = false;
      this.#lastSlipMs = timesOf(encoded, this.#profile, this.#jobRig.baudRate).latestMs;
      const job = new PrintJob(encoded, this.#jobRig);
      const verdict = await this.#hearing(
        (reply, atMs) => job.hear(reply, atMs),
        () => job.run(),
      );
      this.#oweReadiness(verdict);
      return verdict;
    });
  }

  cancel(): Promise<{ readonly confirmed: boolean }> {
    return this.#exclusively('cancel', async () => {
      const cancel = new PrinterCancel(this.#jobRig, this.#lastSlipMs);
      const empty = await this.#hearing(
        (reply) => cancel.hear(reply),
        () => cancel.run(),
      );
      return { confirmed: empty && !this.#cameOutLate };
    });
  }

  /**
   * A blade that was freed stays in error until the printer is told to recover (DLE ENQ 2, which also clears what it
   * held). It moves the blade, so it is told only when somebody asks for a print, never by the idle poll. Gives what
   * the printer says afterwards, and nothing where there was no such error.
   */
  async #recoverCutter(): Promise<PrinterReadiness | undefined> {
    const known = this.#readiness;
    if (known === undefined || known.ready || known.cause !== 'cutter' || this.#profile.cancel === 'none') {
      return undefined;
    }
    if ((await this.#dialogue.send(recoverAfterClearing, soonMs)) !== 'sent') return undefined;
    return this.#dialogue.readiness();
  }

  /** Runs one call, after the poll that may be under way, with what that told. A call while another runs throws. */
  async #exclusively<Result>(
    name: string,
    run: (polled: PrinterReadiness | undefined) => Promise<Result>,
  ): Promise<Result> {
    if (this.#call !== undefined) throw new Error(`printer: ${name} was called while ${this.#call} runs`);
    this.#call = name;
    this.#dropNextPoll();
    try {
      return await run(await this.#poll);
    } finally {
      this.#call = undefined;
      this.#pollDelayMs = idlePollMs;
      this.#pollIn(idlePollMs);
    }
  }

  async #hearing<Result>(
    hear: (reply: PrinterReply, atMs: number) => void,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const idle = this.#dialogue.onReply;
    this.#dialogue.onReply = hear;
    try {
      return await run();
    } finally {
      this.#dialogue.onReply = idle;
    }
  }

  #online(): void {
    this.#linkFault = undefined;
    this.#readiness = undefined;
    this.#dialogue.linkChanged();
    this.#report({ type: 'online' });
    this.#toldToTellAt = -Infinity;
    if (this.#call === undefined) this.#haveItTell();
    this.#pollIn(soonMs);
  }

  #offline(fault: DeviceFault): void {
    this.#linkFault = fault;
    this.#readiness = undefined;
    this.#dialogue.linkChanged();
    this.#report({ type: 'offline', fault });
  }

  #heardIdle(reply: PrinterReply): void {
    const wasSilent = this.#readiness?.ready === false && this.#readiness.cause === 'silence';
    if (reply.type === 'automatic') this.#tellsByItself = true;
    const isAsked = this.#poll !== undefined && this.#dialogue.automatic?.ready === true;
    if ((reply.type === 'automatic' && !isAsked) || (reply.type === 'status' && wasSilent)) this.#pollIn(soonMs);
    if (reply.type === 'processId') this.#cameOutLate = true;
    // A printer asked by DLE EOT is asked nothing in idle that such a byte would answer, save a slip's fence before.
    if (reply.type === 'status' && this.#profile.status === 'realTime') this.#cameOutLate = true;
  }

  /** Asks the idle printer how it is, that much later or sooner, and goes on doing so. */
  #pollIn(delayMs: number): void {
    const at = this.#clock.monotonic() + delayMs;
    if (this.#listener === undefined || (this.#nextPoll !== undefined && this.#nextPoll.at <= at)) return;
    this.#dropNextPoll();
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#nextPoll = undefined;
      if (this.#line.online) void this.#asPoll(() => this.#askReadiness());
    });
    this.#nextPoll = { at, cancel };
  }

  #dropNextPoll(): void {
    this.#nextPoll?.cancel();
    this.#nextPoll = undefined;
  }

  /** Asks something of the idle printer; calls wait for its end. Nothing happens while the printer is at work for a call. */
  async #asPoll<Answer extends PrinterReadiness | undefined>(ask: () => Promise<Answer>): Promise<void> {
    if (this.#call !== undefined || this.#poll !== undefined) return;
    this.#poll = ask();
    await this.#poll;
    this.#poll = undefined;
    if (this.#call === undefined) this.#pollIn(this.#pollDelayMs);
  }

  async #askReadiness(): Promise<PrinterReadiness> {
    if (this.#readiness?.ready === true) this.#haveItTell();
    const askedAt = this.#clock.monotonic();
    const readiness = await this.#dialogue.readiness();
    const isModule = this.#profile.status !== 'realTime';
    const unanswered = !readiness.ready && readiness.cause === 'silence' && !this.#dialogue.heardSince(askedAt);
    if (unanswered && isModule) this.#pollDelayMs = Math.min(2 * this.#pollDelayMs, slowestPollMs);
    else this.#pollDelayMs = readiness.ready && this.#tellsByItself ? watchedPollMs : idlePollMs;
    return readiness;
  }

  /** Switches automatic status on, where the printer has it and it wasn't done a moment ago. It answers at once. */
  #haveItTell(): void {
    const now = this.#clock.monotonic();
    if (!this.#profile.automaticStatus || now - this.#toldToTellAt < watchedPollMs) return;
    this.#toldToTellAt = now;
    this.#tellsByItself = false;
    void this.#dialogue.send(automaticStatusOn, soonMs);
  }

  /**
   * A printer that is well and never says that a slip is out, as under a profile that isn't its own, would be given the
   * same slip again and again: it is called ready later each time.
   */
  #oweReadiness(verdict: PrintVerdict): void {
    const isSilent = verdict.verdict === 'UNKNOWN' && verdict.cause === 'silence';
    this.#silencesRunning = isSilent ? this.#silencesRunning + 1 : 0;
    if (verdict.verdict === 'PRINTED' || verdict.verdict === 'UNVERIFIED') return;
    const againMs = idlePollMs * 2 ** Math.max(0, this.#silencesRunning - 2);
    this.#owedFrom = this.#clock.monotonic() + (this.#silencesRunning < 2 ? 0 : Math.min(againMs, longestOwedMs));
  }

  /** Reports a readiness that differs from the one before, or is owed. A lost line is reported as such. */
  #note(readiness: PrinterReadiness): void {
    if (!this.#line.online) return;
    const before = this.#readiness;
    this.#readiness = readiness;
    const same =
      before !== undefined &&
      (before.ready
        ? readiness.ready && before.paperNearEnd === readiness.paperNearEnd
        : !readiness.ready && before.cause === readiness.cause);
    if (same && this.#clock.monotonic() < this.#owedFrom) return;
    this.#owedFrom = Infinity;
    this.#report({ type: 'readiness', readiness });
  }

  #report(event: PrinterEvent | LinkEvent): void {
    this.#listener?.(event);
  }

  async #fault(): Promise<DeviceFault | undefined> {
    if (!this.#line.online) {
      return (
        this.#linkFault ??
        this.#line.fault(
          'unplugged',
          'The printer is not claimed, or let go.',
          'Claim it before asking for its health.',
        )
      );
    }
    if (this.#dialogue.takeNoise() > babblingBytes) {
      return this.#line.fault(
        'babbling',
        'The printer sends bytes that mean nothing.',
        'Check its speed in the configuration, its cable and its earth.',
      );
    }
    let silent = this.#readiness?.ready === false && this.#readiness.cause === 'silence';
    if (this.#profile.status === 'realTime') {
      await this.#asPoll(async () => {
        silent = (await this.#dialogue.realTimeStatus(1)) === undefined;
        return undefined;
      });
    }
    if (silent) {
      return this.#line.fault(
        'silent',
        'The printer does not answer.',
        'Check that it is switched on, and its speed and profile in the configuration.',
      );
    }
    if (this.#readiness?.ready === false && this.#readiness.cause === 'unrecoverable') {
      return this.#line.fault(
        'failed',
        'The printer says that it is broken.',
        'Switch it off and on, else replace it.',
      );
    }
    return undefined;
  }
}
