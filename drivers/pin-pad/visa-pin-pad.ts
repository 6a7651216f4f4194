import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, Health, LinkEvent } from '../../hal/device.ts';
import type { PinOutcome, PinPad, PinRequest } from '../../hal/pin-pad.ts';
import { type Line, SerialLine, type SerialSettings } from '../serial/serial-line.ts';
import { maxSends, VisaLink } from './visa-link.ts';
import { amountText, type PinReply, pinRequestMessage, readReply, textMessage } from './visa-messages.ts';

/** What the pad gets beyond the cardholder's time, before it is told that it's over. */
const graceMs = 5000;
/** How long a health question may take. */
const healthMs = 500;

/** A PIN request from its call until it resolves. */
interface Entry {
  /**
   * `waiting` for its turn; `amount`, `request`: that message is on its way; `entering`: the pad took the request.
   * Only in the last one do the pad's 71 and EOT belong to this request. What comes earlier answers one that was
   * ended before, and its block would be over another card's number.
   */
  phase: 'waiting' | 'amount' | 'request' | 'entering';
  ended: boolean;
  /** How many damaged replies were asked for again. */
  damaged: number;
  readonly cardholderUntil: number;
  readonly end: (outcome: PinOutcome) => void;
  readonly outcome: Promise<PinOutcome>;
}

/**
 * A serial PIN pad of the VISA family (commands Z60, 71 and Z2; framing and messages in the files beside).
 *
 * - A request first shows the amount (Z2; a pad that refuses it is asked for the PIN all the same), then asks (Z60).
 * - The host ends a request with EOT. The family also knows a message 72 for it; EOT is one byte, needs no answer and
 *   works while frames go wrong. It is sent on `cancel`, when the pad is late, after a message that wasn't taken, and
 *   when the line comes up, because a pad may still be asking on behalf of a run that lost its power.
 * - The pad's EOT means cancelled and timed out alike; it counts as timed out when the cardholder's time is over.
 * - A 71 that nobody waits for is acknowledged and dropped.
 * - Texts wait for a running request to end.
 *
 * The pad's own keys and the clear PIN never come here; buffers that held the PAN, the key or the block are
 * overwritten once they were sent or read. No message or error names any of them.
 */
