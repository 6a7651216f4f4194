import type { EpochMs } from '../hal/units.ts';

interface Dated {
  readonly at: EpochMs;
}

const yearMs = 365.25 * 24 * 3_600_000;

/**
 * Whether an archived batch has been kept for long enough, counted from its last fact. A clock that is wrong must not
 * have slips thrown away: more than a year after the newest archived batch it isn't believed.
 */
export const mayForget = (last: Dated, newest: Dated, now: number, keepYears: number): boolean =>
  last.at < Math.min(now, newest.at + yearMs) - keepYears * yearMs;
