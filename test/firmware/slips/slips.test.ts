import { test } from 'tap';
import { reversalSlip } from '../../../firmware/slips/reversal-slip.ts';
import { saleSlip } from '../../../firmware/slips/sale-slip.ts';
import { settlementSlip } from '../../../firmware/slips/settlement-slip.ts';
import { dateTime, money } from '../../../firmware/slips/slip.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import type { EpochMs, MinorUnits } from '../../../hal/units.ts';
import type { Sale } from '../../../state-machine/sale.ts';
import { World } from '../../state-machine/world.ts';

const identity = {
  merchant: '示例便利店',
  branch: '测试路店',
  merchantId: '898110154110001',
  terminalId: '00000001',
  hotline: '95516',
  language: 'zh-CN',
} as const;

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

test('a merchant copy has every field of a UnionPay slip, and the signature block (000-01)', async (t) => {
  const words = wordsOf(
    saleSlip(lastSale(new World().upToRequest().authorised()), 'merchant', 1, '1A2B3C4D', identity),
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
  ]) {
    t.ok(words.includes(field), field);
  }
  t.notMatch(words, /重打印/);
});

test('a cardholder copy has no signature; a further print is marked with its number (000-02, 001-09)', async (t) => {
  const sale = lastSale(new World().upToRequest().authorised());
  const words = wordsOf(saleSlip(sale, 'cardholder', 2, '1A2B3C4D', identity));
  t.match(words, /持卡人存根 CARDHOLDER COPY/);
  t.notMatch(words, /签名/);
  t.match(words, /重打印凭证\/DUPLICATE 2/);
});

test('a slip can not be made of a sale that was never approved (002-23)', async (t) => {
  t.throws(() => saleSlip(lastSale(new World().upToRequest()), 'merchant', 1, '1A2B3C4D', identity), /never approved/);
});

test('M4: a reversal slip names the voucher and says what became of the money', async (t) => {
  const open = new World().upToRequest().authorised().verdict({ verdict: 'UNKNOWN', cause: 'silence' }).cleared();
  t.match(wordsOf(reversalSlip(lastSale(open), '1A2B3C4D', identity)), /凭证号:000002[\s\S]*正在冲正/);
  open.reversalAnswered();
  const words = wordsOf(reversalSlip(lastSale(open), '1A2B3C4D', identity));
  t.match(words, /作废 VOID[\s\S]*凭证号:000002[\s\S]*RMB 12.34[\s\S]*冲正成功 未扣款[\s\S]*96[\s\S]*1A2B3C4D/);
});

test('a settlement slip shows both halves with their flags and totals', async (t) => {
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
  const words = wordsOf(settlementSlip(settled, '01', '1A2B3C4D', identity));
  t.match(words, /2026\/11\/22 22:00:00/);
  t.match(words, /内卡对账平\n借记 12 3,456.78/);
  t.match(words, /外卡对账不平\n借记 1 1.00/);
  t.match(words, /借记总计 13 3,457.78/);
  t.match(words, /1A2B3C4D/);
});

test('amounts and times are written as UnionPay terminals write them', async (t) => {
  t.equal(money(5 as MinorUnits), '0.05');
  t.equal(money(123_456_789 as MinorUnits), '1,234,567.89');
  t.equal(dateTime(Date.UTC(2026, 11, 31, 16, 0, 1) as EpochMs), '2027/01/01 00:00:01', 'Beijing time, 24 hours');
});
