import type { VirtualBoard } from '../../bench/board.ts';
import type { FirmwareProcess } from '../../bench/firmware-process.ts';
import type { Dice } from '../../state-machine/dice.ts';

/** When a process is killed, counted from its start. */
export type Instant =
  /** As it has logged that many lines; the first thirteen or so are its start. */
  | { readonly after: 'log lines'; readonly count: number }
  /** As that many bytes of it have come out of a line. */
  | { readonly after: 'printer bytes' | 'display bytes'; readonly count: number }
  /** As that many lines have come on paper. */
  | { readonly after: 'paper lines'; readonly count: number }
  /** As the acquirer has booked, or answered, that many messages. */
  | { readonly after: 'messages'; readonly count: number }
  /** After so many turns of this process' event loop. */
  | { readonly after: 'turns'; readonly count: number }
  | { readonly after: 'milliseconds'; readonly count: number };

/** How far each goes: a start, which takes some 300 ms, and two sales or so. */
const reaches: readonly [readonly [Instant['after'], number], ...(readonly [Instant['after'], number])[]] = [
  ['log lines', 20],
  ['log lines', 60],
  ['printer bytes', 4_000],
  ['display bytes', 1_500],
  ['paper lines', 80],
  ['messages', 6],
  ['turns', 2_000],
  ['milliseconds', 400],
  ['milliseconds', 700],
];

export const instantBy = (dice: Dice): Instant => {
  const [after, reach] = dice.one(reaches);
  return { after, count: 1 + dice.below(reach) };
};

/** Calls back at the instant, within what the machine's load leaves of it. Returns what calls it off. */
export const atInstant = (
  { after, count }: Instant,
  board: VirtualBoard,
  firmware: FirmwareProcess,
  strike: () => void,
): (() => void) => {
  let left = count;
  const passed = (n: number): void => {
    if (left <= 0) return;
    left -= n;
    if (left <= 0) strike();
  };
  const one = (): void => passed(1);
  switch (after) {
    case 'log lines':
      firmware.on('line', one);
      return () => void firmware.off('line', one);
    case 'printer bytes':
      return board.overhear('printer', ({ length }) => passed(length));
    case 'display bytes':
      return board.overhear('display', ({ length }) => passed(length));
    case 'paper lines':
      board.printer.on('line', one);
      return () => void board.printer.off('line', one);
    case 'messages':
      board.acquirer.on('message', one);
      return () => void board.acquirer.off('message', one);
    case 'turns': {
      const turn = (): void => {
        one();
        if (left > 0) setImmediate(turn);
      };
      setImmediate(turn);
      return () => {
        left = 0;
      };
    }
    case 'milliseconds': {
      const timer = setTimeout(strike, count);
      return () => clearTimeout(timer);
    }
  }
};
