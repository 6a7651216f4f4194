/** `npm run kill`: SIGKILL at random instants of the built firmware on the virtual board. */
import { availableParallelism } from 'node:os';
import { runKills } from '../test/hil/kill/run.ts';
import { interruptFlashes } from '../test/support/interrupted-flash.ts';
import { inWords, longRun, type Verdict } from './long-run.ts';

const flashes = async (count: number, seed: number, progress: (text: string) => void): Promise<Verdict> => {
  const report = await interruptFlashes(count, seed, (done) => progress(`${done} of ${count} interrupted flashes`));
  const { interrupted, wokeWith, inMigration, differences } = report;
  const holds = differences.length === 0 && interrupted === count;
  const lines = [
    `woke up with the old build ${wokeWith.old} times, with the new one ${wokeWith.new}; in the change of the data ${inMigration}`,
    ...differences.map((what) => `! ${what}`),
  ];
  const good = holds ? interrupted : interrupted - 1;
  const summary = `${good} of ${count} interrupted flashes end in a whole build with no data lost, seed ${seed}`;
  return { holds, json: report, lines, summary };
};

await longRun({
  name: 'kill',
  help: `Kills the terminal at random instants and looks whether anything is lost. The built firmware trades on virtual
boards (sales, paper-outs, declines, lost answers, settlements), is killed by SIGKILL, started, killed while it starts or
recovers, and so on. After every 100 kills a board is judged: paper, the acquirer's book and the terminal's ledger must
agree (M1-M7, M9), and every fact that a process told must be in the ledger, in order (M8).

With --flashes it is a flash that is interrupted: staging, switching, the change of the data to another format, the trial
and the way back. After each the build that starts must be whole, old or new, with all of the data in its format.

  npm run kill -- --kills 5000     how many; 200 when it isn't said
  npm run kill -- --flashes 500    so many interrupted flashes instead
  npm run kill -- --seed 7         the same cards, mishaps and counts; where a process is at the signal differs
  npm run kill -- --at-once 4      boards that live side by side; as many as there are cores when it isn't said
  npm run kill -- --json           one JSON object
  npm run kill -- --help

Exit code 0 when all holds; 1 when something is broken: it is said what, and where the log and both ledgers are.
`,
  numbers: { flashes: 0, kills: 200, seed: 0, 'at-once': availableParallelism() },
  run: async (options, progress) => {
    const seed = options.number('seed') || (Date.now() % 1_000_000) + 1;
    if (options.number('flashes') > 0) return flashes(options.number('flashes'), seed, progress);
    const kills = options.number('kills');
    const report = await runKills({
      seed,
      kills,
      atOnce: options.number('at-once'),
      progress: (done) => progress(`${done} of ${kills} kills`),
    });
    const { sales, settlements, phases, duringStart, boards, differences, evidence } = report;
    return {
      holds: differences.length === 0 && report.kills === kills,
      json: report,
      lines: [
        `sales: ${inWords(sales)}; settlements ${settlements}`,
        `under way at the kills: ${inWords(phases)}`,
        ...differences.map((what) => `! ${what}`),
        ...evidence.map((path) => `  look at ${path}`),
      ],
      summary: `${report.kills} kills, ${duringStart} of them during a start, on ${boards} boards, seed ${seed}`,
    };
  },
});
