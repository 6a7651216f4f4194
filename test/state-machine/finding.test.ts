/** 交易查询 and 重打印 by number: all that fit are shown, none is picked. */
import { test } from 'tap';
import type { Digit } from '../../hal/keypad.ts';
import { type MinorUnits, minorUnits } from '../../hal/units.ts';
import { totalsOf } from '../../state-machine/book.ts';
import type { Found, Sale } from '../../state-machine/sale.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { card, fault, provisioned, rules, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const sold = (): World => new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');

const rowOf = (world: World): Found => {
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  return { sale, left: sale.amount };
};

test('search by voucher, amount or card tail; all matches are listed, one a screen (000-03, 001-07, 001-15, 002-20)', async (t) => {
  const world = sold();
  const row = rowOf(world);
  world.keys('menu', '7', '3', '2', '1', '2', '3', '4');
  t.match(screen(world), /交易查询\|请输入金额:\|RMB 12.34/);
  world.keys('enter');
  t.match(world.last('find').query, { by: 'amount', amount: 1234 });
  world.found(row, { ...row, left: 0 as MinorUnits });
  t.match(screen(world), /1\/2 消费\|000002 成功\|12.34 \*1234\|确认下 功能:处理/);
  t.equal(world.keys('clear').rejections.at(-1), 'endOfList');
  world.keys('enter');
  t.match(screen(world), /2\/2 消费\|000002 已撤退/);
  t.equal(world.keys('enter').rejections.at(-1), 'endOfList');
  world.keys('clear');
  t.match(screen(world), /1\/2/);
  world.keys('cancel', 'menu', '7', '3', '3', '1', '2', 'enter');
  t.equal(world.rejections.at(-1), 'nothingEntered', 'four digits');
  world.keys('3', '4', 'enter');
  t.match(world.last('find').query, { by: 'card', tail: '1234' });
  world.found();
  t.match(screen(world), /无此交易/);
  world.keys('enter', 'menu', '7', '3', '1', '0', '0', '0', '0', '0', '2', 'enter');
  t.match(world.last('find').query, { by: 'voucher', stan: 2 });
});

test('search by the shop’s order number (003-02)', async (t) => {
  const world = sold().keys('menu', '7', '3', '5', '0', '0', '4', '2');
  t.match(screen(world), /交易查询\|请输入订单号:\|0042/);
  t.strictSame(world.keys('enter').last('find').query, { by: 'order', orderNumber: '0042' });
});

test('search by the time on a message or in somebody’s memory, half an hour either way; a sale that was found so is voided (000-03, 002-13)', async (t) => {
  const minute = 60_000;
  // It is the first of January 1970, 08:00 in Beijing.
  const asked = (...digits: Digit[]): World => sold().keys('menu', '7', '3', '6', ...digits, 'enter');
  const at = Date.parse('1969-12-31T23:40:00+08:00');
  const yesterday = asked('1', '2', '3', '1', '2', '3', '4', '0');
  t.strictSame(yesterday.last('find').query, { by: 'time', from: at - 30 * minute, to: at + 30 * minute });
  const today = Date.parse('1970-01-01T08:00:00+08:00');
  t.match(asked('0', '1', '0', '1', '0', '8', '0', '0').last('find').query, { from: today - 30 * minute });
  for (const wrong of ['0230', '1331', '0101240', '01012400', '01012360', '0101'])
    t.equal(asked(...(wrong.split('') as Digit[])).rejections.at(-1), 'nothingEntered', wrong);
  t.match(screen(sold().keys('menu', '7', '3', '6', '1', '2')), /交易查询\|请输入月日时分:\|12/);
  t.match(screen(yesterday.found(rowOf(yesterday)).keys('2', '1', 'enter').password(true)), /撤销 000002/);
});

