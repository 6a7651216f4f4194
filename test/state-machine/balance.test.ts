/** 余额查询, and what a lock leaves open (锁定). */
import { test } from 'tap';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { fault, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const fresh = (): World => new World().start().signOn();
const asked = (): World => fresh().keys('menu', '8').swiped().pin();
const answer = (world: World, told: object): World =>
  world.happen({ type: 'balanceAnswered', effect: world.last('inquire').id, answer: told as never });

test('a balance: card and PIN, then what can be spent; it takes a trace number, and nothing is left open (M6)', async (t) => {
  const world = asked();
  t.match(world.facts.at(-1), { type: 'traceTaken', purpose: 'balance', stan: 2 });
  answer(world, { outcome: 'balance', amount: 123_456 });
  t.match(screen(world), /余额查询\|可用余额\|RMB 1234.56/);
  t.match(world.effects.at(-1), { type: 'forgetCard' }, 'M9');
  t.strictSame(world.state.book.sales, []);
  t.match(screen(answer(asked(), { outcome: 'balance', amount: -5 })), /RMB -0.05/);
});

test('whatever becomes of it, nothing is reversed', async (t) => {
  for (const told of [{ outcome: 'unanswered', fault }, { outcome: 'notSent', fault }, { outcome: 'badMac' }]) {
    const world = answer(asked(), told);
    t.equal(world.phase, 'notice');
    t.equal(world.keys('enter').phase, 'idle');
  }
  t.match(screen(answer(asked(), { outcome: 'declined', responseCode: '55' })), /交易失败 55/);
  t.equal(asked().restarted().start().signOn().phase, 'idle', 'nor after a power cut');
});

test('a lock keeps sales and holds from being made, also after a power cut; voids, queries and reprints go on (003-13)', async (t) => {
  const world = fresh().upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
  world.keys('menu', '7', '7', 'enter');
  t.match(screen(world), /终端已锁定/);
  for (const locked of [world, world.restarted().start().signOn()]) {
    for (const keys of [['5'], ['menu', '1'], ['menu', '4', '1'], ['menu', '4', '3']] as const) {
      t.match(screen(locked.keys(...keys)), /终端已锁定\|菜单77 主管解锁/, keys.join(' '));
      locked.keys('enter');
    }
    t.equal(locked.keys('menu', '2').phase, 'password', 'a void');
    t.equal(locked.keys('cancel', 'menu', '7', '3', '1').phase, 'number', 'a query');
    t.equal(locked.keys('cancel', 'function').phase, 'printingCopy', 'a reprint');
    locked.printed().printed().keys('enter');
  }
  world.keys('menu', '7', '7', '1', 'enter').password(false).keys('enter');
  t.match(screen(world), /终端已锁定/);
  world.keys('menu', '7', '7', '1', 'enter').password(true);
  t.match(world.facts.at(-1), { type: 'unlocked', supervisor: '00' });
  t.equal(world.keys('5').phase, 'amount');
});
