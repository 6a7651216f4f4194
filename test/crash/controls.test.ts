/** Negative controls of the crash explorer: what is broken on purpose must be found broken. */
import { test } from 'tap';
import { controls } from './catalog.ts';

for (const { name, run, complaint } of controls) {
  test(`the explorer finds fault with ${name}`, async (t) => {
    const { violations } = await run();
    t.match(violations.join('\n'), complaint);
  });
}
