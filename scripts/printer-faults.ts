/** `npm run printer-faults`: random faults of printer, cable and replies before the real driver and machine. */
import { beliefs } from '../test/simulation/printer/believers.ts';
import { runSchedules } from '../test/simulation/printer/run.ts';
import { count, inWords, longRun } from './long-run.ts';

const controlSchedules = 100;
const toldFailures = 10;

await longRun({
  name: 'printer-faults',
  help: `Sells at the virtual printer, in simulated time, with the real driver and state machine, while anything goes wrong:
paper, cover, heat, knife, power, cable, at a byte, line, copy or time, mended sooner or later; replies lost, late,
doubled, stale or garbled; bytes from nowhere; profiles that are another printer's. What driver and display say is held
to what is on paper (docs/proof.md). Then the same with drivers that believe too much, which must be found out.

  npm run printer-faults                       10 000 schedules
  npm run printer-faults -- --schedules 500 --seed 7
                                               the first seed, and how many from there
  npm run printer-faults -- --json             one JSON object
  npm run printer-faults -- --help

Exit code 0 when all holds and every control fails; 1 otherwise: each failure has its seed and its schedule.
`,
  numbers: { schedules: 10_000, seed: 1 },
  run: async (options, progress) => {
    const first = options.number('seed');
    const schedules = options.number('schedules');
    const { verdicts, failures } = await runSchedules(first, schedules, {
      progress: (done) => progress(`${done} of ${schedules} schedules`),
    });
    const controls: { readonly belief: string; readonly found: number }[] = [];
    for (const belief of beliefs) {
      progress(`control: ${belief}`);
      const { failures: wrong } = await runSchedules(first, controlSchedules, { belief });
      controls.push({ belief, found: wrong.filter(({ failure }) => failure?.rule === 'PRINTED').length });
    }
    const unseen = controls.filter(({ found }) => found === 0);
    return {
      holds: failures.length === 0 && unseen.length === 0,
      json: {
        first,
        schedules,
        verdicts,
        failures: failures.map(({ schedule, failure }) => ({ ...failure, schedule })),
        controls,
      },
      lines: [
        `verdicts: ${inWords(verdicts)}`,
        ...failures
          .slice(0, toldFailures)
          .map(({ schedule, failure }) => `! ${failure?.rule}: ${failure?.what}: ${JSON.stringify(schedule)}`),
        ...controls.map(
          ({ belief, found }) => `control: believes ${belief}: wrong in ${found} of ${controlSchedules} schedules`,
        ),
      ],
      summary: `${count(schedules)} schedules from seed ${first}, ${failures.length} failures; ${beliefs.length - unseen.length} of ${beliefs.length} controls found out`,
    };
  },
});
