import type { Clock } from '../../../hal/clock.ts';
import { LineDevice } from '../line-device.ts';
import { ACK, EOT, FrameReader, NAK, type Sent } from './frame.ts';

/** How a PIN entry ended, as the pad told the host. */
export type PinEntryEnd = 'entered' | 'bypassed' | 'cancelled' | 'timedOut' | 'failed';

/** What happened at the pad, with no PIN, key or whole card number in it. */
export type PinPadEvent =
  /** A request was taken; `pan` is masked. */
  | { readonly type: 'request'; readonly pan: string; readonly keyBytes: number }
  /** The entry ended and the host was told so. */
  | { readonly type: 'answered'; readonly end: PinEntryEnd }
  /** The host took the answer (06). */
  | { readonly type: 'acknowledged' }
  /** The host ended the running request (04). */
  | { readonly type: 'withdrawn' }
  /** A text is shown (`Z2`). */
  | { readonly type: 'text'; readonly text: string }
  /** The host did something that the protocol doesn't have. */
  | { readonly type: 'complaint'; readonly what: string };

/** How often an answer is sent before the pad gives up. */
const sendings = 3;
/** How long the pad waits for an acknowledgement before it sends the answer again. */
const acknowledgeMs = 3000;

/**
 * The line discipline of a PIN pad, with the faults of a line: each frame of the host is acknowledged (06) or refused
 * (15), each answer is sent again until the host has acknowledged it, three times at most, and then given up (04).
 * What happens is noted here, and emitted as `event`.
 */
export abstract class PinPadLine extends LineDevice<{ event: [PinPadEvent] }> {
  protected readonly clock: Clock;
  readonly #events: PinPadEvent[] = [];
  #reader = new FrameReader();
  /** The answer that the host hasn't acknowledged. */
  #answer: { readonly bytes: Buffer; sent: number; unacknowledged: number } | undefined;
  #cancelAgain: (() => void) | undefined;
  #mute = false;
  #nakLeft = 0;
  #badLrcLeft = 0;
  #twiceLeft = 0;

  constructor(clock: Clock) {
    super();
    this.clock = clock;
  }

  /** The wire from the pad is cut: it takes everything and is never heard, until `unmute`. */
  mute(): void {
    this.#mute = true;
  }

  unmute(): void {
    this.#mute = false;
  }

  /** Refuses the next so many frames (15), good as they are, and does nothing with them. */
  nakNext(count: number): void {
    this.#nakLeft = count;
  }

  /** The next so many answers leave with a wrong LRC. */
  spoilLrcNext(count: number): void {
    this.#badLrcLeft = count;
  }

  /** The next so many answers are sent twice. */
  replyTwiceNext(count: number): void {
    this.#twiceLeft = count;
  }

  /** Sends bytes of no meaning. */
  babble(bytes: Uint8Array): void {
    this.transmit(bytes);
  }

  /** What has happened so far. */
  get events(): readonly PinPadEvent[] {
    return this.#events;
  }

  /** Resolves with the nth event of that type since the pad was made, past ones included. */
  async until<Type extends PinPadEvent['type']>(type: Type, nth = 1): Promise<Extract<PinPadEvent, { type: Type }>> {
    const isOfType = (event: PinPadEvent): event is Extract<PinPadEvent, { type: Type }> => event.type === type;
    for (;;) {
      const event = this.#events.filter(isOfType)[nth - 1];
      if (event !== undefined) return event;
      await new Promise((resolve) => this.once('event', resolve));
    }
  }

  override detach(): void {
    this.forgetAnswer();
    this.#reader = new FrameReader();
    super.detach();
  }

  /** A good frame's body. Acknowledging it is for the one who takes it. */
  protected abstract takeFrame(body: Buffer): void;
  /** The host sent 04. */
  protected abstract takeEot(): void;

  protected override receive(chunk: Buffer): void {
    for (const sent of this.#reader.push(chunk)) this.#take(sent);
  }

  protected acknowledge(): void {
    this.transmit(Buffer.of(ACK));
  }

  protected refuse(): void {
    this.transmit(Buffer.of(NAK));
  }

  /** Sends an answer, which is kept until the host has acknowledged it. */
  protected answer(bytes: Buffer): void {
    this.#answer = { bytes, sent: 0, unacknowledged: 0 };
    this.#sendAnswer();
  }

  protected forgetAnswer(): void {
    this.#answer = undefined;
    this.#cancelAgain?.();
    this.#cancelAgain = undefined;
  }

  protected transmit(bytes: Uint8Array): void {
    if (!this.#mute) this.send(bytes);
  }

  protected complain(what: string): void {
    this.note({ type: 'complaint', what });
  }

  protected note(event: PinPadEvent): void {
    this.#events.push(event);
    this.emit('event', event);
  }

  #take(sent: Sent): void {
    if (sent.kind === 'stray') {
      this.complain(`${sent.count} bytes belong to no frame`);
    } else if (sent.kind === 'badFrame') {
      this.complain(sent.what);
      this.refuse();
    } else if (sent.kind === 'frame') {
      if (this.#nakLeft === 0) {
        this.takeFrame(sent.body);
      } else {
        this.#nakLeft--;
        this.refuse();
      }
    } else if (sent.code === EOT) {
      this.forgetAnswer();
      this.takeEot();
    } else if (sent.code === ACK) {
      this.#acknowledged();
    } else {
      this.#sendAgain();
    }
  }

  #sendAnswer(): void {
    const answer = this.#answer;
    if (answer === undefined) return;
    const bytes = Buffer.from(answer.bytes);
    if (this.#badLrcLeft > 0) {
      this.#badLrcLeft--;
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0x01, bytes.length - 1);
    }
    const copies = this.#twiceLeft > 0 ? [bytes, bytes] : [bytes];
    if (copies.length === 2) this.#twiceLeft--;
    answer.sent++;
    answer.unacknowledged = copies.length;
    this.transmit(Buffer.concat(copies));
    this.#cancelAgain?.();
    this.#cancelAgain = this.clock.schedule(acknowledgeMs, () => this.#sendAgain());
  }

  /** The host refused the answer (15), or said nothing to it. */
  #sendAgain(): void {
    if (this.#answer === undefined) {
      this.complain('an answer was refused, and none was sent');
    } else if (this.#answer.sent < sendings) {
      this.#sendAnswer();
    } else {
      this.forgetAnswer();
      this.transmit(Buffer.of(EOT));
    }
  }

  #acknowledged(): void {
    if (this.#answer === undefined) {
      this.complain('an answer was acknowledged, and none was sent');
      return;
    }
    this.#answer.unacknowledged--;
    if (this.#answer.unacknowledged === 0) this.forgetAnswer();
    this.note({ type: 'acknowledged' });
  }
}
