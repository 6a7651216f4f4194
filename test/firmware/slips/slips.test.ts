import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { textOf } from '../../../drivers/printer/slip-layout.ts';
import { checkCode } from '../../../firmware/slips/check-code.ts';
import { endSlip, reversalSlip } from '../../../firmware/slips/reversal-slip.ts';
import { saleSlip } from '../../../firmware/slips/sale-slip.ts';
import { settlementSlip } from '../../../firmware/slips/settlement-slip.ts';
import { dateTime, type Letterhead, money } from '../../../firmware/slips/slip.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import type { EpochMs, MinorUnits } from '../../../hal/units.ts';
import { emptyBook } from '../../../state-machine/book.ts';
import { kinds } from '../../../state-machine/kinds.ts';
import type { Sale } from '../../../state-machine/sale.ts';
import { World } from '../../state-machine/world.ts';
import { aMaker, source } from './a-maker.ts';
import { sampleSlips } from './samples.ts';

const head: Letterhead = { ...source.face, terminalId: source.terminalId };
const first = { number: 1, code: '1A2B3C4D' };
const on = Date.UTC(2026, 10, 23, 2) as EpochMs;

/** The words of a slip, line by line. */
const wordsOf = ({ elements }: SlipDocument): string =>
  elements
    .map((element) => {
      if (element.type === 'text') return element.text;
      if (element.type === 'pair') return `${element.left} ${element.right}`;
      return element.type === 'row' ? element.cells.map((cell) => cell.text).join(' ') : '';
    })
    .join('\n');

const lastSale = (world: World): Sale => {
  const sale = world.state.book.sales.at(-1);
  if (sale === undefined) throw new Error('no sale');
  return sale;
};

test('the fault slip of what was in doubt says what the acquirer told', async (t) => {
  const { reason: _, ...sale } = lastSale(new World().upToRequest());
  const told = (change: Partial<Sale>): string =>
    wordsOf(
      endSlip({ ...sale, kind: 'refund', status: 'handedOver', incident: '77', ...change }, first, 'C0DEC0DE', head),
    );
  t.match(told({ booked: true }), /经查询:收单行已入账\n事件号:77/);
  t.match(told({ booked: false }), /经查询:收单行未入账/);
  t.match(told({}), /结果未知,请人工处理/);
});

test('the slip of a sale for a difference names the sale that it makes up for (003-04, 003-21)', async (t) => {
  const difference = sampleSlips(32).get('difference');
  t.match(difference && wordsOf(difference), /消费\(SALE\)[\s\S]*备注:\n补收 原凭证 \d{6} 批次 000001\n/);
});

test('a merchant copy has every field of a UnionPay slip, and the signature block (000-01)', async (t) => {
  const words = wordsOf(
    saleSlip(lastSale(new World().upToRequest().authorised()), 'merchant', first, 'C0DEC0DE', head),
  );
  for (const field of [
    '商户存根 MERCHANT COPY',
    '商户名称:示例便利店(测试路店)',
    '商户编号:898110154110001',
    '终端编号:00000001 操作员号:01',
    '622200******1234 /S',
    '消费(SALE)',
    '批次号:000001 凭证号:000002',
    '授权码:A1B2C3',
    '参考号:170512345678',
    '金额:RMB 12.34',
    '持卡人签名:',
    '本单非税务发票',
    '账本校验:1A2B3C4D',
    '校验码:C0DEC0DE',
  ]) {
    t.ok(words.includes(field), field);
  }
  t.notMatch(words, /重打印/);
});

test('a cardholder copy has no signature; a further print is marked with its number (000-02, 001-09)', async (t) => {
  const sale = lastSale(new World().upToRequest().authorised());
  const words = wordsOf(saleSlip(sale, 'cardholder', { number: 2, code: '1A2B3C4D', on, by: '02' }, 'C0DEC0DE', head));
  t.match(words, /持卡人存根 CARDHOLDER COPY/);
  t.notMatch(words, /签名/);
  t.match(words, /重打印凭证\/DUPLICATE 2\*{4}\n重打印时间:2026\/11\/23 10:00:00\n重打印操作员号:02\n/);
});

