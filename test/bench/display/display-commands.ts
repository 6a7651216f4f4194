/**
 * What a byte completed: the display is cleared; a row (0 is the uppermost) is written with a text that may be longer
 * than the row, cut off one byte past it; or nothing, because the display doesn't have it.
 */
export type DisplayCommand =
  | { readonly does: 'clear' }
  | { readonly does: 'write'; readonly row: number; readonly text: Buffer }
  | { readonly does: 'nothing'; readonly why: string };

/** Takes the bytes one at a time; gives what each completed, in order. */
export type CommandReader = (byte: number) => readonly DisplayCommand[];

const hex = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
const unknown = (...bytes: readonly number[]): DisplayCommand => ({
  does: 'nothing',
  why: `${hex(bytes)} is nothing that the display knows`,
});

const CLEAR = 0x0c;
const CR = 0x0d;
const LF = 0x0a;
const ESC = 0x1b;
const isText = (byte: number): boolean => byte >= 0x20;

/**
 * The plain line display.
 *
 * | bytes | meaning |
 * |---|---|
 * | 0C | clear, and begin at the first line |
 * | text, 0D 0A | write a line, at most its columns, and go to the next |
 *
 * Example, a whole screen: `0C C7 EB CB A2 BF A8 0D 0A 31 32 2E 35 30 0D 0A 0D 0A 0D 0A` shows 请刷卡, 12.50.
 */
export const readLcd = (columns: number): CommandReader => {
  let row = 0;
  let text: number[] = [];
  let carriageReturn = false;
  return (byte) => {
    if (byte === LF && carriageReturn) {
      const line = Buffer.from(text);
      text = [];
      carriageReturn = false;
      return [{ does: 'write', row: row++, text: line }];
    }
    // A terminal that died in the middle begins anew with any byte: what was left over is told, and not waited for.
    const leftOver = carriageReturn ? [unknown(CR)] : [];
    carriageReturn = byte === CR;
    if (carriageReturn) return leftOver;
    if (byte === CLEAR) {
      row = 0;
      text = [];
      return [...leftOver, { does: 'clear' }];
    }
    if (!isText(byte)) return [...leftOver, unknown(byte)];
    if (text.length <= columns) text.push(byte);
    return leftOver;
  };
};

/**
 * The customer display, by the part of CD5220's commands that a terminal needs.
 *
 * | bytes | meaning |
 * |---|---|
 * | 1B 40 | initialise: clear |
 * | 0C | clear |
 * | 1B 51 41 text 0D | write the upper line, at most 20 columns; the rest of the line becomes blank |
 * | 1B 51 42 text 0D | write the lower line |
 *
 * Example: `0C 1B 51 41 31 32 2E 35 30 0D 1B 51 42 0D` shows 12.50 and an empty line.
 * Source: CD5220 command set, in the display manual at manualsdump.com 170863, page 15.
 */
export const readCd5220 = (columns: number): CommandReader => {
  /** The bytes of the command that isn't whole yet, without those that are too many for the line. */
  let command: number[] = [];
  const end = (done: DisplayCommand): DisplayCommand[] => {
    command = [];
    return [done];
  };
  return (byte) => {
    if (byte === CLEAR || byte === ESC) {
      const leftOver = command.length > 0 ? end(unknown(...command)) : [];
      if (byte === CLEAR) return [...leftOver, { does: 'clear' }];
      command = [ESC];
      return leftOver;
    }
    const [first, family, line] = command;
    if (first === undefined) return end(unknown(byte));
    if (family === undefined && byte === 0x40) return end({ does: 'clear' });
    const text = command.slice(3);
    if (line !== undefined && byte === CR) return end({ does: 'write', row: line - 0x41, text: Buffer.from(text) });
    const fits =
      family === undefined ? byte === 0x51 : line === undefined ? byte === 0x41 || byte === 0x42 : isText(byte);
    if (!fits) return end(unknown(...command, byte));
    if (text.length <= columns) command.push(byte);
    return [];
  };
};
