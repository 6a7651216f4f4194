/** `npm run fscrash`: real file systems are shut down under the writing ledger. */
import { LoopDisk } from '../test/crash/shutdown/loop-disk.ts';
import { runShutdowns, type ShutdownReport } from '../test/crash/shutdown/run.ts';
import { longRun } from './long-run.ts';

const kinds = ['ext4', 'xfs'] as const;
/** So many are enough to see a control lose facts. */
const controlShutdowns = 20;

const lineOf = (report: ShutdownReport): string => {
  const { kind, store, shutdowns, acknowledged, lost, underWay, tornTails } = report;
  const what = { ledger: 'ledger', unsynced: 'control: ledger without syncs', jsonfile: "control: lowdb's JSONFile" };
  const found = `${lost} of ${acknowledged} acknowledged facts lost in ${shutdowns} shutdowns`;
  const rest = store === 'ledger' ? `; ${underWay} times the one under way was there, ${tornTails} torn tails` : '';
  return `${kind}, ${what[store]}: ${found}${rest}`;
};

await longRun({
  name: 'fscrash',
  help: `Has a process write facts into the ledger on a real ext4 and xfs (in a file, by a loop device), shuts the file system
down under it at random instants with its journal in memory dropped, mounts it anew, recovers, and looks whether every
acknowledged fact is there. Then the same with a ledger without syncs and with lowdb's JSONFile, which must lose some.
It needs root, loop devices, e2fsprogs and, for xfs, xfsprogs; what can't be done here is said.

  npm run fscrash                      200 shutdowns of each
  npm run fscrash -- --shutdowns 2000
  npm run fscrash -- --seed 7
  npm run fscrash -- --json            one JSON object
  npm run fscrash -- --help

Exit code 0 when nothing is lost and the controls lose; 1 otherwise, and where no file system can be shut down.
`,
  numbers: { shutdowns: 200, seed: 0 },
  run: async (options, progress) => {
    const seed = options.number('seed') || (Date.now() % 1_000_000) + 1;
    const reports: ShutdownReport[] = [];
    const skipped: string[] = [];
    for (const kind of kinds) {
      const hindrance = await LoopDisk.hindrance(kind);
      if (hindrance !== undefined) {
        skipped.push(`${kind} is left out: ${hindrance}`);
        continue;
      }
      for (const store of ['ledger', 'unsynced', 'jsonfile'] as const) {
        const shutdowns = store === 'ledger' ? options.number('shutdowns') : controlShutdowns;
        const tell = (done: number): void => progress(`${kind}, ${store}: ${done} of ${shutdowns} shutdowns`);
        reports.push(await runShutdowns({ kind, store, shutdowns, seed, progress: tell }));
      }
    }
    const ledgers = reports.filter(({ store }) => store === 'ledger');
    const violations = ledgers.flatMap((report) => report.violations);
    const blind = reports.filter(({ store, lost }) => store !== 'ledger' && lost === 0).map(lineOf);
    const sum = (of: 'shutdowns' | 'acknowledged'): number => ledgers.reduce((all, each) => all + each[of], 0);
    return {
      holds: ledgers.length > 0 && violations.length === 0 && blind.length === 0,
      json: { seed, reports, skipped },
      lines: [
        ...reports.map(lineOf),
        ...skipped,
        ...violations.map((what) => `! ${what}`),
        ...blind.map((what) => `! a control loses nothing: ${what}`),
      ],
      summary: `${sum('shutdowns')} shutdowns on ${ledgers.map(({ kind }) => kind).join(' and ') || 'nothing'}, ${sum('acknowledged')} acknowledged facts, ${violations.length} violations, seed ${seed}`,
    };
  },
});
