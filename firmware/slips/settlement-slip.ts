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
    ...repeated(print),
    chainLine(print.code),
  ]);
};
