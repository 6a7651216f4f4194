import type { HalfTotals, SettlementFlag } from '../../hal/acquirer.ts';
import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import type { MinorUnits } from '../../hal/units.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { KindTally, LastSettlement } from '../../state-machine/sale.ts';
import {
  centred,
  chainLine,
  countedRow,
  dateTime,
  header,
  type Letterhead,
  money,
  type Print,
  rule,
  sheet,
  sixDigits,
  text,
  title,
} from './slip.ts';

const flags: { readonly [F in SettlementFlag]: string } = {
  balanced: '对账平',
  unbalanced: '对账不平',
  error: '对账错',
};

/** A row for each kind that there were any of. */
export const kindRows = (rows: readonly KindTally[], half: KindTally['half']): readonly SlipElement[] => {
  const own = rows.filter((row) => row.half === half);
  if (own.length === 0) return [countedRow('消费', '0', '0.00')];
  return own.map(({ kind, count, amount }) => countedRow(kinds[kind].short['zh-CN'], String(count), money(amount)));
};

const columnRows = ({ debit, credit }: HalfTotals, word = ''): readonly SlipElement[] => [
  countedRow(`借记${word}`, String(debit.count), money(debit.amount)),
  countedRow(`贷记${word}`, String(credit.count), money(credit.amount)),
];

/** Both halves together. */
export const grandTotals = ({ domestic, foreign }: LastSettlement['totals']): readonly SlipElement[] => {
  const both = (column: 'debit' | 'credit') => ({
    count: domestic[column].count + foreign[column].count,
    amount: (domestic[column].amount + foreign[column].amount) as MinorUnits,
  });
  return columnRows({ debit: both('debit'), credit: both('credit') }, '总计');
};

const repeated = ({ number, on, by }: Print): readonly SlipElement[] =>
  number < 2
    ? []
    : [
        centred('-----结算单据重新打印-----'),
        text(`第${number}次打印${on === undefined ? '' : ` ${dateTime(on)}`}`),
        ...(by === undefined ? [] : [text(`重打印操作员号:${by}`)]),
      ];

/** What a rate makes of what was taken less what was given back; rounded to the 分. */
const feeOf = ({ debit, credit }: HalfTotals, basisPoints: number): MinorUnits =>
  Math.round((Math.max(0, debit.amount - credit.amount) * basisPoints) / 10_000) as MinorUnits;

/** 手续费估算, where the shop has told its rates. What is charged the acquirer's statement says. */
const feeEstimate = (
  { domestic, foreign }: LastSettlement['totals'],
  { feeBasisPoints: rates }: Letterhead,
): readonly SlipElement[] => {
  if (rates === undefined) return [];
  const row = (name: string, half: HalfTotals, basisPoints: number): readonly SlipElement[] =>
    basisPoints === 0 ? [] : [countedRow(name, `${(basisPoints / 100).toFixed(2)}%`, money(feeOf(half, basisPoints)))];
  return [
    text('手续费估算,以收单行对账单为准'),
    ...row('内卡', domestic, rates.domestic),
    ...row('外卡', foreign, rates.foreign),
    rule,
  ];
};

/** 结算总计单, from the ledger's record of the settlement. `operator` where that doesn't say who settled. */
export const settlementSlip = (
  settled: LastSettlement,
  operator: string,
  print: Print,
  head: Letterhead,
): SlipDocument => {
  const { totals, rows } = settled;
  const half = (name: string, which: 'domestic' | 'foreign'): readonly SlipElement[] => [
    text(`${name}${flags[settled.flags[which]]}`),
    ...(rows === undefined ? columnRows(totals[which]) : kindRows(rows, which)),
    rule,
  ];
  return sheet(head, [
    title('POS结算总计单'),
    rule,
    ...header(head, settled.operator ?? operator),
    text(`批次号:${sixDigits(settled.batch)}`),
    text(`日期时间:${dateTime(settled.at)}`),
    rule,
    countedRow('类型', '笔数', '金额'),
    ...half('内卡', 'domestic'),
    ...half('外卡', 'foreign'),
    ...grandTotals(totals),
    rule,
    ...feeEstimate(totals, head),
    ...repeated(print),
    chainLine(print.code),
  ]);
};
