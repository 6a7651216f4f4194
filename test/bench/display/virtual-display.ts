import iconv from 'iconv-lite';
import { LineDevice } from '../line-device.ts';
import { type CommandReader, readCd5220, readLcd } from './display-commands.ts';

/** `lcd4x16`: four lines of 16 columns, plain text; `cd5220`: a customer display of two lines of 20. */
export type DisplayKind = 'lcd4x16' | 'cd5220';

const kinds = {
  lcd4x16: { rows: 4, columns: 16, read: readLcd },
  cd5220: { rows: 2, columns: 20, read: readCd5220 },
} as const;

/** How many screens and complaints are remembered. */
const remembered = 1000;

const remember = <Item>(items: Item[], item: Item): void => {
  items.push(item);
  if (items.length > remembered) items.shift();
};

/**
 * A serial text display. It shows what it understands, and complains of the rest: a line that is too long, half a
 * Hanzi, a command that it doesn't have. Emits `screen` when every line has been written since the display was
 * cleared, and at each line after that; `complaint` at each complaint. A Hanzi takes two columns and two bytes (GBK).
 */
export class VirtualDisplay extends LineDevice<{ screen: [readonly string[]]; complaint: [string] }> {
  readonly #kind: (typeof kinds)[DisplayKind];
  readonly #read: CommandReader;
  readonly #glass: string[] = [];
  /** The rows that are blank since the display was cleared; the screen is whole when there is none. */
  readonly #unwritten = new Set<number>();
  readonly #history: (readonly string[])[] = [];
  readonly #complaints: string[] = [];

  constructor(kind: DisplayKind) {
    super();
    this.#kind = kinds[kind];
    this.#read = this.#kind.read(this.#kind.columns);
    this.#clear();
  }

  /** What the glass shows now, half-written or not; the spaces at the ends of lines are cut off. */
  lines(): string[] {
    return [...this.#glass];
  }

  /** The whole screens that were shown, the last 1000 of them, oldest first. */
  get history(): readonly (readonly string[])[] {
    return this.#history;
  }

  /** What the terminal did wrong, the last 1000 times. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /**
   * Resolves with the first whole screen that fits: the one that is shown, or one that comes. A text fits when a line
   * has it in it.
   */
  async until(fits: string | ((lines: readonly string[]) => boolean)): Promise<readonly string[]> {
    const isRight = typeof fits === 'string' ? (lines: readonly string[]) => lines.some((l) => l.includes(fits)) : fits;
    if (this.#unwritten.size === 0 && isRight(this.#glass)) return this.lines();
    return new Promise((resolve) => {
      const look = (lines: readonly string[]): void => {
        if (!isRight(lines)) return;
        this.off('screen', look);
        resolve(lines);
      };
      this.on('screen', look);
    });
  }

  protected override receive(chunk: Buffer): void {
    for (const byte of chunk) {
      for (const command of this.#read(byte)) {
        if (command.does === 'clear') this.#clear();
        else if (command.does === 'write') this.#write(command.row, command.text);
        else this.#complain(command.why);
      }
    }
  }

  #clear(): void {
    for (let row = 0; row < this.#kind.rows; row++) {
      this.#glass[row] = '';
      this.#unwritten.add(row);
    }
  }

  #write(row: number, bytes: Buffer): void {
    const { rows, columns } = this.#kind;
    if (row >= rows) {
      this.#complain(`line ${row + 1} was written, and there are ${rows}`);
      return;
    }
    if (bytes.length > columns) this.#complain(`line ${row + 1} is longer than ${columns} columns`);
    const text = iconv.decode(bytes.subarray(0, columns), 'gbk');
    if (text.includes('\ufffd')) this.#complain(`line ${row + 1} has bytes that are no GBK character`);
    this.#glass[row] = text.trimEnd();
    this.#unwritten.delete(row);
    if (this.#unwritten.size > 0) return;
    const screen = this.lines();
    remember(this.#history, screen);
    this.emit('screen', screen);
  }

  #complain(what: string): void {
    remember(this.#complaints, what);
    this.emit('complaint', what);
  }
}
