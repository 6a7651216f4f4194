/** The screens of a search: what is asked for, and each transaction that was found. */
import type { MinorUnits } from '../hal/units.ts';
import type { Book } from './book.ts';
import { holdOf } from './holds.ts';
import { choices, type IncidentField, isChoice } from './incidents.ts';
import { handDigits, kinds } from './kinds.ts';
import type { Found, SaleStatus } from './sale.ts';
import { canVoid, mayBeAbout, mayTakeDifference, standsYet } from './standing.ts';
import type { Draft, PhaseOf, Purpose, Sought } from './state.ts';
import { decimal, type Language, type Lines, say, shownAt, voucher, type Words } from './words.ts';

const nameOf = (wanted: Sought, language: Language): string => {
  if (wanted.purpose === 'original' || wanted.purpose === 'slip') return kinds[wanted.draft.kind].name[language];
  return wanted.purpose === 'reprint' ? say(language, '重打印', 'Print again') : say(language, '交易查询', 'Find');
};

/** The number that is asked for, and what is typed of it so far. */
const askedFor = (wanted: Purpose, entered: string, language: Language): readonly [string, string] => {
  if (wanted.purpose === 'original') return [say(language, '请输入原凭证号:', 'Voucher no.:'), entered];
  const by = wanted.purpose === 'query' ? wanted.by : 'voucher';
  switch (by) {
    case 'voucher':
      return [say(language, '请输入凭证号:', 'Voucher no.:'), entered];
    case 'amount':
      return [say(language, '请输入金额:', 'Amount:'), `RMB ${decimal(Number(entered) as MinorUnits)}`];
    case 'card':
      return [say(language, '卡号后四位:', 'Last four digits:'), entered];
    case 'order':
      return [say(language, '请输入订单号:', 'Order no.:'), entered];
    case 'time':
      return [say(language, '请输入月日时分:', 'Time, MMDDhhmm:'), entered];
  }
};

