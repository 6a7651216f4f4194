import { test } from 'tap';
import type { SettlementFlag } from '../../hal/acquirer.ts';
import { minuteOf } from '../../state-machine/calendar.ts';
import { approval, fault, provisioned, rules, World } from './world.ts';

const signedOnTo = (world: World, batch: number): World =>
  world.signOn({ outcome: 'signedOn', batch: batch as never, hostTime: '000000', hostDate: '0101', pinKey: '' });
const refused = (world: World, effect: 'upload' | 'endBatch', responseCode: string): World =>
  world.happen({
    type: 'uploadAnswered',
    effect: world.last(effect).id,
    answer: { outcome: 'declined', responseCode },
  });

/** A terminal with so many captured sales of 12.34, the last `foreign` of them by foreign cards. */
const withSales = (count: number, foreign = 0, withRules = rules): World => {
  const world = new World([provisioned], withRules).start().signOn();
  for (let n = 0; n < count; n++) {
    const organisation = n >= count - foreign ? 'VIS' : 'CUP';
    world
      .upToPin()
      .pin()
      .authorised({ ...approval, cardOrganisation: organisation } as typeof approval);
    world.printed().keys('enter').printed().keys('enter');
  }
  return world;
};
const settle = (world: World): World => world.keys('menu', '7', '5', 'enter');
const answer = (world: World, domestic: SettlementFlag, foreign: SettlementFlag): World =>
  world.happen({
    type: 'settlementAnswered',
    effect: world.last('settle').id,
    answer: { outcome: 'reconciled', domestic, foreign },
  });
const uploaded = (world: World): World =>
  world.happen({ type: 'uploadAnswered', effect: world.last('upload').id, answer: { outcome: 'accepted' } });
const ended = (world: World): World =>
  world.happen({ type: 'uploadAnswered', effect: world.last('endBatch').id, answer: { outcome: 'accepted' } });

test('a balanced settlement: totals, batch end, slip, next batch, sign-on (M7)', async (t) => {
  const world = settle(withSales(3, 1));
  t.match(world.last('settle').totals, {
    domestic: { debit: { amount: 2468, count: 2 }, credit: { amount: 0, count: 0 } },
    foreign: { debit: { amount: 1234, count: 1 } },
  });
  ended(answer(world, 'balanced', 'balanced'));
  t.match(world.last('endBatch'), { balanced: true, count: 0 });
  t.match(world.facts.at(-1), {
    type: 'batchOpened',
    terminalId: '00000001',
    batch: 2,
    settled: { batch: 1, printed: false },
  });
  t.equal(world.last('print').slip.slip, 'settlement');
  world.printed().keys('enter');
  t.equal(world.state.book.lastSettlement?.printed, true);
  t.equal(world.phase, 'signingOn');
  t.equal(world.state.book.sales.length, 0);
});

test('M7: an unbalanced half is uploaded, eight records a message, and only that half', async (t) => {
  const world = answer(settle(withSales(12, 2)), 'unbalanced', 'balanced');
  t.equal(world.last('upload').saleIds.length, 8);
  uploaded(world);
  t.equal(world.last('upload').saleIds.length, 2);
  ended(uploaded(world));
  t.match(world.last('endBatch'), { balanced: false, count: 10 });
});

test('M7: a settlement cut off at any step goes on from its last fact, under a new trace number (M6)', async (t) => {
  const settled = (world: World) => world.state.book.lastSettlement !== undefined;
  const steps = [
    (world: World) => settle(world),
    (world: World) => answer(world, 'unbalanced', 'unbalanced'),
    (world: World) => uploaded(world),
    (world: World) => uploaded(world),
  ];
  for (let cut = 1; cut <= steps.length; cut++) {
    let world = withSales(10);
    for (const step of steps.slice(0, cut)) world = step(world);
    const usedBefore = world.state.book.nextStan;
    world = world.restarted().start().signOn();
    if (world.phase === 'settling') answer(world, 'unbalanced', 'unbalanced');
    while (world.phase === 'uploading') uploaded(world);
    t.equal(world.phase, 'endingBatch', `cut after step ${cut}`);
    t.ok(world.last('endBatch').stan > usedBefore);
    t.ok(settled(ended(world)));
  }
});

test('without an answer it is tried again, and the clerk can hurry it; nothing else is done meanwhile', async (t) => {
  const world = settle(withSales(1));
  const { stan } = world.last('settle');
  world.happen({
    type: 'settlementAnswered',
    effect: world.last('settle').id,
    answer: { outcome: 'unanswered', fault },
  });
  t.equal(world.phase, 'settlementWait');
  world.keys('5');
  t.equal(world.phase, 'settlementWait');
  world.wait(5_000);
  t.ok(world.last('settle').stan > stan);
  world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: { outcome: 'notSent', fault } });
  const sent = world.last('settle').stan;
  t.equal(world.keys('enter').phase, 'settling');
  t.equal(world.last('settle').stan, sent, 'nothing of it had left');
});

