/** What the simulation must find: terminals that lose what they said was safe. */
import { test } from 'tap';
import { batchNumber, type EpochMs, stan } from '../../hal/units.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { CarelessLedger, readCareless } from './careless-ledger.ts';
import { merchantId, terminalId } from './configuration.ts';
import type { Outcome, SimulationOptions } from './outcome.ts';
import { shrink } from './shrink.ts';
import { Simulation } from './simulation.ts';

const shortDay = { days: 1, customers: 8, faults: 'usual' } as const;

/** The first shops that fail, with their options. */
const failing = async (
  options: Omit<SimulationOptions, 'seed'>,
  count: number,
): Promise<readonly (readonly [SimulationOptions, Outcome])[]> => {
  const found: [SimulationOptions, Outcome][] = [];
  for (let seed = 1; seed <= count; seed++) {
    const outcome = await new Simulation({ ...options, seed }).run();
    if (outcome.failure !== undefined) found.push([{ ...options, seed }, outcome]);
  }
  return found;
};

test('M8: with a disk whose sync does nothing, shops lose facts, and it is found', async (t) => {
  const found = await failing({ ...shortDay, syncDoesNothing: true }, 12);
  t.ok(found.length > 6, `${found.length} of 12`);
  for (const [{ seed }, { failure }] of found) t.equal(failure?.rule, 'M8', `seed ${seed}: ${failure?.what}`);

  const [first] = found.filter(([, { planned }]) => planned.length > 3);
  if (first === undefined) throw new Error('no shop had more than three faults');
  const [options, outcome] = first;
  const shrunk = await shrink(options, outcome);
  t.ok(shrunk.faults.length < outcome.planned.length, `${shrunk.faults.length} of ${outcome.planned.length} faults`);
  const again = await new Simulation({ ...options, only: new Set(shrunk.faults) }).run();
  t.strictSame(again.failure, shrunk.outcome.failure, 'and what is left shows it again');
});

const careless = {
  open: ({ fileSystem }) => new CarelessLedger<Fact>(fileSystem, provisioned),
  facts: (files) => readCareless<Fact>(files) ?? [provisioned],
} satisfies SimulationOptions['ledgerInstead'];

const provisioned: Fact = {
  type: 'provisioned',
  at: 0 as EpochMs,
  terminalId,
  merchantId,
  batch: batchNumber(1),
  nextStan: stan(1),
};

test('M8: with a ledger that is written as lowdb writes its file, shops lose facts, and it is found', async (t) => {
  const found = await failing({ ...shortDay, ledgerInstead: careless }, 12);
  t.ok(found.length > 6, `${found.length} of 12`);
  for (const [{ seed }, { failure }] of found) {
    t.equal(failure?.rule, 'M8', `seed ${seed}: ${failure?.what}`);
    t.match(failure?.what, /acknowledged/);
  }
});
