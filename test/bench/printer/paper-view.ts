import type { Copy, Line } from './paper.ts';

/** Columns that a text takes in a terminal window: two for Chinese and what is as wide. */
export const windowColumns = (text: string): number => {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1;
  return columns;
};

const described = (line: Line): string => {
  if (line.graphic?.type === 'qr') return `[QR ${line.graphic.data}]`;
  if (line.graphic?.type === 'raster') return `[image, ${line.graphic.widthBytes * 8} × ${line.graphic.rows} dots]`;
  return line.text;
};

/** A line of paper as it shows in a window, between the edges of the paper; how it looks stands to the right. */
export const showLine = (line: Line, paperColumns: number): string => {
  // A control character from the line must not reach the window.
  const text = described(line).replaceAll(/\p{Cc}/gu, '·');
  const free = Math.max(0, paperColumns - windowColumns(text));
  const before = { left: 0, centre: Math.floor(free / 2), right: free }[line.align];
  const looks = [
    ...(line.doubleHeight ? ['double height'] : []),
    ...(line.doubleWidth ? ['double width'] : []),
    ...(line.bold ? ['bold'] : []),
  ];
  return `│${' '.repeat(before)}${text}${' '.repeat(free - before)}│ ${looks.join(', ')}`.trimEnd();
};

/** The end of a copy. */
export const showCut = (copy: Copy, paperColumns: number): string =>
  `✂${'-'.repeat(paperColumns)}✂ copy ${copy.number}, ${copy.lines.length} lines${copy.torn ? ', torn' : ''}`;
