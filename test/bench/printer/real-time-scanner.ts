/** A command that a printer obeys as it arrives, whatever state it is in and whatever the bytes stand in. */
export type RealTimeCommand =
  /** DLE EOT n, `10 04 n`, n 1..4: send a status byte. */
  | { readonly type: 'status'; readonly n: 1 | 2 | 3 | 4 }
  /** DLE ENQ n, `10 05 n`, n 1..2: recover from an error; 2 clears both buffers first. */
  | { readonly type: 'recover'; readonly n: 1 | 2 }
  /** DLE DC4 fn 1, `10 14 01 m t`: drawer pulse. */
  | { readonly type: 'drawer' }
  /** DLE DC4 fn 2, `10 14 02 01 08`: power-off sequence. */
  | { readonly type: 'powerOff' }
  /** DLE DC4 fn 8, `10 14 08 01 03 14 01 06 02 08`: clear both buffers. */
  | { readonly type: 'clear' };

const dle = 0x10;
const clearTail = [0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/** What the bytes since the last DLE are: a command, the start of one, or none. */
const read = (bytes: readonly number[]): RealTimeCommand | 'more' | 'none' => {
  const [, kind, n, a, b] = bytes;
  if (kind === undefined) return 'more';
  if (kind === 0x04) {
    if (n === undefined) return 'more';
    return n === 1 || n === 2 || n === 3 || n === 4 ? { type: 'status', n } : 'none';
  }
  if (kind === 0x05) {
    if (n === undefined) return 'more';
    return n === 1 || n === 2 ? { type: 'recover', n } : 'none';
  }
  if (kind !== 0x14) return 'none';
  if (n === undefined) return 'more';
  if (n === 1) {
    if (b !== undefined) return b >= 1 && b <= 8 ? { type: 'drawer' } : 'none';
    return a === undefined || a <= 1 ? 'more' : 'none';
  }
  if (n === 2) {
    if (b !== undefined) return b === 8 ? { type: 'powerOff' } : 'none';
    return a === undefined || a === 1 ? 'more' : 'none';
  }
  if (n !== 8) return 'none';
  const tail = bytes.slice(3);
  if (tail.some((byte, index) => byte !== clearTail[index])) return 'none';
  return tail.length === clearTail.length ? { type: 'clear' } : 'more';
};

/** Watches the bytes as they arrive. It takes none away: they go into the receive buffer as well. */
export class RealTimeScanner {
  #bytes: number[] = [];

  scan(byte: number): RealTimeCommand | undefined {
    if (byte !== dle && this.#bytes.length === 0) return undefined;
    this.#bytes.push(byte);
    const found = read(this.#bytes);
    if (found === 'more') return undefined;
    this.#bytes = found === 'none' && byte === dle ? [dle] : [];
    return found === 'none' ? undefined : found;
  }

  reset(): void {
    this.#bytes = [];
  }
}