test('a slip can not be made of a sale that was never approved (002-23)', async (t) => {
  t.throws(() => saleSlip(lastSale(new World().upToRequest()), 'merchant', first, 'C0DEC0DE', head), /never approved/);
});

test('M4: a reversal slip names the voucher and says what became of the money', async (t) => {
  const open = new World().upToRequest().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  t.match(wordsOf(reversalSlip(lastSale(open), first, 'C0DEC0DE', head)), /凭证号:000002[\s\S]*正在冲正/);
  open.reversalAnswered();
  const words = wordsOf(reversalSlip(lastSale(open), first, 'C0DEC0DE', head));
  t.match(words, /作废 VOID[\s\S]*凭证号:000002[\s\S]*RMB 12.34[\s\S]*冲正成功 未扣款[\s\S]*96[\s\S]*1A2B3C4D/);
});

test('a slip is of the face that the ledger tells, whatever the configuration says today (000-06)', (t) => {
  const face = { ...source.face, branch: '旧址', footer: '谢谢' };
  const sale = { ...lastSale(new World().upToRequest().authorised()), face };
  const [then, today] = [aMaker({ face }), aMaker({ face: { ...source.face, branch: '新址' } })];
  t.strictSame(today.copy(sale, 'merchant', first), then.copy(sale, 'merchant', first));
  t.match(wordsOf(today.copy(sale, 'merchant', first)), /示例便利店\(旧址\)[\s\S]*谢谢/);
  const { face: _, ...older } = sale;
  t.match(
    wordsOf(today.copy(older, 'merchant', first)),
    /新址/,
    'older than such facts: the configuration is all there is',
  );
  t.end();
});

test('a duplicate differs from the first print by its mark, number, time and operator, and by nothing else (001-09)', (t) => {
  const marks = ['****重打印凭证/DUPLICATE 2****', '重打印时间:2026/11/23 13:05:09', '重打印操作员号:02'];
  const slips = sampleSlips(32);
  const lines = (name: string): string[] => textOf(slips.get(name) as SlipDocument, 32);
  t.strictSame(
    lines('duplicate').filter((line) => !marks.includes(line)),
    lines('merchant'),
  );
  t.equal(lines('duplicate').length, lines('merchant').length + 3);
  const settled = lines('settlement-duplicate').filter((line) => !lines('settlement').includes(line));
  t.strictSame(settled, ['   -----结算单据重新打印-----', '第2次打印 2026/11/23 13:05:09', '重打印操作员号:02']);
  t.end();
});

test('each kind has its slip by its row of the table: names, minus, what it is about', (t) => {
  const slips = sampleSlips(32);
  for (const [kind, row] of Object.entries(kinds)) {
    if (kind === 'sale' || kind === 'balance') continue;
    const words = wordsOf(slips.get(kind) as SlipDocument);
    const minus = row.column === 'credit' || kind === 'preAuthorisationVoid' ? '-' : '';
    t.ok(words.includes(`${row.name['zh-CN']}(${row.name.en})`), kind);
    t.match(words, new RegExp(`金额:RMB ${minus}\\d`), kind);
    t.equal(words.includes('原凭证号:'), row.about !== undefined, kind);
    t.equal(words.includes('款项将在'), kind === 'refund', `${kind}: the notice (001-21)`);
    t.equal(words.includes('手续费'), row.column === 'credit', `${kind}: the fee (002-07)`);
  }
  t.end();
});

