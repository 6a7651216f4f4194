import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { type Kind, kinds } from '../../state-machine/kinds.ts';
import type { Original, Sale, SaleReference, SlipCopy } from '../../state-machine/sale.ts';
import { lateReasons } from '../../state-machine/words.ts';
import {
  blank,
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

const copyNames: { readonly [C in SlipCopy]: readonly [string, string] } = {
  merchant: ['商户存根', 'MERCHANT COPY'],
  cardholder: ['持卡人存根', 'CARDHOLDER COPY'],
  bank: ['银行存根', 'BANK COPY'],
};

/** Field 22's entry mode as the letter behind the card number: S swiped 刷卡. */
const entryLetters = { swipe: 'S' } as const;

const signature: readonly SlipElement[] = [
  rule,
  text('持卡人签名:'),
  blank(3),
  text('_ _ _ _ _ _ _ _ _ _ _ _ _ _ _'),
  text('本人确认以上交易,同意将其记入'),
  text('本卡账户'),
];
const noSignature: readonly SlipElement[] = [rule, text('本交易免签名'), text('NO SIGNATURE REQUIRED')];

/** Of what the shop and the bank keep: the cardholder's signature, unless the amount is small. */
const signed = ({ column }: Kind, { amount }: Sale, { noSignatureUpTo }: Letterhead): readonly SlipElement[] =>
  column === 'debit' && noSignatureUpTo !== undefined && amount <= noSignatureUpTo ? noSignature : signature;

/** What a customer must be told of it. */
const notices = (kind: Sale['kind'], { refundNotice, feeNotice }: Letterhead): readonly SlipElement[] => [
  ...(kind === 'refund' && refundNotice !== undefined ? [text(refundNotice)] : []),
  ...(kinds[kind].column === 'credit' && feeNotice !== undefined ? [text(feeNotice)] : []),
];

/** The transaction that it is about, as far as it is known here. */
const about = ({ batch, stan, retrievalReference, authorisationCode, date }: Original): readonly SlipElement[] => [
  ...(stan === 0 ? [] : [pair(`原批次号:${sixDigits(batch)}`, `原凭证号:${sixDigits(stan)}`)]),
  ...optional('原参考号', retrievalReference),
  ...optional('原授权码', authorisationCode),
  text(`原交易日期:${date.slice(0, 2)}/${date.slice(2)}`),
];

/** 补收差额: the sale that it makes up for. */
const difference = ({ batch, stan }: SaleReference): SlipElement =>
  text(`补收 原凭证 ${sixDigits(stan)} 批次 ${sixDigits(batch)}`);

/** What gives back or takes back: its amount has a minus. */
export const minusOf = ({ column, about: of }: Kind): string =>
  column === 'credit' || of?.amount === 'whole' ? '-' : '';

/**
 * 签购单: one copy of the slip of a transaction of any kind, from the ledger's record of it alone. From the second print
 * on it is marked 重打印凭证. The fields are those of UnionPay terminals (JR/T 0001-2001, chapter 8); what sets a kind
 * apart stands in its row of kinds.ts.
 *
 * @param check its check code, see check-code.ts
 */
export const saleSlip = (sale: Sale, copy: SlipCopy, print: Print, check: string, head: Letterhead): SlipDocument => {
  const { approval } = sale;
  if (approval === undefined) throw new Error('A sale that was never approved has no slip');
  const kind = kinds[sale.kind];
  const [left, right] = copyNames[copy];
  const { expiry = '0000' } = approval;
  const kept = copy !== 'cardholder';
  return sheet(head, [
    ...(head.picture === undefined ? [] : [{ type: 'image', ...head.picture } as const]),
    title('银联POS签购单'),
    ...(head.header === undefined ? [] : [text(head.header)]),
    rule,
    pair(left, right),
    rule,
    ...header(head, sale.operator),
    rule,
    ...optional('收单行', approval.acquirer),
    ...optional('发卡行', approval.issuer),
    text('卡号:'),
    tall(`${sale.card.masked} /${entryLetters[sale.card.entry]}`),
    ...(kept && expiry !== '0000' ? [text(`有效期:20${expiry.slice(0, 2)}/${expiry.slice(2)}`)] : []),
    text('交易类型:'),
    tall(`${kind.name['zh-CN']}(${kind.name.en})`),
    rule,
    pair(`批次号:${sixDigits(sale.batch)}`, `凭证号:${sixDigits(sale.stan)}`),
    ...optional('授权码', approval.authorisationCode),
    text(`参考号:${approval.retrievalReference}`),
    text(`日期时间:${dateTime(sale.at)}`),
    tall(`金额:RMB ${minusOf(kind)}${money(sale.amount)}`),
    rule,
    text('备注:'),
    ...optional('订单号', sale.orderNumber),
    ...optional('备注码', sale.note),
    ...(sale.original === undefined ? [] : about(sale.original)),
    ...(sale.differenceOf === undefined ? [] : [difference(sale.differenceOf)]),
    ...(sale.lateReason === undefined ? [] : [text(`超期退货:${lateReasons[sale.lateReason]['zh-CN']}`)]),
    ...duplicateMark(print),
    ...notices(sale.kind, head),
    text('本单非税务发票'),
    ...(kept ? signed(kind, sale, head) : []),
    rule,
    ...(head.qr === true ? [{ type: 'qr', data: sale.id } as const] : []),
    ...(head.footer === undefined ? [] : [text(head.footer)]),
    text(`客服热线:${head.hotline}`),
    chainLine(print.code),
    text(`校验码:${check}`),
  ]);
};
