/** Days and times of day in Beijing, which is eight hours ahead of UTC all year. */
import type { EpochMs } from '../hal/units.ts';

export const msPerDay = 86_400_000;
const msPerMinute = 60_000;
const aheadMs = 8 * 3_600_000;

/** Days since 1970-01-01. */
export const dayOf = (at: EpochMs): number => Math.floor((at + aheadMs) / msPerDay);

/** `22:30` as minutes of the day. */
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** When that minute of that day begins. */
export const timeOn = (day: number, minuteOfDay: number): EpochMs =>
  (day * msPerDay - aheadMs + minuteOfDay * msPerMinute) as EpochMs;

/** The next time after `at` at which that minute of the day begins. */
export const nextAt = (minuteOfDay: number, at: EpochMs): EpochMs => {
  const today = timeOn(dayOf(at), minuteOfDay);
  return today > at ? today : timeOn(dayOf(at) + 1, minuteOfDay);
};

/** From 1, now over, to 1440, a day from now, until it is that minute of the day. */
export const minutesUntil = (at: EpochMs, minuteOfDay: number): number =>
  Math.ceil((nextAt(minuteOfDay, at) - at) / msPerMinute);

/** MMDD of a day, by the proleptic Gregorian calendar; years begin in March, so that a leap day is their last. */
const dateOf = (day: number): string => {
  const sinceMarch0 = day + 719_468;
  const ofEra = sinceMarch0 % 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const ofMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return `${String(month).padStart(2, '0')}${String(ofMonth).padStart(2, '0')}`;
};

const fourYears = 1461;

/** Whether two dates without a year, MMDD, are one day or next to each other: a terminal's and the acquirer's around midnight. */
export const areNear = (date: string, other: string): boolean => {
  for (let day = 1; day <= fourYears; day++) {
    if (dateOf(day) === date && [day - 1, day, day + 1].some((near) => dateOf(near) === other)) return true;
  }
  return false;
};

/**
 * How many days ago a date without its year was last: the acquirer's date, MMDD, which may be a day ahead of ours.
 * Infinity for one that isn't in the calendar.
 */
export const daysSince = (date: string, at: EpochMs): number => {
  const today = dayOf(at);
  for (let ago = -1; ago <= fourYears; ago++) if (dateOf(today - ago) === date) return Math.max(0, ago);
  return Infinity;
};
