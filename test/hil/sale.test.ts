/** Sales on the virtual board, through every answer of acquirer and printer; the built firmware in its own process. */
import { type Test, test } from 'tap';
import { type BoardOptions, VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { agree } from './agreement.ts';

const soon = { answerTimeoutMs: 600, lateAnswerMs: 5_000 };
const retries = { retryMs: [300] };

/** A board of its own for each test, switched on and at rest. */
const board = async (t: Test, options: BoardOptions = {}): Promise<VirtualBoard> => {
  const built = await VirtualBoard.build(options);
  t.teardown(() => built.dismantle());
  await built.powerOnToIdle();
  return built;
};

const statuses = async (t: Test, it: VirtualBoard): Promise<readonly string[]> =>
  (await agree(t, it)).map(({ status }) => status);

test('an approved sale is printed, captured, and both copies are on paper (M2, M3, 000-01, 000-02, 000-10)', async (t) => {
  const it = await board(t);
  await it.sell('1234');
  t.match(await it.display.until('交易成功'), ['交易成功']);
  await it.phase('idle', 2);
  t.strictSame(await statuses(t, it), ['captured']);
  t.equal(it.printer.paper.copies.length, 2);
  t.match(it.printer.paper.text(2), /持卡人存根[\s\S]*RMB 12\.34/);
});

test('foreign and domestic cards, with and without PIN, are settled to the cent (M7)', async (t) => {
  const it = await board(t);
  for (const [amount, card] of [
    ['100', testCards.debit],
    ['2550', testCards.visa],
    ['99999', testCards.credit],
  ] as const) {
    const idles = it.firmware.log.filter((line) => line.to === 'idle' && line.from === 'notice').length;
    await it.sell(amount, card);
    await it.firmware.fact('printed', idles + 1);
    await it.display.until('请输入金额');
  }
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  await it.phase('signingOn', 2);
  const { domestic, foreign } = it.acquirer.book.totals(1);
  t.match([domestic, foreign], [{ debit: { amount: 100_099, count: 2 } }, { debit: { amount: 2550, count: 1 } }]);
  t.ok(it.acquirer.book.entries().every(({ settled }) => settled));
  t.match(it.printer.paper.text(7), /POS结算总计单[\s\S]*内卡对账平[\s\S]*1,000\.99[\s\S]*外卡对账平[\s\S]*25\.50/);
  t.strictSame(await statuses(t, it), ['captured', 'captured', 'captured']);
});

test('a settlement that does not balance is uploaded record by record (M7)', async (t) => {
  const it = await board(t);
  await it.sell('1234');
  await it.firmware.fact('printed');
  it.acquirer.next('settlement', { kind: 'disagree', domestic: 2 });
  await it.display.until('请输入金额');
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.equal(it.acquirer.book.uploadCount(1), 1);
  t.strictSame(it.acquirer.book.uploadDifferences(1), []);
  t.match(it.printer.paper.text(3), /内卡对账不平/);
  t.strictSame(await statuses(t, it), ['captured']);
});

test('a declined sale prints nothing, and says why in words', async (t) => {
  const it = await board(t);
  it.acquirer.next('sale', { kind: 'decline', code: '51' });
  await it.sell('1234');
  t.match(await it.display.until('交易失败 51'), ['交易失败 51', '可用余额不足', '未扣款']);
  await it.phase('idle', 2);
  t.strictSame(await statuses(t, it), ['declined']);
  t.equal(it.printer.paper.copies.length, 0);
});

test('no paper before the sale: no card is asked for until there is (000-15)', async (t) => {
  const it = await board(t);
  it.printer.endPaper();
  it.keypad.type('1234');
  it.press('enter', 'enter');
  await it.display.until('打印机缺纸');
  it.printer.loadPaper();
  it.pinPad.willEnter(testCards.debit.pin);
  await it.display.until('请刷卡');
  it.cardReader.swipe(testCards.debit);
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['captured']);
});

