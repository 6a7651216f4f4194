/**
 * The built firmware with each make of printer that it has a profile for. The slow ones run at a real printer's speed,
 * because their drivers rightly believe no answer that comes sooner than the paper can move.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PNG } from 'pngjs';
import tap, { type Test, test } from 'tap';
import type { BoardOptions, VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { VirtualPrinter } from '../bench/printer/virtual-printer.ts';
import { plugIn } from '../support/pty.ts';
import { boardFor, copiesOf, countOf, nothingLost } from './in-test.ts';

tap.jobs = 4;

/** The first sale of a terminal: trace number 1 is the sign-on's. */
const firstSale = 2;
const bothCopies = ['商户存根', '持卡人存根'];

/** One sale from the first key to its cardholder copy. */
const sellWhole = async (t: Test, board: VirtualBoard, stan = firstSale): Promise<void> => {
  const printedBefore = countOf(board, (line) => line.fact === 'printed');
  await board.sell('1250');
  await board.firmware.fact('captured');
  t.strictSame(copiesOf(board, stan), ['商户存根'], 'the copy is out when the sale is captured');
  await board.firmware.fact('printed', printedBefore + 1);
  t.strictSame(copiesOf(board, stan), bothCopies);
};

const sales: readonly [what: string, options: BoardOptions][] = [
  ['clone: the fence is GS r', { printerProfile: 'clone', printerSpeed: 1 }],
  ['cheap58: a module that answers ESC v and GS r', { printerProfile: 'cheap58', printerSpeed: 1 }],
  ['epson on 80 mm paper', { printerProfile: 'epson', paper: 80 }],
];

for (const [what, options] of sales) {
  test(`M2: a sale is captured when its slip is out: ${what}`, { buffered: true }, async (t) => {
    const board = await boardFor(t, options);
    await board.powerOnToIdle();
    await sellWhole(t, board);
    const columns = Math.max(...board.printer.paper.lines.map((line) => line.columns));
    t.equal(columns, options.paper === 80 ? 48 : 32, 'the whole width of the paper is used');
    t.strictSame(board.printer.complaints, [], 'the printer understood every byte');
    await board.phase('idle', 2);
    await nothingLost(t, board);
  });
}

test('mute: unverified slips are taken only by policy, after their time', { buffered: true }, async (t) => {
  const board = await boardFor(t, { printerProfile: 'mute', printerSpeed: 1 });
  await board.powerOnToIdle();
  await board.sell('1250');
  const { verdict } = await board.firmware.until((line) => line.event === 'printed');
  t.equal(verdict, 'UNVERIFIED');
  t.strictSame(copiesOf(board, firstSale), ['商户存根'], 'it was given the time that the paper needs');
  await board.firmware.fact('printed');
  t.strictSame(copiesOf(board, firstSale), bothCopies);
  await nothingLost(t, board);
});

test('M4: clone, paper out in mid-slip, cancelled: the rest comes out later and is called void', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t, { printerProfile: 'clone', printerSpeed: 1 });
  await board.powerOnToIdle();
  board.printer.fault({ line: 12 }, 'paperEnd');
  await board.sell('1250');
  const told = await board.display.until('装纸后自动续打');
  t.match(told, ['打印机缺纸', /装纸/, /确认/, /取消/], 'the clerk reads what to do');
  board.press('cancel');
  await board.display.until('已冲正 未扣款');
  await board.display.until((lines) => lines[2] === '冲正凭证待打印' && lines[3] === '打印机缺纸');
  t.equal(board.acquirer.book.openTotal(), 0, 'the customer has his money back');
  t.notMatch(board.printer.paper.text(1), '凭证号', 'half a slip is on paper');
  board.printer.loadPaper();
  await board.firmware.fact('printed');
  t.strictSame(copiesOf(board, firstSale), ['商户存根', '冲正凭证'], 'the old slip came out by itself, then its end');
  await sellWhole(t, board, firstSale + 1);
  await nothingLost(t, board);
});

test('clone, paper out in mid-slip, loaded within the grace time: the whole copy again (M2, 001-01)', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t, { printerProfile: 'clone', printerSpeed: 1 });
  await board.powerOnToIdle();
  board.printer.fault({ line: 12 }, 'paperEnd');
  await board.sell('1250');
  await board.display.until('打印机缺纸');
  board.printer.loadPaper();
  await board.firmware.fact('printed');
  t.strictSame(copiesOf(board, firstSale), ['商户存根', ...bothCopies], 'the resumed one, and one in a single piece');
  t.match(board.printer.paper.text(2), '重打印凭证', 'which says that it is a second one');
  await nothingLost(t, board);
});

