import { test } from 'tap';
import { dayAlarm } from '../../firmware/day-alarm.ts';
import type { EpochMs } from '../../hal/units.ts';
import { HandClock } from '../support/hand-clock.ts';

const utc = (...at: [number, number, number, number, number]): EpochMs => Date.UTC(...at) as EpochMs;
const hour = 3_600_000;

/** The same clock as a board shows it that may be set: `aheadMs` from it. */
const settable = (clock: HandClock) => {
  const set = { aheadMs: 0, clock: Object.create(clock) as HandClock };
  set.clock.wall = () => (clock.wall() + set.aheadMs) as EpochMs;
  set.clock.schedule = clock.schedule.bind(clock);
  return set;
};

test('it rings once a day, until it is stopped', async (t) => {
  const clock = new HandClock(utc(2026, 10, 22, 5, 0));
  let rung = 0;
  const stop = dayAlarm('14:00', clock, () => {
    rung += 1;
  });
  clock.advance(hour - 1);
  t.equal(rung, 0);
  clock.advance(1);
  t.equal(rung, 1);
  clock.advance(24 * hour - 1);
  t.equal(rung, 1);
  clock.advance(1);
  t.equal(rung, 2);
  stop();
  clock.advance(48 * hour);
  t.equal(rung, 2);
  t.equal(clock.pending, 0);
});

test('a clock that is put forward over it rings soon; one that is put back rings when the time comes', async (t) => {
  const clock = new HandClock(utc(2026, 10, 22, 5, 0));
  const set = settable(clock);
  let rung = 0;
  dayAlarm('22:00', set.clock, () => {
    rung += 1;
  });
  set.aheadMs = 12 * hour;
  clock.advance(hour / 4);
  t.equal(rung, 1, 'it is past the time');
  set.aheadMs = 0;
  clock.advance(9 * hour);
  t.equal(rung, 2, 'and comes again');
});

test('a clock that had not been set, and is, rings at the time of its own day', async (t) => {
  const clock = new HandClock(0);
  const set = settable(clock);
  let rung = 0;
  dayAlarm('22:30', set.clock, () => {
    rung += 1;
  });
  clock.advance(60_000);
  set.aheadMs = utc(2026, 10, 26, 4, 0);
  clock.advance(hour);
  t.equal(rung, 0, 'it is noon in Beijing');
  clock.advance(10 * hour);
  t.equal(rung, 1);
});
