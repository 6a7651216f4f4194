/** 维护 on the virtual board: what the built firmware is, and how its devices do. */
import { test } from 'tap';
import { boardFor, nothingLost, papers } from './in-test.ts';

const password = '246810';

test('the version names program, merchant and terminal, and the one acquirer that is spoken to (001-11, 003-07, 004-22)', async (t) => {
  const it = await boardFor(t);
  await it.powerOnToIdle();
  it.press('menu', '7', '8', '1');
  t.match(await it.display.until('程序版本'), [/./, /^\d+\.\d+\.\d+-\w+/, /^校验 [0-9a-f]{8}$/]);
  it.press('enter');
  t.match(await it.display.until('商户号'), [/./, '898110154110001', '00000001']);
  it.press('enter');
  t.match(await it.display.until('收单行'), [/./, /^127\.0\.0\.1:\d+$/, '', '按确认键返回']);
  it.press('enter');
  await it.display.until('请输入金额');
});

test('the self-test names a reader that is away, on the display and on paper (001-28, 004-19)', async (t) => {
  const it = await boardFor(t);
  await it.powerOnToIdle();
  await it.unplug('cardReader');
  await it.display.until('读卡器未连接');
  it.press('menu', '7', '8', '2');
  t.match(await it.display.until('打印机'), ['打印机 正常 0', /^读卡器 异常 1/, '按键盘 正常 0']);
  it.press('enter');
  t.match(await it.display.until('显示屏'), ['显示屏 正常 0', '密码键盘 正常 0', '线路 正常 0']);
  it.press('1');
  await it.display.until('打印完成');
  const paper = papers(it).join('\n');
  t.match(paper, /自检单[\s\S]*读卡器 +异常 \w+ 故障1次[\s\S]*账本 +正常 故障0次/);
  await nothingLost(t, it);
});

test('what was done at the terminal is in its ledger, with who and when (001-28, 003-24)', async (t) => {
  const it = await boardFor(t, { supervisorPassword: password });
  await it.powerOnToIdle();
  it.press('menu', '7', '8', '4');
  await it.answer('请输入主管密码', password);
  await it.display.until('1巡检');
  it.press('3');
  await it.display.until('维护已登记');
  t.match((await it.ledger()).at(-1), { fact: 'maintained', work: 'repaired', by: '00', at: /^\d{4}-/ });
});

test('the label for the terminal is printed from the menu; idle and card screen name the same terminal (004-08, 004-16)', async (t) => {
  const it = await boardFor(t);
  await it.powerOnToIdle();
  t.match(await it.display.until('终端 00000001'), ['示例便利店', '测试路店']);
  it.press('menu', '7', '8', '3');
  await it.display.until('打印完成');
  const [label] = papers(it);
  t.match(label, /示例便利店[\s\S]*测试路店[\s\S]*终端编号:00000001/);
  it.press('enter');
  await it.answer('请输入金额', '5');
  await it.answer('请顾客核对');
  t.match(await it.display.until('请刷卡'), ['RMB 0.05', /^请刷卡/, '示例便利店', '测试路店00000001']);
});
