/** `npm run simulate`: days of trade in simulated shops, from seeds. */
import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type Outcome, type SimulationOptions, type Temperament, temperaments } from '../test/simulation/outcome.ts';
import { shrink } from '../test/simulation/shrink.ts';
import { Simulation } from '../test/simulation/simulation.ts';
import { replayOf, summaryOf, toldOf } from './simulate/telling.ts';

const help = `Runs the real terminal (loop, machine, codecs, drivers, ledger) through days of trade in simulated shops, where clock,
disk, lines, network, devices, acquirer, clerk and customers are simulated, and anything goes wrong: power, paper,
answers, cables, disk. It looks on from outside and holds what it sees to the rules of money, M1 to M10. A seed decides
everything; the same seed gives the same bytes.

  npm run simulate                                100 shops, a short day each, faults as usual
  npm run simulate -- --seeds 1..2000 --jobs 2    more of them, on two cores
  npm run simulate -- --seed 7 --days 3 --customers 200 --faults storm
  npm run simulate -- --seed 7 --until 4711 --trace --last 80
                                                  the story of a shop up to a step: screens, facts, paper, faults

  --seed N, --seeds A..B   which shops; 1..100 unless given
  --days D                 days of each shop, 1 unless given
  --customers N            customers a day, 12 unless given; 150 make a long day
  --faults HOW             none, usual (unless given) or storm: how much goes wrong
  --jobs N                 so many processes, 1 unless given
  --until STEP             ends each run at that step
  --trace                  tells what happens on standard output, line by line; --last N tells the last N lines only
  --only IDS               of the planned faults only these, such as 20.1,21.3, as a failure names them
  --no-shrink              a failing shop is named as it is; else the fewest faults are looked for that still break it
  --json                   one JSON object on standard output, times in ms, money in 分
  --help

Exit code 0: every rule held in every shop. 1: one was broken; it is said which, where, and how to see it again.
2: the command line is wrong.
`;

/** A command line that can't be followed, for the person who typed it. */
class UsageError extends Error {}

const numberOf = (name: string, text: string, low: number): number => {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= low) return number;
  throw new UsageError(`--${name} takes a whole number from ${low} on, not ${text}`);
};

const readArguments = () => {
  try {
    return parseArgs({
      allowNegative: true,
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        days: { type: 'string', default: '1' },
        customers: { type: 'string', default: '12' },
        faults: { type: 'string', default: 'usual' },
        jobs: { type: 'string', default: '1' },
        until: { type: 'string' },
        trace: { type: 'boolean', default: false },
        last: { type: 'string' },
        only: { type: 'string' },
        shrink: { type: 'boolean', default: true },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

type Arguments = ReturnType<typeof readArguments>;

const seedsOf = ({ seed, seeds }: Arguments): readonly number[] => {
  if (seed !== undefined) return [numberOf('seed', seed, 0)];
  const [, from = '', to = ''] = /^(\d+)\.\.(\d+)$/.exec(seeds ?? '1..100') ?? [];
  const first = numberOf('seeds', from === '' ? (seeds ?? '') : from, 0);
  const last = numberOf('seeds', to, first);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
};

const optionsOf = (values: Arguments): Omit<SimulationOptions, 'seed'> => {
  const { faults, until, only } = values;
  if (!Object.hasOwn(temperaments, faults)) throw new UsageError(`--faults takes none, usual or storm, not ${faults}`);
  return {
    days: numberOf('days', values.days, 1),
    customers: numberOf('customers', values.customers, 1),
    faults: faults as Temperament,
    ...(until !== undefined && { until: numberOf('until', until, 1) }),
    ...(only !== undefined && { only: new Set(only.split(',')) }),
  };
};

/** The last lines, where not all are wanted. */
const storyOf = ({ trace, last }: Arguments): { story?: (line: string) => void; end: () => void } => {
  if (!trace) return { end: () => undefined };
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (last === undefined) return { story: write, end: () => undefined };
  const most = numberOf('last', last, 1);
  const lines: string[] = [];
  return {
    story: (line) => {
      lines.push(line);
      if (lines.length > most) lines.shift();
    },
    end: () => {
      for (const line of lines.splice(0)) write(line);
    },
  };
};

/** Runs the shops one after the other. */
const runHere = async (
  values: Arguments,
  seeds: readonly number[],
  done: (outcome: Outcome) => void,
): Promise<void> => {
  const options = optionsOf(values);
  const { story, end } = storyOf(values);
  for (const seed of seeds) {
    done(await new Simulation({ ...options, seed, ...(story && { story }) }).run());
    end();
    // Signals and messages come through between two shops only.
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** Shares the shops out to processes of this very script, a range each. */
const runInProcesses = async (
  seeds: readonly number[],
  jobs: number,
  done: (outcome: Outcome) => void,
): Promise<void> => {
  const size = Math.ceil(seeds.length / jobs);
  const passedOn = process.argv.slice(2).filter((_, at, all) => !/^--(seeds|jobs)$/.test(all[at - 1] ?? ''));
  const rest = passedOn.filter((arg) => !/^--(seeds|jobs|json|trace)(=|$)/.test(arg));
  const run = (part: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(import.meta.filename, [...rest, '--seeds', `${part[0]}..${part.at(-1)}`]);
      child.on('message', (outcome) => done(outcome as Outcome));
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a process ended with ${code}`))));
    });
  const parts = Array.from({ length: jobs }, (_, n) => seeds.slice(n * size, (n + 1) * size));
  await Promise.all(parts.filter((part) => part.length > 0).map(run));
};

const main = async (): Promise<void> => {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const seeds = seedsOf(values);
  if (process.send !== undefined) {
    await runHere(values, seeds, (outcome) => void process.send?.(outcome));
    process.disconnect();
    return;
  }
  const began = performance.now();
  const outcomes: Outcome[] = [];
  const toldEvery = Math.max(1, Math.floor(seeds.length / 20));
  const done = (outcome: Outcome): void => {
    outcomes.push(outcome);
    if (outcome.failure !== undefined) process.stderr.write(`simulate: ${toldOf(outcome)}\n`);
    else if (seeds.length > 1 && outcomes.length % toldEvery === 0) {
      process.stderr.write(`simulate: ${outcomes.length} of ${seeds.length} shops\n`);
    }
  };
  const jobs = values.trace ? 1 : Math.min(numberOf('jobs', values.jobs, 1), seeds.length);
  if (jobs > 1) await runInProcesses(seeds, jobs, done);
  else await runHere(values, seeds, done);

  const seconds = (performance.now() - began) / 1000;
  const options = optionsOf(values);
  const first = outcomes.filter(({ failure }) => failure !== undefined).sort((a, b) => a.seed - b.seed)[0];
  let replay = first && replayOf(first, options);
  if (first !== undefined && values.shrink && options.only === undefined && options.until === undefined) {
    process.stderr.write(`simulate: shrinking seed ${first.seed} (${first.planned.length} faults)\n`);
    const { faults, outcome } = await shrink({ ...options, seed: first.seed }, first);
    replay = replayOf(outcome, { ...options, only: new Set(faults) });
  }
  process.stdout.write(summaryOf(outcomes, seconds, replay, values.json));
  process.exitCode = first === undefined ? 0 : 1;
};

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`simulate: ${(error as Error).message}\n${usage ? 'See npm run simulate -- --help.\n' : ''}`);
  process.exitCode = usage ? 2 : 1;
}
