import type { Outcome, SimulationOptions } from './outcome.ts';
import { Simulation } from './simulation.ts';

/** How many runs a shrinking may take. */
const mostRuns = 120;

/**
 * The fewest of a failing run's planned faults with which it still breaks the same rule: halves are left out, then
 * quarters, at last single ones (delta debugging, after Zeller). What the clerk does may differ once a fault is gone;
 * what counts is that the rule is broken.
 */
export const shrink = async (
  options: SimulationOptions,
  failed: Outcome,
  progress: (left: number) => void = () => undefined,
): Promise<{ readonly faults: readonly string[]; readonly outcome: Outcome }> => {
  const rule = failed.failure?.rule;
  let faults = failed.planned;
  let outcome = failed;
  let runs = 0;
  const stillFails = async (fewer: readonly string[]): Promise<boolean> => {
    runs += 1;
    const tried = await new Simulation({ ...options, only: new Set(fewer) }).run();
    if (tried.failure?.rule !== rule) return false;
    faults = tried.planned.filter((id) => fewer.includes(id));
    outcome = tried;
    progress(faults.length);
    return true;
  };
  for (
    let size = Math.ceil(faults.length / 2);
    size >= 1 && runs < mostRuns;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < faults.length && runs < mostRuns; ) {
      const fewer = [...faults.slice(0, from), ...faults.slice(from + size)];
      if (!(await stillFails(fewer))) from += size;
    }
  }
  return { faults, outcome };
};
