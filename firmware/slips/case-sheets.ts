/** What the shop hands to the bank, the acquirer or its own office when something is to be found out about a transaction. */
import type { SlipDocument, SlipElement } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import type { Fact, FactOf } from '../../state-machine/facts.ts';
import { wordsFor } from '../../state-machine/incidents.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Sale, SaleStatus } from '../../state-machine/sale.ts';
import {
  blank,
  chainLine,
  dateTime,
  header,
  type Letterhead,
  money,
  optional,
  pair,
  rule,
  sheet,
  sixDigits,
  tall,
  text,
  title,
} from './slip.ts';

/** How it stands with the money, as far as the terminal knows. */
const standing: { readonly [S in SaleStatus]: string } = {
  intended: '已发送,无应答',
  notSent: '未发送,未扣款',
  declined: '已拒绝',
  approved: '已批准,未打印',
  captured: '已批准,已打印',
  kept: '已批准,主管保留',
  reversalRequired: '正在冲正',
  inDoubt: '结果未知',
  reversed: '已冲正',
  handedOver: '人工处理',
};

const known = (sale: Sale): readonly SlipElement[] => [
  pair(`批次号:${sixDigits(sale.batch)}`, `凭证号:${sixDigits(sale.stan)}`),
  text(`交易类型:${kinds[sale.kind].name['zh-CN']}`),
  text(`卡号:${sale.card.masked}`),
  ...optional('参考号', sale.approval?.retrievalReference),
  ...optional('授权码', sale.approval?.authorisationCode),
  ...optional('订单号', sale.orderNumber),
  ...optional('收单行', sale.approval?.acquirer),
  ...optional('发卡行', sale.approval?.issuer),
  text(`日期时间:${dateTime(sale.at)}`),
  tall(`金额:RMB ${money(sale.amount)}`),
  text(`应答码:${sale.approval?.responseCode ?? sale.responseCode ?? '无'}`),
  text(`状态:${standing[sale.status]}${sale.voidedBy === undefined ? '' : ',已撤销'}`),
  ...optional('冲正原因', sale.reason),
];

const line = '_ _ _ _ _ _ _ _ _ _ _ _ _ _ _';
/** Something that a person writes by hand. */
const toFill = (label: string, lines = 1): readonly SlipElement[] => [
  text(`${label}:`),
  ...Array.from({ length: lines }, () => [blank(1), text(line)]).flat(),
];

/** 交易查询单: all that a bank needs to find the transaction, without the card's number (000-07, 001-06, 004-02). */
export const querySheet = (sale: Sale, code: string, check: string, head: Letterhead): SlipDocument =>
  sheet(head, [
    title('交易查询单'),
    text('供收单行/发卡行查询,非交易凭证'),
    rule,
    ...header(head, sale.operator),
    rule,
    ...known(sale),
    rule,
    text(`客服热线:${head.hotline}`),
    chainLine(code),
    text(`校验码:${check}`),
    rule,
    ...toFill('查询结果', 2),
    ...toFill('银行经办人/日期'),
  ]);

const steps: { readonly [T in Fact['type']]?: string } = {
  intended: '发送',
  notSent: '未发送',
  declined: '拒绝',
  approved: '批准',
  captured: '商户存根已打印',
  slipOwed: '凭证待补',
  keptBySupervisor: '主管保留',
  inDoubt: '结果未知',
  reversalRequired: '开始冲正',
  reversed: '冲正成功',
  handedOver: '人工处理',
  printed: '打印',
  reprinted: '重打印',
  held: '挂失',
  released: '解挂',
  incidentRecorded: '事件记录',
};

/** What the ledger tells of a transaction, step by step. */
const course = (facts: readonly Fact[], sale: Sale): readonly SlipElement[] =>
  facts.flatMap((fact) => {
    const step = steps[fact.type];
    const own = 'saleId' in fact && fact.saleId === sale.id;
    return own && step !== undefined ? [text(`${dateTime(fact.at)} ${step}`)] : [];
  });

/** What was recorded of it at the terminal, and what else is to be written by hand. */
const recorded = (facts: readonly Fact[], sale: Sale): readonly SlipElement[] => {
  const records = facts.filter(
    (fact): fact is FactOf<'incidentRecorded'> => fact.type === 'incidentRecorded' && fact.saleId === sale.id,
  );
  if (records.length === 0) return [...toFill('原因'), ...toFill('处理措施', 2), ...toFill('已上报/时间')];
  return records.flatMap((record) => [
    text(`时间:${dateTime(record.at)}`),
    text(`地点:${record.branch} ${record.terminalId}`),
    text(`人员:${[record.operator, ...record.others].join(' ')}`),
    text(`原因:${wordsFor('causes', record.causes)}`),
    text(`处理措施:${wordsFor('measures', record.measures)}`),
    text(`已上报:${record.reportedTo.length === 0 ? '否' : wordsFor('reportedTo', record.reportedTo)}`),
    rule,
  ]);
};

/**
 * 事件记录单: time, place, persons and measures (003-17). What the ledger knows is filled in, and the rest is written by
 * hand.
 */
export const incidentSheet = (sale: Sale, facts: readonly Fact[], code: string, head: Letterhead): SlipDocument =>
  sheet(head, [
    title('事件记录单'),
    text(`事件号:${sale.incident ?? ''}`),
    rule,
    text('地点:'),
    ...header(head, sale.operator),
    ...optional('主管', sale.supervisor),
    rule,
    ...known(sale),
    rule,
    text('经过:'),
    ...course(facts, sale),
    rule,
    ...recorded(facts, sale),
    ...toFill('顾客(不得填写卡号)'),
    ...toFill('证据'),
    ...toFill('记录人签名'),
    rule,
    text(`客服热线:${head.hotline}`),
    chainLine(code),
  ]);

/** 退货申请单: what the customer asks for, signed, before the shop refunds (001-26). `at` is when it was made out. */
export const refundRequest = (sale: Sale, at: EpochMs, head: Letterhead): SlipDocument =>
  sheet(head, [
    title('退货申请单'),
    text('非退货凭证,款项以退货交易为准'),
    rule,
    ...header(head, sale.operator),
    rule,
    ...known(sale),
    rule,
    text(`申请时间:${dateTime(at)}`),
    ...toFill('退货金额'),
    ...toFill('退货原因', 2),
    ...[head.refundNotice, head.feeNotice].flatMap((notice) => (notice === undefined ? [] : [text(notice)])),
    ...toFill('持卡人签名'),
    ...toFill('主管签名'),
  ]);
