import iconv from 'iconv-lite';

/**
 * Text as a Chinese printer can put it on paper: GBK, one column a byte. Everything else is made visible here,
 * before the byte builder sees it: for a character that it can't encode, that library changes the code page and
 * leaves every Hanzi after it garbled.
 */

/** Stands for a character that the printer doesn't have (U+25A1, A1 F5). */
export const missingGlyph = '□';

const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code < 0xa0);

/**
 * One character in GBK terms: itself when it is ASCII or a proper two-byte code, else the sign for a missing one.
 * The euro sign is refused although the table has it: it is the single byte 80h there, which takes the next byte along.
 */
const printable = (char: string): string => {
  if (char === '\u00a5') return '\uffe5'; // ¥ is not in GBK; the full-width ￥ (A3 A4) is
  if (char === '\t' || char === '\u00a0') return ' ';
  const code = char.codePointAt(0) as number;
  if (isControl(code)) return '';
  if (code < 0x80) return char;
  let known = inGbk.get(char);
  if (known === undefined) {
    known = iconv.encode(char, 'cp936').length === 2 ? char : missingGlyph;
    inGbk.set(char, known);
  }
  return known;
};

/** What was found out once of a character; there are no more of them than Unicode has. */
const inGbk = new Map<string, string>();

/**
 * The lines of a text, safe to print: split at line breaks, control characters dropped (a real-time command must not
 * come in by a merchant's name), what GBK lacks replaced by □, one for each code point or lone surrogate.
 */
export const printableLines = (text: string): string[] =>
  text
    .normalize('NFC')
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => Array.from(line, printable).join(''));

/** Columns that a printable text takes: its length in GBK bytes. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const char of text) width += columnsOf(char);
  return width;
};

const columnsOf = (char: string): number => (char.charCodeAt(0) < 0x80 ? 1 : 2);

/** Cuts a printable text into lines of at most that many columns; a Hanzi is never halved. At least one line. */
export const wrap = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const char of text) {
    if (width + columnsOf(char) > columns) {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += char;
    width += columnsOf(char);
  }
  return [...lines, line];
};

/** Pads a printable text that fits to its place in so many columns. No spaces are put after it on the left. */
export const place = (text: string, columns: number, align: 'left' | 'centre' | 'right'): string => {
  const room = Math.max(0, columns - widthOf(text));
  if (align === 'left') return text;
  return ' '.repeat(align === 'right' ? room : Math.floor(room / 2)) + text;
};