test('a row that was found is printed, voided or refunded without its number being typed (001-02, 002-20)', async (t) => {
  const listed = (): World => {
    const world = sold();
    return world.keys('menu', '7', '3', '1', '2', 'enter').found(rowOf(world));
  };
  const printing = listed().keys('1');
  t.match(printing.last('print').slip, { slip: 'merchant', number: 2 }, 'marked as a further print');
  const voiding = listed().keys('2', '1', 'enter').password(true);
  t.match(screen(voiding), /撤销 000002\|RMB 12.34/);
  const refunding = listed().keys('3', '1', 'enter').password(true);
  t.match(screen(refunding), /退货 000002\|最多 12.34/);
});

test('M10: where the disk can not be read it is said so, and no slip is taken at its word instead', async (t) => {
  const refunding = sold().keys('menu', '3', '1', 'enter').password(true).keys('9', 'enter');
  refunding.happen({ type: 'found', effect: refunding.last('find').id, rows: [], unread: true });
  t.match(screen(refunding), /存储故障\|未能查找\|请重试/);
});

test('补收差额: too little was taken, and a second sale that names the first takes the rest, by whatever card (003-04, 003-21)', async (t) => {
  const world = sold();
  world.keys('menu', '7', '3', '1', '2', 'enter').found(rowOf(world)).keys('6');
  t.match(screen(world), /请输入金额:\|RMB 0.00\|补收 000002/);
  world.keys('5', '00', 'enter', 'enter').printerReady();
  world.happen({ type: 'card', card: { ...card, cardHash: 'another' } }).pin();
  const first = world.state.book.sales[0];
  const differenceOf = { saleId: first?.id, batch: 1, stan: 2 };
  t.match(world.facts.at(-1), { type: 'intended', kind: 'sale', amount: 500, differenceOf });
  world.authorised().printed().keys('enter').printed().keys('enter');
  t.match(world.state.book.sales, [
    { status: 'captured', amount: 1234 },
    { status: 'captured', amount: 500, differenceOf },
  ]);
  t.equal(world.state.book.sales[0]?.voidedBy, undefined, 'the first one stands as it was');
  t.strictSame(totalsOf(world.state.book).domestic.debit, { amount: 1734, count: 2 });
  const second = world.state.book.sales[1] as Found['sale'];
  world.keys('menu', '7', '3', '1', '3', 'enter').found({ sale: second, left: second.amount });
  t.match(screen(world), /1\/1 补收\|000003 成功/);
});

test('M2, M4: a sale for a difference lives as any: without its slip it is reversed, and the first one stands', async (t) => {
  const world = sold();
  world.keys('menu', '7', '3', '1', '2', 'enter').found(rowOf(world)).keys('6', '5', '00', 'enter', 'enter');
  world.printerReady().swiped().pin().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  world.reversalAnswered().printed();
  t.match(world.state.book.sales, [{ status: 'captured' }, { status: 'reversed' }]);
});

test('no difference is taken of what was voided, refunded whole or never stood, nor while the terminal is locked', async (t) => {
  const row = rowOf(sold());
  const refused = (rows: Found): string =>
    screen(sold().keys('menu', '7', '3', '1', '2', 'enter').found(rows).keys('6'));
  t.match(refused({ ...row, left: 0 as MinorUnits }), /原交易不符条件\|不能补收/);
  t.match(refused({ ...row, sale: { ...row.sale, kind: 'refund' } }), /不能补收/);
  t.match(refused({ ...row, sale: { ...row.sale, status: 'reversed' } }), /不能补收/);
  const locked = sold().keys('menu', '7', '7', 'enter', 'menu', '7', '3', '1', '2', 'enter').found(row).keys('6');
  t.match(screen(locked), /终端已锁定/);
});

