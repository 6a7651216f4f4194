/** 订单号 and 备注码: what a shop wants in the record of a sale. */
import { test } from 'tap';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { provisioned, rules, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const asking = (): World =>
  new World([provisioned], { ...rules, remarks: ['orderNumber', 'note'] }).start().signOn().keys('5', '00', 'enter');

test('where the shop wants it, an order number and a note are asked for, and stand in the intent (001-14, 003-02)', async (t) => {
  const world = asking();
  t.match(screen(world), /RMB 5.00\|请输入订单号:\|\|确认 可不输/);
  world.keys('0', '4', '3', 'clear', '2');
  t.match(screen(world), /042/);
  world.keys('enter');
  t.match(screen(world), /RMB 5.00\|请输入备注码:/);
  world.keys('8', '8', 'enter');
  t.match(screen(world), /示例便利店\|测试路店\|RMB 5.00\|请顾客核对/);
  world.keys('enter').printerReady().swiped().pin();
  t.match(world.facts.at(-1), { type: 'intended', amount: 500, orderNumber: '042', note: '88' });
  t.match(world.state.book.sales[0], { orderNumber: '042', note: '88' });
  t.match(world.restarted().state.book.sales[0], { orderNumber: '042', note: '88' });
});

test('each may be left out, and is not asked for where the shop does not want it (001-14)', async (t) => {
  const world = asking().keys('enter', 'enter', 'enter').printerReady().swiped().pin();
  t.notOk('orderNumber' in (world.facts.at(-1) ?? {}) || 'note' in (world.facts.at(-1) ?? {}));
  const only = new World([provisioned], { ...rules, remarks: ['note'] }).start().signOn().keys('5', 'enter');
  t.match(screen(only), /备注码/);
  t.equal(new World().start().signOn().keys('5', 'enter').phase, 'confirm');
  t.equal(asking().keys('cancel').phase, 'idle');
  t.equal(asking().wait(60_000).phase, 'idle');
});

test('M9: the number of a card does not fit where an order number is asked for', async (t) => {
  const world = asking().keys('4', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1');
  t.equal(world.rejections.at(-1), 'tooManyDigits');
});
