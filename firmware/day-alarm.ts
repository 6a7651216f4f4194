import type { Clock } from '../hal/clock.ts';
import { minuteOf, msPerDay, nextAt } from '../state-machine/calendar.ts';

/** How long it sleeps at most: the board's clock may be set meanwhile. */
const longestSleepMs = 15 * 60_000;

/**
 * Rings once a day at that time by the board's clock. A clock that is put forward over it makes it ring at once; put
 * back, it rings again when the time comes. One that is put forward by days had not been set: what it says now decides.
 * Returns what stops it.
 */
export const dayAlarm = (time: string, clock: Clock, ring: () => void): (() => void) => {
  const minute = minuteOf(time);
  let due = nextAt(minute, clock.wall());
  let cancel: () => void;
  const sleep = (): void => {
    const wall = clock.wall();
    if (wall >= due && wall - due < msPerDay) ring();
    due = nextAt(minute, wall);
    cancel = clock.schedule(Math.min(due - wall, longestSleepMs), sleep);
  };
  cancel = clock.schedule(Math.min(due - clock.wall(), longestSleepMs), sleep);
  return () => cancel();
};
