import { PNG } from 'pngjs';
import qrcode from 'qrcode-generator';
import { columnDots, rowDots } from './line-buffer.ts';
import { dotsPerMm } from './mechanism.ts';
import type { Graphic, PaperLine } from './paper.ts';
import { windowColumns } from './paper-view.ts';
import { glyphDots, glyphOf } from './pixel-font.ts';

const black = 0;
const white = 255;

/** Paper as dots, white at first. */
class Sheet {
  readonly png: PNG;

  constructor(width: number, height: number) {
    this.png = new PNG({ width, height, colorType: 0 });
    this.png.data.fill(white);
  }

  ink(x: number, y: number): void {
    const { width, height, data } = this.png;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    data.fill(black, (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
}

const drawText = (
  sheet: Sheet,
  { text, bold, doubleWidth, doubleHeight }: PaperLine,
  left: number,
  top: number,
): void => {
  const across = doubleWidth ? 2 : 1;
  const height = rowDots * (doubleHeight ? 2 : 1);
  let x = left;
  for (const character of text) {
    const width = windowColumns(character) * columnDots * across;
    const glyph = glyphOf(character);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const dots = glyph.rows[Math.floor((row * glyphDots) / height)];
        if (dots?.[Math.floor((column * glyph.width) / width)] !== true) continue;
        sheet.ink(x + column, top + row);
        if (bold) sheet.ink(x + column + 1, top + row);
      }
    }
    x += width;
  }
};

const drawGraphic = (sheet: Sheet, graphic: Graphic, columns: number, left: number, top: number): void => {
  if (graphic.type === 'raster') {
    const { widthBytes, rows, bits } = graphic;
    // Double width shows in the columns that the band takes.
    const across = columns * columnDots >= widthBytes * 16 ? 2 : 1;
    for (let row = 0; row < rows; row++) {
      for (let dot = 0; dot < widthBytes * 8; dot++) {
        if (((bits[row * widthBytes + (dot >> 3)] ?? 0) & (0x80 >> (dot & 7))) === 0) continue;
        for (let n = 0; n < across; n++) sheet.ink(left + dot * across + n, top + row);
      }
    }
    return;
  }
  const symbol = qrcode(0, 'M');
  symbol.addData(graphic.data, 'Byte');
  symbol.make();
  const modules = symbol.getModuleCount();
  for (let y = 0; y < graphic.sizeDots; y++) {
    for (let x = 0; x < graphic.sizeDots; x++) {
      const at = (dots: number): number => Math.floor((dots * modules) / graphic.sizeDots);
      if (symbol.isDark(at(y), at(x))) sheet.ink(left + x, top + y);
    }
  }
};

const inkDots = (line: PaperLine): number => {
  if (line.graphic?.type === 'qr') return line.graphic.sizeDots;
  return line.graphic?.rows ?? rowDots * (line.doubleHeight ? 2 : 1);
};

/**
 * A piece of paper as it looks, as a grey PNG: a dot of the head a pixel, each line where the motor was when it was
 * printed. A line that mixes sizes is drawn in its largest.
 */
export const paperPicture = (lines: readonly PaperLine[], widthDots: number): Buffer => {
  const first = lines[0];
  const begin = first === undefined ? 0 : first.mmAt * dotsPerMm - inkDots(first);
  const end = (lines.at(-1)?.mmAt ?? 0) * dotsPerMm;
  const sheet = new Sheet(widthDots, Math.max(1, Math.ceil(end - begin)));
  for (const line of lines) {
    const top = Math.round(line.mmAt * dotsPerMm - begin - inkDots(line));
    const free = widthDots - (line.graphic?.type === 'qr' ? line.graphic.sizeDots : line.columns * columnDots);
    const left = { left: 0, centre: Math.floor(Math.max(0, free) / 2), right: Math.max(0, free) }[line.align];
    if (line.graphic === undefined) drawText(sheet, line, left, top);
    else drawGraphic(sheet, line.graphic, line.columns, left, top);
  }
  return PNG.sync.write(sheet.png, { colorType: 0, inputHasAlpha: true });
};