test('paper out in mid-slip, new paper in time: the whole copy is printed again and captured (001-01)', async (t) => {
  const it = await board(t);
  it.printer.fault({ line: 10 }, 'paperEnd');
  await it.sell('1234');
  await it.display.until('装纸后自动续打');
  it.printer.loadPaper();
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['captured']);
  const merchantCopies = it.printer.paper.copies.filter(({ number }) => /商户存根/.test(it.printer.paper.text(number)));
  t.equal(merchantCopies.length, 2, 'the torn one and the whole one; the rest of the torn one was cancelled');
});

test('paper out in mid-slip, the clerk gives up: reversed with 96, and the slip called void when paper is back (M4)', async (t) => {
  const it = await board(t);
  it.printer.fault({ line: 20 }, 'paperEnd');
  await it.sell('1234');
  await it.display.until('装纸后自动续打');
  it.press('cancel');
  await it.firmware.fact('reversed');
  await it.display.until('冲正凭证待打印');
  it.printer.loadPaper();
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
  t.equal(it.acquirer.book.entries()[0]?.state, 'reversed');
  t.match(it.printer.paper.text(it.printer.paper.copies.length), /冲正凭证[\s\S]*凭证号:000002[\s\S]*冲正成功/);
});

test('paper out in mid-slip and nobody comes: the grace time ends it by itself (M10)', async (t) => {
  const it = await board(t, { timers: { paperGraceMs: 400 } });
  it.printer.fault({ line: 5 }, 'paperEnd');
  await it.sell('1234');
  await it.firmware.fact('reversed');
  await it.phase('idle', 2);
  it.printer.loadPaper();
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
});

test('paper out after the merchant copy: captured; the cardholder copy waits in the queue (000-12)', async (t) => {
  const it = await board(t);
  it.printer.fault({ copy: 2 }, 'paperEnd');
  await it.sell('1234');
  await it.display.until('持卡人联未打');
  await it.display.until('待补打小票 1');
  it.printer.loadPaper();
  await it.firmware.until((line) => line.event === 'readiness' && line.ready === true && line.from === 'idle');
  it.press('function');
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['captured']);
});

test('printer unplugged in mid-slip: nobody can vouch for the slip, so it is reversed (M4)', async (t) => {
  const it = await board(t);
  it.printer.fault({ line: 12 }, 'unplug');
  await it.sell('1234');
  await it.firmware.fact('reversed');
  await it.phase('idle', 2);
  await it.plugIn('printer');
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
});

test('cover open, overheat and a stuck cutter in mid-slip: each is named, and ends well (M10)', async (t) => {
  for (const [fault, screen, mend] of [
    ['coverOpen', '打印机盖打开', (it: VirtualBoard) => it.printer.closeCover()],
    ['cutterJam', '切刀卡住', (it: VirtualBoard) => it.printer.freeCutter()],
  ] as const) {
    const it = await board(t);
    it.printer.fault({ line: 12 }, fault);
    await it.sell('1234');
    await it.display.until(screen);
    // Keys count once the buffer is cleared.
    await it.display.until('装纸后自动续打');
    mend(it);
    it.press('enter');
    await it.firmware.fact('printed');
    t.strictSame(await statuses(t, it), ['captured'], fault);
  }
});

test('no answer: reversed with 98 after the time-out, and the reversal has its slip (001-04, 004-11)', async (t) => {
  const it = await board(t, { acquirer: soon });
  it.acquirer.next('sale', { kind: 'noAnswer' });
  await it.sell('1234');
  await it.display.until('自动冲正');
  await it.firmware.fact('reversed');
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
  t.equal(it.acquirer.book.entries()[0]?.state, 'reversed');
});

test('a request that was lost on its way is reversed too; 25 ends it', async (t) => {
  const it = await board(t, { acquirer: soon });
  it.acquirer.next('sale', { kind: 'notBooked' });
  await it.sell('1234');
  t.match(await it.firmware.fact('reversed'), { responseCode: '25' });
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
});

test('a late answer is logged and revives nothing (004-21)', async (t) => {
  const it = await board(t, { acquirer: soon });
  it.acquirer.next('sale', { kind: 'late' });
  await it.sell('1234');
  await it.firmware.fact('reversed');
  it.acquirer.release();
  await it.firmware.until((line) => line.msg === 'lateAnswer');
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
});

