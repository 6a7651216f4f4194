/** `npm run kill`: SIGKILL at random instants of the built firmware on the virtual board. */
import { availableParallelism } from 'node:os';
import { runKills } from '../test/hil/kill/run.ts';
import { inWords, longRun } from './long-run.ts';

await longRun({
  name: 'kill',
  help: `Kills the terminal at random instants and looks whether anything is lost. The built firmware trades on virtual
boards (sales, paper-outs, declines, lost answers, settlements), is killed by SIGKILL, started, killed while it starts or
recovers, and so on. After every 100 kills a board is judged: paper, the acquirer's book and the terminal's ledger must
agree (M1-M7, M9), and every fact that a process told must be in the ledger, in order (M8).

  npm run kill -- --kills 5000     how many; 200 when it isn't said
  npm run kill -- --seed 7         the same cards, mishaps and counts; where a process is at the signal differs
  npm run kill -- --at-once 4      boards that live side by side; as many as there are cores when it isn't said
  npm run kill -- --json           one JSON object
  npm run kill -- --help

Exit code 0 when all holds; 1 when something is broken: it is said what, and where the log and both ledgers are.
`,
  numbers: { kills: 200, seed: 0, 'at-once': availableParallelism() },
  run: async (options, progress) => {
    const seed = options.number('seed') || (Date.now() % 1_000_000) + 1;
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
