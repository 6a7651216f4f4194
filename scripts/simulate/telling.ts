import { type FaultName, faultNames } from '../../test/simulation/faults.ts';
import type { Outcome, SimulationOptions } from '../../test/simulation/outcome.ts';

/** What a broken rule is told by: `seed 7 breaks M2 at #4711 day 1 09:12:03.120: …`. */
export const toldOf = ({ seed, failure }: Outcome): string =>
  failure === undefined
    ? `seed ${seed} holds`
    : `seed ${seed} breaks ${failure.rule} at ${failure.when}: ${failure.what}`;

/** The command that shows a failure again, with what led to it. */
export const replayOf = (
  { seed, failure }: Outcome,
  { days, customers, faults, only }: Omit<SimulationOptions, 'seed'>,
): string => {
  const chosen = only === undefined ? '' : ` --only ${only.size === 0 ? 'none' : [...only].join(',')}`;
  const shop = `--seed ${seed} --days ${days} --customers ${customers} --faults ${faults}${chosen}`;
  return `npm run simulate -- ${shop} --until ${failure?.step} --trace --last 100`;
};

const total = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number =>
  outcomes.reduce((sum, outcome) => sum + of(outcome), 0);

/** How often each fault happened over all. */
const faultsOf = (outcomes: readonly Outcome[]): { readonly [N in FaultName]?: number } =>
  Object.fromEntries(faultNames.map((name) => [name, total(outcomes, ({ faults }) => faults[name] ?? 0)]));

const yuan = (amount: number): string => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

const figuresOf = (outcomes: readonly Outcome[], seconds: number) => {
  const transactions = total(outcomes, (outcome) => outcome.transactions);
  return {
    shops: outcomes.length,
    failed: outcomes.filter(({ failure }) => failure !== undefined).length,
    transactions,
    captured: total(outcomes, ({ captured }) => captured),
    taken: total(outcomes, ({ taken }) => taken),
    reversed: total(outcomes, ({ reversed }) => reversed),
    settlements: total(outcomes, ({ settlements }) => settlements),
    starts: total(outcomes, ({ starts }) => starts),
    steps: total(outcomes, ({ steps }) => steps),
    simulatedMs: Math.round(total(outcomes, ({ ms }) => ms)),
    seconds: Math.round(seconds * 100) / 100,
    transactionsPerSecond: Math.round((10 * transactions) / seconds) / 10,
  };
};

/** The end of a run, for a person or a machine. */
export const summaryOf = (
  outcomes: readonly Outcome[],
  seconds: number,
  replay: string | undefined,
  asJson: boolean,
): string => {
  const figures = figuresOf(outcomes, seconds);
  const faults = faultsOf(outcomes);
  if (asJson) {
    const phases = [...new Set(outcomes.flatMap((outcome) => outcome.phases))].sort();
    const failures = outcomes
      .filter(({ failure }) => failure !== undefined)
      .map(({ seed, failure }) => ({ seed, ...failure }));
    return `${JSON.stringify({ ...figures, faults, phases, failures, ...(replay !== undefined && { replay }) })}\n`;
  }
  const { shops, failed, transactions, captured, taken, reversed, settlements, starts, transactionsPerSecond } =
    figures;
  const happened = Object.entries(faults).filter(([, count]) => count > 0);
  return [
    ...happened.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`),
    `${shops} shops, ${starts} starts: ${transactions} sales, ${captured} captured (RMB ${yuan(taken)}), ${reversed} reversed or handed over, ${settlements} settlements`,
    ...(replay === undefined ? [] : [`see it: ${replay}`]),
    `${failed === 0 ? 'every rule held' : `${failed} of ${shops} shops broke a rule`} (${figures.seconds} s, ${transactionsPerSecond} sales a second)`,
    '',
  ].join('\n');
};
