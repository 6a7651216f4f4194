import type { Clock } from '../hal/clock.ts';
import type { EpochMs, MonotonicMs } from '../hal/units.ts';

/** The board's own clocks. */
export const systemClock: Clock = {
  monotonic: () => performance.now() as MonotonicMs,
  wall: () => Date.now() as EpochMs,
  schedule: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
