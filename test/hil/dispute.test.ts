/** A customer disputes a charge: what the technician's tool tells, from the slip in his hand. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { runTerminalctl } from '../bench/firmware-process.ts';
import { agree } from './agreement.ts';

test('M8, M9: slip, ledger, export and replay tell the same story, while the terminal trades', async (t) => {
  const it = await VirtualBoard.build({ timers: { tearOffMs: 200, retryMs: [300], paperGraceMs: 100 } });
  t.teardown(() => it.dismantle());
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
  it.printer.fault({ line: 10 }, 'paperEnd');
  await it.sell('5678');
  await it.firmware.fact('reversed');
  it.printer.loadPaper();
  await it.firmware.fact('printed', 2);
  const sales = await agree(t, it);
  t.match(sales, [{ status: 'captured' }, { status: 'reversed' }]);

  const ofConfig = ['--config', it.configurationPath];
  const codes = [...it.printer.paper.text(1).matchAll(/账本校验:([0-9A-F]{8})/g)].map(([, code]) => code ?? '');
  t.equal(codes.length, 1, 'the merchant copy shows the code of the ledger');
  const verified = await runTerminalctl(['ledger', 'verify', ...ofConfig, '--code', codes[0] ?? '']);
  t.match(verified, /is record \d+, in batch-000001\.slip[\s\S]*INTACT/);

  const file = join(dirname(it.configurationPath), 'export.jsonl');
  writeFileSync(file, await runTerminalctl(['ledger', 'export', ...ofConfig]));
  t.match(await runTerminalctl(['ledger', 'verify', file, '--code', codes[0] ?? '']), /INTACT/);
  const replayed = await runTerminalctl(['replay', file, ...ofConfig, '--voucher', String(sales[1]?.stan), '--json']);
  const steps = replayed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const shown = new Set(it.display.history.map((lines) => lines.map((line) => line.trimEnd()).join('|')));
  for (const words of ['请顾客核对', '请刷卡', '已冲正 未扣款']) {
    const screens = steps
      .map(({ screen }) => (screen as string[]).join('|'))
      .filter((screen) => screen.includes(words));
    t.ok(
      screens.some((screen) => shown.has(screen)),
      `${words} was on the display`,
    );
  }
  t.match(
    steps.flatMap(({ facts }) => facts.map(({ type }: { type: string }) => type)),
    ['intended', 'approved', 'reversalRequired', 'reversed'],
  );
  await agree(t, it);
});
