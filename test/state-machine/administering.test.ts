/** 系统管理: what the administrator and the supervisor do at the terminal that moves no money. */
import { test } from 'tap';
import type { TerminalParameter } from '../../hal/parameters.ts';
import type { Version } from '../../state-machine/state.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { fault, provisioned, rules, World } from './world.ts';

const screen = (world: World, language: 'zh-CN' | 'en' = 'zh-CN'): string =>
  view(world.state, identity, language).lines.join('|');
const fresh = (withRules = rules): World => new World([provisioned], withRules).start().signOn();
/** In the administrator's menu, by his password. */
const administrator = (world = fresh()): World =>
  world.keys('menu', '7', '8', '9', '8', '7', 'enter').passwordAnswered({ result: 'accepted', role: 'administrator' });

const parameters: readonly TerminalParameter[] = [
  { key: 'policy.maxAmount', label: '单笔限额', kind: 'number', low: 1, high: 100_000, unit: 'fen', digits: '50000' },
  { key: 'settlement.at', label: '自动结算时间', kind: 'time', digits: '2230' },
];
const listed = (world: World): World =>
  world.happen({ type: 'parametersListed', effect: world.last('listParameters').id, parameters });

test('99 proves who he is and has a menu, which sells nothing; who signs on as 99 has it too', async (t) => {
  const world = fresh().keys('menu', '7', '8', '9');
  t.match(screen(world), /操作员 99\|请输入密码/);
  world.keys('8', '7', 'enter');
  t.match(world.last('checkPassword'), { operator: '99', password: '87' });
  world.passwordAnswered({ result: 'accepted', role: 'administrator' });
  t.equal(screen(world), '1参数 2培训|3维护登记|4重启|取消返回');
  t.equal(screen(world, 'en'), '1Params 2Train|3Log|4Restart|CANCEL: back');
  t.equal(world.state.book.operator, undefined);
  const signingOn = fresh().keys('menu', '7', '4', '1', '9', '9', 'enter', '8', 'enter');
  t.equal(signingOn.passwordAnswered({ result: 'accepted', role: 'administrator' }).phase, 'menu');
  const wrong = fresh().keys('menu', '7', '8', '9', '1', 'enter').passwordAnswered({ result: 'wrong', triesLeft: 2 });
  t.match(screen(wrong), /密码错/);
});

test('a parameter is shown, typed, confirmed from old to new, and recorded with who and when', async (t) => {
  const world = listed(administrator().keys('1'));
  t.equal(screen(world), '单笔限额|500.00|1/2|1改 确认下 取消');
  t.match(screen(world.keys('enter')), /自动结算时间\|22:30\|2\/2/);
  world.keys('enter');
  t.equal(world.rejections.at(-1), 'endOfList');
  world.keys('clear', '1');
  t.equal(screen(world), '单笔限额||0.01-1000.00|确认 清除 取消');
  world.keys('enter');
  t.equal(world.rejections.at(-1), 'nothingEntered');
  world.keys('6', '0', '0', '0', '1', 'clear', '0', 'enter');
  t.equal(screen(world), '单笔限额|500.00|→ 600.00|确认更改 取消');
  world.keys('enter');
  t.match(world.last('writeParameter'), { key: 'policy.maxAmount', digits: '60000' });
  const effect = world.last('writeParameter').id;
  world.happen({ type: 'parameterWritten', effect, answer: { result: 'changed', from: '50000', to: '60000' } });
  t.match(world.facts.at(-1), {
    type: 'parameterChanged',
    key: 'policy.maxAmount',
    from: '50000',
    to: '60000',
    by: '99',
    at: world.now,
  });
  t.equal(screen(world), '参数已改|重启后生效|单笔限额|按确认键返回');
  t.equal(listed(world.keys('enter')).phase, 'parameters', 'back in the list');
  t.equal(world.keys('cancel', '4').phase, 'restarting');
  t.ok(world.last('restart'));
  t.equal(world.wait(30_000).phase, 'idle', 'M10: where nothing restarts it, it goes on');
});

