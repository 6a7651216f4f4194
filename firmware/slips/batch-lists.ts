/** 交易明细 and 交易汇总: what is in a batch so far, one by one and added up. */
import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import { type Book, totalsOf } from '../../state-machine/book.ts';
import { kinds } from '../../state-machine/kinds.ts';
import { tallies } from '../../state-machine/next-batch.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { counts } from '../../state-machine/standing.ts';
import { minusOf } from './sale-slip.ts';
import { grandTotals, kindRows } from './settlement-slip.ts';
import {
  chainLine,
  countedRow,
  dateTime,
  header,
  type Letterhead,
  money,
  rule,
  sheet,
  sixDigits,
  text,
  title,
} from './slip.ts';

/** When, by whom and after which record a list is made. */
export interface ListMade {
  readonly at: EpochMs;
  readonly operator: string;
  readonly code: string;
}

const top = (name: string, book: Book, { at, operator }: ListMade, head: Letterhead): readonly SlipElement[] => [
  title(name),
  rule,
  ...header(head, operator),
  text(`批次号:${sixDigits(book.batch)}`),
  text(`日期时间:${dateTime(at)}`),
  rule,
];

/** Voucher, kind and amount on one line, card and authorisation code on the next. */
const entry = (sale: Sale): readonly SlipElement[] => {
  const kind = kinds[sale.kind];
  return [
    {
      type: 'row',
      cells: [
        { text: sixDigits(sale.stan), columns: 7, align: 'left' },
        { text: kind.short['zh-CN'], columns: 9 },
        { text: `${minusOf(kind)}${money(sale.amount)}`, columns: 16, align: 'right' },
      ],
    },
    text(
      `${sale.card.masked} ${sale.approval?.authorisationCode ?? ''}${sale.voidedBy === undefined ? '' : ' (已撤)'}`,
    ),
  ];
};

/** 交易明细/TXN LIST: what stands in the batch, and what was voided. */
export const detailList = (book: Book, made: ListMade, head: Letterhead): SlipDocument => {
  const sales = book.sales.filter(counts);
  return sheet(head, [
    ...top('交易明细/TXN LIST', book, made, head),
    ...sales.flatMap(entry),
    rule,
    text(`共${sales.length}笔`),
    chainLine(made.code),
  ]);
};

/** 交易汇总/TOTALS: the batch so far, as its settlement would find it. */
export const totalsList = (book: Book, made: ListMade, head: Letterhead): SlipDocument => {
  const rows = tallies(book);
  return sheet(head, [
    ...top('交易汇总/TOTALS', book, made, head),
    countedRow('类型', '笔数', '金额'),
    text('内卡'),
    ...kindRows(rows, 'domestic'),
    text('外卡'),
    ...kindRows(rows, 'foreign'),
    rule,
    ...grandTotals(totalsOf(book)),
    rule,
    chainLine(made.code),
  ]);
};
