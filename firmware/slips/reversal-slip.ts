import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Sale } from '../../state-machine/sale.ts';
import {
  centred,
  chainLine,
  dateTime,
  duplicateMark,
  header,
  type Letterhead,
  money,
  optional,
  type Print,
  pair,
  rule,
  sheet,
  sixDigits,
  tall,
  text,
  title,
} from './slip.ts';

/** Which transaction is meant, in words that its own slip has too. */
const voucher = (sale: Sale): readonly SlipElement[] => [
  pair(`批次号:${sixDigits(sale.batch)}`, `凭证号:${sixDigits(sale.stan)}`),
  text(`卡号:${sale.card.masked}`),
  ...optional('参考号', sale.approval?.retrievalReference),
  text(`原交易时间:${dateTime(sale.at)}`),
  text(`交易类型:${kinds[sale.kind].name['zh-CN']}`),
  tall(`原金额:RMB ${money(sale.amount)}`),
];

/** What became of the money, in words for the customer who holds the slip. */
const outcome = (sale: Sale, hotline: string): readonly SlipElement[] => {
  if (sale.status !== 'reversed') return [tall('正在冲正,请勿交货'), text(`请联系:${hotline}`)];
  return sale.kind === 'sale'
    ? [tall('冲正成功 未扣款'), text('如已收到扣款短信,款项将退回原卡')]
    : [tall(`冲正成功 ${kinds[sale.kind].undone['zh-CN']}`)];
};

/**
 * 冲正凭证: says on paper that the voucher it names is void, so that a slip of it that is out, or comes out of the
 * printer's buffer, can't pass for a sale (M4).
 */
export const reversalSlip = (sale: Sale, print: Print, check: string, head: Letterhead): SlipDocument =>
  sheet(head, [
    title('冲正凭证'),
    title('REVERSAL'),
    rule,
    ...header(head, sale.operator),
    rule,
    tall('下列凭证作废 VOID:'),
    ...voucher(sale),
    rule,
    ...outcome(sale, head.hotline),
    text(`冲正原因:${sale.reason ?? ''}`),
    ...duplicateMark(print),
    text('此前打印的该笔签购单无效'),
    chainLine(print.code),
    text(`校验码:${check}`),
  ]);

/** What the acquirer said of one that it never answered. */
const foundOut = ({ booked }: Sale): string => {
  if (booked === undefined) return '结果未知,请人工处理';
  return booked ? '经查询:收单行已入账' : '经查询:收单行未入账';
};

/** What has to be done by hand. */
const byHand = (sale: Sale): readonly SlipElement[] =>
  sale.status === 'inDoubt'
    ? [tall('结果未知,请人工处理'), text('请勿重做,请向收单行查询后处理')]
    : [
        tall(kinds[sale.kind].reversible ? '冲正不成功,请人工处理' : foundOut(sale)),
        text(`事件号:${sale.incident ?? ''}`),
      ];

/**
 * 故障报告单: a transaction that the terminal can't bring to an end by itself. A reversal that a supervisor took over, or one
 * without a reversal whose answer never came. It takes the reversal slip's place (M4).
 */
export const faultSlip = (sale: Sale, print: Print, check: string, head: Letterhead): SlipDocument =>
  sheet(head, [
    title('故障报告单'),
    centred('***故障单,非凭证联***'),
    rule,
    ...header(head, sale.operator),
    rule,
    ...voucher(sale),
    rule,
    ...byHand(sale),
    text(`原因:${sale.reason ?? ''}`),
    text(`请联系:${head.hotline}`),
    ...duplicateMark(print),
    text('此前打印的该笔签购单无效'),
    chainLine(print.code),
    text(`校验码:${check}`),
  ]);

/** The slip that tells how a transaction stands which has none of its own (any more). */
export const endSlip = (sale: Sale, print: Print, check: string, head: Letterhead): SlipDocument =>
  (sale.status === 'handedOver' || sale.status === 'inDoubt' ? faultSlip : reversalSlip)(sale, print, check, head);