test('a value that may not be is refused in words, with what may be', async (t) => {
  const told = (digits: '0' | '9', answer: 'tooLow' | 'tooHigh' | 'notRight'): World => {
    const world = listed(administrator().keys('1')).keys('1', digits, 'enter', 'enter');
    const effect = world.last('writeParameter').id;
    return world.happen({ type: 'parameterWritten', effect, answer: { result: 'refused', why: answer } });
  };
  t.equal(screen(told('0', 'tooLow')), '未更改|太小 范围:|0.01-1000.00|按确认键返回');
  t.equal(screen(told('9', 'tooHigh'), 'en'), 'Nothing changed|Too high; may be|0.01-1000.00|ENTER to go on');
  t.match(screen(told('9', 'notRight')), /未更改\|与其他参数不符/);
  t.notOk(told('0', 'tooLow').factTypes.includes('parameterChanged'));
});

test('yes and no, a choice and a time of day are shown as such, and typed in digits', async (t) => {
  const all: readonly TerminalParameter[] = [
    { key: 'a', label: '退货', kind: 'boolean', digits: '1' },
    { key: 'b', label: '显示语言', kind: 'choice', options: ['zh-CN', 'en'], digits: '1' },
    { key: 'c', label: '自动结算时间', kind: 'time', digits: '2230' },
    { key: 'd', label: '刷卡时限', kind: 'number', low: 1, high: 600, unit: 's', digits: '60' },
  ];
  const confirming = (nth: number, ...digits: readonly ('0' | '1' | '2')[]): string => {
    const world = administrator().keys('1');
    world.happen({ type: 'parametersListed', effect: world.last('listParameters').id, parameters: all });
    for (let n = 0; n < nth; n++) world.keys('enter');
    const asked = world.keys('1', ...digits);
    return `${asked.state.phase.name === 'parameterValue' ? screen(asked).split('|')[2] : ''} ${screen(asked.keys('enter'))}`;
  };
  t.match(confirming(0, '0'), /^1是 0否 退货\|是\|→ 否\|/);
  t.match(confirming(1, '2'), /^1:zh-CN 2:en 显示语言\|zh-CN\|→ en\|/);
  t.match(confirming(2), /^时分 空为不自动 自动结算时间\|22:30\|→ 不自动\|/);
  t.match(confirming(2, '1', '2', '0', '0'), /→ 12:00\|/);
  t.match(confirming(3, '2', '0'), /^1-600 刷卡时限\|60 秒\|→ 20 秒\|/);
});

test('parameters are for 99 alone, and not for training, whose facts nobody keeps', async (t) => {
  t.equal(fresh().keys('menu', '7', '8', '1').phase, 'inspecting', 'the same key elsewhere');
  const training = administrator(fresh({ ...rules, training: true })).keys('1');
  t.match(screen(training), /培训模式\|不能执行/);
  const unread = administrator().keys('1');
  unread.happen({ type: 'parametersListed', effect: unread.last('listParameters').id, parameters: [] });
  t.match(screen(unread), /存储故障/);
});

test('in training no account is changed: they are the real ones, and no ledger keeps it', async (t) => {
  for (const item of ['2', '3', '4'] as const) {
    const training = fresh({ ...rules, training: true }).keys('menu', '7', '4', item);
    t.match(screen(training), /培训模式\|不能执行/, item);
  }
  t.equal(fresh({ ...rules, training: true }).keys('menu', '7', '4', '1').phase, 'operatorNumber', 'signing on');
});

test('training is begun and ended by the supervisor or 99, by a fact and a restart (003-25)', async (t) => {
  const bySupervisor = fresh().keys('menu', '7', '8', '5', '1', 'enter').password(true);
  t.match(bySupervisor.facts.at(-1), { type: 'trainingChosen', on: true, by: '00' });
  const byAdministrator = administrator(fresh({ ...rules, training: true })).keys('2');
  t.match(byAdministrator.facts.at(-1), { type: 'trainingChosen', on: false, by: '99' });
  t.match(byAdministrator.last('switchTraining'), { on: false });
  const effect = bySupervisor.last('switchTraining').id;
  bySupervisor.happen({ type: 'trainingSwitched', effect, stored: true });
  t.match(screen(bySupervisor), /正在重启/);
  byAdministrator.happen({
    type: 'trainingSwitched',
    effect: byAdministrator.last('switchTraining').id,
    stored: false,
  });
  t.match(screen(byAdministrator), /存储故障\|未更改/);
  t.equal(
    fresh().keys('menu', '7', '8', '5', '1', 'enter').password(false).phase,
    'notice',
    'not without the password',
  );
});

test('M4: no training while a reversal slip is due: it must be the next thing printed (003-25)', async (t) => {
  const world = new World().upToRequest().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared(false);
  world.reversalAnswered().notPrinted().cleared().keys('enter', 'menu', '7', '8', '5');
  t.match(screen(world), /现在不能执行/);
  t.notOk(world.factTypes.includes('trainingChosen'));
});

