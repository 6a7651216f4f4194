import { lstatSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Clock } from '../../hal/clock.ts';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';
import { type FarEnd, plugIn } from '../support/pty.ts';

/** The machine's clock, for a device that a person plays. */
export const systemClock: Clock = {
  monotonic: () => performance.now() as MonotonicMs,
  wall: () => Date.now() as EpochMs,
  schedule: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The value of an option of the command line, such as `card` for `--card debit`. */
export type Option = (name: string) => string | undefined;

/**
 * The frame of a device's command line: `--help`, `--pty PATH` and the options named; makes the pty, hands its far
 * end over, and pulls the plug on Ctrl-C or SIGTERM. `prepare` reads the options before anything is plugged in, and
 * throws an error that says what is wrong with one. Exit codes: 0 stopped, 1 no line or a broken one,
 * 2 wrong options.
 */
export const playByHand = async (
  usage: string,
  names: readonly string[],
  prepare: (option: Option) => (far: FarEnd) => void,
): Promise<void> => {
  let start: (far: FarEnd) => void;
  let path: string;
  try {
    const strings = Object.fromEntries(['pty', ...names].map((name) => [name, { type: 'string' as const }]));
    const values: Readonly<Record<string, unknown>> = parseArgs({
      options: { ...strings, help: { type: 'boolean' } },
    }).values;
    if ('help' in values) {
      console.log(usage);
      return;
    }
    const option: Option = (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    };
    path = option('pty') ?? '';
    if (path === '') throw new Error('--pty is missing: name the path that the terminal opens as its port');
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
      throw new Error(`${path} exists already: stop what holds it, or remove it, or name another path`);
    }
    start = prepare(option);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }

  const far = await plugIn(path).catch((error: unknown) => {
    console.error(
      `${error instanceof Error ? error.message : String(error)}: see that its folder exists, and that socat is installed`,
    );
  });
  if (far === undefined) {
    process.exitCode = 1;
    return;
  }
  let stopping = false;
  const stop = (): void => {
    stopping = true;
    void far.unplug().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  far.received.once('end', () => {
    // Ctrl-C ends socat too, maybe before it is heard here: give it time, so that it isn't taken for a broken line.
    setTimeout(() => {
      if (stopping) return;
      console.error(`The line at ${path} broke: socat has ended.`);
      process.exit(1);
    }, 200);
  });
  start(far);
  console.log(`plugged in at ${path}, Ctrl-C pulls the plug`);
};

/** Hands over what is typed, a line at a time; a line that `take` throws at is answered with its message. */
export const eachLine = (take: (words: string[]) => void): void => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    try {
      take(line.split(' ').filter((word) => word !== ''));
    } catch (error) {
      console.log(error instanceof Error ? error.message : String(error));
    }
  });
};
