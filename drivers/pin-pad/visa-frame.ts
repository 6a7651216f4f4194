/**
 * The framing of the VISA family of serial PIN pads (VeriFone PINpad 1000SE and its many descendants), 8-bit:
 *
 * | byte | name | meaning |
 * |---|---|---|
 * | 02 | STX | begins a frame |
 * | … | | message: identifier and data, ASCII; a text may be GBK, whose bytes are never below 40 behind 81 … FE |
 * | 03 | ETX | ends the message |
 * | any | LRC | exclusive or of all after STX, ETX included |
 *
 * Between frames: 06 ACK (frame taken), 15 NAK (bad LRC, send again), 04 EOT (it's over: cancelled or timed out).
 * Example, the text `HI`: `02 5A 32 48 49 03 6A`.
 */
export const ack = 0x06;
export const nak = 0x15;
export const eot = 0x04;
const stx = 0x02;
const etx = 0x03;

/** The longest frame of this family that we send or take, STX and LRC included. */
export const maxFrameBytes = 128;
/** A frame takes 0.13 s at 9600 baud, 1.07 s at 1200; one that is older lost its end. */
const maxFrameAgeMs = 2000;

const lrcOf = (message: Uint8Array): number => message.reduce((lrc, byte) => lrc ^ byte, etx);

/** Puts a message into its frame. */
export const frame = (message: Uint8Array): Buffer => {
  if (message.length + 3 > maxFrameBytes) throw new RangeError('a PIN pad message is longer than a frame');
  const bytes = Buffer.alloc(message.length + 3);
  bytes[0] = stx;
  bytes.set(message, 1);
  bytes[message.length + 1] = etx;
  bytes[message.length + 2] = lrcOf(message);
  return bytes;
};

export interface FrameListener {
  control(code: typeof ack | typeof nak | typeof eot): void;
  /** A frame with a right LRC. The bytes are overwritten when this returns. */
  message(message: Buffer): void;
  /** A frame with a wrong LRC. */
  damaged(): void;
  /** That many bytes were no part of a frame, or of one that was dropped. */
  noise(count: number): void;
}

/**
 * Finds the frames in a stream of bytes, however they are split. Inside a frame only STX (begins anew) and ETX mean
 * something; ACK, NAK and EOT there are data with a bit error, and the LRC tells. A frame that grows over
 * {@link maxFrameBytes} or older than 2 s is dropped as noise.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  readonly #message = Buffer.alloc(maxFrameBytes - 3);
  #length = 0;
  #startedAt = 0;
  #part: 'outside' | 'message' | 'lrc' = 'outside';

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Uint8Array, nowMs: number): void {
    for (const byte of chunk) {
      if (this.#part !== 'outside' && nowMs - this.#startedAt > maxFrameAgeMs) this.#drop();
      this.#take(byte, nowMs);
    }
  }

  /** Forgets a half frame, without a word. */
  reset(): void {
    this.#message.fill(0);
    this.#length = 0;
    this.#part = 'outside';
  }

  #take(byte: number, nowMs: number): void {
    if (this.#part === 'lrc') {
      this.#finish(byte);
    } else if (byte === stx) {
      if (this.#part === 'message') this.#drop();
      this.#part = 'message';
      this.#startedAt = nowMs;
    } else if (this.#part === 'outside') {
      if (byte === ack || byte === nak || byte === eot) this.#listener.control(byte);
      else this.#listener.noise(1);
    } else if (byte === etx) {
      this.#part = 'lrc';
    } else if (this.#length === this.#message.length) {
      this.#drop();
      this.#listener.noise(1);
    } else {
      this.#message[this.#length++] = byte;
    }
  }

  #finish(lrc: number): void {
    const message = this.#message.subarray(0, this.#length);
    if (lrcOf(message) === lrc) this.#listener.message(message);
    else this.#listener.damaged();
    this.reset();
  }

  #drop(): void {
    // STX, the message so far and, where it got that far, ETX.
    const count = 1 + this.#length + (this.#part === 'lrc' ? 1 : 0);
    this.reset();
    this.#listener.noise(count);
  }
}
