import { hanzi, singleByte } from './characters.ts';
import { columnDots, LineBuffer, type Look, rowDots } from './line-buffer.ts';
import type { Job } from './mechanism.ts';
import type { Graphic } from './paper.ts';

const defaultSpacing = 30;
const plain: Look = { bold: false, heightTimes: 1, widthTimes: 1 };

/**
 * The modes that `ESC @` resets, and the line that is put together under them. What it returns is to be printed, in
 * that order.
 */
export class Typesetter {
  readonly #hanziAtPowerOn: boolean;
  readonly #line: LineBuffer;
  /** `ESC !`, `ESC E`, `GS !`. */
  look = plain;
  /** `FS !`, `FS W`: of Chinese characters only. */
  hanziLook = plain;
  /** `FS &`, `FS .` */
  hanziMode = false;
  /** `ESC M`: 9 × 17 dots. */
  fontB = false;
  /** `ESC R` */
  country = 0;
  /** `ESC t` */
  codePage = 0;
  /** `ESC 3`, dots from line to line. */
  spacing = defaultSpacing;

  constructor(options: { widthDots: number; hanziAtPowerOn: boolean }) {
    this.#line = new LineBuffer(options.widthDots);
    this.#hanziAtPowerOn = options.hanziAtPowerOn;
    this.initialise();
  }

  /** `ESC @`, and power-on. */
  initialise(): void {
    this.#line.clear();
    this.#line.align = 'left';
    this.look = plain;
    this.hanziLook = plain;
    this.hanziMode = this.#hanziAtPowerOn;
    this.fontB = false;
    this.country = 0;
    this.codePage = 0;
    this.spacing = defaultSpacing;
  }

  /** The line goes, the modes stay. */
  dropLine(): void {
    this.#line.clear();
  }

  /** Nothing waits for its line feed. */
  get lineEmpty(): boolean {
    return this.#line.empty;
  }

  defaultSpacing(): void {
    this.spacing = defaultSpacing;
  }

  /** `ESC a`: false in the middle of a line, where it isn't obeyed. */
  align(align: 'left' | 'centre' | 'right'): boolean {
    if (!this.#line.empty) return false;
    this.#line.align = align;
    return true;
  }

  singleByte(byte: number): Job[] {
    const [width, height] = this.fontB ? [9, 17] : [columnDots, rowDots];
    return this.#add(singleByte(byte, this.country, this.codePage), width, height, this.look);
  }

  /** A Chinese character grows with the modes of all characters, and with its own. */
  hanzi(lead: number, trail: number): Job[] {
    return this.#add(hanzi(lead, trail), 2 * columnDots, rowDots, {
      bold: this.look.bold,
      heightTimes: Math.max(this.look.heightTimes, this.hanziLook.heightTimes),
      widthTimes: Math.max(this.look.widthTimes, this.hanziLook.widthTimes),
    });
  }

  /** To the next multiple of eight columns. */
  tab(): Job[] {
    const jobs: Job[] = [];
    for (let left = this.#line.columnsToTab; left > 0; left--) jobs.push(...this.#add(' ', columnDots, rowDots, plain));
    return jobs;
  }

  /** The line, blank where nothing is on it, and on by `advanceDots`, or by its height where that is more. */
  endLine(advanceDots = this.spacing): Job {
    const { line, inkDots: tallest } = this.#line.take();
    const inkDots = tallest > 0 ? tallest : Math.min(rowDots, advanceDots);
    return { type: 'line', line, inkDots, feedDots: Math.max(0, advanceDots - inkDots) };
  }

  /** A picture by itself, in the alignment that holds. */
  graphic(graphic: Graphic, widthDots: number, heightDots: number): Job {
    const columns = Math.ceil(widthDots / columnDots);
    const look = { bold: false, doubleHeight: false, doubleWidth: false };
    const line = { text: '', columns, ...look, align: this.#line.align, graphic };
    return { type: 'line', line, inkDots: heightDots, feedDots: 0 };
  }

  #add(character: string, width: number, height: number, look: Look): Job[] {
    const dots = width * look.widthTimes;
    const full = this.#line.fits(dots) ? [] : [this.endLine()];
    this.#line.add(character, dots, height * look.heightTimes, look);
    return full;
  }
}
