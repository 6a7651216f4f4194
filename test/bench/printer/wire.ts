import type { Timeline } from './timeline.ts';

/** The far end of the line that the terminal holds the near end of: a pty's, a socket, or a line that is simulated. */
export interface FarSide {
  /** What the terminal sends. */
  readonly received: {
    on(event: 'data', listener: (chunk: Buffer) => void): unknown;
    off(event: 'data', listener: (chunk: Buffer) => void): unknown;
    on(event: 'error', listener: () => void): unknown;
    once(event: 'close', listener: () => void): unknown;
    off(event: 'close', listener: () => void): unknown;
    pause(): unknown;
    resume(): unknown;
  };
  /** What the printer sends. */
  readonly send: {
    readonly writable: boolean;
    /** Bytes that wait to be taken. */
    readonly writableLength: number;
    write(bytes: Uint8Array): unknown;
    on(event: 'error', listener: () => void): unknown;
  };
  /** Hangs up, so that the terminal notices. */
  unplug?(): unknown;
}

/** Bytes that may wait on the wire before the far side is no longer read. */
const pauseAbove = 65_536;
const resumeBelow = 16_384;

const ignore = (): void => {};

const introducers: ReadonlySet<number> = new Set([0x10, 0x1b, 0x1c, 0x1d]);
/** A command is at least that long, its introducer included; beyond, its bytes are like text to the line. */
const commandBytes = 4;
/** No run is longer, whatever is in it: rows of a picture come like text. */
const runBytes = 32;

/**
 * The serial line. A pty carries bytes in an instant, so they wait here and arrive at the pace of the baud rate. While
 * the printer holds the terminal off by XOFF, what waits here is what a terminal that obeys has not sent yet.
 *
 * Text arrives in runs, since nothing comes of a character before the line is ended: a run is handed over at the time of
 * its last byte, or as far as it has come when something else happens (`catchUp`). Control characters, the first bytes
 * of a command, and those at which the printer must act (`alone`) end a run.
 */
export class Wire {
  readonly #timeline: Timeline;
  readonly #byteMs: number;
  readonly #arrive: (byte: number) => void;
  readonly #alone: () => number;
  readonly #hungUp: () => void;
  #far: FarSide | undefined;
  #chunks: Buffer[] = [];
  #at = 0;
  #waiting = 0;
  #cancel: (() => void) | undefined;
  /** The run under way: when its first byte began, its length, and how much of it was handed over already. */
  #run = { since: 0, length: 0, arrived: 0 };
  /** Bytes of a command that are still to come. */
  #ofCommand = 0;
  /** How many bytes still come while held; undefined while not. */
  #skid: number | undefined;

  constructor(options: {
    timeline: Timeline;
    baudRate: number;
    /** A byte has arrived at the printer. */
    arrive: (byte: number) => void;
    /** So many bytes from here one comes that must be handed over at its own time. */
    alone: () => number;
    /** The terminal's end has closed. */
    hungUp: () => void;
  }) {
    this.#timeline = options.timeline;
    // Start bit, eight data bits, stop bit.
    this.#byteMs = 10_000 / options.baudRate;
    this.#arrive = options.arrive;
    this.#alone = options.alone;
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
    far.received.on('data', this.#data);
    far.received.once('close', this.#closed);
    // An error of a stream is followed by its close; a reply that crosses with an unplugging is lost.
    far.received.on('error', ignore);
    far.send.on('error', ignore);
    far.received.resume();
  }

  /** Takes the plug out: what is on the wire is lost, and so is what the terminal sends from now on. */
  detach(): FarSide | undefined {
    const far = this.#far;
    if (far === undefined) return undefined;
    far.received.off('data', this.#data);
    far.received.off('close', this.#closed);
    far.received.resume();
    this.#far = undefined;
    this.#chunks = [];
    this.#waiting = 0;
    this.#at = 0;
    this.#ofCommand = 0;
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

  /** Hands over what has arrived of the run under way. To be called before anything else happens. */
  catchUp(): void {
    if (this.#cancel === undefined) return;
    const run = this.#run;
    const due = Math.min(run.length, Math.floor((this.#timeline.now - run.since) / this.#byteMs + 1e-6));
    this.#handOver(due - run.arrived);
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    if (this.#cancel !== undefined || this.#waiting === 0 || this.#skid === 0) return;
    const run = { since: this.#timeline.now, length: this.#runLength(), arrived: 0 };
    this.#run = run;
    this.#cancel = this.#timeline.after(run.length * this.#byteMs, () => {
      this.#cancel = undefined;
      this.#handOver(run.length - run.arrived);
      this.#schedule();
    });
  }

  /** From the next byte on. */
  #runLength(): number {
    const chunk = this.#chunks[0] as Buffer;
    const most = Math.min(runBytes, chunk.length - this.#at, this.#skid ?? Infinity, Math.max(1, this.#alone()));
    for (let length = 1; ; length++) {
      const byte = chunk[this.#at + length - 1] as number;
      if (introducers.has(byte)) this.#ofCommand = commandBytes;
      if (this.#ofCommand > 0) this.#ofCommand--;
      if (length >= most || byte < 0x20 || this.#ofCommand > 0) return length;
    }
  }

  #handOver(count: number): void {
    const run = this.#run;
    for (let left = count; left > 0; left--) {
      const chunk = this.#chunks[0];
      // The plug may have been pulled by what the byte before has brought about.
      if (chunk === undefined) return;
      const byte = chunk[this.#at++] as number;
      run.arrived++;
      if (this.#at === chunk.length) {
        this.#chunks.shift();
        this.#at = 0;
      }
      this.#waiting--;
      if (this.#waiting === resumeBelow) this.#far?.received.resume();
      if (this.#skid !== undefined) this.#skid--;
      this.#arrive(byte);
    }
  }
}