/** How a transaction stands, in four Hanzi or so. */
const standing: { readonly [S in SaleStatus]: Words } = {
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

const howItStands = ({ sale, left }: Found, { holds }: Book, language: Language): string => {
  if (holdOf(holds, sale.id) !== undefined) return say(language, '已挂失', 'on hold');
  if (sale.voidedBy !== undefined || left === 0) return say(language, '已撤退', 'undone');
  return standing[sale.status][language];
};

/** One transaction of those that were found: which of how many, what, when and how it stands. */
const foundRow = ({ rows, at }: PhaseOf<'found'>, book: Book, language: Language): Lines => {
  const row = shownAt(rows, at);
  const { sale } = row;
  return [
    `${at + 1}/${rows.length} ${sale.differenceOf === undefined ? kinds[sale.kind].short[language] : say(language, '补收', 'Rest')}`,
    `${voucher(sale.stan)} ${howItStands(row, book, language)}`,
    `${decimal(sale.amount)} *${sale.card.masked.slice(-4)}`,
    say(language, '确认下 功能:处理', 'ENTER> FUNC:more'),
  ];
};

/** What can be done about it, as it stands: nothing else is offered. */
const remediesFor = ({ rows, at }: PhaseOf<'remedies'>, book: Book, language: Language): Lines => {
  const row = shownAt(rows, at);
  const { sale, left } = row;
  const isHeld = holdOf(book.holds, sale.id) !== undefined;
  const isOwn = book.sales.some(({ id }) => id === sale.id);
  const whole = standsYet(sale, left);
  const when = (offered: boolean, zh: string, en: string): string => (offered ? say(language, zh, en) : '');
  return [
    `${voucher(sale.stan)} ${howItStands(row, book, language)}`,
    say(language, '1重打', '1Print') +
      when(!isHeld && isOwn && canVoid(sale), '2撤销', '2Void') +
      when(!isHeld && left > 0 && mayBeAbout('refund', sale), '3退货', '3Ref'),
    when(isHeld, '4解挂', '4Lift') +
      when(!isHeld && whole, '4挂失', '4Hold') +
      say(language, '5查单', '5Query') +
      when(left > 0 && mayTakeDifference(sale), '6补收', '6Rest'),
    say(language, '7事件 取消返回', '7Case CANCEL'),
  ];
};

/** A refund past the shop's window, and the reasons that a supervisor may give. */
const lateRefund = (days: number, language: Language): Lines => [
  say(language, `已过退货期 ${days}天`, `Past ${days} days`),
  say(language, '主管延期 原因:', 'Extend; reason:'),
  say(language, '1质量2协商3其他', '1Flaw2Deal3Othr'),
  say(language, '取消返回', 'CANCEL: back'),
];

/** The card of the original; and how long it may still be taken back, where that is limited. */
const remaining = (original: Draft['original'], language: Language): string => {
  const left = original?.remaining;
  if (left === undefined) return original?.card?.masked.slice(-10) ?? '';
  const tail = `*${original?.card?.masked.slice(-4) ?? ''}`;
  if (left.days !== undefined) return `${tail} ${say(language, `剩${left.days}天`, `${left.days}d left`)}`;
  return left.minutes < 100
    ? `${tail} ${say(language, `剩${left.minutes}分钟`, `${left.minutes}min left`)}`
    : `${tail} ${say(language, `剩${Math.floor(left.minutes / 60)}小时`, `${Math.floor(left.minutes / 60)}h left`)}`;
};

const incidentNames: { readonly [F in IncidentField]: Words } = {
  causes: { 'zh-CN': '事件原因', en: 'Cause' },
  measures: { 'zh-CN': '处理措施', en: 'What was done' },
  others: { 'zh-CN': '在场柜员', en: 'Who was there' },
  reportedTo: { 'zh-CN': '已上报', en: 'Who was told' },
};

/** What is asked of an incident, and what was answered so far: several of a choice, or operators of two digits each. */
const incidentAsked = ({ field, entered }: PhaseOf<'incidentReport'>, language: Language): Lines => {
  const name = incidentNames[field][language];
  if (!isChoice(field)) {
    const pairs = entered.replace(/(\d\d)(?=\d)/g, '$1 ');
    return [
      name,
      say(language, '柜员号 可不输', 'Numbers, or none'),
      pairs,
      say(language, '确认 清除 取消', 'ENTER CLEAR'),
    ];
  }
  const words = choices[field].map((each, at) => `${at + 1}${each[language]}`);
  const typedSoFar = entered === '' ? '' : `${entered} `;
  return [
    name,
    words.slice(0, 3).join(''),
    words.slice(3).join(''),
    `${typedSoFar}${say(language, '确认 清除', 'ENTER')}`,
  ];
};

/** What it is about, and how much may be entered. */
const originalOf = ({ kind, amount, original }: Draft, language: Language): Lines => {
  const { most, held } = original ?? {};
  const money = `RMB ${decimal(amount)}`;
  const limit = most === undefined ? money : `${say(language, '最多', 'Most')} ${decimal(most)}`;
  const unlimited = held === undefined ? limit : `${say(language, '已冻结', 'Held')} ${decimal(held)}`;
  return [
    `${kinds[kind].short[language]} ${voucher(original?.stan ?? 0)}`,
    amount > 0 ? money : unlimited,
    remaining(original, language),
    say(language, '核对原单 确认', 'Right? ENTER'),
  ];
};

type FindingPhase = PhaseOf<
  | 'number'
  | 'finding'
  | 'found'
  | 'remedies'
  | 'incidentReport'
  | 'lateRefund'
  | 'original'
  | 'slipTerminal'
  | 'reference'
  | 'date'
>;

export const findingLines = (phase: FindingPhase, book: Book, language: Language): Lines => {
  const t = (zh: string, en: string): string => say(language, zh, en);
  const enterClear = t('确认 清除 取消', 'ENTER CLEAR');
  switch (phase.name) {
    case 'number':
      return [nameOf(phase.wanted, language), ...askedFor(phase.wanted, phase.entered, language), enterClear];
    case 'finding':
      return [nameOf(phase.wanted, language), t('正在查找', 'Looking'), '', t('请稍候', 'Please wait')];
    case 'found':
      return foundRow(phase, book, language);
    case 'remedies':
      return remediesFor(phase, book, language);
    case 'incidentReport':
      return incidentAsked(phase, language);
    case 'lateRefund':
      return lateRefund(phase.days, language);
    case 'original':
      return originalOf(phase.draft, language);
    case 'slipTerminal':
      return [
        t('原交易不存在', 'No such voucher'),
        t('小票终端编号:', 'Terminal no.:'),
        phase.entered,
        t('确认 清除 取消', 'ENTER: not known'),
      ];
    case 'reference':
      return [
        kinds[phase.draft.kind].name[language],
        handDigits(phase.draft.kind) === 12
          ? t('请输入原参考号:', 'Reference no.:')
          : t('请输入原授权码:', 'Auth. code:'),
        phase.entered,
        enterClear,
      ];
    case 'date':
      return [
        kinds[phase.draft.kind].name[language],
        t('原交易日期 月日:', 'Its date, MMDD:'),
        phase.entered,
        enterClear,
      ];
  }
};
