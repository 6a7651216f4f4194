/** What a line shows besides text. */
export type Graphic =
  | { readonly type: 'qr'; readonly data: string; readonly sizeDots: number }
  /** A band of at most 24 rows of an image, one bit a dot, most significant bit left, whole bytes a row. */
  | { readonly type: 'raster'; readonly widthBytes: number; readonly rows: number; readonly bits: Buffer };

/** A line as it goes to the mechanism. */
export interface Line {
  /** As printed, decoded; without the blanks that alignment puts before it. */
  readonly text: string;
  /** Width used, in columns of 12 dots. */
  readonly columns: number;
  readonly doubleHeight: boolean;
  readonly doubleWidth: boolean;
  readonly bold: boolean;
  readonly align: 'left' | 'centre' | 'right';
  readonly graphic?: Graphic;
}

/** A line that is on paper: the motor has passed it. */
export interface PaperLine extends Line {
  /** Where its lower edge stands, in millimetres of paper since the printer was made. */
  readonly mmAt: number;
  /** When it was finished, in the model's milliseconds. */
  readonly at: number;
  /** Number of the copy it belongs to, from 1. */
  readonly copy: number;
}

/** What lies between two cuts or, without a cutter, ends with a feed long enough to tear it off. */
export interface Copy {
  readonly number: number;
  readonly lines: readonly PaperLine[];
  /** Its cut or closing feed was reached. */
  readonly complete: boolean;
  /** It isn't in one piece or not whole: paper was changed in it, or power, a cancelling or a hand ended it. */
  readonly torn: boolean;
}

interface OpenCopy extends Copy {
  readonly lines: PaperLine[];
  complete: boolean;
  torn: boolean;
}

const hasInk = (line: Line): boolean => line.graphic !== undefined || line.text.trim() !== '';

/**
 * What is on paper, the truth that tests compare the terminal's verdicts with. It forgets its oldest copies once it
 * holds more than `keepLines`; numbers go on.
 */
export class Paper {
  readonly #keepLines: number;
  /** A feed of that many millimetres after ink ends a copy, for a printer without cutter. */
  readonly #copyEndsByFeedMm: number | undefined;
  #ended: OpenCopy[] = [];
  #open: OpenCopy = { number: 1, lines: [], complete: false, torn: false };
  #mm = 0;
  #inkAt = 0;
  #endedByFeed: OpenCopy | undefined;

  constructor(options: { copyEndsByFeedMm: number | undefined; keepLines: number }) {
    this.#copyEndsByFeedMm = options.copyEndsByFeedMm;
    this.#keepLines = options.keepLines;
  }

  /** Millimetres that have passed the head. */
  get mm(): number {
    return this.#mm;
  }

  get lines(): readonly PaperLine[] {
    return this.copies.flatMap((copy) => copy.lines);
  }

  /** The copies with anything on them, the one under way included. */
  get copies(): readonly Copy[] {
    return this.#open.lines.some(hasInk) ? [...this.#ended, this.#open] : [...this.#ended];
  }

  /** The text of a copy, a line of paper a line, without the blank lines at its end. `copy` as in its number. */
  text(copy: number): string {
    const found = this.copies.find((other) => other.number === copy);
    return (found?.lines ?? []).map(asText).join('\n').trimEnd();
  }

  /** Where a line would stand if it came next: the number of its copy, and its own in it, from 1. */
  placeOf(line: Line): { readonly copy: number; readonly line: number } {
    const target = this.#targetOf(line);
    return { copy: target.number, line: target.lines.length + 1 };
  }

  /** Number of the first copy that has nothing on it yet. */
  get nextCopy(): number {
    return this.#open.number + (this.#open.lines.some(hasInk) ? 1 : 0);
  }

  /** Whether a line would be the first ink of its copy. */
  opensCopy(line: Line): boolean {
    return hasInk(line) && !this.#open.lines.some(hasInk);
  }

  /** Paper moves on without ink. Returns the copy that this ends, where a feed does. */
  feed(mm: number): Copy | undefined {
    this.#mm += mm;
    if (this.#copyEndsByFeedMm === undefined || !this.#open.lines.some(hasInk)) return undefined;
    if (this.#mm - this.#inkAt < this.#copyEndsByFeedMm - 1e-6) return undefined;
    const copy = this.#open;
    this.#end({ complete: true });
    this.#endedByFeed = copy;
    return copy;
  }

  /** Paper has moved under a line that was broken off, and will begin anew. */
  slip(mm: number): void {
    this.#mm += mm;
  }

  /** A line of that height has passed the head: it is on paper. */
  print(line: Line, mm: number, at: number): PaperLine {
    const target = this.#targetOf(line);
    this.#mm += mm;
    if (hasInk(line)) {
      this.#inkAt = this.#mm;
      this.#endedByFeed = undefined;
    }
    const printed: PaperLine = { ...line, mmAt: this.#mm, at, copy: target.number };
    target.lines.push(printed);
    if (target.lines.length > this.#keepLines) target.lines.shift();
    return printed;
  }

  /** The blade falls. Returns the copy that it ends, unless there is nothing on that piece. */
  cut(): Copy | undefined {
    return this.#end({ complete: true });
  }

  /** The copy under way will not be finished: what comes next is another. */
  tear(): void {
    this.#end({ torn: true });
  }

  /** The copy under way is in two pieces, and goes on on the next. */
  split(): void {
    if (this.#open.lines.some(hasInk)) this.#open.torn = true;
  }

  /** The blank lines that a closing feed goes on with belong to the copy that it closed. */
  #targetOf(line: Line): OpenCopy {
    return this.#endedByFeed !== undefined && !hasInk(line) ? this.#endedByFeed : this.#open;
  }

  #end(how: { complete?: true; torn?: true }): Copy | undefined {
    this.#endedByFeed = undefined;
    const copy = this.#open;
    if (!copy.lines.some(hasInk)) {
      copy.lines.length = 0;
      return undefined;
    }
    Object.assign(copy, how);
    this.#ended.push(copy);
    this.#open = { number: copy.number + 1, lines: [], complete: false, torn: false };
    let kept = this.#ended.reduce((sum, ended) => sum + ended.lines.length, 0);
    while (kept > this.#keepLines) kept -= this.#ended.shift()?.lines.length ?? 0;
    return copy;
  }
}

const asText = (line: Line): string => {
  if (line.graphic === undefined) return line.text;
  return line.graphic.type === 'qr' ? `[QR ${line.graphic.data}]` : `[image ${line.graphic.rows} rows]`;
};
