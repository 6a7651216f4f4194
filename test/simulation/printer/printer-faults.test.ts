/** A part of `npm run printer-faults`, and the drivers that it must find out. */
import { test } from 'tap';
import { beliefs } from './believers.ts';
import { runSchedules } from './run.ts';

test('M2, M4, M10: whatever goes wrong with a printer and its replies, no verdict, slip or display says what is not so', async (t) => {
  const { verdicts, failures } = await runSchedules(1, 400);
  t.strictSame(
    failures.map(({ schedule, failure }) => ({ seed: schedule.seed, ...failure })),
    [],
  );
  const count = (name: RegExp): number =>
    Object.entries(verdicts).reduce((sum, [each, times]) => (name.test(each) ? sum + times : sum), 0);
  t.ok(count(/^PRINTED/) > 600, 'most slips come out');
  t.ok(count(/^NOT_PRINTED/) > 50 && count(/^UNKNOWN/) > 50, 'and many do not');
});

for (const belief of beliefs) {
  test(`a driver that believes ${belief} is found out: PRINTED, and not on paper`, async (t) => {
    const { failures } = await runSchedules(1, 20, { belief });
    const wrong = failures.filter(({ failure }) => failure?.rule === 'PRINTED').length;
    t.ok(wrong >= 3, `${wrong} of 20`);
  });
}
