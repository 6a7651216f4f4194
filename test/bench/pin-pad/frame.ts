/** Control characters of the line. */
export const STX = 0x02;
export const ETX = 0x03;
export const EOT = 0x04;
export const ACK = 0x06;
export const NAK = 0x15;

/** More than any message of the host: a request has 56 bytes, a text 34. */
const longestBody = 128;

const lrcOf = (body: Uint8Array): number => body.reduce((sum, byte) => sum ^ byte, ETX);

/** `02 body 03 LRC`, where the LRC is the exclusive-or of all bytes after 02, the 03 included. */
export const frame = (body: string): Buffer => {
  const bytes = Buffer.from(body, 'latin1');
  return Buffer.of(STX, ...bytes, ETX, lrcOf(bytes));
};

/** What the host sent: a good frame's body, a control character, a frame to be refused, or bytes that are none. */
export type Sent =
  | { readonly kind: 'frame'; readonly body: Buffer }
  | { readonly kind: 'control'; readonly code: typeof ACK | typeof NAK | typeof EOT }
  | { readonly kind: 'badFrame'; readonly what: string }
  | { readonly kind: 'stray'; readonly count: number };

/** Cuts what the host sends into frames, wherever the line cuts it. */
export class FrameReader {
  #body: number[] | undefined;
  #lrcNext = false;

  push(chunk: Uint8Array): Sent[] {
    const sent: Sent[] = [];
    let stray = 0;
    const put = (next: Sent): void => {
      if (stray > 0) sent.push({ kind: 'stray', count: stray });
      stray = 0;
      sent.push(next);
    };
    for (const byte of chunk) {
      const body = this.#body;
      if (body === undefined) {
        if (byte === STX) this.#body = [];
        else if (byte === ACK || byte === NAK || byte === EOT) put({ kind: 'control', code: byte });
        else stray++;
      } else if (this.#lrcNext) {
        this.#body = undefined;
        this.#lrcNext = false;
        if (byte === lrcOf(Uint8Array.from(body))) put({ kind: 'frame', body: Buffer.from(body) });
        else put({ kind: 'badFrame', what: `a frame of ${body.length} bytes has a wrong LRC` });
      } else if (byte === ETX) {
        this.#lrcNext = true;
      } else if (byte === STX) {
        put({ kind: 'stray', count: body.length + 1 });
        this.#body = [];
      } else if (body.length === longestBody) {
        this.#body = undefined;
        put({ kind: 'badFrame', what: `a frame has no end after ${longestBody} bytes` });
      } else {
        body.push(byte);
      }
    }
    if (stray > 0) sent.push({ kind: 'stray', count: stray });
    return sent;
  }
}
