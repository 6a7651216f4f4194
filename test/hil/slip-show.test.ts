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

  it.acquirer.next('sale', { kind: 'badMac' });
  await it.sell('500');
  await it.firmware.fact('printed', 2);
  await it.display.until('已冲正');
  t.strictSame(await shown(it, '-v', '3'), onPaper(it, 3), 'what tells how it stands is its reversal slip');

  it.press('enter');
  await it.display.until('请输入金额');
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.strictSame(await shown(it), onPaper(it, 4));
  t.strictSame(await shown(it, '-v', '2', '-b', '1'), onPaper(it, 1), 'a closed batch tells the same');
  await t.rejects(shown(it, '-v', '99'), /no voucher 99/);
  await t.rejects(shown(it, '-v', '2', '--slip', 'reversal'), /it has no reversal slip/);
});
