/**
 * What stands around an ISO 8583 message on a UnionPay TCP line:
 *
 * | bytes | what |
 * |---|---|
 * | 2 | length of all that follows, binary, high byte first |
 * | 5 | TPDU, BCD: id 60, destination 4 digits, origin 4 digits; the answer swaps the two |
 * | 6 | header, 12 BCD digits: application 60, software version 2, terminal state 1, processing request 1, sub-version 6 |
 * | n | MTI 2, bitmap 8, fields |
 *
 * Example, an echo test: `0025 6000030000 603100310100 0820 …`.
 */
const LENGTH = 2;
const TPDU = 5;
const HEADER = 6;
const SHORTEST = TPDU + HEADER + 2 + 8;
/** All fields at their longest stay below it. */
const LONGEST = 2048;

/** Cuts a byte stream into frames, wherever the line has split it. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The payloads that are whole by now. A `fault` means that the stream can't be followed any further. */
  push(bytes: Buffer): { payloads: Buffer[]; fault?: string } {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const payloads: Buffer[] = [];
    while (this.#pending.length >= LENGTH) {
      const length = this.#pending.readUInt16BE(0);
      if (length < SHORTEST || length > LONGEST) {
        return { payloads, fault: `a frame's length is ${length}, outside ${SHORTEST} … ${LONGEST}` };
      }
      if (this.#pending.length < LENGTH + length) break;
      payloads.push(this.#pending.subarray(LENGTH, LENGTH + length));
      this.#pending = this.#pending.subarray(LENGTH + length);
    }
    return { payloads };
  }

  /** True in the middle of a frame. */
  get midFrame(): boolean {
    return this.#pending.length > 0;
  }
}

export interface Envelope {
  /** 10 and 12 digits. */
  readonly tpdu: string;
  readonly header: string;
}

/** Takes TPDU and header off a payload of at least 21 bytes, and says what is wrong with them. */
export const openEnvelope = (payload: Buffer): { envelope: Envelope; iso: Buffer; faults: string[] } => {
  const tpdu = payload.toString('hex', 0, TPDU);
  const header = payload.toString('hex', TPDU, TPDU + HEADER);
  const faults: string[] = [];
  if (!/^60\d{8}$/.test(tpdu)) faults.push('the TPDU is not 60 and eight digits');
  if (!/^\d{12}$/.test(header)) faults.push('the header is not twelve digits');
  else {
    if (!header.startsWith('60')) faults.push('the header names another application than 60, bank cards');
    if (!/^(22|31)$/.test(header.slice(2, 4))) faults.push('the header names another software version than 22 or 31');
    if (!/^[01]$/.test(header.charAt(4))) faults.push('the header names another terminal state than 0 or 1');
    if (header.charAt(5) !== '0') faults.push("a request's header has a processing request");
  }
  return { envelope: { tpdu, header }, iso: payload.subarray(TPDU + HEADER), faults };
};

/** The frame of an answer: the request's envelope turned round, with the processing request (处理要求) of the host. */
export const sealAnswer = ({ tpdu, header }: Envelope, processingRequest: number, iso: Buffer): Buffer => {
  const swapped = tpdu.slice(0, 2) + tpdu.slice(6) + tpdu.slice(2, 6);
  const answered = header.slice(0, 5) + processingRequest + header.slice(6);
  const payload = Buffer.concat([Buffer.from(swapped + answered, 'hex'), iso]);
  const length = Buffer.alloc(LENGTH);
  length.writeUInt16BE(payload.length);
  return Buffer.concat([length, payload]);
};