test('paper out under the settlement slip does not stop the batch; the slip is owed', async (t) => {
  const world = ended(answer(settle(withSales(1)), 'balanced', 'balanced'));
  world.notPrinted().cleared().keys('cancel').signOn();
  t.equal(world.phase, 'idle');
  world.keys('function');
  t.equal(world.last('print').slip.slip, 'settlement');
});

test('a sale that still owes a slip is carried into the next batch', async (t) => {
  const world = new World().start().signOn().upToPin().pin().authorised().printed().keys('enter');
  world.notPrinted().cleared().keys('cancel');
  ended(answer(settle(world), 'balanced', 'balanced'))
    .printed()
    .keys('enter')
    .signOn();
  world.keys('function');
  t.match(world.last('print').slip, { slip: 'cardholder' });
  world.printed();
  t.match(world.state.phase, { notice: { says: 'copyPrinted' } });
});

test('nothing to settle: no message is sent', async (t) => {
  const world = new World().start().signOn().keys('menu', '7', '5');
  t.match(world.state.phase, { notice: { says: 'nothingToSettle' } });
});

test('the batch number is the one that the acquirer gives at sign-on', async (t) => {
  const world = new World().start();
  world.signOn({ outcome: 'signedOn', batch: 727 as never, hostTime: '000000', hostDate: '0101', pinKey: '' });
  t.equal(world.state.book.batch, 727);
});

test('M7: a batch end whose answer was lost is repeated in the old batch, though the sign-on gives the next', async (t) => {
  for (const next of [2, 727]) {
    const world = answer(settle(withSales(1)), 'balanced', 'balanced')
      .restarted()
      .start();
    signedOnTo(world, next);
    t.match(world.last('endBatch'), { batch: 1, balanced: true });
    ended(world);
    t.match(world.facts.at(-1), { type: 'batchOpened', batch: next, settled: { batch: 1 } });
    world.printed().keys('enter');
    t.equal(world.last('signOn').batch, next);
  }
});

test('M7: an upload is finished in the batch that it was begun in, once its batch end is due', async (t) => {
  const world = uploaded(answer(settle(withSales(1)), 'unbalanced', 'balanced'))
    .restarted()
    .start();
  signedOnTo(world, 2);
  t.match(world.last('endBatch'), { batch: 1, balanced: false, count: 1 });
});

test('M7, M10: where the acquirer left the batch by itself, the settlement begins anew in the one that it is in', async (t) => {
  const world = signedOnTo(
    answer(settle(withSales(9)), 'unbalanced', 'balanced')
      .restarted()
      .start(),
    5,
  );
  t.match(world.last('settle'), { batch: 5, totals: { domestic: { debit: { count: 9 } } } });
  answer(world, 'unbalanced', 'balanced');
  t.match(world.last('upload'), { batch: 5 });
  t.equal(world.last('upload').saleIds.length, 8, 'from the first record on');
  ended(uploaded(uploaded(world)));
  t.match(world.facts.at(-1), { type: 'batchOpened', batch: 6, settled: { batch: 5 } });
});

test('M7, M10: a batch end that is refused with 77 after a sign-on to another batch begins the settlement anew', async (t) => {
  const world = refused(answer(settle(withSales(1)), 'balanced', 'balanced'), 'endBatch', '77');
  t.equal(world.phase, 'settlementWait');
  signedOnTo(world.wait(5_000), 5);
  t.match(world.last('endBatch'), { batch: 1 }, 'an end before it may have been accepted');
  refused(world, 'endBatch', '77');
  t.match(world.last('settle'), { batch: 5 });
  t.equal(world.phase, 'settling');
});

test('M10: an acquirer that answers 77 for ever is asked less and less often, sign-ons or not', async (t) => {
  const world = refused(answer(settle(withSales(1)), 'balanced', 'balanced'), 'endBatch', '77');
  refused(world.wait(5_000).signOn(), 'endBatch', '77').wait(5_000);
  t.equal(world.phase, 'settlementWait');
  t.equal(world.wait(5_000).phase, 'signingOn');
});

test('M10: totals that the acquirer refuses in a form of its own are sent again after a sign-on', async (t) => {
  const world = settle(withSales(1));
  const { id } = world.last('settle');
  world.happen({
    type: 'settlementAnswered',
    effect: id,
    answer: { outcome: 'invalid', field: '39', what: 'refuses' },
  });
  t.equal(world.wait(5_000).phase, 'signingOn');
  t.equal(world.signOn().phase, 'settling');
});

