/** What the long runs (`crash`, `kill`, `fscrash`) share: command line, progress, verdict and exit code. */
import { parseArgs } from 'node:util';

/** A command line that can't be followed, for the person who typed it. */
export class UsageError extends Error {}

export interface Verdict {
  /** Nothing that must hold was broken. */
  readonly holds: boolean;
  /** What `--json` prints, as one object. */
  readonly json: object;
  /** What a person reads first, a line each. */
  readonly lines: readonly string[];
  /** The one line at the end. */
  readonly summary: string;
}

export interface LongRun {
  readonly name: string;
  readonly help: string;
  /** Options that take a number, with what they are when they aren't given. */
  readonly numbers?: Readonly<Record<string, number>>;
  readonly flags?: readonly string[];
  readonly run: (options: Options, progress: (text: string) => void) => Promise<Verdict>;
}

export interface Options {
  number(name: string): number;
  flag(name: string): boolean;
}

const wholeNumber = (name: string, text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} takes a whole number, not ${text}`);
  return Number(text);
};

const readOptions = ({ numbers = {}, flags = [] }: LongRun) => {
  const all = {
    ...Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: 'string' } as const])),
    ...Object.fromEntries([...flags, 'json', 'help'].map((name) => [name, { type: 'boolean' } as const])),
  };
  try {
    return parseArgs({ options: all }).values as Readonly<Record<string, string | boolean | undefined>>;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const minuteMs = 60_000;
let toldAt = performance.now();

/** Rewrites one line of a terminal; elsewhere, such as in a file, it writes one a minute. */
const progressLine = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== '' && performance.now() - toldAt > minuteMs) {
    toldAt = performance.now();
    process.stderr.write(`${text}\n`);
  }
};

/** Runs it as a command: exit code 0 when all holds, 1 when something is broken, 2 for a wrong command line. */
export const longRun = async (what: LongRun): Promise<void> => {
  try {
    const values = readOptions(what);
    if (values.help === true) {
      process.stdout.write(what.help);
      return;
    }
    const options: Options = {
      number: (name) =>
        values[name] === undefined ? (what.numbers?.[name] ?? 0) : wholeNumber(name, String(values[name])),
      flag: (name) => values[name] === true,
    };
    const began = performance.now();
    const { holds, json, lines, summary } = await what.run(options, progressLine);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    progressLine('');
    if (values.json === true) console.log(JSON.stringify({ holds, ...json, seconds }));
    else console.log([...lines, `${holds ? 'HOLDS' : 'BROKEN'}: ${summary}, in ${seconds} s`].join('\n'));
    process.exitCode = holds ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError;
    process.stderr.write(`${what.name}: ${usage ? (error as Error).message : (error as Error).stack}\n`);
    process.exitCode = usage ? 2 : 1;
  }
};

/** `241,919` */
export const count = (number: number): string => number.toLocaleString('en-GB');

/** `captured 3, reversed 2` */
export const inWords = (tally: Readonly<Record<string, number>>): string =>
  Object.entries(tally)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';
