/**
 * The seeded simulation, some hundred shops for a short day each. `npm run simulate` runs more of them, and shows one
 * that fails: its seed, which the test names, is all that it takes.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import type { FaultName } from './faults.ts';
import { faultNames } from './faults.ts';
import type { Outcome, SimulationOptions } from './outcome.ts';
import { Simulation } from './simulation.ts';

const shortDay = { days: 1, customers: 5 } as const;

const replay = ({ seed, failure }: Outcome, { days, customers, faults }: Omit<SimulationOptions, 'seed'>): string =>
  failure === undefined
    ? ''
    : `${failure.rule}: ${failure.what}\n` +
      `npm run simulate -- --seed ${seed} --days ${days} --customers ${customers} --faults ${faults} --until ${failure.step} --trace --last 100`;

/** Runs shops one after the other, and asserts that no rule is broken in any. */
const hold = async (
  t: Test,
  options: Omit<SimulationOptions, 'seed'>,
  from: number,
  count: number,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const outcome = await new Simulation({ ...options, seed }).run();
    if (outcome.failure !== undefined) t.fail(replay(outcome, options));
    outcomes.push(outcome);
  }
  return outcomes;
};

const sum = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + of(outcome), 0);

test('M1–M10 hold in shops in which nothing goes wrong, and nothing is reversed', async (t) => {
  const outcomes = await hold(t, { ...shortDay, faults: 'none' }, 1, 16);
  t.ok(sum(outcomes, ({ captured }) => captured) > 50, 'they sell');
  t.equal(
    sum(outcomes, ({ reversed }) => reversed),
    0,
  );
  t.ok(sum(outcomes, ({ settlements }) => settlements) > 10, 'and settle');
});

test('M1–M10 hold whatever goes wrong, and everything does (001-12, 001-29, 002-19)', async (t) => {
  const usual = await hold(t, { ...shortDay, faults: 'usual' }, 1001, 150);
  const storm = await hold(t, { ...shortDay, faults: 'storm' }, 2001, 70);
  const outcomes = [...usual, ...storm];
  const happened = (name: FaultName): number => sum(outcomes, ({ faults }) => faults[name] ?? 0);
  t.strictSame(
    faultNames.filter((name) => happened(name) === 0),
    [],
    'each kind of fault happened',
  );
  t.ok(
    outcomes.some(({ starts }) => starts > 20),
    'the power went many times in one day',
  );
  const phases = new Set(outcomes.flatMap((outcome) => outcome.phases));
  const seldom = [
    'password',
    'checkingPassword',
    'incident',
    'outOfService',
    'paperWait',
    'uploading',
    'settlementWait',
  ];
  t.strictSame(
    seldom.filter((phase) => !phases.has(phase)),
    [],
    'and led to where a shop seldom comes',
  );
  t.ok(sum(outcomes, ({ captured }) => captured) > 400, 'they sold all the same');
  const ends = new Set(outcomes.flatMap((outcome) => Object.keys(outcome.ends)));
  const each = [
    'void',
    'refund',
    'preAuthorisation',
    'preAuthorisationIncrement',
    'preAuthorisationVoid',
    'completion',
  ];
  t.strictSame(
    [...each.map((kind) => `captured ${kind}`), 'captured completionNotice', 'reversed preAuthorisation'].filter(
      (end) => !ends.has(end),
    ),
    [],
    'and did everything else that a merchant does',
  );
});

test('M1–M10 hold over days and batches', async (t) => {
  const outcomes = await hold(t, { days: 3, customers: 12, faults: 'usual' }, 3001, 6);
  t.ok(
    outcomes.some(({ settlements }) => settlements > 3),
    'batches followed one another',
  );
});

const digestOf = async (seed: number): Promise<string | undefined> =>
  (await new Simulation({ ...shortDay, seed, faults: 'storm', digest: true }).run()).digest;

test('the same seed gives the same bytes: disk, paper, messages, screens and log, in any process', async (t) => {
  const first = await digestOf(42);
  t.match(first, /^[0-9a-f]{64}$/);
  t.not(await digestOf(43), first, 'another seed gives others');
  t.equal(await digestOf(42), first, 'again in this process');
  const script = `
    const { Simulation } = await import(${JSON.stringify(join(import.meta.dirname, 'simulation.js'))});
    const options = { seed: 42, days: 1, customers: 5, faults: 'storm', digest: true };
    console.log((await new Simulation(options).run()).digest);`;
  const other = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  t.equal(other.trim(), first, 'and in another');
});
