/** How long something may still be taken back, what that may cost, and what is offered first. */
import { test } from 'tap';
import type { Digit } from '../../hal/keypad.ts';
import type { Rules } from '../../state-machine/rules.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { provisioned, rules, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const day = 86_400_000;

const approved = (change: Partial<Rules>): World =>
  new World([provisioned], { ...rules, ...change }).upToRequest().authorised().printed().keys('enter').printed();
/** The original of a void or a refund of voucher 2, so long after its sale. */
const chosen = (change: Partial<Rules>, key: '2' | '3', laterMs = 0): World => {
  const world = approved(change).keys('enter');
  world.now += laterMs;
  return world.keys('menu', key, '1', 'enter').password(true).keys('2', 'enter');
};

test('the window for a refund is counted in days on the original’s screen, and past it refused in words (004-06)', async (t) => {
  t.match(screen(chosen({ refundDays: 30 }, '3')), /退货 000002\|最多 12.34\|\*1234 剩30天\|/);
  t.match(screen(chosen({ refundDays: 30 }, '3', 30 * day)), /\*1234 剩0天\|/, 'the last day');
  const late = chosen({ refundDays: 30 }, '3', 31 * day);
  t.match(screen(late), /已过退货期限\|30 天\|不能退货/);
  t.equal(late.keys('enter').phase, 'idle');
  t.match(screen(chosen({}, '3', 300 * day)), /最多 12.34\|\*{6}1234\|/, 'without a window nothing is counted');
});

test('a supervisor extends the window where the policy lets him, for a reason that is recorded (004-06)', async (t) => {
  const policy = { refundDays: 30, lateRefunds: true };
  const late = (): World => chosen(policy, '3', 31 * day);
  t.match(screen(late()), /已过退货期 30天\|主管延期 原因:\|1质量2协商3其他/);
  t.equal(late().keys('9').rejections.at(-1), 'keyWithoutMeaning');
  t.equal(late().keys('cancel').phase, 'idle');
  t.equal(late().wait(60_000).phase, 'idle');
  for (const [key, lateReason] of [
    ['1', 'faulty'],
    ['2', 'agreed'],
    ['3', 'other'],
  ] as const) {
    const world = late().keys(key);
    t.match(screen(world), /退货 000002/);
    world.keys('enter', '2', '00', 'enter', 'enter').printerReady().swiped();
    t.match(world.facts.at(-1), { type: 'intended', kind: 'refund', supervisor: '00', lateReason });
  }
});

test('the date of a slip that is typed counts too (004-06)', async (t) => {
  const typed = (change: Partial<Rules>, date: string): World => {
    const world = new World([provisioned], { ...rules, ...change }).start().signOn();
    world.keys('menu', '3', '1', 'enter').password(true).keys('9', 'enter').found();
    return world
      .keys(...('170512345678'.split('') as Digit[]), 'enter', ...(date.split('') as Digit[]), 'enter')
      .found();
  };
  // It is the first of January 1970.
  t.equal(typed({ refundDays: 30 }, '1202').phase, 'amount');
  t.match(screen(typed({ refundDays: 30 }, '1201')), /已过退货期限/);
  const extended = typed({ refundDays: 30, lateRefunds: true }, '1201').keys('2');
  t.equal(extended.phase, 'amount');
});

test('after an approved sale its void is offered first, on the very screen that says so (004-15)', async (t) => {
  const world = approved({});
  t.match(screen(world), /交易成功\|RMB 12.34\|凭证 000002\|确认返回 2撤销/);
  world.keys('2', '1', 'enter').password(true);
  t.match(screen(world), /撤销 000002\|RMB 12.34/);
  world.keys('enter').printerReady().swiped().pin();
  t.match(world.facts.at(-1), { type: 'intended', kind: 'void', amount: 1234 });
  world.authorised().printed().keys('enter').printed();
  t.match(screen(world), /交易成功.*按确认键返回/, 'a void has none');
  t.equal(world.keys('2').rejections.at(-1), 'keyWithoutMeaning');
  t.match(screen(approved({ switchedOff: ['void'] }).keys('2')), /本终端未开通/);
});

test('where a void is chosen stands how long it may still be done: until its window is over, or the settlement (004-15)', async (t) => {
  t.match(screen(chosen({ voidMs: 3_600_000 }, '2', 60_000)), /撤销 000002\|RMB 12.34\|\*1234 剩59分钟\|/);
  // The clock of these tests begins at 8 in the morning.
  t.match(screen(chosen({ settleAt: 22 * 60 + 30 }, '2')), /\*1234 剩14小时\|/);
  t.match(screen(chosen({ settleAt: 22 * 60 + 30, voidMs: 300_000 }, '2')), /\*1234 剩5分钟\|/, 'the nearer one');
  t.match(screen(chosen({}, '2')), /\|\*{6}1234\|/);
});

test('what a void or a refund may cost is shown before it, and the customer may still say no (002-07, 002-17)', async (t) => {
  const feeNotice = '跨行退货可能收取手续费,以发卡行为准。费率见银行公告。';
  for (const key of ['2', '3'] as const) {
    const world = chosen({ feeNotice }, key).keys('enter');
    t.match(screen(world), /^跨行退货可能收取\|手续费,以发卡行\|为准。费率见银行\|告知顾客后确认$/);
    t.equal(world.keys('9').rejections.at(-1), 'keyWithoutMeaning');
    t.match(screen(world.keys('enter')), /^公告。\|/, 'to its end');
    t.equal(world.keys('enter').phase, key === '2' ? 'checkingPrinter' : 'amount');
    const refused = chosen({ feeNotice }, key).keys('enter', 'cancel');
    t.equal(refused.phase, 'idle');
    t.equal(chosen({ feeNotice }, key).keys('enter').wait(60_000).phase, 'idle');
  }
  t.equal(chosen({}, '2').keys('enter').phase, 'checkingPrinter');
});
