import type { Clock } from '../hal/clock.ts';
import type { EpochMs } from '../hal/units.ts';

const msPerMinute = 60_000;
const msPerDay = 24 * 60 * msPerMinute;
/** Shops keep Beijing time, eight hours ahead all year, whatever the board's zone is. */
const beijingMs = 8 * 60 * msPerMinute;

/** The next time after `wall` at which it is `time` (`HH:MM`) in Beijing. */
export const nextAt = (time: string, wall: EpochMs): EpochMs => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const today = Math.floor((wall + beijingMs) / msPerDay) * msPerDay - beijingMs;
  const at = today + (hours * 60 + minutes) * msPerMinute;
  return (at > wall ? at : at + msPerDay) as EpochMs;
};

/** How long it sleeps at most: the board's clock may be set meanwhile. */
const longestSleepMs = 15 * msPerMinute;

/**
 * Rings once a day at that time by the board's clock. A clock that is put forward over it makes it ring at once; put
 * back, it rings again when the time comes. Returns what stops it.
 */
export const dayAlarm = (time: string, clock: Clock, ring: () => void): (() => void) => {
  let due = nextAt(time, clock.wall());
  let cancel: () => void;
  const sleep = (): void => {
    const wall = clock.wall();
    if (wall >= due) ring();
    due = nextAt(time, wall);
    cancel = clock.schedule(Math.min(due - wall, longestSleepMs), sleep);
  };
  cancel = clock.schedule(Math.min(due - clock.wall(), longestSleepMs), sleep);
  return () => cancel();
};
