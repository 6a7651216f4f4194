import type { EpochMs, MonotonicMs } from './units.ts';

/**
 * The two clocks of a terminal and its alarm. Drivers and the runtime take time from here only, so that a test
 * drives it. Time-outs are counted on `monotonic`; `wall` may jump (the acquirer sets it at sign-on).
 */
export interface Clock {
  monotonic(): MonotonicMs;
  wall(): EpochMs;
  /** Calls `wake` once, `delayMs` (≥ 0) from now on the monotonic clock, unless the returned function is called first. */
  schedule(delayMs: number, wake: () => void): () => void;
}
