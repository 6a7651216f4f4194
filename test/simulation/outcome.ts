import type { BoardOptions, SimulatedBoard } from './board.ts';
import type { FaultName } from './faults.ts';

/** How much goes wrong: at how many of the things that a clerk begins, and how many things at once, at most. */
export const temperaments = {
  none: { share: 0, most: 0 },
  usual: { share: 0.35, most: 2 },
  storm: { share: 0.9, most: 4 },
} as const;
export type Temperament = keyof typeof temperaments;

export interface SimulationOptions extends BoardOptions {
  readonly seed: number;
  readonly days: number;
  /** Customers a day. */
  readonly customers: number;
  readonly faults: Temperament;
  /** Ends after that step. */
  readonly until?: number;
  /** Gets the board before anything happens on it, to look on. */
  readonly onBoard?: (board: SimulatedBoard) => void;
  /** Gets the story, line by line. */
  readonly story?: (line: string) => void;
  /** Whether a digest of all that happens is taken. */
  readonly digest?: boolean;
  /** Only these of the planned faults happen: `12.1` is the first at the twelfth thing that the clerk began. */
  readonly only?: ReadonlySet<string>;
}

export interface Failure {
  readonly rule: string;
  readonly what: string;
  readonly step: number;
  /** `#1234 day 1 09:12:03.120` */
  readonly when: string;
}

export interface Outcome {
  readonly seed: number;
  readonly failure?: Failure;
  readonly steps: number;
  /** Simulated time. */
  readonly ms: number;
  /** Sales whose request was made. */
  readonly transactions: number;
  readonly captured: number;
  /** In 分: what the shop counts on. */
  readonly taken: number;
  readonly reversed: number;
  /** How many of each kind ended in which way: `captured refund`. */
  readonly ends: { readonly [end: string]: number };
  readonly settlements: number;
  readonly starts: number;
  /** How often each fault has really happened. */
  readonly faults: { readonly [N in FaultName]?: number };
  /** The phases of the machine that it came through. */
  readonly phases: readonly string[];
  /** The planned faults that were set going, by their ids. */
  readonly planned: readonly string[];
  readonly digest?: string;
}
