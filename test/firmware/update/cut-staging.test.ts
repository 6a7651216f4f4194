/** The power goes at random instants while a bundle is staged. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { boardFor, current, cut, isWhole, timeOf } from '../../support/cut-board.ts';

test('50 power cuts at random instants of staging leave the slot empty or whole', async (t) => {
  const board = boardFor(t);
  const slot = join(board.root, 'slots', 'b');
  const longest = timeOf(board, board.stage);
  let finished = 0;
  const left = { nothing: 0, whole: 0 };
  for (let n = 0; n < 50; n += 1) {
    rmSync(slot, { recursive: true, force: true });
    // Most of the time goes by before the first file is written.
    if (await cut(board, board.stage, longest * (0.6 + 0.4 * board.chance()))) finished += 1;
    if (!readdirSync(join(board.root, 'slots')).includes('b')) left.nothing += 1;
    else if (isWhole(board, 'b')) left.whole += 1;
    else t.fail(`b is there and not whole after cut ${n}`);
    if (current(board) !== 'a') t.fail(`${current(board)} runs after cut ${n}`);
  }
  // How many of each there are is the machine's business.
  t.comment(`${50 - finished} cuts; ${left.nothing} left nothing, ${left.whole} a whole slot`);
  t.match(board.sh(board.stage), { status: 0 }, 'and it can be staged in the end');
  t.strictSame(readdirSync(join(board.root, 'slots')).sort(), ['a', 'b'], 'with nothing left over');
});
