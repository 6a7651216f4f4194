/** How many transactions a second the seeded simulation gets through, on one core. */
import { Simulation } from '../../test/simulation/simulation.ts';
import { type Row, row } from './row.ts';

const group = 'simulation';
const shops = 60;
const customers = 40;

/** Transactions and steps a second of so many shops' days. */
const measured = async (faults: 'none' | 'usual') => {
  let transactions = 0;
  let steps = 0;
  const began = performance.now();
  for (let seed = 1; seed <= shops; seed++) {
    const outcome = await new Simulation({ seed, days: 1, customers, faults }).run();
    if (outcome.failure !== undefined) throw new Error(`seed ${seed}: ${outcome.failure.what}`);
    transactions += outcome.transactions;
    steps += outcome.steps;
  }
  const seconds = (performance.now() - began) / 1000;
  return { transactions: transactions / seconds, steps: steps / seconds };
};

export const simulationRows = async (say: (text: string) => void): Promise<Row[]> => {
  say(`simulation: ${shops} shops, ${customers} customers each`);
  await new Simulation({ seed: 0, days: 1, customers, faults: 'usual' }).run();
  const usual = await measured('usual');
  const none = await measured('none');
  return [
    row(group, {
      name: 'simulated transactions, faults on',
      value: usual.transactions,
      unit: 'a second',
      target: { of: 'value', least: 5000 },
    }),
    row(group, { name: 'simulated happenings, faults on', value: usual.steps, unit: 'a second' }),
    row(group, { name: 'simulated transactions, nothing wrong', value: none.transactions, unit: 'a second' }),
  ];
};
