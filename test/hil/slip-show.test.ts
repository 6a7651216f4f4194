/** What `terminalctl slip show` makes of the ledger is what lies before the printer, line by line. */
import { type Test, test } from 'tap';
import { run } from '../../firmware/terminalctl/program.ts';
import { VirtualBoard } from '../bench/board.ts';

const shown = async (it: VirtualBoard, ...args: readonly string[]): Promise<readonly string[]> => {
  const lines: string[] = [];
  const add = (text: string): number => lines.push(text);
  const code = await run(['slip', 'show', '-c', it.configurationPath, ...args], { line: add, text: add, problem: add });
  if (code !== 0) throw new Error(lines.join('\n'));
  return lines.map((line) => line.trim()).filter((line) => line !== '');
};

const onPaper = (it: VirtualBoard, copy: number): readonly string[] =>
  it.printer.paper
    .text(copy)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const board = async (t: Test): Promise<VirtualBoard> => {
  const built = await VirtualBoard.build();
  t.teardown(() => built.dismantle());
  await built.powerOnToIdle();
  return built;
};

test('merchant and cardholder copy, reversal slip and settlement: the same as on paper', async (t) => {
  const it = await board(t);
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  t.strictSame(await shown(it, '--voucher', '2'), onPaper(it, 1));
  t.strictSame(await shown(it, '--voucher', '2', '--slip', 'cardholder'), onPaper(it, 2));

  it.press('function');
  await it.firmware.fact('printed', 3);
  await it.display.until('打印完成');
  const again = await shown(it, '-v', '2');
  t.strictSame(again, onPaper(it, 3), 'with the mark, its time and the operator');
  t.strictSame(
    again.filter((line) => !/重打印/.test(line)),
    onPaper(it, 1),
    'which is all that is new',
  );
  it.press('enter');
  await it.display.until('请输入金额');

  it.acquirer.next('sale', { kind: 'badMac' });
  await it.sell('500');
  await it.firmware.fact('printed', 4);
  await it.display.until('已冲正');
  t.strictSame(await shown(it, '-v', '3'), onPaper(it, 5), 'what tells how it stands is its reversal slip');

  it.press('enter');
  await it.display.until('请输入金额');
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.strictSame(await shown(it), onPaper(it, 6));
  t.strictSame(await shown(it, '-v', '2', '-b', '1'), onPaper(it, 3), 'a closed batch tells the same');
  t.match((await shown(it, '-s', 'detail', '-b', '1')).join('|'), /TXN LIST.*000002.*12\.34.*共1笔/);
  t.match((await shown(it, '-s', 'query', '-v', '2')).join('|'), /交易查询单.*参考号/);
  await t.rejects(shown(it, '-v', '99'), /no voucher 99/);
  await t.rejects(shown(it, '-v', '2', '--slip', 'reversal'), /it has no reversal slip/);
  await t.rejects(shown(it, '-v', '2', '--slip', 'totals'), /totals is of no voucher/);
  await t.rejects(shown(it, '--slip', 'incident'), /say of which transaction/);
});
