import type { ProcessingRequest } from '../../hal/acquirer.ts';
import { leastMessageBytes, mostMessageBytes } from './codec.ts';
import { readNumber, writeDigits } from './digits.ts';

/**
 * What stands around a message on a TCP connection, all digits BCD:
 *
 * | bytes | what | example |
 * |---|---|---|
 * | 2 | length of all that follows, binary, high byte first | 00 5C |
 * | 5 | TPDU: 60, network of the receiver, network of the sender; an answer has the two swapped | 60 00 03 00 00 |
 * | 1 | application class, 应用类别定义: 60 is bank card | 60 |
 * | 1 | software version, 软件总版本号 | 31 |
 * | ½ | terminal state, 终端状态: 0 normal | 0 |
 * | ½ | processing request, 处理要求: 0 in a request | 0 |
 * | 3 | software sub-version, 软件分版本号 | 31 07 30 |
 * | … | the message, from its MTI on | 02 00 … |
 */
export interface FrameHeader {
  /** Two digits, `60`. */
  readonly application: string;
  /** Two digits, such as `31`. */
  readonly version: string;
  /** One digit; `1` for a terminal under test. */
  readonly state: string;
  /** Six digits. */
  readonly subVersion: string;
}

export interface Frame {
  readonly processingRequest: ProcessingRequest;
  /** From the MTI on. */
  readonly message: Buffer;
}

const lengthBytes = 2;
const tpduBytes = 5;
const headerBytes = 6;
const leastFrame = tpduBytes + headerBytes + leastMessageBytes;
const mostFrame = tpduBytes + headerBytes + mostMessageBytes;

/** Where the message begins in a frame, its length counted in. */
export const messageOffset = lengthBytes + tpduBytes + headerBytes;

/** No frame is longer, its length counted in. */
export const mostFrameBytes = lengthBytes + mostFrame;

/** The bytes before a message, but for the length: {@link writeLength} sets it once the message is packed. */
export const frameHead = (tpdu: string, header: FrameHeader): Buffer => {
  const digits = `${tpdu}${header.application}${header.version}${header.state}0${header.subVersion}`;
  const head = Buffer.alloc(messageOffset);
  if (writeDigits(head, lengthBytes, digits, 9, 'left') !== messageOffset) {
    throw new RangeError('the TPDU must have 10 digits, the header 2 + 2 + 1 + 6');
  }
  return head;
};

/** @param end the offset after the message in `frame` */
export const writeLength = (frame: Buffer, end: number): void => {
  frame.writeUInt16BE(end - lengthBytes, 0);
};

/**
 * Cuts what a connection delivers, in pieces of any size, into frames. It keeps no more than one frame's bytes. Bytes
 * that can't be a frame's end it for good: where the next frame begins is then unknown.
 */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #bytes = Buffer.alloc(mostFrameBytes);
  #filled = 0;
  #broken: string | undefined;

  /** @param onFrame is given frames that are copies of their bytes */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes the next piece; what is wrong with it, or undefined. */
  push(chunk: Uint8Array): string | undefined {
    let from = 0;
    while (from < chunk.length && this.#broken === undefined) {
      const wanted = this.#filled < lengthBytes ? lengthBytes : lengthBytes + this.#bytes.readUInt16BE(0);
      const taken = Math.min(wanted - this.#filled, chunk.length - from);
      this.#bytes.set(chunk.subarray(from, from + taken), this.#filled);
      this.#filled += taken;
      from += taken;
      if (this.#filled === wanted) this.#complete();
    }
    return this.#broken;
  }

  /** The length, or the whole frame, is there. */
  #complete(): void {
    if (this.#filled === lengthBytes) {
      const length = this.#bytes.readUInt16BE(0);
      if (length < leastFrame) this.#broken = 'a frame that is too short to hold a message';
      if (length > mostFrame) this.#broken = 'a frame that is longer than any message';
      return;
    }
    const head = readNumber(this.#bytes, lengthBytes, (tpduBytes + headerBytes) * 2);
    if (head === undefined || this.#bytes[lengthBytes] !== 0x60) {
      this.#broken = 'a frame without the head (TPDU 60…) that UnionPay puts before a message';
      return;
    }
    const state = this.#bytes[lengthBytes + tpduBytes + 2] as number;
    const message = Buffer.from(this.#bytes.subarray(messageOffset, this.#filled));
    this.#filled = 0;
    this.#onFrame({ processingRequest: (state & 0x0f) as ProcessingRequest, message });
  }
}
