import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bitmap } from './bitmap.ts';

/**
 * The glyph file, made by scripts/glyphs.ts at build time: bitmaps of 16 rows, most significant bit left.
 *
 * | offset | what |
 * | --- | --- |
 * | 0 | 256 glyphs of 8 x 16 dots, 16 bytes each: ASCII, by code |
 * | 4096 | 24 066 glyphs of 16 x 16 dots, 32 bytes each: GBK, row after row of its code page: lead 81 … FE, trail 40 … FE |
 */
export const glyphFileName = 'gbk-16.glyphs';

/** It lies beside this module; in a bundle, which is one file without modules, beside the program. */
export const glyphFile = (): string => {
  const { url } = import.meta as { readonly url?: string };
  return join(dirname(url === undefined ? realpathSync(process.argv[1] ?? '.') : fileURLToPath(url)), glyphFileName);
};

export const glyphRows = 16;
export const asciiBytes = glyphRows;
export const hanziBytes = 2 * glyphRows;
export const hanziAt = 256 * asciiBytes;
const trails = 0xfe - 0x40 + 1;
export const glyphFileBytes = hanziAt + (0xfe - 0x81 + 1) * trails * hanziBytes;

/** Where a two-byte character's glyph stands. */
export const hanziOffset = (lead: number, trail: number): number =>
  hanziAt + ((lead - 0x81) * trails + (trail - 0x40)) * hanziBytes;

/** A slip has some 100 different characters; what more are drawn with are read again. */
const mostKept = 2000;

/** Glyphs of 24 rows as they are asked for: the file, 0.8 MB, is not read into memory. */
export class Glyphs {
  readonly #descriptor: number;
  readonly #kept = new Map<number, Bitmap>();

  /** @throws the file system's error when the file isn't there */
  constructor(path = glyphFile()) {
    this.#descriptor = openSync(path, 'r');
  }

  /** Of a character in GBK: one byte, 12 dots wide, or two, 24 dots wide. */
  of(code: Uint8Array): Bitmap {
    const [first = 0, second] = code;
    return second === undefined
      ? this.#read(first * asciiBytes, asciiBytes)
      : this.#read(hanziOffset(first, second), hanziBytes);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #read(offset: number, length: number): Bitmap {
    const known = this.#kept.get(offset);
    if (known !== undefined) return known;
    const bits = new Uint8Array(length);
    readSync(this.#descriptor, bits, 0, length, offset);
    const glyph = enlarged(bits);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(offset, glyph);
    return glyph;
  }
}

/**
 * From 16 rows to 24: each pair of dots becomes three, of which the middle one is black where either is. Strokes stay
 * whole and gaps stay open, which they don't when single rows and columns are doubled.
 */
const enlarged = (bits: Uint8Array): Bitmap => {
  const bytesIn = bits.length / glyphRows;
  const big = new Bitmap(bytesIn * 12, 24);
  for (let y = 0; y < glyphRows; y++) {
    for (let x = 0; x < 8 * bytesIn; x++) {
      if (((bits[y * bytesIn + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0) continue;
      // An even one reaches the first and the middle of its three, an odd one the middle and the last.
      const [left, top] = [x + (x >> 1), y + (y >> 1)];
      big.blacken(left, top, 2);
      big.blacken(left, top + 1, 2);
    }
  }
  return big;
};
