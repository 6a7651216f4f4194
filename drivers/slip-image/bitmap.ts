import type { DotImage } from '../../hal/printer.ts';

/** A picture that can be drawn on: one bit a dot, 1 is black, rows of whole bytes. */
export class Bitmap implements DotImage {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly rowBytes: number;
  readonly bits: Uint8Array;

  constructor(widthDots: number, heightDots: number) {
    this.widthDots = widthDots;
    this.heightDots = heightDots;
    this.rowBytes = Math.ceil(widthDots / 8);
    this.bits = new Uint8Array(this.rowBytes * heightDots);
  }

  /** Makes dots black from one on to the right. What lies outside is left out. */
  blacken(x: number, y: number, width = 1): void {
    if (y < 0 || y >= this.heightDots) return;
    for (let at = Math.max(0, x); at < Math.min(this.widthDots, x + width); at++) {
      const byte = y * this.rowBytes + (at >> 3);
      this.bits[byte] = (this.bits[byte] ?? 0) | (0x80 >> (at & 7));
    }
  }

  isBlack(x: number, y: number): boolean {
    return ((this.bits[y * this.rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
  }
}
