/** The power goes at random instants of a whole flash, over builds and data; `npm run kill -- --flashes 500` is the long form. */
import { test } from 'tap';
import { interruptFlashes } from '../../support/interrupted-flash.ts';

test('M8: 6 of 6 interrupted flashes end in a whole build with no data lost', async (t) => {
  const seed = (Date.now() % 1_000_000) + 1;
  const { interrupted, differences, ...met } = await interruptFlashes(6, seed);
  t.comment(JSON.stringify(met));
  t.strictSame(differences, []);
  t.equal(interrupted, 6);
});
