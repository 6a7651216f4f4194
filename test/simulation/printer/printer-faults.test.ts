/** A part of `npm run printer-faults`, and the drivers that it must find out. */
import { test } from 'tap';
import { beliefs } from './believers.ts';
import { runSchedules } from './run.ts';
import { runPlanned } from './run-schedule.ts';
import { makes, type Schedule } from './schedule.ts';

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

test('a profile that is another printer’s never makes a PRINTED that is not so, nor a line that is no slip’s', async (t) => {
  const calm: Omit<Schedule, 'make' | 'profile'> = {
    seed: 0,
    baudRate: 115_200,
    mmPerSecond: 70,
    receiveBuffer: 16_384,
    flowControl: 'none',
    portObeys: false,
    slipLines: 12,
    graceMs: 20_000,
    givesUpAfterMs: undefined,
    mishaps: [],
    replies: [],
    babble: [],
  };
  for (const make of makes) {
    for (const profile of makes) {
      if (make === profile) continue;
      const { failure, verdicts, paper } = await runPlanned({ ...calm, make, profile });
      const what = `${make} under the profile ${profile}`;
      t.equal(failure, undefined, what);
      const strange = paper.filter((text) => !/^(?:(?:BEGIN|END) \w+ \d+ #\d+|第\d+行 #\d+ abcdefghijkl|)$/.test(text));
      t.strictSame(strange, [], `${what}: the stream stays whole`);
      if (make === 'mute')
        t.notOk(
          verdicts.some(({ verdict }) => verdict === 'PRINTED'),
          what,
        );
      if (make === 'clone' && profile === 'epson') t.match(verdicts[0], { verdict: 'UNKNOWN', cause: 'silence' }, what);
    }
  }
});
