import type { FirmwareProcess, LogLine } from '../../bench/firmware-process.ts';

/** A fact as both the log and `slipsafe ledger` show it. */
const factOf = ({ level: _level, time: _time, msg: _msg, ...fact }: LogLine): string => JSON.stringify(fact);

/** What is written at once: a fact, or one that opens a batch with what is carried into it. */
const writesIn = (facts: readonly LogLine[]): number => facts.filter(({ fact }) => fact !== 'carried').length;

/**
 * M8: what of the facts that the processes told to be on the disk isn't in the ledger, or stands there in another
 * order; and what the ledger holds that nobody told. A process that is killed may have had one write on the disk before
 * it told of it.
 */
export const untrueFacts = (runs: readonly FirmwareProcess[], ledger: readonly LogLine[]): readonly string[] => {
  const kept = ledger.map(factOf);
  const differences: string[] = [];
  let at = 1; // the first is told by `slipsafe provision`
  let killed = 0;
  for (const [run, { log }] of runs.entries()) {
    for (const line of log.filter(({ msg }) => msg === 'fact')) {
      const what = `${String(line.fact)} of ${String(line.at)}, told by process ${run + 1}`;
      const found = kept.indexOf(factOf(line), at);
      if (found < 0) {
        differences.push(`M8: ${what}, is not in the ledger`);
        continue;
      }
      const untold = ledger.slice(at, found);
      if (writesIn(untold) > killed) {
        differences.push(`M8: before ${what}, the ledger has ${untold.map(({ fact }) => String(fact)).join(', ')}`);
      }
      at = found + 1;
      killed = 0;
    }
    killed += 1;
  }
  return differences;
};
