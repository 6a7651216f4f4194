import { test } from 'tap';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';
import { recover, step } from '../../state-machine/step.ts';
import { approval, provisioned, rules, World } from './world.ts';

const stamps = { at: 5 as MonotonicMs, wall: 5 as EpochMs, id: 'x' };

test('the same state and event give the same result, and neither is changed', async (t) => {
  const { state } = new World().start().signOn();
  const before = JSON.stringify(state);
  const event = { type: 'key', key: '5', ...stamps } as const;
  t.strictSame(step(rules, state, event), step(rules, state, event));
  t.equal(JSON.stringify(state), before);
});

test('an outcome is taken only by the phase that waits for that effect', async (t) => {
  const world = new World().upToRequest();
  const { state } = world;
  const stale = { type: 'authorised', effect: 'authorise/other', answer: approval, ...stamps } as never;
  t.strictSame(step(rules, state, stale), { rejected: 'staleOutcome' });
  const elsewhere = {
    type: 'printed',
    effect: world.last('authorise').id,
    verdict: { verdict: 'PRINTED' },
    ...stamps,
  } as never;
  t.strictSame(step(rules, state, elsewhere), { rejected: 'staleOutcome' });
});

test('a deadline is taken only when it has come', async (t) => {
  const world = new World().start().signOn().keys('5');
  world.wait(59_999);
  t.strictSame(world.rejections, ['noSuchDeadline']);
  t.equal(world.wait(1).phase, 'idle');
});

test('recovering twice from the same facts gives the same, and from an empty ledger an empty book', async (t) => {
  const facts = [provisioned];
  t.strictSame(recover(facts, 9 as EpochMs), recover(facts, 9 as EpochMs));
  t.equal(recover([], 9 as EpochMs).state.book.provisioned, false);
});
