/** The crash explorer at its usual level; `npm run crash -- --thorough` goes further. */
import { test } from 'tap';
import { explorations, usualExtent } from './catalog.ts';

for (const { name, run } of explorations) {
  test(name, async (t) => {
    const { violations, ...counts } = await run(usualExtent);
    t.comment(JSON.stringify(counts));
    t.strictSame(violations, []);
    t.ok(counts.recoveries > 5);
  });
}
