/** A slip on the virtual printer's paper, and its image read back dot by dot: do the two say the same? */
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import { encodeSlip } from '../../../drivers/printer/slip-encoder.ts';
import { Glyphs } from '../../../drivers/slip-image/glyphs.ts';
import { pngOf } from '../../../drivers/slip-image/png.ts';
import { drawSlip } from '../../../drivers/slip-image/slip-image.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import type { PaperLine } from '../../bench/printer/paper.ts';
import { PrinterRig } from '../../bench/printer/printer-rig.ts';
import { profiles } from '../../bench/printer/profiles.ts';
import { glyphOf } from './pixel-font.ts';

/** The lines on paper; throws when the printer was sent anything that it doesn't know. */
export const onPaper = (slip: SlipDocument, columns: 32 | 48): readonly PaperLine[] => {
  const rig = new PrinterRig({ profile: { ...profiles.epson, widthDots: columns * 12 }, receiveBuffer: 1 << 20 });
  for (const piece of encodeSlip(slip, printerProfile('epson', columns === 32 ? 58 : 80)).pieces) rig.send(piece);
  rig.settle();
  const { complaints, paper } = rig.printer;
  if (complaints.length > 0) throw new Error(`The printer complains: ${JSON.stringify(complaints)}`);
  if (paper.copies.length !== 1 || paper.copies[0]?.complete !== true) throw new Error('It is not one piece of paper');
  return paper.lines;
};

const glyphs = new Glyphs();
export const imageOf = (slip: SlipDocument, columns: number): Buffer => pngOf(drawSlip(slip, columns, glyphs));

/** Reads the image along the lines of the paper; gives the first difference, or undefined. */
export const difference = (paper: readonly PaperLine[], file: Buffer): string | undefined => {
  const png = PNG.sync.read(file);
  const black = (x: number, y: number): boolean => png.data[4 * (y * png.width + x)] === 0;
  const white = (left: number, top: number, right: number, bottom: number): boolean => {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (black(x, y)) return false;
    return true;
  };
  let top = 0;
  for (const [index, line] of paper.entries()) {
    // The feed past the knife is no part of the slip.
    if (top >= png.height) {
      const rest = paper.slice(index);
      return rest.every(({ text, graphic }) => text === '' && graphic === undefined) ? undefined : `no line ${index}`;
    }
    const { graphic } = line;
    if (graphic?.type === 'raster') {
      for (let y = 0; y < graphic.rows; y++) {
        for (let x = 0; x < png.width; x++) {
          const bit = ((graphic.bits[y * graphic.widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
          if (black(x, top + y) !== bit) return `dot ${x} of row ${y} of the picture in line ${index}`;
        }
      }
      top += graphic.rows;
    } else if (graphic?.type === 'qr') {
      const side = graphic.sizeDots + 48;
      const left = Math.floor((png.width - side) / 2);
      const seen = new Uint8ClampedArray(4 * side * side);
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) seen.fill(black(left + x, top + y) ? 0 : 255, 4 * (y * side + x));
      }
      const said = jsqr.default(seen, side, side)?.data;
      if (said !== graphic.data) return `the QR symbol says ${said} and not ${graphic.data}`;
      top += side;
    } else {
      const wrong = inText(line, top, black, white, png.width);
      if (wrong !== undefined) return `line ${index} (${line.text}): ${wrong}`;
      top += line.doubleHeight ? 48 : 30;
    }
  }
  return top === png.height ? undefined : `the image goes on for ${png.height - top} rows`;
};

const inText = (
  { text, doubleHeight, doubleWidth, bold }: PaperLine,
  top: number,
  black: (x: number, y: number) => boolean,
  white: (left: number, top: number, right: number, bottom: number) => boolean,
  width: number,
): string | undefined => {
  const [across, down] = [doubleWidth ? 2 : 1, doubleHeight ? 2 : 1];
  // Of three dots the first and the last are the font's; the middle one is made.
  const enlarged = (at: number): number => 3 * (at >> 1) + 2 * (at & 1);
  let left = 0;
  for (const char of text) {
    const expected = glyphOf(char).split('\n');
    for (const [row, dots] of expected.entries()) {
      for (const [column, dot] of dots.split('').entries()) {
        const is = black(left + enlarged(column) * across, top + enlarged(row) * down);
        if (is !== (dot === '#') && !(bold && is)) return `${char} is another at ${column}, ${row}`;
      }
    }
    left += ((expected[0]?.length ?? 0) / 8) * 12 * across;
  }
  if (!white(left + (bold ? 1 : 0), top, width, top + 24 * down)) return 'something stands behind its end';
  return down === 1 && !white(0, top + 24, width, top + 30) ? 'something stands under it' : undefined;
};
