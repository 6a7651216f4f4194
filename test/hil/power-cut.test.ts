/** The terminal loses its power (SIGKILL) in each phase of its life, and again while it recovers. */
import { once } from 'node:events';
import { type Test, test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { agree } from './agreement.ts';

/** What is under way, how long to let it go on, and how the sale stands after the restart. */
interface Cut {
  readonly name: string;
  /** Resolves at the instant of the cut. */
  readonly until: (it: VirtualBoard) => Promise<unknown>;
  readonly ends: readonly string[]; // 'none': no intent was made
}

const received = async (it: VirtualBoard, kind: string): Promise<void> => {
  for (;;) {
    const [message] = await once(it.acquirer, 'message');
    if (message.kind === kind && message.direction === 'received') return;
  }
};

const onPaper = async (it: VirtualBoard, copy: number, lines: number): Promise<void> => {
  await it.printer.until(({ paper }) => (paper.copies[copy - 1]?.lines.length ?? 0) >= lines);
};

const board = async (t: Test): Promise<VirtualBoard> => {
  const built = await VirtualBoard.build({
    acquirer: { answerTimeoutMs: 1_000 },
    timers: { tearOffMs: 200, retryMs: [300] },
    // Slow enough that a cut at a line of a slip comes before its end, on a busy machine too.
    printerSpeed: 2,
  });
  t.teardown(() => built.dismantle());
  await built.powerOnToIdle();
  return built;
};

/** Cuts the power at that instant, starts again and waits until the terminal rests. */
const cutAndRestart = async (it: VirtualBoard, instant: Promise<unknown>): Promise<void> => {
  await instant;
  await it.firmware.kill();
  await it.powerOnToIdle();
};

const cuts: readonly Cut[] = [
  { name: 'while the amount is confirmed', until: (it) => it.phase('confirm'), ends: ['none'] },
  { name: 'while a card is asked for', until: (it) => it.phase('card'), ends: ['none'] },
  { name: 'while the PIN is entered', until: (it) => it.phase('pin'), ends: ['none', 'reversed'] },
  { name: 'when the intent is on the disk', until: (it) => it.firmware.fact('intended'), ends: ['reversed'] },
  { name: 'when the acquirer has booked, before its answer', until: (it) => received(it, 'sale'), ends: ['reversed'] },
  { name: 'when the approval is on the disk', until: (it) => it.firmware.fact('approved'), ends: ['reversed'] },
  { name: 'after a line of the merchant copy', until: (it) => onPaper(it, 1, 1), ends: ['reversed'] },
  { name: 'after twenty lines of it', until: (it) => onPaper(it, 1, 20), ends: ['reversed'] },
  { name: 'when the capture is on the disk', until: (it) => it.firmware.fact('captured'), ends: ['captured'] },
  { name: 'while the merchant copy is torn off', until: (it) => it.phase('tearOff'), ends: ['captured'] },
  { name: 'after five lines of the cardholder copy', until: (it) => onPaper(it, 2, 5), ends: ['captured'] },
  { name: 'when the sale is told', until: (it) => it.phase('notice'), ends: ['captured'] },
];

for (const { name, until, ends } of cuts) {
  test(`M2, M3, M4: power cut ${name}`, async (t) => {
    const it = await board(t);
    const cut = cutAndRestart(it, until(it));
    it.pinPad.willEnter(testCards.debit.pin);
    await Promise.race([it.sell('1234').catch(() => undefined), cut]);
    await cut;
    const sales = await agree(t, it);
    t.ok(ends.includes(sales[0]?.status ?? 'none'), `${sales[0]?.status ?? 'none'} is one of ${ends.join(', ')}`);
    t.ok(sales.length <= 1);
  });
}

test('M4: power cut while paper is waited for, and once more while the reversal is on its way', async (t) => {
  const it = await board(t);
  it.printer.fault({ line: 10 }, 'paperEnd');
  await it.sell('1234');
  await it.phase('paperWait');
  await it.firmware.kill();
  const reversal = received(it, 'reversal');
  await it.powerOn();
  await reversal;
  await it.firmware.kill();
  await it.powerOnToIdle();
  it.printer.loadPaper();
  await it.firmware.fact('printed');
  t.match(await agree(t, it), [{ status: 'reversed' }]);
});

test('M4, M5: power cut at each step of the recovery from a power cut', async (t) => {
  for (const phase of ['signingOn', 'clearingBuffer', 'reversing', 'printingReversal']) {
    const it = await board(t);
    const approved = it.firmware.fact('approved');
    await it.sell('1234');
    await approved;
    await it.firmware.kill();
    await it.powerOn();
    await it.phase(phase);
    await it.firmware.kill();
    await it.powerOnToIdle();
    t.match(await agree(t, it), [{ status: 'reversed' }], phase);
  }
});

test('M7: power cut at each message of a settlement that is uploaded; it goes on where it stopped', async (t) => {
  for (const kind of ['settlement', 'upload', 'batchEnd']) {
    const it = await board(t);
    await it.sell('1234');
    await it.firmware.fact('printed');
    await it.display.until('请输入金额');
    it.acquirer.always('settlement', { kind: 'disagree', domestic: 2 });
    const instant = received(it, kind);
    it.press('menu', '7', '5', 'enter');
    await instant;
    await it.firmware.kill();
    await it.powerOn();
    await it.firmware.fact('batchOpened');
    await it.firmware.fact('settlementPrinted');
    t.match(await agree(t, it), [{ status: 'captured' }], kind);
    t.strictSame(it.acquirer.book.uploadDifferences(1), []);
    t.match(it.acquirer.book.entries(), [{ state: 'approved', uploaded: true, settled: true }]);
  }
});

test('power cut under the settlement slip: the batch is closed, and the slip is owed', async (t) => {
  const it = await board(t);
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  it.press('menu', '7', '5', 'enter');
  await onPaper(it, 3, 3);
  await it.firmware.kill();
  await it.powerOnToIdle();
  await it.display.until('结算单待打印');
  it.press('function');
  await it.firmware.fact('settlementPrinted');
  t.match(await agree(t, it), [{ status: 'captured' }]);
});
