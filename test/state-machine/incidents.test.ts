/** 事件记录: time, place, persons, measures and whom it was told, recorded and never changed. */
import { test } from 'tap';
import type { Digit } from '../../hal/keypad.ts';
import { operatorsIn, wordsFor } from '../../state-machine/incidents.ts';
import { view } from '../../state-machine/view.ts';
import { identity } from './walk.ts';
import { World } from './world.ts';

const screen = (world: World): string => view(world.state, identity, 'zh-CN').lines.join('|');
const face = { merchant: 'M', branch: '测试路店', merchantId: '898110154110001', hotline: '1', copies: 2 } as const;

const asked = (): World => {
  const world = new World().happen({ type: 'started', face }).signOn().upToPin().pin().authorised().printed();
  world.keys('enter').printed().keys('enter');
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  return world.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('function', '7');
};
const typed = (world: World, digits: string): World => world.keys(...(digits.split('') as Digit[]), 'enter');

test('an incident is recorded with time, place, persons, measures and whom it was told, and printed (003-17)', async (t) => {
  const world = asked();
  t.match(screen(world), /事件原因\|1丢单2重复3错额\|4错卡5欺诈6其他\|确认 清除/);
  typed(world, '15');
  t.match(screen(world), /处理措施\|1补打2撤销3退货\|4挂失5报警6其他\|确认 清除/);
  typed(world, '4');
  t.match(screen(world.keys('0', '2', '0', '3')), /在场柜员\|柜员号 可不输\|02 03\|确认/);
  t.match(screen(world.keys('enter')), /已上报\|1银行2公安3店长\|4未上报\|确认/);
  typed(world, '13');
  const sale = world.state.book.sales[0];
  const record = {
    type: 'incidentRecorded',
    at: world.now,
    saleId: sale?.id,
    batch: 1,
    voucher: 2,
    branch: '测试路店',
    terminalId: '00000001',
    causes: ['lostSlip', 'fraud'],
    measures: ['held'],
    reportedTo: ['acquirer', 'manager'],
    operator: '01',
    others: ['02', '03'],
  };
  t.strictSame(world.facts.at(-1), record);
  t.strictSame(world.last('print').slip, { slip: 'incident', sale, record });
  t.match(screen(world), /正在打印\|事件记录单/);
  t.match(screen(world.printed()), /打印完成/);
  t.strictSame(world.state.book.sales[0], sale, 'it moves nothing');
});

test('others may be left out, and it may not have been told to anybody yet; a later one is added, none is changed (003-17)', async (t) => {
  const world = typed(typed(typed(typed(asked(), '6'), '6'), ''), '4')
    .printed()
    .keys('enter');
  t.match(world.facts.at(-1), { type: 'incidentRecorded', reportedTo: [], others: [] });
  const sale = world.state.book.sales[0];
  if (sale === undefined) throw new Error('no sale');
  world.keys('menu', '7', '3', '1', '2', 'enter').found({ sale, left: sale.amount }).keys('7');
  typed(typed(typed(typed(world, '6'), '6'), ''), '1');
  const all = world.facts.filter((fact) => fact.type === 'incidentRecorded');
  t.match(all, [{ reportedTo: [] }, { reportedTo: ['acquirer'] }]);
});

test('what is no choice, is chosen twice or is half a number is not taken; cancel and time record nothing', async (t) => {
  for (const key of ['0', '7', '9', '00'] as const) {
    t.equal(asked().keys(key).rejections.at(-1), 'keyWithoutMeaning', key);
  }
  t.equal(asked().keys('1', '1').rejections.at(-1), 'keyWithoutMeaning');
  t.equal(asked().keys('enter').rejections.at(-1), 'nothingEntered');
  t.match(asked().keys('1', 'clear', '2').state.phase, { entered: '2' });
  const half = typed(typed(asked(), '1'), '1').keys('0', 'enter');
  t.equal(half.rejections.at(-1), 'nothingEntered');
  for (const leave of [(world: World) => world.keys('cancel'), (world: World) => world.wait(60_000)]) {
    const world = leave(typed(typed(asked(), '1'), '1'));
    t.equal(world.phase, 'idle');
    t.notOk(world.factTypes.includes('incidentRecorded'));
  }
});

test('a choice has its words, and operators two digits each', (t) => {
  t.equal(wordsFor('measures', ['printedAgain', 'police']), '补打,报警');
  t.strictSame(operatorsIn('010203'), ['01', '02', '03']);
  t.strictSame(operatorsIn(''), []);
  t.end();
});