test('signature, expiry and QR symbol stand where they belong', (t) => {
  const slips = sampleSlips(32);
  const words = (name: string): string => wordsOf(slips.get(name) as SlipDocument);
  t.match(words('bank'), /银行存根 BANK COPY[\s\S]*有效期:2030\/12[\s\S]*持卡人签名/);
  t.notMatch(words('cardholder'), /有效期|签名/);
  t.match(words('no-signature'), /本交易免签名/);
  t.notMatch(words('no-signature'), /持卡人签名/);
  const merchant = slips.get('merchant') as SlipDocument;
  t.match(
    merchant.elements.find(({ type }) => type === 'qr'),
    { data: '3f6c1d2e-0000-4000-8000-000000000002' },
    'the sale id (003-04)',
  );
  t.equal(merchant.elements[0]?.type, 'image');
  t.end();
});

test('a notice of what it may cost stands on the slip of a void or refund, one of the law on that of a refund (001-21, 002-07, 002-17)', (t) => {
  const slips = sampleSlips(32);
  const words = (name: string): string => wordsOf(slips.get(name) as SlipDocument);
  t.match(words('refund'), /款项将在7个工作日内退回原卡\n银行可能收取手续费/);
  t.match(words('void'), /银行可能收取手续费/);
  t.notMatch(words('void'), /工作日/);
  t.notMatch(words('merchant'), /手续费|工作日/);
  t.end();
});

test('order number, note and the reason of a late refund stand on the slip (001-14, 003-02, 004-06)', (t) => {
  const sale = { ...lastSale(new World().upToRequest().authorised()), orderNumber: '0042', note: '88' };
  const words = wordsOf(saleSlip(sale, 'cardholder', first, 'C', head));
  t.match(words, /备注:\n订单号:0042\n备注码:88/);
  const late = { ...sale, kind: 'refund', lateReason: 'agreed' } as const;
  t.match(wordsOf(saleSlip(late, 'merchant', first, 'C', head)), /超期退货:双方协商/);
  t.end();
});

test('an incident sheet says what was recorded, and leaves names to be written (003-17)', (t) => {
  const words = wordsOf(sampleSlips(32).get('incident') as SlipDocument);
  t.match(words, /时间:2026[^\n]*\n地点:\S+ \d{8}\n人员:01 02\n原因:重复\n处理措施:其他\n已上报:银行/);
  t.match(words, /顾客\(不得填写卡号\)/);
  const world = new World().upToRequest().authorised().printed();
  const without = wordsOf(aMaker().incident(lastSale(world), world.facts, 'C'));
  t.match(without, /原因:\n/, 'by hand, where nothing was recorded');
  t.end();
});

test('what can not be brought to an end has a fault slip, which is no voucher', (t) => {
  const slips = sampleSlips(32);
  const words = (name: string): string => wordsOf(slips.get(name) as SlipDocument);
  t.match(
    words('fault'),
    /故障报告单\n\*\*\*故障单,非凭证联\*\*\*[\s\S]*冲正不成功,请人工处理\n事件号:20261122001[\s\S]*95516/,
  );
  t.match(words('in-doubt'), /故障报告单[\s\S]*结果未知,请人工处理/);
  t.match(words('incident'), /20261122001[\s\S]*开始冲正\n[\s\S]*人工处理[\s\S]*处理措施/);
  t.match(words('query'), /批次号:000001 凭证号:000002[\s\S]*参考号:[\s\S]*授权码:A1B2C3[\s\S]*应答码:00/);
  t.end();
});

test('a slip of training says at its top and its end that it is void (003-25)', (t) => {
  const { elements } = sampleSlips(32).get('training') as SlipDocument;
  for (const at of [0, -1]) t.match(elements.at(at), { text: '**培训/TRAINING 凭证无效/VOID**' });
  t.end();
});

test('the self-test on paper names each device, and how often it failed (004-19)', async (t) => {
  const checks = [
    { device: 'printer', faults: 0 },
    { device: 'cardReader', fault: 'unplugged', faults: 2 },
  ] as const;
  const made = { at: Date.UTC(2026, 10, 22, 5) as EpochMs, operator: '01', code: '' };
  const { elements } = aMaker().selfTest(emptyBook, made, checks);
  t.match(elements, [{ text: '自检单' }]);
  const pairs = elements.filter((element) => element.type === 'pair').slice(-2);
  t.match(pairs, [
    { left: '打印机', right: '正常 故障0次' },
    { left: '读卡器', right: '异常 unplugged 故障2次' },
  ]);
});

