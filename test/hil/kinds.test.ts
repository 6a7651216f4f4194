/** Each kind but the sale and its void on the virtual board: every way that it can end, against paper and acquirer. */
import tap, { type Test, test } from 'tap';
import type { VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import { agree } from './agreement.ts';
import { boardFor } from './in-test.ts';

tap.jobs = 3;

const password = '246810';
const card = testCards.debit;

interface Case {
  readonly kind: string;
  /** What must have been done before, voucher by voucher from 2 on. */
  readonly before: readonly ('sale' | 'preAuthorisation' | 'completion')[];
  readonly keys: readonly ('menu' | '2' | '3' | '4' | '5' | '6')[];
  readonly supervisor: boolean;
  /** The voucher that it is about; none for a pre-authorisation. */
  readonly voucher?: string;
  /** Typed in 分, where it has an amount of its own. */
  readonly amount?: string;
  readonly pin: boolean;
  readonly reversible: boolean;
  /** What its slip says. */
  readonly slip: RegExp;
}

const preAuthorisation: Case = {
  kind: 'preAuthorisation',
  before: [],
  keys: ['menu', '4'],
  supervisor: false,
  amount: '10000',
  pin: true,
  reversible: true,
  slip: /预授权\(AUTH\)/,
};
const completion: Case = {
  kind: 'completion',
  before: ['preAuthorisation'],
  keys: ['menu', '4', '3'],
  supervisor: false,
  voucher: '2',
  amount: '9000',
  pin: true,
  reversible: true,
  slip: /预授权完成\(AUTH COMPLETE\)/,
};
const cases: readonly Case[] = [
  {
    kind: 'refund',
    before: ['sale'],
    keys: ['menu', '3'],
    supervisor: true,
    voucher: '2',
    amount: '500',
    pin: false,
    reversible: false,
    slip: /退货\(REFUND\)[\s\S]*RMB -5\.00/,
  },
  preAuthorisation,
  {
    kind: 'preAuthorisationVoid',
    before: ['preAuthorisation'],
    keys: ['menu', '4', '2'],
    supervisor: true,
    voucher: '2',
    pin: true,
    reversible: true,
    slip: /预授权撤销\(CANCEL\)/,
  },
  completion,
  {
    ...completion,
    kind: 'completionNotice',
    keys: ['menu', '4', '4'],
    pin: false,
    reversible: false,
    slip: /完成通知/,
  },
  {
    kind: 'completionVoid',
    before: ['preAuthorisation', 'completion'],
    keys: ['menu', '4', '5'],
    supervisor: true,
    voucher: '3',
    pin: true,
    reversible: true,
    slip: /预授权完成撤销\(COMPLETE VOID\)[\s\S]*RMB -90\.00/,
  },
  {
    kind: 'preAuthorisationIncrement',
    before: ['preAuthorisation'],
    keys: ['menu', '4', '6'],
    supervisor: false,
    voucher: '2',
    amount: '5000',
    pin: true,
    reversible: true,
    slip: /追加预授权\(AUTH INCREMENT\)[\s\S]*RMB 50\.00[\s\S]*原凭证号:000002/,
  },
];

/** Everybody's part of it, up to the request. */
const ask = async (it: VirtualBoard, { kind, keys, supervisor, voucher, amount, pin }: Case): Promise<void> => {
  it.press(...keys);
  if (kind === 'preAuthorisation') it.press('1');
  if (supervisor) await it.answer('请输入主管密码', password);
  if (voucher !== undefined) {
    await it.answer('请输入原凭证号', voucher);
    await it.answer('核对原单');
  }
  if (amount !== undefined) {
    await it.answer('请输入金额:', amount);
    await it.answer('请顾客核对');
  }
  if (pin) it.pinPad.willEnter(card.pin);
  await it.display.until('请刷卡');
  it.cardReader.swipe(card);
};

/** At idle, with what it is about on paper and with the acquirer. */
const ready = async (t: Test, { before }: Case): Promise<VirtualBoard> => {
  const it = await boardFor(t, {
    supervisorPassword: password,
    timers: { retryMs: [300] },
    acquirer: { answerTimeoutMs: 700 },
  });
  await it.powerOnToIdle();
  for (const [n, kind] of before.entries()) {
    if (kind === 'sale') await it.sell('1234');
    else await ask(it, kind === 'completion' ? completion : preAuthorisation);
    await it.firmware.fact('printed', n + 1);
    await it.display.until('请输入金额');
  }
  return it;
};

const last = async (t: Test, it: VirtualBoard): Promise<string | undefined> => (await agree(t, it)).at(-1)?.status;

for (const each of cases) {
  const { kind, before, reversible, slip } = each;
  const number = before.length + 1;

  test(`${kind}: approved, printed, captured, and the day ends to the cent (M2, M7)`, { buffered: true }, async (t) => {
    const it = await ready(t, each);
    await ask(it, each);
    await it.firmware.fact('printed', number);
    await it.display.until('请输入金额');
    t.equal(await last(t, it), 'captured');
    t.match(it.acquirer.book.entries().at(-1), { kind, state: 'approved' });
    t.match(it.printer.paper.text(2 * before.length + 1), slip);
    it.press('menu', '7', '5', 'enter');
    await it.firmware.fact('settlementPrinted');
    t.match(it.printer.paper.text(it.printer.paper.copies.length), /内卡对账平/);
  });

  test(`${kind}: refused, it leaves what it is about as it was (M2)`, { buffered: true }, async (t) => {
    const it = await ready(t, each);
    it.acquirer.next(kind as 'refund', { kind: 'decline', code: '05' });
    await ask(it, each);
    await it.display.until('交易失败 05');
    t.equal(await last(t, it), 'declined');
  });

  test(`${kind}: without an answer it is ${reversible ? 'reversed' : 'in doubt, and nothing is repeated'} (M2, M5)`, {
    buffered: true,
  }, async (t) => {
    const it = await ready(t, each);
    it.acquirer.next(kind as 'refund', { kind: 'noAnswer' });
    await ask(it, each);
    await it.firmware.fact(reversible ? 'reversed' : 'inDoubt');
    await it.firmware.fact('printed', number);
    t.equal(await last(t, it), reversible ? 'reversed' : 'inDoubt');
    const asked = it.acquirer.messages.filter((message) => message.kind === kind && message.direction === 'received');
    t.equal(asked.length, 1);
  });

  test(`${kind}: paper out and given up, it is ${reversible ? 'reversed' : 'kept, and its slip owed'} (M2, M4)`, {
    buffered: true,
  }, async (t) => {
    const it = await ready(t, each);
    it.printer.fault({ line: 6 }, 'paperEnd');
    await ask(it, each);
    await it.display.until('装纸后自动续打');
    it.press('cancel');
    await it.firmware.fact(reversible ? 'reversed' : 'slipOwed');
    it.printer.loadPaper();
    if (reversible) await it.firmware.fact('printed', number);
    else await it.display.until('待补打小票');
    t.equal(await last(t, it), reversible ? 'reversed' : 'slipOwed');
  });

  test(`${kind}: power cut behind the approval, it is ${reversible ? 'reversed' : 'kept'} (M1, M2)`, {
    buffered: true,
  }, async (t) => {
    const it = await ready(t, each);
    await ask(it, each);
    await it.firmware.fact('approved', number);
    await it.firmware.kill();
    await it.powerOn();
    if (reversible) await it.firmware.fact('reversed');
    await it.phase('idle');
    const status = await last(t, it);
    // The slip may have come out just before the power went; then it is captured.
    t.ok([reversible ? 'reversed' : 'slipOwed', 'captured'].includes(String(status)), String(status));
  });
}

test('余额查询: what can be spent is told, and nothing is booked', { buffered: true }, async (t) => {
  const it = await boardFor(t);
  await it.powerOnToIdle();
  it.press('menu', '8');
  it.pinPad.willEnter(card.pin);
  await it.display.until('请刷卡');
  it.cardReader.swipe(card);
  t.match(await it.display.until('可用余额'), ['余额查询', '可用余额', /^RMB \d/]);
  t.strictSame(it.acquirer.book.entries(), []);
  await agree(t, it);
});

test('a day with all of them does not balance, is uploaded, and every record is taken (M7)', {
  buffered: true,
}, async (t) => {
  const it = await ready(t, { ...completion, before: ['sale', 'preAuthorisation'] });
  const refund = cases[0] as Case;
  await ask(it, refund);
  await it.firmware.fact('printed', 3);
  await it.display.until('请输入金额');
  await ask(it, { ...(cases[4] as Case), voucher: '3' });
  await it.firmware.fact('printed', 4);
  await it.display.until('请输入金额');
  it.acquirer.next('settlement', { kind: 'disagree', domestic: 2 });
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  t.match(
    it.acquirer.messages.filter(({ kind, direction }) => kind === 'noticeUpload' && direction === 'sent'),
    [{ code: '00' }, { code: '00' }],
  );
  t.strictSame(it.acquirer.book.uploadDifferences(1), []);
  await agree(t, it);
});
