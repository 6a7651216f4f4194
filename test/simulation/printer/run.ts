import type { PrintVerdict } from '../../../hal/printer.ts';
import type { Belief } from './believers.ts';
import { type Ran, runSchedule } from './run-schedule.ts';

export interface Faults {
  readonly schedules: number;
  /** How often each verdict was given, with its cause. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly failures: readonly Ran[];
}

const nameOf = (verdict: PrintVerdict): string =>
  'cause' in verdict ? `${verdict.verdict} ${verdict.cause}` : verdict.verdict;

/** Runs the schedules of so many seeds, from the first on. */
export const runSchedules = async (
  first: number,
  count: number,
  { belief, progress = () => {} }: { readonly belief?: Belief; readonly progress?: (done: number) => void } = {},
): Promise<Faults> => {
  const verdicts: Record<string, number> = {};
  const failures: Ran[] = [];
  for (let done = 0; done < count; done++) {
    const ran = await runSchedule(first + done, belief);
    for (const verdict of ran.verdicts) verdicts[nameOf(verdict)] = (verdicts[nameOf(verdict)] ?? 0) + 1;
    if (ran.failure !== undefined) failures.push(ran);
    progress(done + 1);
  }
  return { schedules: count, verdicts, failures };
};
