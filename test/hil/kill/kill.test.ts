/** SIGKILL at random instants of the built firmware; `npm run kill -- --kills 5000` is the long form. */
import { test } from 'tap';
import type { FirmwareProcess, LogLine } from '../../bench/firmware-process.ts';
import { untrueFacts } from './acknowledged.ts';
import { runKills } from './run.ts';

test('M1–M9: 100 kills at random instants of trade, start and recovery: paper, book and ledger agree', async (t) => {
  const seed = (Date.now() % 1_000_000) + 1;
  t.comment(`seed ${seed}`);
  const report = await runKills({ seed, kills: 100 });
  const { differences, evidence, sales, phases } = report;
  t.comment(JSON.stringify({ ...report, differences: differences.length }));
  t.strictSame(differences, [], `the logs and ledgers are in ${evidence.join(', ') || 'order'}`);
  t.equal(report.kills, 100);
  t.ok(report.duringStart > 10, 'a fair part of them during a start, thus after another');
  t.ok((sales.captured ?? 0) > 8 && (sales.reversed ?? 0) > 8, 'sales ended both ways');
  t.ok(Object.keys(phases).length > 8, 'and many phases were met');
});

const told = (...facts: readonly LogLine[]): FirmwareProcess =>
  ({ log: facts.map((fact) => ({ level: 'info', time: 'now', ...fact, msg: 'fact' })) }) as unknown as FirmwareProcess;

test('M8: a fact that was told and is not in the ledger is seen, and one too many', (t) => {
  const [first, a, b, c] = ['provisioned', 'traceTaken', 'intended', 'approved'].map((fact, at) => ({ fact, at }));
  if (first === undefined || a === undefined || b === undefined || c === undefined) throw new Error('four facts');
  t.strictSame(untrueFacts([told(a), told(b), told(c)], [first, a, b, c]), []);
  t.strictSame(untrueFacts([told(a), told(c)], [first, a, b, c]), [], 'one was written by a process that was killed');
  t.strictSame(untrueFacts([told(), told(), told(c)], [first, a, b, c]), [], 'and two by two');
  t.match(untrueFacts([told(a), told(b)], [first, a]), [/intended .* is not in the ledger/]);
  t.match(untrueFacts([told(b), told(a)], [first, a, b]), [/intended .*has traceTaken/, /traceTaken .* is not in/]);
  t.match(untrueFacts([told(a, c)], [first, a, b, c]), [/before approved .* the ledger has intended/]);
  t.match(untrueFacts([told(a), told(a)], [first, a]), [/told by process 2, is not in the ledger/], 'told twice');
  t.end();
});
