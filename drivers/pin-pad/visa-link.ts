import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, LinkEvent } from '../../hal/device.ts';
import type { Line } from '../serial/serial-line.ts';
import { ack, eot, FrameReader, frame, nak } from './visa-frame.ts';

/** How often a message is sent before it counts as not taken. */
export const maxSends = 3;
/** How long the pad may take to answer one with ACK or NAK. */
const ackMs = 1000;
/** More bytes than this outside of frames within {@link noiseWindowMs} are no noise of the line. */
const noiseLimit = 256;
const noiseWindowMs = 10_000;

/**
 * What became of a message: the pad took it; said of each sending that it came damaged; never answered; the line was
 * or went down; or we gave it up.
 */
export type Delivery = 'acked' | 'refused' | 'silent' | 'offline' | 'aborted';

export interface VisaListener {
  link(event: LinkEvent): void;
  /** The pad took what is being sent. Called before anything behind that ACK is read. */
  acked(): void;
  /** A message of the pad, already acknowledged. Its bytes are overwritten when this returns. */
  message(message: Buffer): void;
  /** A message came damaged, and was asked for again. */
  damaged(): void;
  /** EOT: the pad ended what it was asked for. */
  ended(): void;
}

/** The line to a pad of the VISA family: sends messages until they are taken, and acknowledges those of the pad. */
export class VisaLink {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #listener: VisaListener;
  readonly #reader: FrameReader;
  #offlineFault: DeviceFault | undefined;
  #silent = false;
  #noise = { count: 0, since: 0 };
  /** Settles the wait for the pad's ACK or NAK. */
  #answer: ((answer: Delivery) => void) | undefined;
  /** So many answers to messages that were given up are still to come, and must not pass for that to the next one. */
  #answersOwed = 0;

  constructor(line: Line, clock: Clock, listener: VisaListener) {
    this.#line = line;
    this.#clock = clock;
    this.#listener = listener;
    this.#reader = new FrameReader({
      control: (code) => this.#onControl(code),
      message: (message) => {
        this.#silent = false;
        this.#control(ack);
        listener.message(message);
      },
      damaged: () => {
        this.#silent = false;
        this.#control(nak);
        listener.damaged();
      },
      noise: (count) => this.#onNoise(count),
    });
  }

  get online(): boolean {
    return this.#line.online;
  }

  async open(): Promise<void> {
    await this.#line.open({
      online: () => {
        this.#offlineFault = undefined;
        this.#answersOwed = 0;
        this.#reader.reset();
        this.end();
        this.#listener.link({ type: 'online' });
      },
      offline: (fault) => {
        this.#offlineFault = fault;
        this.#answer?.('offline');
        this.#listener.link({ type: 'offline', fault });
      },
      data: (chunk) => {
        this.#reader.push(chunk, this.#clock.monotonic());
        chunk.fill(0);
      },
    });
  }

  async close(): Promise<void> {
    await this.#line.close();
    this.#answer?.('offline');
  }

  /** Ends, with EOT, whatever the pad was asked for. */
  end(): void {
    this.#control(eot);
  }

  /** Gives up the message that is being sent. */
  abort(): void {
    if (this.#answer === undefined) return;
    this.#answersOwed++;
    this.#answer('aborted');
  }

  /** Sends a message until the pad takes it, one at a time; a message that it doesn't take is followed by EOT. */
  async send(message: Buffer, sends = maxSends, waitMs = ackMs): Promise<Delivery> {
    const bytes = frame(message);
    message.fill(0);
    const writes: Promise<unknown>[] = [];
    let anyWritten = false;
    let answer: Delivery = 'offline';
    for (let left = sends; left > 0 && this.#line.online; left--) {
      const awaited = this.#awaitAnswer(waitMs);
      const write = this.#line.write(bytes).then((written) => {
        anyWritten ||= written;
      });
      writes.push(write);
      answer = await awaited;
      if (answer !== 'silent' && answer !== 'refused') break;
    }
    this.#silent = answer === 'silent';
    if (answer === 'refused' || (answer === 'silent' && anyWritten)) this.end();
    // The line takes nothing; what is queued must not come out at some later time.
    else if (answer === 'silent') await this.#line.reset(this.silentFault());
    void Promise.all(writes).then(() => bytes.fill(0));
    return answer;
  }

  /** What is known to be wrong with the pad. */
  fault(): DeviceFault | undefined {
    if (!this.#line.online) {
      return (
        this.#offlineFault ?? this.#line.fault('missing', 'The PIN pad is not in use.', 'Start the terminal first.')
      );
    }
    if (this.#noise.count > noiseLimit && this.#clock.monotonic() - this.#noise.since <= noiseWindowMs) {
      return this.#line.fault(
        'babbling',
        'The PIN pad sends bytes that are no messages of its protocol.',
        'Check the speed and parity in the configuration, and that it is the configured kind.',
      );
    }
    return this.#silent ? this.silentFault() : undefined;
  }

  /** A fault of this pad, in its words. */
  faultOf(code: DeviceFaultCode, what: string, remedy: string): DeviceFault {
    return this.#line.fault(code, what, remedy);
  }

  silentFault(): DeviceFault {
    return this.#line.fault(
      'silent',
      'The PIN pad does not answer.',
      'Check its cable, its power and the speed in the configuration.',
    );
  }

  #awaitAnswer(waitMs: number): Promise<Delivery> {
    return new Promise((resolve) => {
      const settle = (answer: Delivery): void => {
        stopAlarm();
        this.#answer = undefined;
        resolve(answer);
      };
      const stopAlarm = this.#clock.schedule(waitMs, () => {
        this.#answersOwed = 0;
        settle('silent');
      });
      this.#answer = settle;
    });
  }

  #control(code: typeof ack | typeof nak | typeof eot): void {
    void this.#line.write(Buffer.of(code));
  }

  #onControl(code: typeof ack | typeof nak | typeof eot): void {
    this.#silent = false;
    if (code === eot) {
      this.#listener.ended();
    } else if (this.#answersOwed > 0) {
      this.#answersOwed--;
    } else if (this.#answer !== undefined) {
      if (code === ack) this.#listener.acked();
      this.#answer(code === ack ? 'acked' : 'refused');
    }
  }

  #onNoise(count: number): void {
    const now = this.#clock.monotonic();
    if (now - this.#noise.since > noiseWindowMs) this.#noise = { count: 0, since: now };
    this.#noise.count += count;
  }
}
