import iconv from 'iconv-lite';
import { encode } from 'uqr';
import type { SlipDocument } from '../../hal/printer.ts';
import { columnDots, layOut, qrModuleDots, type SlipGraphic, type SlipLine } from '../printer/slip-layout.ts';
import { Bitmap } from './bitmap.ts';
import type { Glyphs } from './glyphs.ts';

/** Dots from one line to the next, and of a line of tall characters: as on paper. */
const lineDots = 30;
const tallDots = 48;
/** What a reader of QR symbols wants to see white around one, in modules. */
const quietModules = 4;

/** A line without characters is no higher for their size. */
const isTall = ({ size, text }: SlipLine): boolean => size !== 'normal' && text !== '';

/**
 * A slip as a picture, a dot of it a dot of the paper: 384 or 576 wide. It is drawn of the same lines that are printed, so
 * that what the paper says and what the picture says can't differ. The same slip gives the same picture, always.
 */
export const drawSlip = (slip: SlipDocument, columns: number, glyphs: Glyphs): Bitmap => {
  const lines = layOut(slip, columns);
  const parts = lines.map((line) => ('graphic' in line ? graphicOf(line) : line));
  const heightOf = (part: (typeof parts)[number]): number => {
    if ('heightDots' in part) return part.heightDots;
    return isTall(part) ? tallDots : lineDots;
  };
  const height = parts.reduce((sum, part) => sum + heightOf(part), 0);
  const paper = new Bitmap(columns * columnDots, Math.max(1, height));
  let top = 0;
  for (const part of parts) {
    if ('heightDots' in part) part.draw(paper, top);
    else drawText(paper, top, part, glyphs);
    top += heightOf(part);
  }
  return paper;
};

interface Drawn {
  readonly heightDots: number;
  readonly draw: (paper: Bitmap, top: number) => void;
}

const graphicOf = (graphic: SlipGraphic): Drawn => {
  if (graphic.graphic === 'raster') {
    const { rowBytes, rows, bits } = graphic;
    return { heightDots: rows, draw: (paper, top) => paper.bits.set(bits, top * rowBytes) };
  }
  // As bytes, whatever they are: a printer doesn't say which mode it takes, and in this one the size is certain.
  const { data, size } = encode([...Buffer.from(graphic.data, 'latin1')], { ecc: 'M', border: quietModules });
  const sizeDots = size * qrModuleDots;
  return {
    heightDots: sizeDots,
    draw: (paper, top) => {
      const left = Math.floor((paper.widthDots - sizeDots) / 2);
      for (let y = 0; y < sizeDots; y++) {
        const row = data[Math.floor(y / qrModuleDots)] ?? [];
        for (const [column, black] of row.entries()) {
          if (black) paper.blacken(left + column * qrModuleDots, top + y, qrModuleDots);
        }
      }
    },
  };
};

const drawText = (paper: Bitmap, top: number, { text, size, bold }: SlipLine, glyphs: Glyphs): void => {
  const across = size === 'double' ? 2 : 1;
  const down = size === 'normal' ? 1 : 2;
  let left = 0;
  for (const char of text) {
    const code = iconv.encode(char, 'cp936');
    const columns = code.length * across;
    if (char !== ' ') {
      const glyph = glyphs.of(code);
      for (let y = 0; y < glyph.heightDots; y++) {
        for (let x = 0; x < glyph.widthDots; x++) {
          if (!glyph.isBlack(x, y)) continue;
          for (let step = 0; step < down; step++) {
            paper.blacken(left + x * across, top + y * down + step, across + (bold ? 1 : 0));
          }
        }
      }
    }
    left += columns * columnDots;
  }
};