test('M4: cheap58, paper out in mid-slip: nobody can say, so it is reversed; the rest that comes is called void', {
  buffered: true,
}, async (t) => {
  const board = await boardFor(t, { printerProfile: 'cheap58', printerSpeed: 1 });
  await board.powerOnToIdle();
  board.printer.fault({ line: 12 }, 'paperEnd');
  await board.sell('1250');
  const { verdict } = await board.firmware.until((line) => line.event === 'printed');
  t.equal(verdict, 'UNKNOWN', 'a module without paper answers nothing');
  await board.firmware.fact('reversed');
  await board.display.until((lines) => lines[2] === '冲正凭证待打印' && lines[3] === '打印机无应答');
  board.printer.loadPaper();
  await board.firmware.fact('printed');
  t.strictSame(copiesOf(board, firstSale), ['商户存根', '冲正凭证']);
  await nothingLost(t, board);
});

test('cd5220: four lines as two pages of a customer display', { buffered: true }, async (t) => {
  const board = await boardFor(t, { display: 'cd5220' });
  await board.powerOnToIdle();
  await board.sell('1250', testCards.credit);
  await board.firmware.fact('printed');
  await board.display.until('交易成功');
  await board.phase('idle', 2);
  await board.display.until((lines) => lines[0] === '示例便利店' && lines[1] === '测试路店');
  t.strictSame(board.display.complaints, [], 'the display understood every byte');
  await nothingLost(t, board);
});

/** The first printer's paper ended in a sale's slip; a supervisor has turned to the other way out, and the sale is captured. */
const turnedToSecond = async (t: Test, secondPrinter: object): Promise<VirtualBoard> => {
  const board = await boardFor(t, { supervisorPassword: '20261122', sections: { secondPrinter } });
  await board.powerOnToIdle();
  board.printer.fault({ line: 6 }, 'paperEnd');
  await board.sell('1250');
  await board.display.until('确认再打 00换机');
  board.press('00', '2', '0', '2', '6', '1', '1', '2', '2', 'enter');
  await board.firmware.fact('captured');
  return board;
};

test('a second printer: the first is out of paper, a supervisor turns to the other, and the slip comes out there (000-17)', {
  buffered: true,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-second-'));
  const path = join(folder, 'printer');
  const end = await plugIn(path);
  const second = new VirtualPrinter({ speed: 20 });
  second.attach(end);
  t.teardown(async () => {
    await end.unplug();
    rmSync(folder, { recursive: true });
  });
  const port = { path, baudRate: 115_200 };
  const board = await turnedToSecond(t, { driver: 'escpos', profile: 'epson', port });
  t.match(second.paper.text(1), /商户存根.*凭证号:000002.*重打印凭证\/DUPLICATE 2/s, 'the whole copy, marked');
  await board.firmware.fact('printed');
  t.match(second.paper.text(2), /持卡人存根/);
  board.printer.loadPaper();
  await board.printer.until(({ idle }) => idle);
  t.notOk(copiesOf(board, firstSale).includes('商户存根'), 'the first was cleared: nothing more comes out of it');
  await board.firmware.kill();
  await board.powerOnToIdle();
  await board.sell('1300');
  await board.firmware.fact('captured');
  t.match(second.paper.text(3), /商户存根/, 'the second is used after a power cut too');
});

test('a folder as the second way out: the supervisor turns to it, and the slip is an image there (000-17)', {
  buffered: true,
}, async (t) => {
  const board = await turnedToSecond(t, { driver: 'file' });
  await board.firmware.fact('printed');
  const images = board.files().filter(({ path }) => path.includes('slips-to-print'));
  t.match(images.map(({ path }) => basename(path)).sort(), [/^000001-.*\.png$/, /^000002-.*\.png$/], 'both copies');
  for (const { content } of images) t.equal(PNG.sync.read(content).width, 384);
});

test('the drawer opens once with each merchant copy, and only there', { buffered: true }, async (t) => {
  const board = await boardFor(t, { drawer: true });
  let pulses = 0;
  board.printer.on('drawer', () => pulses++);
  await board.powerOnToIdle();
  await sellWhole(t, board);
  t.equal(pulses, 1);
  await nothingLost(t, board);
});
