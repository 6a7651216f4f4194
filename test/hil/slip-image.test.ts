/** The image that the terminal keeps of a slip is what lies before the printer, and what the ledger gives again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { run } from '../../firmware/terminalctl/program.ts';
import { VirtualBoard } from '../bench/board.ts';
import { difference } from '../firmware/slips/paper-and-image.ts';

test('a sale’s copies: paper, kept image and the image from the ledger are the same (000-11)', async (t) => {
  const it = await VirtualBoard.build();
  t.teardown(() => it.dismantle());
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');

  const kept = () => it.files().filter(({ path }) => path.endsWith('.png'));
  while (kept().length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const [index, copy] of ['merchant', 'cardholder'].entries()) {
    const image = kept().find(({ path }) => path.includes(`-000002-${copy}-1.png`));
    if (image === undefined) throw new Error(`no image of the ${copy} copy`);
    t.equal(difference(it.printer.paper.copies[index]?.lines ?? [], image.content), undefined, copy);
    const path = join(t.testdir(), `${copy}.png`);
    const said: string[] = [];
    const say = (text: string): number => said.push(text);
    const args = ['slip', 'image', '-c', it.configurationPath, '-v', '2', '-s', copy, '-o', path];
    t.equal(await run(args, { line: say, text: say, problem: say }), 0, said.join());
    t.ok(existsSync(path) && readFileSync(path).equals(image.content), 'the ledger gives it again, to the byte');
  }
});
