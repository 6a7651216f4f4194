/** A search of a world's own ledger, as the terminal makes it. */
import { findTransactions } from '../../firmware/finder.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Found } from '../../state-machine/sale.ts';
import type { World } from './world.ts';

const soon = {
  schedule: (_delayMs: number, wake: () => void) => {
    queueMicrotask(wake);
    return () => undefined;
  },
};
/** The ledger as its files: one a batch. */
const storeOf = (facts: readonly Fact[]): Parameters<typeof findTransactions>[1] => {
  const batches: Fact[][] = [[]];
  for (const fact of facts) {
    if (fact.type === 'batchOpened') batches.push([]);
    batches.at(-1)?.push(fact);
  }
  return {
    generations: () => batches.map((_, index) => index),
    readArchive: (generation: number) => ({ facts: batches[generation] ?? [], verdict: { intact: true } }),
  } as unknown as Parameters<typeof findTransactions>[1];
};
export const search = async (world: World): Promise<readonly Found[]> => {
  const { rows } = await findTransactions(world.last('find').query, storeOf(world.facts), soon, () => undefined);
  return rows;
};
