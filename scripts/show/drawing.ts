/** What both modes draw with: texts cut to columns, colours where they are wanted, the display and the paper. */
import { styleText } from 'node:util';
import type { PaperLine } from '../../test/bench/printer/paper.ts';
import { showLine, windowColumns } from '../../test/bench/printer/paper-view.ts';

type Format = Parameters<typeof styleText>[0];

/** A piece of a row: what it says, and how it looks where colours are wanted. */
export interface Cell {
  readonly text: string;
  readonly look?: Format;
}

/** Colours only where somebody looks at a terminal window that has them; NO_COLOR and TERM=dumb are respected. */
const coloured = process.stdout.isTTY === true && process.stdout.hasColors();

export const paint = ({ text, look }: Cell): string =>
  coloured && look !== undefined && text !== '' ? styleText(look, text) : text;

/** Filled up with spaces; Hanzi count twice. */
export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - windowColumns(text)));

export const padStart = (text: string, columns: number): string =>
  ' '.repeat(Math.max(0, columns - windowColumns(text))) + text;

/** Without what doesn't fit. */
export const clip = ({ text, ...look }: Cell, columns: number): Cell => {
  let fitting = '';
  for (const character of text) {
    if (windowColumns(fitting + character) > columns) break;
    fitting += character;
  }
  return { text: fitting, ...look };
};

/** 1234 分 → `12.34`. */
export const yuan = (amount: number): string => (amount / 100).toFixed(2);

/** 2 → `000002`, as vouchers and batches stand on slips. */
export const sixDigits = (number: number): string => String(number).padStart(6, '0');

const displayColumns = 16;
export const displayWidth = displayColumns + 2;

/** The glass of the display, framed: 6 rows. */
export const displayBox = (lines: readonly string[], look: Format = 'green'): readonly Cell[] => [
  { text: `┌${'─'.repeat(displayColumns)}┐`, look },
  ...[0, 1, 2, 3].map((row) => ({ text: `│${pad(lines[row] ?? '', displayColumns)}│`, look })),
  { text: `└${'─'.repeat(displayColumns)}┘`, look },
];

const paperColumns = 32;
export const paperWidth = paperColumns + 2;

const onPaper: Format = ['black', 'bgWhite'];
const emphasised: Format = ['bold', 'black', 'bgWhite'];

/** A line of paper between its edges; one of double height or width is set off by colour. */
export const paperRow = (line: PaperLine): Cell => ({
  text: showLine({ ...line, doubleHeight: false, doubleWidth: false, bold: false }, paperColumns),
  look: line.doubleHeight || line.doubleWidth || line.bold ? emphasised : onPaper,
});

/** Where paper was cut or torn off. */
export const paperEdge: Cell = { text: '/\\'.repeat(paperWidth / 2), look: 'white' };

/** What is said of the paper, in its own column. */
export const paperNote = (text: string): Cell => {
  const free = paperWidth - windowColumns(text) - 2;
  const left = '~'.repeat(Math.max(0, free >> 1));
  return { text: `${left} ${text} ${'~'.repeat(Math.max(0, free - left.length))}`, look: 'yellow' };
};

/** A line of one of the two ledgers. */
export interface Entry {
  readonly who: 'terminal' | 'acquirer';
  readonly text: string;
}

export const entryCell = ({ who, text }: Entry): Cell => ({
  text: `${who}  ${text}`,
  look: who === 'terminal' ? 'cyan' : 'magenta',
});
