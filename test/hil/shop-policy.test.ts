/** What a shop chooses by its parameters, on the virtual board: order numbers, caps, windows, notices, fees, holds. */
import { test } from 'tap';
import type { VirtualBoard } from '../bench/board.ts';
import { type TestCard, testCards } from '../bench/cards.ts';
import { runTerminalctl } from '../bench/firmware-process.ts';
import { agree } from './agreement.ts';
import { boardFor, nothingLost } from './in-test.ts';

const password = '246810';

/** A sale under an order number, up to the PIN. */
const order = async (it: VirtualBoard, amount: string, orderNumber: string, card: TestCard): Promise<void> => {
  await it.answer('请输入金额', amount);
  await it.answer('请输入订单号', orderNumber);
  await it.pay(card);
};

const supervisor = (it: VirtualBoard): Promise<void> => it.answer('请输入主管密码', password);

/** Looks for the order and asks what can be done about its sale. */
const remedies = async (it: VirtualBoard, orderNumber: string): Promise<void> => {
  await it.display.until('请输入金额');
  it.press('menu', '7', '3', '5');
  await it.answer('请输入订单号', orderNumber);
  await it.display.until('功能:处理');
  it.press('function');
  await it.display.until('7事件');
};

test('a sale is found by its order number, held and released; caps, chips, the fee notice and fees follow the configuration; an incident is recorded (000-13, 000-20, 000-22, 000-23, 002-07, 003-02, 003-09, 003-17)', async (t) => {
  const it = await boardFor(t, {
    supervisorPassword: password,
    policy: { askOrderNumber: true, cardCaps: '62=100000 621626=1234', chipFallback: false, refundDays: 30 },
    sections: { fees: { domesticBasisPoints: 60 }, slip: { feeNotice: '可能收取手续费' } },
  });
  await it.powerOnToIdle();
  await order(it, '1234', '0041', testCards.chip);
  await it.display.until('此卡须插芯片');
  await order(it, '1235', '0041', testCards.debit);
  await it.display.until('此类卡单笔限额');
  t.equal(it.acquirer.book.entries().length, 0, 'nothing was sent');
  await order(it, '1234', '0042', testCards.debit);
  await it.firmware.fact('printed');
  t.match(it.printer.paper.text(1), /订单号:0042/);

  await remedies(it, '0042');
  it.press('5');
  await it.display.until('打印完成');
  t.match(it.printer.paper.text(3), /交易查询单[\s\S]*订单号:0042/);
  await remedies(it, '0042');
  it.press('4');
  await it.display.until('已挂失');
  it.press('3');
  await supervisor(it);
  await it.display.until('小票已挂失');
  const found = await runTerminalctl(['find', '--config', it.configurationPath, '--order', '0042']);
  t.match(found, /SALE +12\.34 .*captured +ON HOLD, order 0042/);

  await remedies(it, '0042');
  it.press('7', '1', 'enter', '4', 'enter', 'enter', '1', 'enter');
  await it.display.until('打印完成');
  t.match(it.printer.paper.text(4), /事件记录单[\s\S]*原因:丢单\s+处理措施:挂失\s+已上报:银行/);
  const sheet = ['slip', 'show', '--config', it.configurationPath, '--voucher', '2', '--slip', 'incident'];
  t.match(await runTerminalctl(sheet), /挂失[\s\S]*事件记录[\s\S]*地点:测试路店[\s\S]*原因:丢单/);

  await remedies(it, '0042');
  it.press('4');
  await supervisor(it);
  await it.display.until('已解挂');
  await remedies(it, '0042');
  it.press('3');
  await supervisor(it);
  await it.answer('剩30天');
  await it.answer('可能收取手续费');
  await it.answer('请输入金额:', '234');
  await it.answer('请顾客核对');
  await it.display.until('请刷卡');
  it.cardReader.swipe(testCards.debit);
  await it.firmware.fact('printed', 2);
  t.match(it.printer.paper.text(5), /退货\(REFUND\)[\s\S]*可能收取手续费/);
  t.match(await agree(t, it), [{ status: 'captured' }, { status: 'captured', amount: 234 }]);

  await it.display.until('请输入金额');
  it.press('menu', '7', '5');
  await it.answer('确认结算');
  await it.firmware.fact('settlementPrinted');
  t.match(it.printer.paper.text(7), /手续费估算,以收单行对账单为准\s+内卡 +0\.60% +0\.06/, '10.00 at 0.6 %');
  await nothingLost(t, it);
});
