import { test } from 'tap';
import type { EpochMs } from '../../hal/units.ts';
import { areNear, dayOf, daysSince, minuteOf, minutesUntil, nextAt } from '../../state-machine/calendar.ts';

const at = (time: string): EpochMs => Date.parse(`${time}+08:00`) as EpochMs;

test('a day begins at midnight in Beijing', (t) => {
  t.equal(dayOf(at('1970-01-01T08:00:00')), 0);
  t.equal(dayOf(at('2026-11-22T23:59:59')) + 1, dayOf(at('2026-11-23T00:00:00')));
  t.end();
});

const utc = (...at: [number, number, number, number, number]): EpochMs => Date.UTC(...at) as EpochMs;

test('the next time of day is that of Beijing, today or tomorrow', async (t) => {
  // 13:00 in Beijing.
  const wall = utc(2026, 10, 22, 5, 0);
  t.equal(nextAt(minuteOf('22:30'), wall), utc(2026, 10, 22, 14, 30));
  t.equal(nextAt(minuteOf('13:00'), wall), utc(2026, 10, 23, 5, 0), 'now is not next');
  t.equal(nextAt(minuteOf('00:15'), wall), utc(2026, 10, 22, 16, 15));
  t.equal(
    nextAt(minuteOf('07:00'), utc(2026, 10, 22, 22, 59)),
    utc(2026, 10, 22, 23, 0),
    'a day that Beijing has begun already',
  );
});

test('minutes until a time of day, today or tomorrow', (t) => {
  t.equal(minutesUntil(at('2026-11-22T22:00:59'), 22 * 60 + 30), 30);
  t.equal(minutesUntil(at('2026-11-22T22:31:00'), 22 * 60 + 30), 1439);
  t.equal(minutesUntil(at('2026-11-22T22:30:00'), 22 * 60 + 30), 1440, 'it has begun: the next one is meant');
  t.end();
});

test('how long ago a date without a year was, as the calendar of the platform has it', (t) => {
  const day = 86_400_000;
  const now = at('2028-03-02T12:00:00');
  for (let ago = 0; ago < 365; ago++) {
    const date = new Date(now - ago * day).toISOString().slice(5, 10).replace('-', '');
    if (daysSince(date, now) !== ago) t.fail(`${date} was ${ago} days ago, not ${daysSince(date, now)}`);
  }
  t.equal(daysSince('0229', at('2027-03-01T12:00:00')), 1096, 'of the last leap year');
  t.equal(daysSince('0303', now), 0, "the acquirer's day may be ahead");
  t.equal(daysSince('0230', now), Infinity);
  t.end();
});

test('dates without a year are near when one follows the other, over the end of a month, a year and a leap day', (t) => {
  for (const [date, other] of [
    ['1122', '1122'],
    ['1122', '1123'],
    ['1130', '1201'],
    ['1231', '0101'],
    ['0228', '0301'],
    ['0229', '0301'],
    ['0228', '0229'],
  ] as const) {
    t.ok(areNear(date, other) && areNear(other, date), `${date} ${other}`);
  }
  for (const [date, other] of [
    ['1122', '1124'],
    ['0227', '0301'],
    ['1230', '0101'],
    ['0230', '0230'],
    ['0000', '0101'],
    ['', ''],
  ] as const) {
    t.notOk(areNear(date, other) || areNear(other, date), `${date} ${other}`);
  }
  t.end();
});
