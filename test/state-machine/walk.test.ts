import { test } from 'tap';
import { walk } from './walk.ts';

test('M1–M7 hold on random walks', async (t) => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 500; seed++) {
    const voids = new Set<unknown>();
    for (const fact of walk(seed, 400, () => undefined)) {
      if (fact.type === 'intended' && fact.kind === 'void') voids.add(fact.saleId);
      const isOfVoid = 'saleId' in fact && voids.has(fact.saleId);
      const end = isOfVoid ? `${fact.type} void` : fact.type;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  const usual = ['captured', 'reversed', 'declined', 'notSent', 'keptBySupervisor', 'handedOver', 'batchOpened'];
  for (const end of [...usual, 'captured void', 'reversed void', 'declined void']) {
    t.ok((ends.get(end) ?? 0) > 0, `${end}: ${ends.get(end)}`);
  }
});
