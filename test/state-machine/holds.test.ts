/** 挂失 and 小票问题: a slip that was lost must not be used, and what can be done about it stands on the screen. */
import { test } from 'tap';
import { fold } from '../../state-machine/book.ts';
import { isHeldSlip } from '../../state-machine/holds.ts';
import { nextBatch } from '../../state-machine/next-batch.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const sold = (): World => new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');

/** With the sale of voucher 2 found, and what can be done about it. */
const remedies = (world: World): World => {
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  return world.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('function');
};
const held = (): World => remedies(sold()).keys('4', 'cancel');

test('a slip problem: the row that was found with its state, and all that can be done by a key (000-20)', async (t) => {
  const world = remedies(sold());
  t.match(screen(world), /000002 成功\|1重打2撤销3退货\|4挂失5查单6补收\|7事件 取消返回/);
  t.equal(world.keys('9').rejections.at(-1), 'keyWithoutMeaning');
  t.match(remedies(sold()).keys('1').last('print').slip, { slip: 'merchant', number: 2 });
  t.equal(remedies(sold()).keys('2').phase, 'password');
  t.equal(remedies(sold()).keys('3').phase, 'password');
  const asking = remedies(sold()).keys('5');
  t.match(asking.last('print').slip, { slip: 'query', sale: { stan: 2 } });
  t.match(screen(asking), /正在打印\|交易查询单/);
  t.match(screen(asking.printed()), /打印完成/);
  t.match(screen(remedies(sold()).keys('5').notPrinted().cleared()), /小票未打印/);
  t.equal(remedies(sold()).keys('cancel').phase, 'idle');
  t.equal(remedies(sold()).wait(60_000).phase, 'idle');
});

test('of what does not stand only its slip and a query sheet are offered (000-20)', async (t) => {
  const declined = new World().upToRequest().authorised({ outcome: 'declined', responseCode: '51' }).keys('enter');
  const world = remedies(declined);
  t.match(screen(world), /000002 被拒\|1重打\|5查单\|/);
  t.equal(world.keys('4').rejections.at(-1), 'keyWithoutMeaning');
});

test('a voucher that is held is neither voided nor refunded, by its number, by search or by what its slip says (000-13)', async (t) => {
  const world = remedies(sold()).keys('4');
  t.match(world.facts.at(-1), { type: 'held', batch: 1, voucher: 2, reference: '170512345678', operator: '01' });
  t.match(screen(world), /000002 已挂失\|1重打\|4解挂5查单6补收/);
  const refused = /小票已挂失\|不能撤销退货\|主管可解挂/;
  const voiding = held().keys('menu', '2', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(voiding), refused);
  const bySearch = remedies(held()).keys('3', '1', 'enter').password(true);
  t.match(screen(bySearch), refused);
  const bySlip = held().keys('menu', '3', '1', 'enter').password(true).keys('9', 'enter').found();
  bySlip.keys('1', '7', '0', '5', '1', '2', '3', '4', '5', '6', '7', '8', 'enter', '1', '1', '2', '2', 'enter');
  t.match(screen(bySlip), refused);
  const { holds } = held().state.book;
  t.ok(isHeldSlip(holds, { retrievalReference: '', authorisationCode: 'A1B2C3', date: '1122' }));
  t.notOk(isHeldSlip(holds, { retrievalReference: '', authorisationCode: 'A1B2C3', date: '1124' }));
});

test('a supervisor lifts the hold; both are recorded with who did it (000-13)', async (t) => {
  const wrong = remedies(held()).keys('4', '1', 'enter').password(false);
  t.equal(wrong.state.book.holds.length, 1);
  t.equal(remedies(held()).keys('4', 'cancel').phase, 'idle');
  const world = remedies(held()).keys('4', '1', 'enter').password(true);
  t.match(world.facts.at(-1), { type: 'released', batch: 1, voucher: 2, supervisor: '00' });
  t.match(screen(world), /已解挂 000002/);
  world.keys('enter', 'menu', '2', '1', 'enter').password(true).keys('2', 'enter');
  t.match(screen(world), /撤销 000002/);
});

test('a hold outlives a power cut and the settlement of its batch (000-13)', async (t) => {
  const world = held();
  t.strictSame(world.restarted().state.book.holds, world.state.book.holds);
  const settling = fold(
    [
      { type: 'settlementStarted', stan: 3, totals: { domestic: none, foreign: none } },
      { type: 'settlementAnswered', domestic: 'balanced', foreign: 'balanced', stan: 4 },
    ].map((fact) => ({ ...fact, at: 0 })) as never,
    world.state.book,
  );
  const next = fold(nextBatch(settling).map((fact) => ({ ...fact, at: 9 })) as never);
  t.strictSame(next.holds, world.state.book.holds);
  t.equal(next.sales.length, 0);
});

const none = { debit: { amount: 0, count: 0 }, credit: { amount: 0, count: 0 } };

test('what is held is not held twice, nor released without it, nor voided: a bug or an altered ledger', async (t) => {
  const world = held();
  const fact = world.facts.at(-1);
  if (fact?.type !== 'held') throw new Error('not held');
  t.throws(() => fold([fact], world.state.book), /held already/);
  const released = { type: 'released', saleId: fact.saleId, batch: fact.batch, voucher: fact.voucher } as const;
  t.throws(() => fold([{ ...released, supervisor: '00', at: fact.at }]), /was not held/);
  const intended = world.facts.find(({ type }) => type === 'intended');
  if (intended?.type !== 'intended') throw new Error('no sale');
  const { stan, amount } = intended;
  const original = { saleId: fact.saleId, batch: fact.batch, stan, retrievalReference: '', date: '1122' };
  const voiding = {
    ...intended,
    saleId: 'v' as never,
    kind: 'void',
    stan: world.state.book.nextStan,
    amount,
    original,
  };
  t.throws(() => fold([voiding as never], world.state.book), /is held/);
});
