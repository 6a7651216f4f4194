/** 消费撤销 on the virtual board: each way that a void can end, the built firmware against paper and acquirer. */
import { type Test, test } from 'tap';
import type { BoardOptions, VirtualBoard } from '../bench/board.ts';
import { type TestCard, testCards } from '../bench/cards.ts';
import { agree } from './agreement.ts';
import { boardFor } from './in-test.ts';

const password = '246810';

/** At idle, with a captured sale of 12.34 under voucher 2 on paper. */
const sold = async (t: Test, options: BoardOptions = {}): Promise<VirtualBoard> => {
  const it = await boardFor(t, {
    ...options,
    supervisorPassword: password,
    timers: { retryMs: [300], ...options.timers },
  });
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  return it;
};

/** The clerk's, the supervisor's and the customer's part of a void, up to the PIN. */
const voidIt = async (it: VirtualBoard, card: TestCard = testCards.debit): Promise<void> => {
  it.press('menu', '2');
  await it.answer('请输入主管密码', password);
  await it.answer('请输入原凭证号', '2');
  await it.display.until('核对原单');
  it.pinPad.willEnter(card.pin);
  it.press('enter');
  await it.display.until('请刷卡');
  it.cardReader.swipe(card);
};

const ends = async (t: Test, it: VirtualBoard): Promise<readonly string[]> =>
  (await agree(t, it)).map(({ status }) => status);

test('a void is approved, printed and captured; totals balance, and it stands in credit (001-24, 002-15, 002-24, 004-05, M7)', async (t) => {
  const it = await sold(t);
  await voidIt(it);
  await it.firmware.fact('printed', 2);
  await it.display.until('请输入金额');
  t.strictSame(await ends(t, it), ['captured', 'captured']);
  t.equal(it.acquirer.book.openTotal(), 0);
  t.match(it.printer.paper.text(3), /消费撤销\(VOID\)[\s\S]*金额:RMB -12\.34[\s\S]*原凭证号:000002/);
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.match(it.acquirer.book.entries(), [{ settled: true }, { kind: 'void', settled: true }]);
  t.match(
    it.printer.paper.text(5),
    /内卡对账平\n消费 +1 +12\.34\n撤销 +1 +12\.34\n[\s\S]*借记总计 +1 +12\.34\n贷记总计 +1 +12\.34/,
  );
});

test('M7: after an unbalanced settlement neither the voided sale nor the void is uploaded', async (t) => {
  const it = await sold(t);
  await voidIt(it);
  await it.firmware.fact('printed', 2);
  await it.display.until('请输入金额');
  await it.sell('100');
  await it.firmware.fact('printed', 3);
  await it.display.until('请输入金额');
  it.acquirer.next('settlement', { kind: 'disagree', domestic: 2 });
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.equal(it.acquirer.book.uploadCount(1), 1);
  t.strictSame(it.acquirer.book.uploadDifferences(1), []);
  t.strictSame(await ends(t, it), ['captured', 'captured', 'captured']);
});

test('a void that the acquirer refuses leaves the sale as it is', async (t) => {
  const it = await sold(t);
  it.acquirer.next('void', { kind: 'decline', code: '12' });
  await voidIt(it);
  t.match(await it.display.until('交易失败 12'), ['交易失败 12', '无效交易', '未撤销 原单有效']);
  t.strictSame(await ends(t, it), ['captured', 'declined']);
  t.equal(it.acquirer.book.openTotal(), 1234);
});

test('a void without an answer is reversed, and the sale stands (002-21, M5)', async (t) => {
  const it = await sold(t, { acquirer: { answerTimeoutMs: 500 } });
  it.acquirer.next('void', { kind: 'noAnswer' });
  await voidIt(it);
  await it.firmware.fact('reversed');
  t.match(await it.display.until('原交易仍有效'), ['已冲正', '原交易仍有效']);
  t.strictSame(await ends(t, it), ['captured', 'reversed']);
  t.equal(it.acquirer.book.openTotal(), 1234);
});

test('a void whose slip does not come out is reversed with 96, and its slip called void (M4)', async (t) => {
  const it = await sold(t);
  it.printer.fault({ line: 20 }, 'paperEnd');
  await voidIt(it);
  await it.display.until('装纸后自动续打');
  it.press('cancel');
  await it.firmware.fact('reversed');
  it.printer.loadPaper();
  await it.firmware.fact('printed', 2);
  t.strictSame(await ends(t, it), ['captured', 'reversed']);
  t.equal(it.acquirer.book.openTotal(), 1234);
});

test('another card than the sale was made with is refused before anything is sent (001-03)', async (t) => {
  const it = await sold(t);
  await voidIt(it, testCards.credit);
  await it.display.until('与原交易卡不符');
  t.strictSame(await ends(t, it), ['captured']);
});

test('M2: power cut at each fact of a void: it ends as one in a sale does', async (t) => {
  for (const [fact, status] of [
    ['intended', 'reversed'],
    ['approved', 'reversed'],
    ['captured', 'captured'],
  ] as const) {
    const it = await sold(t);
    const instant = it.firmware.fact(fact, 2);
    await voidIt(it).catch(() => undefined);
    await instant;
    await it.firmware.kill();
    await it.powerOnToIdle();
    t.strictSame(await ends(t, it), ['captured', status], fact);
    t.equal(it.acquirer.book.openTotal(), status === 'captured' ? 0 : 1234);
  }
});
