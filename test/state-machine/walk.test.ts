import { test } from 'tap';
import { kinds } from '../../state-machine/kinds.ts';
import { columns, view, widthOf } from '../../state-machine/view.ts';
import { identity, walk } from './walk.ts';

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

test('100 000 keys at random end in named states with a screen of their own, and the rules hold (004-09)', async (t) => {
  const phases = new Map<string, number>();
  let steps = 0;
  for (let seed = 1; seed <= 500; seed++) {
    walk(
      seed,
      500,
      (state) => {
        steps++;
        phases.set(state.phase.name, (phases.get(state.phase.name) ?? 0) + 1);
        const { lines } = view(state, identity, 'zh-CN');
        const isTold = lines.length === 4 && lines.some((line) => line.trim() !== '');
        const isWide = lines.some((line) => widthOf(line) > columns);
        if (!isTold || isWide) throw new Error(`seed ${seed}: ${state.phase.name} shows ${lines.join('|')}`);
      },
      'anybody',
    );
  }
  t.ok(steps > 240_000, `${steps} steps, a key all but each`);
  t.ok(phases.size > 40, `${phases.size} of the phases were met: ${[...phases.keys()].join(' ')}`);
  t.notOk(phases.has('outOfService'), 'and none of them is the end');
});
