import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { place, printableLines, widthOf, wrap } from './printable-text.ts';

/** A line as it will stand on paper. Text is printable and fits the columns of its size. */
export interface SlipLine {
  readonly text: string;
  readonly size: 'normal' | 'doubleHeight' | 'double';
  readonly bold: boolean;
}

/** A slip beyond this is a mistake: 7.5 m of paper. */
export const maxLines = 2000;

const normal = (text: string): SlipLine => ({ text, size: 'normal', bold: false });

/** Lays a slip out to columns. Throws a RangeError when it is longer than `maxLines`. */
export const layOut = (slip: SlipDocument, columns: number): SlipLine[] => {
  const lines: SlipLine[] = [];
  for (const element of slip.elements) {
    for (const line of linesOf(element, columns)) {
      lines.push(line);
      if (lines.length > maxLines) throw new RangeError(`a slip of more than ${maxLines} lines can't be meant`);
    }
  }
  return lines;
};

function* linesOf(element: SlipElement, columns: number): Iterable<SlipLine> {
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
  }
}

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