test('M5: with a reversal open no key leads to the menus, so nothing of them can be changed', async (t) => {
  const open = new World().upToRequest().authorised({ outcome: 'badMac' });
  open.reversalAnswered({ outcome: 'unanswered', fault }).keys('menu', '7', '8', '5');
  t.equal(open.phase, 'reversalWait');
});

test('what was done at the terminal is recorded with who and when, and idle reminds of it (001-28, 003-24)', async (t) => {
  const world = fresh({ ...rules, maintenanceDays: 30 });
  t.notMatch(screen(world), /请维护终端/);
  world.now += 30 * 86_400_000;
  world.keys('menu', 'cancel');
  t.match(screen(world), /请维护终端/);
  world.keys('menu', '7', '8', '4', '1', 'enter').password(true);
  t.equal(screen(world), '1巡检 2清洁|3维修 4换件|5升级|取消返回');
  world.keys('2');
  t.match(world.facts.at(-1), { type: 'maintained', work: 'cleaned', by: '00', at: world.now });
  t.match(screen(world), /维护已登记\|清洁/);
  t.notMatch(screen(world.keys('enter')), /请维护终端/);
  const later = world.restarted().start().signOn();
  t.equal(later.state.book.maintainedAt, world.now, 'after a start too');
});

test('no reminder where none is asked for (003-24)', async (t) => {
  const world = fresh();
  world.now += 4000 * 86_400_000;
  t.notMatch(screen(world.keys('menu', 'cancel')), /请维护终端/);
});

const version: Version = {
  build: '0.1.0-abc',
  checksum: '0a1b2c3d',
  merchantId: '898110154110001',
  acquirers: ['pos-acquirer-host.example.cn:8583', '192.0.2.1:8583'],
};

test('版本: program and checksum, merchant and terminal, and each host that is spoken to (001-11, 003-07, 004-22)', async (t) => {
  const world = fresh().keys('menu', '7', '8', '1');
  world.happen({ type: 'versionTold', effect: world.last('tellVersion').id, version });
  t.equal(screen(world), '程序版本|0.1.0-abc|校验 0a1b2c3d|确认 下页');
  t.equal(screen(world.keys('enter')), '商户号 终端号|898110154110001|00000001|确认 下页');
  t.equal(screen(world.keys('enter')), 'pos-acquirer-hos|t.example.cn:858|3|确认 下页', 'to its end');
  t.equal(screen(world.keys('enter')), '收单行 备用|192.0.2.1:8583||按确认键返回');
  t.equal(world.keys('enter').phase, 'idle');
});

test('自检: each device line by line, with its faults since the start, and on paper (001-28, 004-19)', async (t) => {
  const world = fresh().keys('menu', '7', '8', '2');
  const checks = [
    { device: 'printer', faults: 0 },
    { device: 'cardReader', fault: 'unplugged', faults: 2 },
    { device: 'keypad', faults: 0 },
    { device: 'ledger', faults: 120 },
  ] as const;
  world.happen({ type: 'selfTested', effect: world.last('selfTest').id, checks });
  t.equal(screen(world), '打印机 正常 0|读卡器 异常 2|按键盘 正常 0|1打印 确认下页');
  t.match(screen(world.keys('enter')), /账本 正常 99/);
  const facts = world.facts.length;
  world.keys('1');
  t.match(world.last('print').slip, { slip: 'report', report: 'selfTest', checks });
  t.match(world.printed().state.phase, { name: 'notice', notice: { says: 'copyPrinted' } });
  t.equal(world.facts.length, facts, 'nothing of it is recorded');
});

test('终端标签 is printed from the menu, and idle and card screen say whose terminal it is (004-08, 004-16)', async (t) => {
  const world = fresh();
  t.match(screen(world), /示例便利店\|测试路店\|终端 00000001/);
  world.keys('menu', '7', '8', '3');
  t.match(world.last('print').slip, { slip: 'report', report: 'label' });
  world.printed().keys('enter', '1', '2', 'enter', 'enter');
  world.printerReady();
  t.equal(screen(world), 'RMB 0.12|请刷卡 取消返回|示例便利店|测试路店00000001');
  const nameless = view(world.state, { ...identity, branch: '' }, 'en').lines;
  t.equal(nameless[3], 'Term. 00000001');
});
