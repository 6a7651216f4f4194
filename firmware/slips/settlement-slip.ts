import type { HalfTotals, SettlementFlag } from '../../hal/acquirer.ts';
import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import type { MinorUnits } from '../../hal/units.ts';
import type { LastSettlement } from '../../state-machine/sale.ts';
import { chainLine, dateTime, header, money, rule, type SlipIdentity, sixDigits, text, title } from './slip.ts';

const flags: { readonly [F in SettlementFlag]: string } = {
  balanced: '对账平',
  unbalanced: '对账不平',
  error: '对账错',
};

const row = (name: string, count: string, amount: string): SlipElement => ({
  type: 'row',
  cells: [
    { text: name, columns: 12 },
    { text: count, columns: 6, align: 'right' },
    { text: amount, columns: 14, align: 'right' },
  ],
});

const half = (name: string, flag: SettlementFlag, { debit, credit }: HalfTotals): readonly SlipElement[] => [
  text(`${name}${flags[flag]}`),
  row('借记', String(debit.count), money(debit.amount)),
  row('贷记', String(credit.count), money(credit.amount)),
  rule,
];

/** 结算总计单, from the ledger's record of the settlement. `chain` is the ledger's short code. */
export const settlementSlip = (
  settled: LastSettlement,
  operator: string,
  chain: string,
  identity: SlipIdentity,
): SlipDocument => {
  const { domestic, foreign } = settled.totals;
  const debit = (domestic.debit.amount + foreign.debit.amount) as MinorUnits;
  const credit = (domestic.credit.amount + foreign.credit.amount) as MinorUnits;
  return {
    elements: [
      title('POS结算总计单'),
      rule,
      ...header(identity, operator),
      text(`批次号:${sixDigits(settled.batch)}`),
      text(`日期时间:${dateTime(settled.at)}`),
      rule,
      row('类型', '笔数', '金额'),
      ...half('内卡', settled.flags.domestic, domestic),
      ...half('外卡', settled.flags.foreign, foreign),
      row('借记总计', String(domestic.debit.count + foreign.debit.count), money(debit)),
      row('贷记总计', String(domestic.credit.count + foreign.credit.count), money(credit)),
      rule,
      chainLine(chain),
    ],
  };
};
