import { test } from 'tap';
import type { SignOnOutcome } from '../../hal/acquirer.ts';
import type { Digit } from '../../hal/keypad.ts';
import type { PrinterReadiness } from '../../hal/printer.ts';
import type { PhaseName, State } from '../../state-machine/state.ts';
import { phaseNames } from '../../state-machine/table.ts';
import { columns, view, widthOf, wordsOf } from '../../state-machine/view.ts';
import { identity, walk } from './walk.ts';
import { fault, provisioned, rules, World } from './world.ts';

test('every screen of every phase fits four lines of 16 columns, in both languages, without being cut', async (t) => {
  const seen = new Set<PhaseName>();
  const tooWide = new Set<string>();
  const look = (state: State): void => {
    seen.add(state.phase.name);
    for (const language of ['zh-CN', 'en'] as const) {
      for (const line of wordsOf(state, identity, language)) if (widthOf(line) > columns) tooWide.add(line);
    }
  };
  look(new World().state);
  for (const why of ['storage', 'keys', 'bug'] as const)
    look({ ...new World().state, phase: { name: 'outOfService', why } });
  const past = { ...rules, refundDays: 365, lateRefunds: true };
  const late = new World([provisioned], past).start().signOn().keys('menu', '3', '1', 'enter').password(true);
  const reference = '170512345678'.split('') as Digit[];
  look(
    late
      .keys('9', 'enter')
      .found()
      .keys(...reference, 'enter', '0', '2', '2', '9', 'enter')
      .found().state,
  );
  const sold = new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');
  const sale = sold.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  sold.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('function', '7');
  for (const keys of ['123456', '123456', '01020304', '1234']) {
    for (const digit of keys) look(sold.keys(digit as Digit).state);
    sold.keys('enter');
  }
  const doubted = new World().upToRequest().authorised().printed().keys('enter').printed().keys('enter');
  doubted.keys('menu', '3', '1', 'enter').password(true).keys('2', 'enter', 'enter', '1', '00', 'enter', 'enter');
  doubted.printerReady().swiped().authorised({ outcome: 'unanswered', fault }).printed().keys('enter');
  look(doubted.keys('menu', '7', '6').state);
  look(doubted.keys('enter', '1', 'enter').password(true).keys('7', 'enter').state);
  for (let seed = 1; seed <= 240; seed++) walk(seed, 400, look);
  t.strictSame([...tooWide], []);
  const unseen = phaseNames.filter((phase) => !seen.has(phase));
  t.strictSame(unseen, []);
});

test('the numbers that a clerk reads to somebody are never cut: hotline and incident', async (t) => {
  const world = new World().upToRequest().authorised({ outcome: 'badMac' });
  world.reversalAnswered({ outcome: 'unanswered', fault });
  for (const language of ['zh-CN', 'en'] as const) {
    t.match(view(world.state, { ...identity, hotline: '40066955160' }, language).lines[2], /40066955160/);
  }
  world
    .keys('function', '1', 'enter')
    .password(true)
    .keys(...('123456789012'.split('') as Digit[]), 'enter')
    .printed();
  for (const language of ['zh-CN', 'en'] as const) {
    t.match(view(world.state, identity, language).lines[1], /123456789012/);
  }
});

test('a long shop name is cut at a whole character', async (t) => {
  const shop = { ...identity, merchant: 'a示例便利店示例便利店' };
  t.equal(view(new World().start().signOn().state, shop, 'zh-CN').lines[0], 'a示例便利店示例');
});

test('M2: the idle screen hides nothing that is open or owed; a reversal has a screen of its own', async (t) => {
  const owed = new World().upToRequest().authorised().printed().keys('enter').notPrinted().cleared().keys('cancel');
  t.match(view(owed.state, identity, 'zh-CN').lines[2], /待补打小票 1/);
  const open = new World().upToRequest().authorised({ outcome: 'badMac' });
  open.reversalAnswered({ outcome: 'unanswered', fault });
  t.strictSame(view(open.state, identity, 'zh-CN').lines.slice(0, 2), ['待冲正 第1次', '勿交货 勿重刷']);
});