test('自动签退: by the shop’s choice the terminal signs off behind the settlement and waits to be signed on; else it trades on', async (t) => {
  const settled = (signOffAfterSettlement: boolean): World => {
    const world = withSales(1, 0, { ...rules, signOffAfterSettlement }).keys('menu', '7', '5', 'enter');
    const flags = { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' } as const;
    world.happen({ type: 'settlementAnswered', effect: world.last('settle').id, answer: flags });
    world.happen({ type: 'uploadAnswered', effect: world.last('endBatch').id, answer: { outcome: 'accepted' } });
    return world.printed().keys('enter');
  };
  t.equal(settled(false).phase, 'signingOn');
  const world = settled(true);
  t.equal(world.phase, 'signingOff');
  t.match(world.last('signOff'), { batch: 2 });
  world.happen({ type: 'signOffAnswered', effect: world.last('signOff').id, answer: { outcome: 'signedOff' } });
  t.equal(world.keys('enter').phase, 'signedOff');
});

test('M5, M7: a technician asks for the settlement at rest, and for its next try; nothing is begun out of turn', (t) => {
  const asked = { type: 'settlementAsked', by: 'tech' } as const;
  const world = withSales(1).happen(asked);
  t.equal(world.phase, 'settling');
  t.match(world.facts.slice(-2), [{ type: 'asked', what: 'settlement', by: 'tech' }, { type: 'settlementStarted' }]);
  t.equal(world.happen(asked).rejections.at(-1), 'notAtRest', 'it is under way');
  world.happen({
    type: 'settlementAnswered',
    effect: world.last('settle').id,
    answer: { outcome: 'unanswered', fault },
  });
  t.equal(world.phase, 'settlementWait');
  t.equal(world.happen(asked).phase, 'settling', 'the next try, now');
  const busy = withSales(1).upToPin().happen(asked);
  t.strictSame([busy.phase, busy.rejections.at(-1)], ['pin', 'notAtRest']);
  busy.pin().authorised().printed().keys('enter').printed().keys('enter');
  t.equal(busy.phase, 'idle', 'and it is not remembered');
  const empty = new World().start().signOn().happen(asked);
  t.strictSame([empty.phase, empty.rejections.at(-1)], ['idle', 'nothingToSettle']);
  t.notOk(empty.factTypes.includes('asked'), 'what is not done is not in the ledger');
  const refused = withSales(1);
  refused.disk = () => 'refused';
  t.equal(refused.happen(asked).phase, 'notice', 'without a record of who asked nothing is done');
  t.throws(() => refused.last('settle'));
  t.end();
});

test('at the time of day that the shop has chosen it settles by itself: at rest at once, else when what is in hand is over', async (t) => {
  const world = withSales(1).happen({ type: 'settlementDue' });
  t.equal(world.phase, 'settling');
  const busy = withSales(1).upToPin().happen({ type: 'settlementDue' });
  t.equal(busy.phase, 'pin', 'a sale is not broken off');
  busy.pin().authorised().printed().keys('enter').printed().keys('enter');
  t.equal(busy.phase, 'settling');
  const empty = new World().start().signOn().happen({ type: 'settlementDue' });
  t.equal(empty.phase, 'idle', 'nothing to settle');
});

test('M4: the settlement slip is not printed again before the reversal slip that is due', async (t) => {
  const world = ended(answer(settle(withSales(1)), 'balanced', 'balanced'))
    .printed()
    .keys('enter')
    .signOn();
  world.upToPin().pin().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' });
  world.cleared(false).reversalAnswered().notPrinted().cleared(false).keys('enter', 'menu', '6', '5');
  t.equal(world.last('print').slip.slip, 'reversal');
  t.equal(world.printed().last('print').slip.slip, 'settlement');
});

test('the day’s settlement that a restart or a night without power came between is made at the next start', (t) => {
  const settleAt = minuteOf('22:30');
  const world = new World([provisioned], { ...rules, settleAt });
  world.now = Date.parse('2026-11-22T20:00:00+08:00');
  world.upToRequest().authorised().printed().keys('enter').printed().keys('enter');
  const evening = world.restarted();
  evening.now = Date.parse('2026-11-22T22:00:00+08:00');
  t.equal(evening.start().signOn().phase, 'idle', 'not before its time');
  const morning = world.restarted();
  morning.now = Date.parse('2026-11-23T08:00:00+08:00');
  t.equal(morning.start().signOn().phase, 'settling');
  t.end();
});
