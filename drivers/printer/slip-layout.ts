import type { DotImage, SlipDocument, SlipElement } from '../../hal/printer.ts';
import { place, printableLines, widthOf, wrap } from './printable-text.ts';

/** A line as it will stand on paper. Text is printable and fits the columns of its size. */
export interface SlipLine {
  readonly text: string;
  readonly size: 'normal' | 'doubleHeight' | 'double';
  readonly bold: boolean;
}

/** What takes a line's place: a QR symbol in the middle, or a band of a picture as wide as the paper. */
export type SlipGraphic =
  | { readonly graphic: 'qr'; readonly data: string }
  | { readonly graphic: 'raster'; readonly rowBytes: number; readonly rows: number; readonly bits: Uint8Array };

/** A slip beyond this is a mistake: 11 m of paper. The list of the largest batch has some 2000 lines. */
export const maxLines = 3000;

/** The most that a QR symbol may say: 41 modules a side, which fit any paper. */
export const maxQrCharacters = 100;
/** Dots a side of a QR symbol's module: 0.75 mm, which a telephone reads off thermal paper. */
export const qrModuleDots = 6;
/** A picture higher than this is a mistake: 10 cm. */
export const maxImageDots = 800;
/** Rows of a picture in one command; between two of them the printer can be asked how it is. */
const bandRows = 24;
export const columnDots = 12;

const normal = (text: string): SlipLine => ({ text, size: 'normal', bold: false });

/**
 * Lays a slip out to columns. Throws a RangeError when it is longer than `maxLines`, and for a QR symbol or picture that
 * can't be printed.
 */
export const layOut = (slip: SlipDocument, columns: number): (SlipLine | SlipGraphic)[] => {
  const lines: (SlipLine | SlipGraphic)[] = [];
  for (const element of slip.elements) {
    for (const line of linesOf(element, columns)) {
      lines.push(line);
      if (lines.length > maxLines) throw new RangeError(`a slip of more than ${maxLines} lines can't be meant`);
    }
  }
  return lines;
};

/** The lines of text of a slip, as a person reads them; a graphic is named. */
export const textOf = (slip: SlipDocument, columns: number): string[] =>
  layOut(slip, columns).flatMap((line) => {
    if (!('graphic' in line)) return [line.text.trimEnd()];
    return line.graphic === 'qr' ? [`[QR ${line.data}]`] : [];
  });

function* linesOf(element: SlipElement, columns: number): Iterable<SlipLine | SlipGraphic> {
  switch (element.type) {
    case 'text': {
      const { text, align = 'left', size = 'normal', bold = false } = element;
      const room = size === 'double' ? Math.floor(columns / 2) : columns;
      for (const line of wrapped(text, room)) yield { text: place(line, room, align), size, bold };
      return;
    }
    case 'pair':
      return yield* pairLines(element.left, element.right, columns);
    case 'row':
      return yield* rowLines(element.cells, columns);
    case 'rule':
      return yield normal('-'.repeat(columns));
    case 'blank':
      for (let line = 0; line < element.lines; line++) yield normal('');
      return;
    case 'qr':
      if (!/^[\x20-\x7e]+$/.test(element.data) || element.data.length > maxQrCharacters) {
        throw new RangeError(`a QR symbol takes 1 to ${maxQrCharacters} characters of ASCII`);
      }
      return yield { graphic: 'qr', data: element.data };
    case 'image':
      return yield* bandsOf(element, columns * columnDots);
  }
}

/** Each band of a picture, put into the middle of the paper. */
function* bandsOf({ widthDots, heightDots, bits }: DotImage, paperDots: number): Iterable<SlipGraphic> {
  const bytesIn = Math.ceil(widthDots / 8);
  if (widthDots < 1 || widthDots > paperDots) throw new RangeError(`a picture of ${widthDots} dots on ${paperDots}`);
  if (heightDots < 1 || heightDots > maxImageDots) throw new RangeError(`a picture of ${heightDots} dots in height`);
  if (bits.length !== bytesIn * heightDots) throw new RangeError('a picture whose bits are not its width times height');
  const rowBytes = paperDots / 8;
  const before = Math.floor((rowBytes - bytesIn) / 2);
  for (let top = 0; top < heightDots; top += bandRows) {
    const rows = Math.min(bandRows, heightDots - top);
    const band = new Uint8Array(rowBytes * rows);
    for (let row = 0; row < rows; row++) {
      const from = (top + row) * bytesIn;
      band.set(bits.subarray(from, from + bytesIn), row * rowBytes + before);
    }
    yield { graphic: 'raster', rowBytes, rows, bits: withoutRealTimeCommands(band) };
  }
}

/**
 * A printer obeys `10 04`, `10 05` and `10 14` on arrival wherever they stand, in a picture too: some of its bytes would
 * clear the printer's buffers. Where they would meet, one dot more is black, on paper as in the slip's image.
 */
const withoutRealTimeCommands = (band: Uint8Array): Uint8Array =>
  band.map((byte, at) => (byte === 0x10 && [0x04, 0x05, 0x14].includes(band[at + 1] ?? 0) ? 0x18 : byte));

const wrapped = (text: string, columns: number): string[] =>
  printableLines(text).flatMap((line) => wrap(line, columns));

function* pairLines(left: string, right: string, columns: number): Iterable<SlipLine> {
  const lefts = printableLines(left);
  const rights = printableLines(right);
  const [leftText = ''] = lefts;
  const [rightText = ''] = rights;
  if (lefts.length === 1 && rights.length === 1 && widthOf(leftText) + 1 + widthOf(rightText) <= columns) {
    return yield normal(leftText + place(rightText, columns - widthOf(leftText), 'right'));
  }
  yield* apart([left, right], (index) => (index === 0 ? 'left' : 'right'), columns);
}

type Cell = Extract<SlipElement, { type: 'row' }>['cells'][number];

/** Digits, separators and a sign: stands right unless the cell says otherwise. */
const isNumber = (text: string): boolean => /^[-+]?[\d,]*\d(?:\.\d+)?$/.test(text);

/**
 * One line when each cell fits its share with a gap to its neighbour; else each cell gets a line of its own, because
 * half an amount in a column reads as another amount.
 */
function* rowLines(cells: readonly Cell[], columns: number): Iterable<SlipLine> {
  const alignOf = (cell: Cell): 'left' | 'right' => cell.align ?? (isNumber(cell.text) ? 'right' : 'left');
  const shares = cells.reduce((sum, cell) => sum + cell.columns, 0);
  let line = '';
  let end = 0;
  for (const [index, cell] of cells.entries()) {
    const isLast = index === cells.length - 1;
    const start = Math.floor((columns * end) / shares);
    end += cell.columns;
    const width = Math.floor((columns * end) / shares) - start;
    const [text = '', ...more] = printableLines(cell.text);
    const align = alignOf(cell);
    const gap = (align === 'right' ? index > 0 : !isLast) ? 1 : 0;
    if (more.length > 0 || widthOf(text) + gap > width) {
      const texts = cells.map(({ text: whole }) => whole);
      return yield* apart(texts, (at) => alignOf(cells[at] as Cell), columns);
    }
    line += ' '.repeat(start - widthOf(line)) + place(text, width, align);
  }
  yield normal(line);
}

function* apart(
  texts: readonly string[],
  alignOf: (index: number) => 'left' | 'right',
  columns: number,
): Iterable<SlipLine> {
  for (const [index, text] of texts.entries()) {
    for (const line of wrapped(text, columns)) yield normal(place(line, columns, alignOf(index)));
  }
}
