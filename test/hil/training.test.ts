/** 培训模式 on the virtual board: the built firmware trains, and nothing of it reaches the acquirer or the ledger. */
import { once } from 'node:events';
import { type Test, test } from 'tap';
import type { VirtualBoard } from '../bench/board.ts';
import { runTerminalctl } from '../bench/firmware-process.ts';
import { boardFor, papers } from './in-test.ts';

const password = '246810';

/** The supervisor begins or ends training, and the terminal starts anew. */
const switchTraining = async (it: VirtualBoard): Promise<void> => {
  const exited = once(it.firmware, 'exit');
  it.press('menu', '7', '8', '5');
  await it.answer('请输入主管密码', password);
  await exited;
  await it.powerOnToIdle();
};

const status = (it: VirtualBoard): Promise<string> => runTerminalctl(['status', '--config', it.configurationPath]);

const trades = async (it: VirtualBoard): Promise<number> =>
  (await it.ledger()).filter(({ fact }) => fact === 'intended').length;

const sellWhole = async (it: VirtualBoard, amount: string): Promise<void> => {
  await it.sell(amount);
  await it.firmware.fact('printed');
  await it.display.until('请输入金额');
};

const training = async (t: Test): Promise<VirtualBoard> => {
  const it = await boardFor(t, { supervisorPassword: password });
  await it.powerOnToIdle();
  await switchTraining(it);
  return it;
};

test('a sale in training prints slips that are void; acquirer and ledger know nothing of it (003-25)', async (t) => {
  const it = await training(t);
  await it.display.until('培训模式');
  t.match(await status(it), /TRAINING/);
  const heard = it.acquirer.messages.length;
  await sellWhole(it, '1234');
  t.equal(papers(it).length, 2, 'both copies');
  for (const paper of papers(it)) t.match(paper, /培训\/TRAINING 凭证无效\/VOID[\s\S]*12\.34[\s\S]*培训\/TRAINING/);
  t.equal(it.acquirer.messages.length, heard, 'not a message');
  t.equal(await trades(it), 0);
  t.match((await it.ledger()).at(-1), { fact: 'trainingChosen', on: true, by: '00' });
});

test('training outlives a power cut, and after it a real sale is real (003-25)', async (t) => {
  const it = await training(t);
  await it.firmware.kill();
  await it.powerOnToIdle();
  await it.display.until('培训模式');
  await switchTraining(it);
  await it.display.until('测试路店');
  t.notMatch(await status(it), /TRAINING/);
  await sellWhole(it, '4321');
  for (const paper of papers(it)) t.notMatch(paper, /TRAINING/);
  t.equal(await trades(it), 1);
  const ledger = await it.ledger();
  const stans = ledger.flatMap(({ stan, fact }) => (fact === 'intended' || fact === 'traceTaken' ? [stan] : []));
  t.equal(new Set(stans).size, stans.length, 'no number twice');
  t.strictSame(it.acquirer.complaints, []);
});

test('99 changes a parameter at the keys; it holds from the restart on, and the ledger says who did it', async (t) => {
  const it = await boardFor(t);
  await it.powerOnToIdle();
  it.press('menu', '7', '8', '9');
  await it.answer('操作员 99', '12345678');
  await it.answer('请输入新密码', '97531246');
  await it.answer('再输一次新密码', '97531246');
  await it.answer('密码已改');
  await it.display.until('请输入金额');
  it.press('menu', '7', '8', '9');
  await it.answer('请输入密码', '97531246');
  await it.display.until('1参数');
  it.press('1');
  await it.display.until('单笔限额');
  it.press('1');
  await it.answer('确认 清除 取消', '1000');
  await it.answer('→ 10.00');
  await it.display.until('重启后生效');
  t.match((await it.ledger()).at(-1), {
    fact: 'parameterChanged',
    key: 'policy.maxAmount',
    from: '5000000',
    to: '1000',
    by: '99',
  });
  const exited = once(it.firmware, 'exit');
  it.press('enter');
  await it.display.until('1改 确认下');
  it.press('cancel');
  await it.display.until('4重启');
  it.press('4');
  await exited;
  t.equal(it.firmware.exitCode, 0);
  await it.powerOnToIdle();
  it.keypad.type('1001');
  await it.firmware.until((line) => line.why === 'amountTooLarge');
});
