import { test } from 'tap';
import { walk } from './walk.ts';

test('M1–M7 hold on random walks', async (t) => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 500; seed++) {
    for (const { type } of walk(seed, 400, () => undefined)) ends.set(type, (ends.get(type) ?? 0) + 1);
  }
  for (const end of ['captured', 'reversed', 'declined', 'notSent', 'keptBySupervisor', 'handedOver', 'batchOpened']) {
    t.ok((ends.get(end) ?? 0) > 0, `${end}: ${ends.get(end)}`);
  }
});
