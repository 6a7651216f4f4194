import iconv from 'iconv-lite';

/** What a character display understands: GBK (code page 936) or plain ASCII. */
export type DisplayEncoding = 'gbk' | 'ascii';

/**
 * The bytes of a text, cut to at most `columns`. On a Chinese display a byte is a column: a Hanzi takes two of each.
 * A character that doesn't fit whole is left out, with all behind it. What the encoding lacks, and control characters,
 * which the display would take as commands, are shown as `?`.
 */
export const cutToColumns = (text: string, columns: number, encoding: DisplayEncoding): Buffer => {
  const cells: number[] = [];
  for (const character of text) {
    const cell = encodeOne(character, encoding);
    if (cells.length + cell.length > columns) break;
    cells.push(...cell);
  }
  return Buffer.from(cells);
};

/** As {@link cutToColumns}, filled up with spaces to exactly `columns` bytes. */
export const fitToColumns = (text: string, columns: number, encoding: DisplayEncoding): Buffer => {
  const cut = cutToColumns(text, columns, encoding);
  return Buffer.concat([cut, Buffer.alloc(columns - cut.length, ' ')]);
};

const unknown: readonly number[] = [0x3f];

/** What was found out once of a character; there are no more of them than Unicode has. */
const known = new Map<string, readonly number[]>();

const encodeOne = (character: string, encoding: DisplayEncoding): readonly number[] => {
  if (/^[ -~]$/.test(character)) return [character.charCodeAt(0)];
  if (encoding === 'ascii') return unknown;
  const bytes = known.get(character) ?? hanzi(character);
  known.set(character, bytes);
  return bytes;
};

/** Two bytes: what is one in GBK and not printable ASCII would be a command. */
const hanzi = (character: string): readonly number[] => {
  const bytes = [...iconv.encode(character, 'gbk')];
  return bytes.length === 2 ? bytes : unknown;
};
