/**
 * What comes back from an ESC/POS printer. All kinds share one stream and are told apart by their fixed bits
 * (Epson TM-T88III operator's manual, appendix G; TM-U230, appendix E):
 *
 * | reply | first byte | test |
 * |---|---|---|
 * | XON / XOFF | `11` / `13` | equal |
 * | DLE EOT n, one byte | 0xx1xx10 | `& 93 == 12` |
 * | ASB, four bytes | 0xx1xx00, then three of 0xx0xxxx | `& 93 == 10`, then `& 90 == 0` |
 * | GS r, ESC v, one byte | 0xx0xxxx | `& 90 == 0` |
 * | block, up to NUL | `37`, then 20 … 7E, `00` | |
 *
 * Examples: `16` cover open (to DLE EOT 2); `18 00 0C 0F` ASB at paper end; `00` paper in place (to GS r);
 * `37 22 41 42 43 44 00` process id ABCD; `37 25 00` buffers cleared.
 * A DLE EOT reply doesn't say to which n it belongs, nor a status byte to which query: who asks must ask one at a time.
 */
export type PrinterReply =
  | { readonly type: 'realTime'; readonly bits: number }
  /** Bytes 1 to 3 of ASB; the fourth is undefined on most models. */
  | { readonly type: 'automatic'; readonly bytes: readonly [number, number, number] }
  | { readonly type: 'status'; readonly bits: number }
  | { readonly type: 'processId'; readonly id: string }
  | { readonly type: 'cleared' }
  | { readonly type: 'flow'; readonly go: boolean }
  /** A byte that is none of these, or a reply that broke off or is unknown. */
  | { readonly type: 'noise'; readonly bytes: number };

/** Which kinds the printer at hand can send; a lone byte of another kind must not open a reply of four. */
export interface ReplyKinds {
  readonly automatic: boolean;
  readonly blocks: boolean;
}

/** A reply of several bytes arrives in one go; one that pauses longer, in ms, has broken off. */
const breakOffMs = 100;

/** Longest block that is waited for. */
const blockLimit = 16;

/** Splits the printer's bytes into replies, however they arrive. Holds no more than one unfinished reply. */
export class ReplyParser {
  readonly #kinds: ReplyKinds;
  #partial: number[] = [];
  #lastAt = 0;

  constructor(kinds: ReplyKinds) {
    this.#kinds = kinds;
  }

  /** Takes bytes that arrived at that time (ms, any clock that doesn't jump) and gives the replies completed by them. */
  push(chunk: Uint8Array, atMs: number): PrinterReply[] {
    const replies: PrinterReply[] = [];
    if (atMs - this.#lastAt > breakOffMs) this.#breakOff(replies);
    this.#lastAt = atMs;
    for (const byte of chunk) this.#take(byte, replies);
    return replies;
  }

  #take(byte: number, replies: PrinterReply[]): void {
    if (byte === 0x11 || byte === 0x13) {
      replies.push({ type: 'flow', go: byte === 0x11 });
    } else if (this.#partial[0] === 0x37) {
      this.#takeInBlock(byte, replies);
    } else if ((byte & 0x93) === 0x12) {
      replies.push({ type: 'realTime', bits: byte }); // real time: may come in the middle of an ASB
    } else if (this.#partial.length > 0 && (byte & 0x90) === 0) {
      this.#takeAutomatic(byte, replies);
    } else {
      this.#breakOff(replies);
      this.#takeFirst(byte, replies);
    }
  }

  #takeFirst(byte: number, replies: PrinterReply[]): void {
    if ((byte & 0x90) === 0) replies.push({ type: 'status', bits: byte });
    else if (this.#kinds.automatic && (byte & 0x93) === 0x10) this.#partial = [byte];
    else if (this.#kinds.blocks && byte === 0x37) this.#partial = [byte];
    else replies.push({ type: 'noise', bytes: 1 });
  }

  #takeAutomatic(byte: number, replies: PrinterReply[]): void {
    this.#partial.push(byte);
    const [first = 0, second = 0, third = 0] = this.#partial;
    if (this.#partial.length < 4) return;
    this.#partial = [];
    replies.push({ type: 'automatic', bytes: [first, second, third] });
  }

  #takeInBlock(byte: number, replies: PrinterReply[]): void {
    if (byte === 0x00) {
      const text = String.fromCharCode(...this.#partial.slice(1));
      if (text.length === 5 && text[0] === '"') replies.push({ type: 'processId', id: text.slice(1) });
      else if (text === '%') replies.push({ type: 'cleared' });
      else replies.push({ type: 'noise', bytes: this.#partial.length + 1 });
      this.#partial = [];
    } else if (byte < 0x20 || byte > 0x7e || this.#partial.length >= blockLimit) {
      this.#breakOff(replies);
      this.#take(byte, replies);
    } else {
      this.#partial.push(byte);
    }
  }

  #breakOff(replies: PrinterReply[]): void {
    if (this.#partial.length > 0) replies.push({ type: 'noise', bytes: this.#partial.length });
    this.#partial = [];
  }
}
