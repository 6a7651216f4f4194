/** A second way out: a supervisor turns to the other printer, and no slip of a reversed sale can come out of the first. */
import { test } from 'tap';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { provisioned, rules, signedOn, World } from './world.ts';

const two = { ...rules, secondPrinter: true };
const screen = (world: World): string =>
  view(world.state, { ...identity, secondPrinter: true }, 'zh-CN').lines.join('|');
const fresh = (withRules = two): World => new World([provisioned], withRules).start().signOn(signedOn);
const chosen = (world: World) => world.state.book.printer;

test('before a card: the first printer is down, a supervisor turns to the second, and the sale goes on there (000-17)', async (t) => {
  const world = fresh().keys('5', 'enter', 'enter');
  const down = { ready: false, cause: 'linkLost' } as const;
  world.happen({ type: 'printerChecked', effect: world.last('checkPrinter').id, readiness: down });
  t.match(screen(world), /打印机未连接\|未扣款\|处理后按确认\|功能换机 取消/);
  world.keys('function', '1', 'enter').password(true);
  t.match(world.facts.at(-1), { type: 'printerChosen', printer: 'second', supervisor: '00' });
  world.printerReady().swiped().pin().authorised().printed();
  t.equal(world.state.book.sales[0]?.status, 'captured');
  t.equal(chosen(world.restarted()), 'second', 'after a power cut too');
});

test('while a slip is waited for: only when the first surely holds nothing of it, and the other is cleared first (M4)', async (t) => {
  const world = new World([provisioned], two).upToRequest().authorised().notPrinted().cleared(true);
  t.match(screen(world), /确认再打 00换机/);
  world.keys('00', '1', 'enter').password(true);
  t.equal(chosen(world), 'second');
  t.equal(world.phase, 'clearingBuffer', 'what the second may hold from before');
  world.cleared(true).printed();
  t.match(world.state.book.sales[0], { status: 'captured', copies: { merchant: 2 } });
  const unsure = new World([provisioned], two).upToRequest().authorised().notPrinted().cleared(false);
  unsure.keys('00');
  t.equal(unsure.rejections.at(-1), 'keyWithoutMeaning');
  t.equal(unsure.phase, 'paperWait');
});

test('M4: as long as a reversal slip is due the printer that may hold the slip before it stays', async (t) => {
  const world = new World([provisioned], two)
    .upToRequest()
    .authorised()
    .verdict({ verdict: 'UNKNOWN', cause: 'silence' });
  world.cleared(false).reversalAnswered().notPrinted().cleared(false).keys('enter');
  t.match(screen(world), /冲正凭证待打印/);
  world.keys('menu', '6', '8');
  t.equal(world.rejections.at(-1), 'notByPolicy');
  t.equal(chosen(world), undefined);
});

test('a wrong password, cancel, or a shop with one printer changes nothing; the menu turns back', async (t) => {
  const world = fresh().keys('menu', '6', '8', '1', 'enter').password(false).keys('enter');
  t.equal(chosen(world), undefined);
  world.keys('menu', '6', '8', '1', 'enter').password(true);
  t.match(screen(world), /已换打印机\|现用第二台/);
  world.keys('enter', 'menu', '6', '8', '1', 'enter').password(true);
  t.match(screen(world), /已换打印机\|现用第一台/);
  t.equal(fresh().keys('menu', '6', '8', 'cancel').phase, 'idle');
  t.equal(fresh(rules).keys('menu', '6', '8').rejections.at(-1), 'notByPolicy');
});
