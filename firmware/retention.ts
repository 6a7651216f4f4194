import type { EpochMs } from '../hal/units.ts';

interface Dated {
  readonly at: EpochMs;
}

const dayMs = 24 * 3_600_000;
export const yearMs = 365.25 * dayMs;

/** A terminal trades from day to day: more than this from one batch to the next is a shop that was closed, or a clock. */
const believedMs = 31 * dayMs;

/**
 * How many of the oldest archived batches have been kept for long enough. A clock that is wrong must not have slips
 * thrown away, not even when a batch was settled under it (M8): a batch's age is what passed from each batch to the
 * next, and of one step at most a month is believed, of a step back nothing.
 *
 * @param lastOf the last fact of an archived batch, 0 the oldest; undefined where it can't be read
 */
export const mayForget = (
  count: number,
  lastOf: (index: number) => Dated | undefined,
  now: number,
  keepYears: number,
): number => {
  const keptMs = keepYears * yearMs;
  // All are read only where the oldest says itself that its time is over.
  const oldest = lastOf(0);
  if (oldest === undefined || now - oldest.at <= keptMs) return 0;
  let age = 0;
  let next = now;
  for (let index = count - 1; index >= 0; index -= 1) {
    const at = lastOf(index)?.at;
    if (at === undefined) continue;
    age += Math.min(Math.max(0, next - at), believedMs);
    if (age > keptMs) return index + 1;
    next = at;
  }
  return 0;
};