test('a picture that is gone, or wider than the paper, is left out: the slip is not', (t) => {
  const sale = { ...lastSale(new World().upToRequest().authorised()), face: { ...source.face, logo: 'x' } };
  const wide = { widthDots: 400, heightDots: 1, bits: new Uint8Array(50) };
  for (const [picture, columns, shown] of [
    [undefined, 32, false],
    [wide, 32, false],
    [wide, 48, true],
  ] as const) {
    const { elements } = aMaker({ picture: () => picture, columns, narrowest: columns }).copy(sale, 'merchant', first);
    t.equal(elements[0]?.type === 'image', shown);
  }
  t.end();
});

test('a check code fits one transaction of one terminal', (t) => {
  const sale = lastSale(new World().upToRequest().authorised());
  const key = Buffer.alloc(32, 1);
  const code = checkCode(key, '00000001', sale);
  t.match(code, /^[0-9A-F]{8}$/);
  t.equal(checkCode(key, '00000001', { ...sale, status: 'captured' }), code, 'the same on each of its slips');
  for (const other of [
    checkCode(Buffer.alloc(32, 2), '00000001', sale),
    checkCode(key, '00000002', sale),
    checkCode(key, '00000001', { ...sale, amount: (sale.amount + 1) as MinorUnits }),
    checkCode(key, '00000001', { ...sale, stan: 99 as Sale['stan'] }),
  ]) {
    t.not(other, code);
  }
  t.end();
});

test('a settlement slip shows both halves with their flags and totals, and an estimate of fees where rates are told (000-22)', async (t) => {
  const half = (amount: number, count: number) => ({
    debit: { amount: amount as MinorUnits, count },
    credit: { amount: 0 as MinorUnits, count: 0 },
  });
  const settled = {
    batch: 1 as Sale['batch'],
    at: Date.UTC(2026, 10, 22, 14) as EpochMs,
    totals: { domestic: half(345_678, 12), foreign: half(100, 1) },
    flags: { domestic: 'balanced', foreign: 'unbalanced' },
    printed: false,
  } as const;
  const words = wordsOf(settlementSlip(settled, '01', first, head));
  t.match(words, /2026\/11\/22 22:00:00/);
  t.match(words, /内卡对账平\n借记 12 3,456.78/);
  t.match(words, /外卡对账不平\n借记 1 1.00/);
  t.match(words, /借记总计 13 3,457.78/);
  t.match(words, /1A2B3C4D/);
  t.notMatch(words, /手续费/);
  const rated = { ...head, feeBasisPoints: { domestic: 60, foreign: 250 } };
  t.match(
    wordsOf(settlementSlip(settled, '01', first, rated)),
    /手续费估算,以收单行对账单为准\n内卡 0.60% 20.74\n外卡 2.50% 0.03/,
  );
});

test('amounts and times are written as UnionPay terminals write them', async (t) => {
  t.equal(money(5 as MinorUnits), '0.05');
  t.equal(money(123_456_789 as MinorUnits), '1,234,567.89');
  t.equal(dateTime(Date.UTC(2026, 11, 31, 16, 0, 1) as EpochMs), '2027/01/01 00:00:01', 'Beijing time, 24 hours');
});

test('docs/slips.md shows each slip', (t) => {
  const manual = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'slips.md'), 'utf8');
  const shown = [...manual.matchAll(/\(slips\/([\w-]+)\.png\)/g)].map(([, name]) => name ?? '');
  const all = [...sampleSlips(32).keys()];
  t.strictSame(shown.sort(), all.sort());
  t.end();
});
