/** What the terminal asks before it takes money: the same card and amount just before, and the day's limit. */
import { test } from 'tap';
import type { MinorUnits } from '../../hal/units.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { card, provisioned, rules, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const wary = { ...rules, twinMs: 600_000 };
const sold = (withRules = wary): World =>
  new World([provisioned], withRules).upToRequest().authorised().printed().keys('enter').printed().keys('enter');

test('the same card and amount within ten minutes: the clerk is asked, the slip before is offered first (002-02)', async (t) => {
  const world = sold().upToPin();
  t.equal(world.phase, 'twin');
  t.match(screen(world), /同卡同额 000002\|上笔已批准已打票\|1重打上笔\|2继续收款 取消/);
  world.keys('1');
  t.match(world.last('print').slip, { slip: 'merchant', number: 2 });
  t.match(
    world.effects.filter(({ type }) => type === 'forgetCard').length,
    2,
    'M9: the card that was swiped is forgotten',
  );
  t.equal(world.state.book.sales.length, 1);
});

test('asked, never declined: he may go on, and the intent says that he did (002-02)', async (t) => {
  const world = sold().upToPin().keys('2').pin();
  t.match(world.facts.at(-1), { type: 'intended', twin: world.state.book.sales[0]?.id });
  t.equal(sold().upToPin().keys('cancel').phase, 'notice');
  t.equal(sold().upToPin().wait(60_000).phase, 'notice', 'nobody answers');
});

test('a sale that did not come about, or was long ago, is no twin', async (t) => {
  const declined = new World([provisioned], wary).upToRequest().authorised({ outcome: 'declined', responseCode: '51' });
  t.equal(declined.keys('enter').upToPin().phase, 'pin');
  const late = sold();
  late.now += 600_001;
  t.equal(late.upToPin().phase, 'pin');
  t.equal(sold(rules).upToPin().phase, 'pin', 'by configuration never');
});

test('what a day may take is limited, and the day ends at midnight in Beijing (000-21, 004-18)', async (t) => {
  const world = sold({ ...rules, maxDay: 2000 as MinorUnits });
  world.keys('1', '2', '3', '4', 'enter');
  t.match(screen(world), /超过当日限额\|今日还可收\|RMB 7.66/);
  world.keys('enter', '7', '6', '6', 'enter');
  t.equal(world.phase, 'confirm');
  const next = world.keys('cancel');
  next.now += 86_400_000;
  t.equal(next.keys('1', '2', '3', '4', 'enter').phase, 'confirm');
});

test('what is switched off is not begun, and says so', async (t) => {
  const world = new World([provisioned], { ...rules, switchedOff: ['refund', 'sale'] }).start().signOn();
  t.match(screen(world.keys('menu', '3')), /退货\|本终端未开通/);
  t.match(screen(world.keys('enter', '5')), /消费\|本终端未开通/);
  t.equal(world.keys('enter', 'menu', '2').phase, 'password', 'the others go on');
});

test('past its window a sale is refunded, not voided (002-03, 002-16)', async (t) => {
  const strict = { ...rules, voidMs: 300_000 };
  const inTime = sold(strict);
  inTime.now += 300_000;
  t.match(screen(inTime.keys('menu', '2', '1', 'enter').password(true).keys('2', 'enter')), /撤销 000002/);
  const late = sold(strict);
  late.now += 300_001;
  t.match(
    screen(late.keys('menu', '2', '1', 'enter').password(true).keys('2', 'enter')),
    /已过撤销时限\|5 分钟\|请退货/,
  );
});

test("a refusal of the bank's stands longer than other messages", async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'declined', responseCode: '51' });
  t.equal(world.wait(29_000).phase, 'notice');
  t.equal(world.wait(1_000).phase, 'idle');
});

test('caps by what a card’s number begins with: the longest that fits holds, and only where money is taken (000-23)', async (t) => {
  const cap = (prefix: string, most: number) => ({ prefix, most: most as MinorUnits });
  const swiped = (...cardCaps: readonly ReturnType<typeof cap>[]): World =>
    new World([provisioned], { ...rules, cardCaps }).start().signOn().upToPin();
  const over = swiped(cap('62', 1233));
  t.match(screen(over), /此类卡单笔限额\|最多\|RMB 12.33/);
  t.equal(over.effects.at(-1)?.type, 'forgetCard', 'M9');
  t.equal(over.state.book.sales.length, 0);
  t.equal(swiped(cap('62', 1234)).phase, 'pin');
  t.equal(swiped(cap('62', 1), cap('622200', 5000)).phase, 'pin');
  t.equal(swiped(cap('622200', 1), cap('62', 5000)).phase, 'notice');
  t.equal(swiped(cap('4', 1)).phase, 'pin');
  const capped = { ...rules, cardCaps: [cap('6', 1)] };
  const facts = sold(rules).facts;
  const back = new World(facts, capped).start().signOn().keys('menu', '2', '1', 'enter').password(true);
  t.equal(back.keys('2', 'enter', 'enter').printerReady().swiped().phase, 'pin', 'a void gives back');
});

test('a card with a chip is swiped only where the policy lets it; how it was entered stands in the record (003-09)', async (t) => {
  const chip = { ...card, chip: true } as const;
  const asked = (chipFallback: boolean): World =>
    new World([provisioned], { ...rules, chipFallback }).start().signOn().keys('5', 'enter', 'enter').printerReady();
  const refused = asked(false).happen({ type: 'card', card: chip });
  t.match(screen(refused), /此卡须插芯片\|本终端只能刷卡\|未扣款/);
  t.equal(refused.effects.at(-1)?.type, 'forgetCard', 'M9');
  t.equal(asked(false).swiped().phase, 'pin', 'one without a chip');
  const fallback = asked(true).happen({ type: 'card', card: chip }).pin();
  t.match(fallback.facts.at(-1), { type: 'intended', card: { entry: 'swipe', chip: true } });
  const balance = new World([provisioned], { ...rules, chipFallback: false }).start().signOn().keys('menu', '8');
  t.match(screen(balance.happen({ type: 'card', card: chip })), /此卡须插芯片/);
});

test('each record says when, in which shop, at which terminal and by what means it was paid (003-18)', async (t) => {
  const face = { merchant: 'M', branch: 'B', merchantId: '898110154110001', hotline: '1', copies: 2 } as const;
  const world = new World();
  world.happen({ type: 'started', face }).signOn().upToPin().pin();
  const { book } = world.restarted().state;
  t.match(book.sales[0], { at: world.now, face: { branch: 'B' }, card: { entry: 'swipe', masked: /1234$/ } });
  t.equal(book.terminalId, '00000001');
});
