/** The screens of a search: what is asked for, and each transaction that was found. */
import type { MinorUnits } from '../hal/units.ts';
import { kinds } from './kinds.ts';
import type { Found, SaleStatus } from './sale.ts';
import type { PhaseOf, Purpose, Sought } from './state.ts';
import { decimal, type Language, type Lines, say, voucher } from './words.ts';

export const nameOf = (wanted: Sought, language: Language): string => {
  if (wanted.purpose === 'original' || wanted.purpose === 'slip') return kinds[wanted.draft.kind].name[language];
  return wanted.purpose === 'reprint' ? say(language, '重打印', 'Print again') : say(language, '交易查询', 'Find');
};

/** The number that is asked for, and what is typed of it so far. */
export const askedFor = (wanted: Purpose, entered: string, language: Language): readonly [string, string] => {
  if (wanted.purpose === 'original') return [say(language, '请输入原凭证号:', 'Voucher no.:'), entered];
  const by = wanted.purpose === 'query' ? wanted.by : 'voucher';
  switch (by) {
    case 'voucher':
      return [say(language, '请输入凭证号:', 'Voucher no.:'), entered];
    case 'amount':
      return [say(language, '请输入金额:', 'Amount:'), `RMB ${decimal(Number(entered) as MinorUnits)}`];
    case 'card':
      return [say(language, '卡号后四位:', 'Last four digits:'), entered];
  }
};

/** How a transaction stands, in four Hanzi or so. */
const standing: { readonly [S in SaleStatus]: { readonly [L in Language]: string } } = {
  intended: { 'zh-CN': '进行中', en: 'open' },
  notSent: { 'zh-CN': '未发出', en: 'not sent' },
  declined: { 'zh-CN': '被拒', en: 'declined' },
  approved: { 'zh-CN': '进行中', en: 'open' },
  captured: { 'zh-CN': '成功', en: 'ok' },
  kept: { 'zh-CN': '成功待票', en: 'no slip' },
  reversalRequired: { 'zh-CN': '待冲正', en: 'reversing' },
  inDoubt: { 'zh-CN': '待查', en: 'in doubt' },
  reversed: { 'zh-CN': '已冲正', en: 'reversed' },
  handedOver: { 'zh-CN': '人工处理', en: 'by hand' },
};

const howItStands = ({ sale, left }: Found, language: Language): string => {
  if (sale.voidedBy !== undefined || left === 0) return say(language, '已撤退', 'undone');
  return standing[sale.status][language];
};

/** One transaction of those that were found: which of how many, what, when and how it stands. */
export const foundRow = ({ rows, at }: PhaseOf<'found'>, language: Language): Lines => {
  const row = rows[at];
  if (row === undefined) throw new Error('A row is shown that was not found');
  const { sale } = row;
  return [
    `${at + 1}/${rows.length} ${sale.differenceOf === undefined ? kinds[sale.kind].short[language] : say(language, '补收', 'Rest')}`,
    `${voucher(sale.stan)} ${howItStands(row, language)}`,
    `${decimal(sale.amount)} *${sale.card.masked.slice(-4)}`,
    say(language, '1打2撤3退4补确认', '1Prt2Vd3Ref4More'),
  ];
};
