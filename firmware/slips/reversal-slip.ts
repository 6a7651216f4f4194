import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Sale } from '../../state-machine/sale.ts';
import {
  chainLine,
  dateTime,
  header,
  money,
  pair,
  rule,
  type SlipIdentity,
  sixDigits,
  tall,
  text,
  title,
} from './slip.ts';

/** What became of the money, in words for the customer who holds the slip. */
const outcome = (sale: Sale, hotline: string): readonly SlipElement[] => {
  switch (sale.status) {
    case 'inDoubt':
      return [tall('结果未知,请勿重做'), text('请向收单行查询后处理'), text(`请联系:${hotline}`)];
    case 'reversed':
      return sale.kind === 'sale'
        ? [tall('冲正成功 未扣款'), text('如已收到扣款短信,款项将退回原卡')]
        : [tall(`冲正成功 ${kinds[sale.kind].undone['zh-CN']}`)];
    case 'handedOver':
      return [tall('冲正不成功,请人工处理'), text(`事件号:${sale.incident ?? ''}`), text(`请联系:${hotline}`)];
    default:
      return [tall('正在冲正,请勿交货'), text(`请联系:${hotline}`)];
  }
};

/**
 * 冲正凭证: says on paper that the voucher it names is void, so that a slip of it that is out, or comes out of the
 * printer's buffer, can't pass for a sale (M4).
 */
export const reversalSlip = (sale: Sale, chain: string, identity: SlipIdentity): SlipDocument => ({
  elements: [
    title('冲正凭证'),
    title('REVERSAL'),
    rule,
    ...header(identity, sale.operator),
    rule,
    tall('下列凭证作废 VOID:'),
    pair(`批次号:${sixDigits(sale.batch)}`, `凭证号:${sixDigits(sale.stan)}`),
    text(`卡号:${sale.card.masked}`),
    ...(sale.approval === undefined ? [] : [text(`参考号:${sale.approval.retrievalReference}`)]),
    text(`原交易时间:${dateTime(sale.at)}`),
    text(`交易类型:${kinds[sale.kind].name['zh-CN']}`),
    tall(`原金额:RMB ${money(sale.amount)}`),
    rule,
    ...outcome(sale, identity.hotline),
    text(`冲正原因:${sale.reason ?? ''}`),
    text('此前打印的该笔签购单无效'),
    chainLine(chain),
  ],
});
