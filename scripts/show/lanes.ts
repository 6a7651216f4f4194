/**
 * A transcript in three lanes that run side by side: display, paper, ledgers. Things begin in the order in which they
 * happened and share rows where they can, so that a slip comes out while the display stands next to it.
 */
import { type Cell, displayWidth, pad, paint, paperWidth } from './drawing.ts';

/** The columns at which the second and the third lane begin; the first begins at 0. */
export const paperAt = displayWidth + 4;
export const ledgersAt = paperAt + paperWidth + 4;

/** The names of the lanes, above them. */
export const headings: Cell = {
  text: `${pad('DISPLAY', paperAt)}${pad('PAPER', ledgersAt - paperAt)}LEDGERS`,
  look: 'bold',
};

export type Lane = 'display' | 'paper' | 'ledgers' | 'all';

const lanes = [
  { name: 'display', columns: paperAt },
  { name: 'paper', columns: ledgersAt - paperAt },
  { name: 'ledgers', columns: 0 },
] as const;

/** One row of all lanes; a lane without a cell stays blank. */
export const rowOf = (cells: readonly (Cell | undefined)[]): string => {
  let row = '';
  let gap = 0;
  for (const [index, { columns }] of lanes.entries()) {
    const cell = cells[index];
    if (cell === undefined) gap += columns;
    else {
      row += ' '.repeat(gap) + paint(cell);
      gap = pad(cell.text, columns).length - cell.text.length;
    }
  }
  return row;
};

interface Item {
  readonly lane: Lane;
  readonly cells: readonly Cell[];
}

const rowMs = 20;

/** So long the other lanes wait for the next line of a slip, which comes every 60 ms at the pace of a real printer. */
const paperHoldMs = 100;

export class Lanes {
  readonly #write: (row: string) => void;
  readonly #waiting: Item[] = [];
  readonly #running = new Map<Lane, Cell[]>();
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #paperAt = Number.NEGATIVE_INFINITY;

  constructor(write: (row: string) => void) {
    this.#write = write;
  }

  /** Shows cells below each other in a lane; in `all` they take whole rows, below all that came before. */
  add(lane: Lane, ...cells: readonly Cell[]): void {
    if (this.#ended) return;
    this.#waiting.push({ lane, cells });
    this.#timer ??= setInterval(() => this.#tick(), rowMs);
  }

  /** Writes at once what is still to be written, and nothing any more. */
  end(): void {
    this.#ended = true;
    while (this.#begin()) this.#row();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    while (this.#begin() && this.#waiting.length > 0) this.#row();
    const slipGoesOn = !this.#running.has('paper') && performance.now() - this.#paperAt < paperHoldMs;
    if (this.#running.size === 0) this.#rest();
    else if (!slipGoesOn) this.#row();
  }

  /** Begins what can begin; false when nothing is left to write. */
  #begin(): boolean {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const free =
        next.lane === 'all' ? this.#running.size === 0 : !this.#running.has(next.lane) && !this.#running.has('all');
      if (!free) break;
      this.#waiting.shift();
      this.#running.set(next.lane, [...next.cells]);
    }
    return this.#running.size > 0;
  }

  #row(): void {
    if (this.#running.has('paper')) this.#paperAt = performance.now();
    const whole = this.#take('all');
    this.#write(whole === undefined ? rowOf(lanes.map(({ name }) => this.#take(name))) : paint(whole));
  }

  #take(lane: Lane): Cell | undefined {
    const cells = this.#running.get(lane);
    const cell = cells?.shift();
    if (cells?.length === 0) this.#running.delete(lane);
    return cell;
  }
}
