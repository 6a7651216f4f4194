/** The power goes at random instants while a build is put on trial, and taken back. */
import { test } from 'tap';
import { boardFor, current, cut, isWhole, timeOf, trials } from '../../support/cut-board.ts';

const starts = 'for n in 1 2 3 4 5; do libexec/slots begin; done';

test('250 power cuts at random instants of a trial leave the old build or the new one, whole', async (t) => {
  const board = boardFor(t);
  const flash = 'libexec/slots apply b; libexec/slots begin; libexec/slots failed; libexec/slots begin';
  t.match(board.sh(board.stage), { status: 0 });
  let longest = timeOf(board, flash);
  let cuts = 0;
  const left = { a: 0, b: 0 };
  for (let n = 0; cuts < 250; n += 1) {
    const began = performance.now();
    if (await cut(board, flash, longest * board.chance())) longest = performance.now() - began;
    else cuts += 1;
    const on = current(board) as 'a' | 'b';
    left[on] += 1;
    if (!isWhole(board, on)) t.fail(`${on} is not whole after cut ${n}`);
    if (on === 'b' && trials(board).length === 0) t.fail(`b runs without a trial after cut ${n}`);
    // Each tenth is started until no try is left; the others once, which is what the cut may have spoilt.
    const { status, stderr } = board.sh(n % 10 === 0 ? starts : 'libexec/slots begin; libexec/slots failed || true');
    if (status !== 0) t.fail(`no start after cut ${n}: ${stderr}`);
    if (current(board) !== 'a' || trials(board).length > 0) t.fail(`b is not taken back after cut ${n}`);
  }
  // How many of each there are is the machine's business.
  t.comment(`${cuts} cuts; ${left.a} left the old build, ${left.b} the new one`);
});
