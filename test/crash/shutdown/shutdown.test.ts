/**
 * Real file systems that go down under a writing ledger, where this machine lets a test mount them; elsewhere it is said
 * why not. `npm run fscrash` is the long form.
 */
import { test } from 'tap';
import { LoopDisk } from './loop-disk.ts';
import { runShutdowns } from './run.ts';

for (const kind of ['ext4', 'xfs'] as const) {
  const hindrance = await LoopDisk.hindrance(kind);
  const options = hindrance === undefined ? {} : { skip: `no ${kind} can be shut down here: ${hindrance}` };

  test(
    `M8: ${kind} goes down 20 times under a writing ledger, and every acknowledged fact is there`,
    options,
    async (t) => {
      const seed = (Date.now() % 1_000_000) + 1;
      const report = await runShutdowns({ kind, store: 'ledger', shutdowns: 20, seed });
      t.comment(JSON.stringify({ ...report, seed }));
      t.match(report, { shutdowns: 20, lost: 0, violations: [] });
      t.ok(report.acknowledged > 100);
    },
  );

  for (const store of ['unsynced', 'jsonfile'] as const) {
    const what = store === 'unsynced' ? 'a ledger without its syncs' : "lowdb's JSONFile as it is shipped";
    test(`${kind} goes down under ${what}, and acknowledged facts are lost`, options, async (t) => {
      const report = await runShutdowns({ kind, store, shutdowns: 20, seed: 1 });
      t.ok(report.lost > 0, `${report.lost} of ${report.acknowledged}`);
    });
  }
}