test('any slip is printed again by its number: of this batch by the clerk, of a kept one by a supervisor, and that is recorded', async (t) => {
  const own = sold();
  own.keys('menu', '6', '2', '2', 'enter').found(rowOf(own)).keys('1').printed().printed();
  t.match(screen(own), /打印完成/);
  const row = rowOf(sold());
  const world = new World([provisioned]).start().signOn().keys('menu', '6', '2', '2', 'enter').found(row).keys('1');
  t.match(screen(world), /主管\|请输入主管密码/);
  world.keys('1', 'enter').password(true);
  t.match(world.last('print').slip, { slip: 'archived' });
  world.printed();
  t.match(world.facts.at(-1), { type: 'reprinted', voucher: 2, batch: 1, supervisor: '00' });
  const nobody = new World([provisioned], withoutSupervisor()).start().signOn();
  nobody.keys('menu', '6', '2', '2', 'enter').found(row).keys('1');
  t.match(screen(nobody), /未设主管密码/);
  const mute = new World([provisioned]).start().signOn().keys('menu', '6', '2', '2', 'enter').found(row).keys('1');
  mute.keys('1', 'enter').password(true).notPrinted().cleared();
  t.match(screen(mute), /小票未打印\|打印机缺纸/);
});

test('one key at the idle screen prints the last slip again (003-01)', async (t) => {
  const world = sold().keys('function');
  t.match(world.last('print').slip, { slip: 'merchant', number: 2 });
  world.printed();
  t.match(world.last('print').slip, { slip: 'cardholder', number: 2 });
});

const withoutSupervisor = () => {
  const { supervisor: _, ...others } = rules;
  return others;
};

test('a reversed sale has no slip but its reversal slip; one that never was has none', async (t) => {
  const reversed = new World()
    .upToRequest()
    .authorised({ outcome: 'badMac' })
    .reversalAnswered()
    .printed()
    .keys('enter');
  reversed.keys('menu', '6', '2', '2', 'enter').found(rowOf(reversed)).keys('1');
  t.match(reversed.last('print').slip, { slip: 'reversal', number: 2 });
  const declined = new World().upToRequest().authorised({ outcome: 'declined', responseCode: '51' }).keys('enter');
  declined.keys('menu', '6', '2', '2', 'enter').found(rowOf(declined)).keys('1');
  t.match(screen(declined), /无可打印的小票/);
  for (const answer of [{ outcome: 'declined', responseCode: '51' } as const, { outcome: 'notSent', fault } as const]) {
    const [sale] = new World().upToRequest().authorised(answer).state.book.sales;
    const later = new World([provisioned]).start().signOn().keys('menu', '6', '2', '2', 'enter');
    later.found({ sale: sale as Sale, left: minorUnits(0) }).keys('1');
    t.match(screen(later), /无可打印的小票/, `${answer.outcome}, of a kept batch`);
  }
});

test('totals of the batch are shown; a settlement slip is printed again', async (t) => {
  const world = sold().keys('menu', '7', '3', '4');
  t.match(screen(world), /批次 000001\|借记 1 12.34\|贷记 0 0.00/);
  world.keys('enter', 'menu', '6', '5');
  t.match(screen(world), /无可打印的小票/, 'there was no settlement yet');
});

test('cancel and time lead back to rest from every step of it (003-12, 004-14)', async (t) => {
  const steps: readonly (readonly ['menu', ...('1' | '2' | '3' | '4' | '6' | '7' | 'enter')[]])[] = [
    ['menu'],
    ['menu', '4'],
    ['menu', '7', '3', '1'],
    ['menu', '7', '3', '4'],
  ];
  for (const keys of steps) {
    t.equal(sold().keys(...keys, 'cancel', 'cancel').phase, 'idle', keys.join(' '));
    t.equal(
      sold()
        .keys(...keys)
        .wait(60_000).phase,
      'idle',
      keys.join(' '),
    );
  }
  const world = sold();
  t.equal(world.keys('menu', '7', '3', '1', '2', 'enter').found(rowOf(world)).wait(60_000).phase, 'idle');
  t.equal(world.keys('menu', '7', '6').phase, 'notice', 'nothing is in doubt');
});

test('M10: a full batch takes no void or refund of what was found either: its totals have three digits a count', async (t) => {
  for (const key of ['2', '3'] as const) {
    const world = new World([provisioned], { ...rules, maxBatch: 1 }).upToRequest().authorised().printed();
    world.keys('enter').printed().keys('enter', 'menu', '7', '3', '1', '2', 'enter').found(rowOf(world)).keys(key);
    t.match(world.state.phase, { name: 'notice', notice: { says: 'batchFull' } });
  }
});
