import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Original, Sale } from '../../state-machine/sale.ts';
import {
  blank,
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

const copyNames = {
  merchant: ['商户存根', 'MERCHANT COPY'],
  cardholder: ['持卡人存根', 'CARDHOLDER COPY'],
} as const;

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

const optional = (label: string, value: string | undefined): readonly SlipElement[] =>
  value === undefined || value === '' ? [] : [text(`${label}:${value}`)];

/** The transaction that it is about, as far as it is known here. */
const about = ({ batch, stan, retrievalReference, authorisationCode, date }: Original): readonly SlipElement[] => [
  ...(stan === 0 ? [] : [pair(`原批次号:${sixDigits(batch)}`, `原凭证号:${sixDigits(stan)}`)]),
  ...optional('原参考号', retrievalReference),
  ...optional('原授权码', authorisationCode),
  text(`原交易日期:${date.slice(0, 2)}/${date.slice(2)}`),
];

/**
 * 签购单: one copy of a sale's slip, from the ledger's record of it alone. `number` counts the prints of this copy;
 * from the second on it is marked 重打印凭证. `chain` is the ledger's short code. The fields are those of UnionPay terminals (JR/T 0001-2001, chapter 8).
 */
export const saleSlip = (
  sale: Sale,
  copy: 'merchant' | 'cardholder',
  number: number,
  chain: string,
  identity: SlipIdentity,
): SlipDocument => {
  const { approval } = sale;
  if (approval === undefined) throw new Error('A sale that was never approved has no slip');
  const kind = kinds[sale.kind].name;
  const [left, right] = copyNames[copy];
  return {
    elements: [
      title('银联POS签购单'),
      rule,
      pair(left, right),
      rule,
      ...header(identity, sale.operator),
      rule,
      ...optional('收单行', approval.acquirer),
      ...optional('发卡行', approval.issuer),
      text('卡号:'),
      tall(`${sale.card.masked} /${entryLetters[sale.card.entry]}`),
      text('交易类型:'),
      tall(`${kind['zh-CN']}(${kind.en})`),
      rule,
      pair(`批次号:${sixDigits(sale.batch)}`, `凭证号:${sixDigits(sale.stan)}`),
      ...optional('授权码', approval.authorisationCode),
      text(`参考号:${approval.retrievalReference}`),
      text(`日期时间:${dateTime(sale.at)}`),
      tall(`金额:RMB ${kinds[sale.kind].column === 'credit' ? '-' : ''}${money(sale.amount)}`),
      rule,
      text('备注:'),
      ...(sale.original === undefined ? [] : about(sale.original)),
      ...(number > 1 ? [text(`****重打印凭证/DUPLICATE ${number}****`)] : []),
      text('本单非税务发票'),
      ...(copy === 'merchant' ? signature : []),
      rule,
      text(`客服热线:${identity.hotline}`),
      chainLine(chain),
    ],
  };
};
