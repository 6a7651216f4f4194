/** How fast the exhaustive check walks, and what a step of the machine costs. */
import { realMachine } from '../../test/model/machine.ts';
import { scopes } from '../../test/model/scopes.ts';
import { search } from '../../test/model/search.ts';
import { walk } from '../../test/state-machine/walk.ts';
import { median, type Row, row } from './row.ts';

const group = 'machine';
const rounds = 5;

export const machineRows = (say: (text: string) => void): Promise<Row[]> => {
  const scope = scopes.find(({ name }) => name === 'one sale and a settlement');
  if (scope === undefined) throw new Error('the scope is gone');
  say(`machine: ${rounds} walks through all of ${scope.name}`);
  const walked = Array.from({ length: rounds }, () => search({ budget: scope.budget, machine: realMachine }));
  const steps = 20_000;
  const stepUs = Array.from({ length: rounds }, (_, n) => {
    const began = performance.now();
    walk(n + 1, steps, () => undefined);
    return ((performance.now() - began) * 1000) / steps;
  });
  return Promise.resolve([
    row(group, {
      name: 'states walked by the model',
      value: median(walked.map(({ states, seconds }) => states / seconds)),
      unit: 'a second',
      target: { of: 'value', least: 5000 },
    }),
    row(group, { name: 'a step, checked by the rules of money', value: median(stepUs), unit: 'µs' }),
  ]);
};