test('M2, M3: out of service with a sale open, the screen says that no goods are to be given', async (t) => {
  const failing = new World().upToRequest().authorised();
  failing.happen({ type: 'ledgerFault', result: 'failed', fact: 'captured' });
  t.match(view(failing.state, identity, 'zh-CN').lines, ['存储故障', '停止交易 勿交货', '请重启终端']);
  const resting = new World().start();
  resting.happen({ type: 'ledgerFault', result: 'failed', fact: 'traceTaken' });
  t.equal(view(resting.state, identity, 'zh-CN').lines[1], '停止交易');
});

test('merchant and amount stand before the customer when he is to confirm them (002-11, 003-26, 004-13, 004-17)', async (t) => {
  const world = new World().start().signOn().keys('1', '2', '3', '4', 'enter');
  t.strictSame(view(world.state, identity, 'zh-CN').lines, ['示例便利店', '测试路店', 'RMB 12.34', '请顾客核对 确认']);
});

test('M10: a device that is away is named where the clerk looks, and so is the way to the bank (003-10)', async (t) => {
  const line = (world: World, n: number): string | undefined => view(world.state, identity, 'zh-CN').lines[n];
  const idle = () => new World().start().signOn();
  const badges = {
    keypad: '按键盘未连接',
    printer: '打印机未连接',
    cardReader: '读卡器未连接',
    pinPad: '密码键盘未连接',
    acquirer: '通讯线路不通',
  } as const;
  for (const [device, badge] of Object.entries(badges)) {
    const world = idle().happen({ type: 'link', device: device as keyof typeof badges, online: false });
    t.equal(line(world, 2), badge);
    world.happen({ type: 'link', device: device as keyof typeof badges, online: true });
    if (device === 'printer') world.paper(true);
    t.match(line(world, 2), /^终端/, `${device} is back`);
  }
  const typing = idle().keys('1').happen({ type: 'link', device: 'keypad', online: false });
  t.equal(line(typing, 2), '按键盘未连接');
  const asking = idle().keys('1', 'enter', 'enter');
  const readiness = { ready: true, paperNearEnd: false } as const;
  asking.happen({ type: 'printerChecked', effect: asking.last('checkPrinter').id, readiness });
  asking.happen({ type: 'link', device: 'cardReader', online: false });
  t.equal(line(asking, 2), '读卡器未连接');
});

test('M10: a sign-on that fails says whether it is the line, the key or the answer', async (t) => {
  const shown = (answer: SignOnOutcome): string | undefined =>
    view(new World().start().signOn(answer).state, identity, 'zh-CN').lines[1];
  t.equal(shown({ outcome: 'notSent', fault }), '线路不通');
  t.equal(shown({ outcome: 'badKeys', key: 'PIK' }), '主密钥不符');
  t.equal(shown({ outcome: 'invalid', field: '62', what: 'w' }), '应答有误');
});

test('M10: each cause for which a printer does not print, and paper near its end, has words of its own at rest', (t) => {
  const causes = [
    'linkLost',
    'unrecoverable',
    'cutter',
    'coverOpen',
    'paperEnd',
    'overheat',
    'offline',
    'silence',
  ] as const;
  for (const language of ['zh-CN', 'en'] as const) {
    const atRest = (readiness: PrinterReadiness): string => {
      const world = new World().start().signOn().happen({ type: 'readiness', readiness });
      t.equal(world.phase, 'idle');
      return view(world.state, identity, language).lines[2] ?? '';
    };
    const well = atRest({ ready: true, paperNearEnd: false });
    const words = causes.map((cause) => atRest({ ready: false, cause }));
    words.push(atRest({ ready: true, paperNearEnd: true }));
    t.equal(new Set([well, ...words]).size, causes.length + 2, words.join(' | '));
  }
  t.end();
});
