/** 柜员: who sells, and whose passwords open what. */
import { test } from 'tap';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { provisioned, rules, World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const fresh = (): World => new World().start().signOn();
const asOther = (world = fresh()): World => world.keys('menu', '7', '4', '1', '0', '2', 'enter', '9', '9', 'enter');

test('another clerk signs on by number and password; what is sold is his, also after a power cut', async (t) => {
  const world = fresh().keys('menu', '7', '4', '1');
  t.match(screen(world), /操作员号:/);
  world.keys('0', '2', 'enter');
  t.match(screen(world), /操作员 02\|请输入密码/);
  world.keys('9', '9');
  t.match(screen(world), /\|\*\*\|/, 'nobody reads it');
  world.keys('enter');
  t.match(world.last('checkPassword'), { operator: '02', password: '99' });
  world.passwordAnswered({ result: 'accepted', role: 'clerk' });
  t.match(screen(world), /操作员 02\|签到成功/);
  for (const later of [world.keys('enter'), world.restarted().start().signOn()]) {
    later.upToPin().pin();
    t.match(later.facts.at(-1), { type: 'intended', operator: '02' });
  }
});

test('an initial password opens the changing of it and nothing else (004-05)', async (t) => {
  const world = asOther().passwordAnswered({ result: 'mustChange', role: 'clerk' });
  t.match(screen(world), /请输入新密码/);
  world.keys('5', '6', '7', '8', 'enter');
  t.match(screen(world), /再输一次新密码/);
  world.keys('5', '6', '7', '9', 'enter');
  t.match(screen(world), /未更改\|两次输入不同/);
  t.notOk(world.factTypes.includes('operatorSignedOn'));
  const again = asOther().passwordAnswered({ result: 'mustChange', role: 'clerk' });
  again.keys('5', '6', '7', '8', 'enter', '5', '6', '7', '8', 'enter');
  t.match(again.last('changePassword'), { operator: '02', old: '99', password: '5678' });
  again.accountAnswered({ result: 'done' });
  t.match(again.facts.at(-1), { type: 'accountEvent', what: 'passwordChanged', operator: '02' });
  t.notMatch(JSON.stringify(again.facts), /5678/, 'M9');
  const supervisor = fresh()
    .keys('menu', '2', '1', 'enter')
    .passwordAnswered({ result: 'mustChange', role: 'supervisor' });
  t.match(screen(supervisor), /初始密码须先改\|菜单742 改密/);
});

test('a wrong password, a locked account and a number that is none are told, and recorded', async (t) => {
  const wrong = asOther().passwordAnswered({ result: 'wrong', triesLeft: 5 });
  t.match(screen(wrong), /密码错\|还可试 5 次/);
  t.match(wrong.facts.at(-1), { type: 'accountEvent', what: 'wrongPassword', operator: '02' });
  const locked = asOther().passwordAnswered({ result: 'lockedOut', minutes: 30 });
  t.match(screen(locked), /账号已锁\|请等 30 分钟/);
  t.match(locked.facts.at(-1), { type: 'accountEvent', what: 'lockedOut' });
  t.match(screen(asOther().passwordAnswered({ result: 'unknown' })), /无此操作员/);
  t.match(screen(asOther().passwordAnswered({ result: 'notStored' })), /存储故障/);
});

test('a supervisor or an administrator does not sell', async (t) => {
  const world = asOther().passwordAnswered({ result: 'accepted', role: 'supervisor' });
  t.match(screen(world), /主管\|不能执行该交易/);
  t.equal(world.state.book.operator, undefined);
});

test('where clerks must sign on, nothing is sold before one has', async (t) => {
  const { operator: _, ...strict } = rules;
  const world = new World([provisioned], strict).start().signOn();
  t.match(screen(world), /示例便利店\|终端 00000001\|操作员号:/);
  world.keys('cancel', 'menu', 'function', '5').wait(600_000);
  t.equal(world.phase, 'operatorNumber');
  world.keys('clear', '0', '2', 'enter', '9', 'enter').passwordAnswered({ result: 'accepted', role: 'clerk' });
  t.equal(world.keys('enter', '5').phase, 'amount');
});

test('the supervisor adds and removes; not one with slips that are not settled', async (t) => {
  const manage = (key: '3' | '4', world = fresh()): World =>
    world
      .keys('menu', '7', '4', key, '1', 'enter')
      .password(true)
      .keys('0', key === '3' ? '7' : '1', 'enter');
  const adding = manage('3').keys('1', '2', '3', '4', 'enter', '1', '2', '3', '4', 'enter');
  t.match(adding.last('addOperator'), { operator: '07', password: '1234', by: '00' });
  adding.accountAnswered({ result: 'refused', why: 'exists' });
  t.match(screen(adding), /未更改\|操作员已存在/);
  const removing = manage('4');
  t.match(removing.last('removeOperator'), { operator: '01', by: '00', current: '01' });
  removing.accountAnswered({ result: 'done' });
  t.match(removing.facts.at(-1), { type: 'accountEvent', what: 'removed', operator: '01', by: '00' });
  const sold = fresh().upToPin().pin().authorised().printed().keys('enter').printed().keys('enter');
  t.match(screen(manage('4', sold)), /未更改\|有流水未结算/);
  t.equal(fresh().keys('menu', '7', '4', '3', '1', 'enter').password(false).phase, 'notice', 'by the supervisor only');
});

test('all operators are listed, fifteen a screen', async (t) => {
  const world = fresh().keys('menu', '7', '4', '5');
  const operators = Array.from({ length: 17 }, (_, n) => String(n).padStart(2, '0'));
  world.happen({ type: 'operatorsListed', effect: world.last('listOperators').id, operators });
  t.match(screen(world), /00 01 02 03 04\|05 06 07 08 09\|10 11 12 13 14/);
  world.keys('enter');
  t.match(screen(world), /15 16/);
  t.equal(world.keys('enter').phase, 'idle');
});
