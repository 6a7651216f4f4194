import { test } from 'tap';
import { kinds } from '../../state-machine/kinds.ts';
import { walk } from './walk.ts';

test('M1–M7 hold on random walks', async (t) => {
  const ends = new Map<string, number>();
  for (let seed = 1; seed <= 2000; seed++) {
    const kindOf = new Map<unknown, string>();
    for (const fact of walk(seed, 600, () => undefined)) {
      if (fact.type === 'intended') kindOf.set(fact.saleId, fact.kind);
      const end = 'saleId' in fact ? `${fact.type} ${kindOf.get(fact.saleId)}` : fact.type;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  const usual = ['keptBySupervisor sale', 'handedOver sale', 'batchOpened', 'reprinted sale'];
  // The void of a completion is the third of three that must all have come out: too rare to be sure of each of its ends.
  const { completionVoid: _, balance: _balance, ...others } = kinds;
  const eachKind = Object.entries(others).flatMap(([kind, { reversible }]) =>
    ['captured', 'declined', ...(reversible ? ['reversed'] : ['slipOwed', 'inDoubt'])].map((end) => `${end} ${kind}`),
  );
  for (const end of [...usual, ...eachKind, 'intended completionVoid'])
    t.ok((ends.get(end) ?? 0) > 0, `${end}: ${ends.get(end)}`);
});
