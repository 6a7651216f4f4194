import type { Line } from './paper.ts';

/** How the next characters look. */
export interface Look {
  readonly bold: boolean;
  /** 1 … 8. */
  readonly heightTimes: number;
  readonly widthTimes: number;
}

/** Width of a column and height of a character in font A, dots. */
export const columnDots = 12;
export const rowDots = 24;

/** The print buffer: the line that is being put together. Nothing of it is printed before its line feed. */
export class LineBuffer {
  readonly #widthDots: number;
  #text = '';
  #dots = 0;
  #inkDots = 0;
  #doubleHeight = false;
  #doubleWidth = false;
  #bold = false;
  align: Line['align'] = 'left';

  constructor(widthDots: number) {
    this.#widthDots = widthDots;
  }

  get empty(): boolean {
    return this.#dots === 0;
  }

  /** Whether that many dots more still fit on the line. On an empty line everything does, and is cut off. */
  fits(dots: number): boolean {
    return this.empty || this.#dots + dots <= this.#widthDots;
  }

  add(character: string, dots: number, heightDots: number, look: Look): void {
    this.#text += character;
    this.#dots = Math.min(this.#dots + dots, this.#widthDots);
    this.#inkDots = Math.max(this.#inkDots, heightDots);
    this.#doubleHeight ||= look.heightTimes > 1;
    this.#doubleWidth ||= look.widthTimes > 1;
    this.#bold ||= look.bold;
  }

  /** Columns that a tab has to fill to the next multiple of eight. */
  get columnsToTab(): number {
    return 8 - (Math.floor(this.#dots / columnDots) % 8);
  }

  /** Takes the line out; `inkDots` is 0 for an empty one. */
  take(): { readonly line: Line; readonly inkDots: number } {
    const line: Line = {
      text: this.#text,
      columns: Math.ceil(this.#dots / columnDots),
      doubleHeight: this.#doubleHeight,
      doubleWidth: this.#doubleWidth,
      bold: this.#bold,
      align: this.align,
    };
    const inkDots = this.#inkDots;
    this.clear();
    return { line, inkDots };
  }

  clear(): void {
    this.#text = '';
    this.#dots = 0;
    this.#inkDots = 0;
    this.#doubleHeight = false;
    this.#doubleWidth = false;
    this.#bold = false;
  }
}
