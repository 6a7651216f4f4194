import type { Readable, Writable } from 'node:stream';
import type { Timeline } from './timeline.ts';

/** The far end of the line that the terminal holds the near end of: a pty's, or a socket. */
export interface FarSide {
  /** What the terminal sends. */
  readonly received: Readable;
  /** What the printer sends. */
  readonly send: Writable;
  /** Hangs up, so that the terminal notices. */
  unplug?(): unknown;
}

/** Bytes that may wait on the wire before the far side is no longer read. */
const pauseAbove = 65_536;
const resumeBelow = 16_384;

const ignore = (): void => {};

/**
 * The serial line. A pty carries bytes in an instant, so they wait here and arrive at the pace of the baud rate. While
 * the printer holds the terminal off by XOFF, what waits here is what a terminal that obeys has not sent yet.
 */
export class Wire {
  readonly #timeline: Timeline;
  readonly #byteMs: number;
  readonly #arrive: (byte: number) => void;
  readonly #hungUp: () => void;
  #far: FarSide | undefined;
  #chunks: Buffer[] = [];
  #at = 0;
  #waiting = 0;
  #cancel: (() => void) | undefined;
  /** How many bytes still come while held; undefined while not. */
  #skid: number | undefined;

  constructor(options: {
    timeline: Timeline;
    baudRate: number;
    /** A byte has arrived at the printer. */
    arrive: (byte: number) => void;
    /** The terminal's end has closed. */
    hungUp: () => void;
  }) {
    this.#timeline = options.timeline;
    // Start bit, eight data bits, stop bit.
    this.#byteMs = 10_000 / options.baudRate;
    this.#arrive = options.arrive;
    this.#hungUp = options.hungUp;
  }

  get plugged(): boolean {
    return this.#far !== undefined;
  }

  /** Bytes sent by the terminal that haven't arrived. */
  get waiting(): number {
    return this.#waiting;
  }

  attach(far: FarSide): void {
    this.detach();
    this.#far = far;
    far.received.on('data', this.#data).once('close', this.#closed);
    // An error of a stream is followed by its close; a reply that crosses with an unplugging is lost.
    far.received.on('error', ignore);
    far.send.on('error', ignore);
    far.received.resume();
  }

  /** Takes the plug out: what is on the wire is lost, and so is what the terminal sends from now on. */
  detach(): FarSide | undefined {
    const far = this.#far;
    if (far === undefined) return undefined;
    far.received.off('data', this.#data).off('close', this.#closed).resume();
    this.#far = undefined;
    this.#chunks = [];
    this.#waiting = 0;
    this.#at = 0;
    this.#stop();
    return far;
  }

  /** XOFF is out: no more than `skid` bytes still come, those that the terminal's transmitter has already taken. */
  hold(skid: number): void {
    this.#skid = skid;
    if (skid === 0) this.#stop();
  }

  /** XON is out. */
  release(): void {
    this.#skid = undefined;
    this.#schedule();
  }

  /** To the terminal. Lost without a plug, or when the terminal hasn't read for very long. */
  send(bytes: Uint8Array): void {
    const far = this.#far;
    if (far === undefined || !far.send.writable || far.send.writableLength > pauseAbove) return;
    far.send.write(bytes);
  }

  readonly #data = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    this.#timeline.act(() => {
      this.#chunks.push(chunk);
      this.#waiting += chunk.length;
      if (this.#waiting > pauseAbove) this.#far?.received.pause();
      this.#schedule();
    });
  };

  readonly #closed = (): void => {
    this.#timeline.act(() => {
      this.detach();
      this.#hungUp();
    });
  };

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    if (this.#cancel !== undefined || this.#waiting === 0 || this.#skid === 0) return;
    this.#cancel = this.#timeline.after(this.#byteMs, () => {
      this.#cancel = undefined;
      const chunk = this.#chunks[0] as Buffer;
      const byte = chunk[this.#at++] as number;
      if (this.#at === chunk.length) {
        this.#chunks.shift();
        this.#at = 0;
      }
      this.#waiting--;
      if (this.#waiting === resumeBelow) this.#far?.received.resume();
      if (this.#skid !== undefined) this.#skid--;
      this.#schedule();
      this.#arrive(byte);
    });
  }
}