export class VisaPinPad implements PinPad {
  readonly #link: VisaLink;
  readonly #clock: Clock;
  #report: ((event: LinkEvent) => void) | undefined;
  #text = '';
  #entry: Entry | undefined;
  /** Messages go one after the other: the end of the last one's turn, and how many have one. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #turns = 0;

  constructor(settings: SerialSettings, clock: Clock, line: Line = new SerialLine('pinPad', settings, clock)) {
    this.#clock = clock;
    this.#link = new VisaLink(line, clock, {
      link: (event) => this.#onLink(event),
      acked: () => {
        if (this.#entry?.phase === 'request') this.#entry.phase = 'entering';
      },
      message: (message) => this.#onMessage(message),
      damaged: () => {
        if (this.#entry !== undefined) this.#entry.damaged++;
      },
      ended: () => this.#onEnded(),
    });
  }

  async claim(listener: (event: LinkEvent) => void): Promise<void> {
    this.#report = listener;
    await this.#link.open();
  }

  async release(): Promise<void> {
    this.#report = undefined;
    this.cancel();
    await this.#link.close();
  }

  async checkHealth(): Promise<Health> {
    // The one question that every pad of the family answers and that changes nothing: the text it shows, once more.
    if (this.#turns === 0) await this.#turn(() => this.#link.send(textMessage(this.#text), 1, healthMs));
    const fault = this.#link.fault();
    return fault === undefined ? { healthy: true } : { healthy: false, fault };
  }

  requestPin(request: PinRequest): Promise<PinOutcome> {
    const obstacle = this.#whyNot(request);
    if (obstacle !== undefined) return Promise.resolve(failed(obstacle));
    const entry = this.#begin(request.timeoutMs);
    void this.#turn(() => this.#ask(request, entry));
    return entry.outcome;
  }

  cancel(): void {
    if (this.#entry !== undefined) this.#stop(this.#entry, { outcome: 'cancelled' });
  }

  async showText(text: string): Promise<void> {
    this.#text = text;
    await this.#turn(() => this.#link.send(textMessage(text)));
  }

  /** Why a request can't be made, without naming what is in it. */
  #whyNot({ pan, pinKey }: PinRequest): DeviceFault | undefined {
    if (!/^\d{12,19}$/.test(pan)) {
      return this.#fault('failed', 'The card number is not 12 to 19 digits.', 'Read the card again.');
    }
    if (!/^(?:[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32})$/.test(pinKey)) {
      return this.#fault(
        'failed',
        'The PIN working key is not 16 or 32 hex digits.',
        'Sign on to the acquirer again (签到).',
      );
    }
    if (this.#entry !== undefined) {
      return this.#fault('failed', 'Another PIN request is running.', 'Wait for its end.');
    }
    return this.#link.online ? undefined : this.#link.fault();
  }

  #fault(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return this.#link.faultOf(code, what, remedy);
  }

  #begin(timeoutMs: number): Entry {
    let resolve: (outcome: PinOutcome) => void = () => undefined;
    const outcome = new Promise<PinOutcome>((settle) => {
      resolve = settle;
    });
    const entry: Entry = {
      phase: 'waiting',
      ended: false,
      damaged: 0,
      cardholderUntil: this.#clock.monotonic() + timeoutMs,
      outcome,
      end: (how) => {
        if (entry.ended) return;
        entry.ended = true;
        stopAlarm();
        this.#entry = undefined;
        resolve(how);
      },
    };
    const stopAlarm = this.#clock.schedule(timeoutMs + graceMs, () => this.#stop(entry, { outcome: 'timedOut' }));
    this.#entry = entry;
    return entry;
  }

  async #ask(request: PinRequest, entry: Entry): Promise<void> {
    if (entry.ended) return;
    entry.phase = 'amount';
    let delivery = await this.#link.send(textMessage(amountText(request.amount)));
    if (entry.ended) return;
    if (delivery === 'acked' || delivery === 'refused') {
      entry.phase = 'request';
      delivery = await this.#link.send(pinRequestMessage(request.pan, request.pinKey));
    }
    if (delivery === 'refused') {
      const what = 'The PIN pad could not read the request, three times.';
      entry.end(failed(this.#fault('failed', what, 'Check its cable and its line settings.')));
    } else if (delivery !== 'acked') {
      entry.end(failed(this.#link.silentFault()));
    }
    await entry.outcome;
  }

  /** Ends a request from our side. */
  #stop(entry: Entry, outcome: PinOutcome): void {
    if (entry.phase !== 'waiting') {
      this.#link.abort();
      this.#link.end();
    }
    entry.end(outcome);
  }

  #turn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#turns++;
    const mine = this.#lastTurn.then(work).finally(() => this.#turns--);
    this.#lastTurn = mine;
    return mine;
  }

  #onLink(event: LinkEvent): void {
    if (event.type === 'offline') this.#entry?.end(failed(event.fault));
    this.#report?.(event);
  }

  #onMessage(message: Buffer): void {
    if (this.#entry?.phase !== 'entering') return;
    const outcome = this.#outcomeOf(readReply(message));
    if (outcome !== undefined) this.#entry.end(outcome);
  }

  #onEnded(): void {
    const entry = this.#entry;
    if (entry?.phase !== 'entering') return;
    if (entry.damaged >= maxSends) {
      const what = "The PIN pad's answer came damaged, three times.";
      entry.end(failed(this.#fault('babbling', what, 'Check its cable and its line settings.')));
    } else {
      entry.end({ outcome: this.#clock.monotonic() < entry.cardholderUntil ? 'cancelled' : 'timedOut' });
    }
  }

  #outcomeOf(reply: PinReply): PinOutcome | undefined {
    switch (reply.type) {
      case 'entered':
        return { outcome: 'entered', block: reply.block };
      case 'bypassed':
        return { outcome: 'bypassed' };
      case 'error':
        return failed(
          this.#fault('failed', `The PIN pad answered error ${reply.code}.`, 'Check that its master key is loaded.'),
        );
      case 'notUnderstood':
        return failed(
          this.#fault(
            'notSuitable',
            "The PIN pad's answer is not in the form of its protocol.",
            'Check that it is the configured kind.',
          ),
        );
      case 'other':
        return undefined;
    }
  }
}

const failed = (fault: DeviceFault): PinOutcome => ({ outcome: 'failed', fault });
