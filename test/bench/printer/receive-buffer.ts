/** The bytes that have arrived and wait for the interpreter. */
export class ReceiveBuffer {
  readonly size: number;
  readonly #ring: Uint8Array;
  #first = 0;
  #length = 0;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`a receive buffer holds 1 byte or more, not ${size}`);
    this.size = size;
    this.#ring = new Uint8Array(size);
  }

  get length(): number {
    return this.#length;
  }

  get free(): number {
    return this.size - this.#length;
  }

  /** False when it was full: the byte is lost. */
  push(byte: number): boolean {
    if (this.free === 0) return false;
    this.#ring[(this.#first + this.#length) % this.size] = byte;
    this.#length++;
    return true;
  }

  shift(): number | undefined {
    if (this.#length === 0) return undefined;
    const byte = this.#ring[this.#first];
    this.#first = (this.#first + 1) % this.size;
    this.#length--;
    return byte;
  }

  clear(): void {
    this.#length = 0;
  }
}