test('an answer with a bad MAC is reversed with A0; wrong fields with 06', async (t) => {
  for (const [behaviour, reason] of [
    [{ kind: 'badMac' }, 'A0'],
    [{ kind: 'wrongField', field: 4 }, '06'],
    [{ kind: 'omitField', field: 64 }, 'A0'],
  ] as const) {
    const it = await board(t);
    it.acquirer.next('sale', behaviour);
    await it.sell('1234');
    t.match(await it.firmware.fact('reversalRequired'), { reason });
    await it.firmware.fact('printed');
    t.strictSame(await statuses(t, it), ['reversed']);
  }
});

test('connection cut, truncated and garbled answers are in doubt, and reversed', async (t) => {
  for (const behaviour of [
    { kind: 'closeAfterRequest' },
    { kind: 'truncated', closes: true },
    { kind: 'garbage' },
  ] as const) {
    const it = await board(t, { acquirer: soon });
    it.acquirer.next('sale', behaviour);
    await it.sell('1234');
    await it.firmware.fact('reversed');
    await it.firmware.fact('printed');
    t.strictSame(await statuses(t, it), ['reversed'], behaviour.kind);
  }
});

test('a request that never left is not reversed, and the clerk is told that nothing was taken', async (t) => {
  const it = await board(t);
  it.acquirer.refuseConnections();
  await it.sell('1234');
  t.match(await it.display.until('线路不通'), ['未扣款', '线路不通 未发出', '可重新刷卡']);
  await it.acquirer.acceptConnections();
  await it.phase('idle', 2);
  t.strictSame(await statuses(t, it), ['notSent']);
});

test('M5: a reversal is sent until it is acknowledged, and nothing else meanwhile', async (t) => {
  const it = await board(t, { acquirer: soon, timers: retries });
  it.acquirer.next('sale', { kind: 'noAnswer' });
  it.acquirer.next('reversal', { kind: 'noAnswer' });
  it.acquirer.next('reversal', { kind: 'decline', code: '96' });
  it.acquirer.next('reversal', { kind: 'badMac' });
  it.acquirer.next('reversal', { kind: 'closeAfterRequest' });
  await it.sell('1234');
  await it.display.until('待冲正 第1次');
  it.keypad.type('55');
  await it.firmware.fact('reversed');
  await it.firmware.fact('printed');
  t.strictSame(await statuses(t, it), ['reversed']);
  const reversals = it.acquirer.messages.filter(
    ({ kind, direction }) => kind === 'reversal' && direction === 'received',
  );
  t.equal(reversals.length, 5);
});

test('M2: a supervisor keeps a sale whose slip did not come out; a wrong password does not', async (t) => {
  const it = await board(t, { supervisorPassword: '20261122', policy: { keepBySupervisor: true } });
  it.printer.fault({ line: 3 }, 'paperEnd');
  await it.sell('1234');
  await it.display.until('装纸后自动续打');
  it.press('function');
  it.keypad.type('111111');
  it.press('enter');
  await it.phase('paperWait', 2);
  it.press('function');
  it.keypad.type('20261122');
  it.press('enter');
  await it.firmware.fact('keptBySupervisor');
  await it.phase('idle', 2);
  it.printer.loadPaper();
  await it.firmware.until((line) => line.event === 'readiness' && line.ready === true && line.from === 'idle');
  it.press('function');
  await it.firmware.fact('printed', 2);
  t.strictSame(await statuses(t, it), ['keptBySupervisor']);
});

test('M2, M5: a reversal that nobody answers is handed over by an incident number', async (t) => {
  const it = await board(t, { acquirer: soon, supervisorPassword: '20261122', timers: { retryMs: [60_000] } });
  it.acquirer.next('sale', { kind: 'notBooked' });
  it.acquirer.always('reversal', { kind: 'notBooked' });
  await it.sell('1234');
  await it.display.until('待冲正');
  it.press('function');
  it.keypad.type('20261122');
  it.press('enter');
  await it.display.until('请输入事件号');
  it.keypad.type('4711');
  it.press('enter');
  t.match(await it.firmware.fact('handedOver'), { incident: '4711', supervisor: '00' });
  await it.firmware.fact('printed');
  t.match(it.printer.paper.text(1), /冲正不成功,请人工处理[\s\S]*4711/);
  t.strictSame(await statuses(t, it), ['handedOver']);
});
