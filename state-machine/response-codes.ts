import type { Words } from './words.ts';

/**
 * Field 39, what it means and what the clerk reads. Classes: A success, B failed and may be tried again, C failed,
 * D failed and the operator must act, E failed by a fault of a system.
 * Meanings: Q/CUP 006.6-2014, table A.2; the clerk's words as UnionPay terminals show them, cut to 16 columns.
 */
export interface ResponseCode {
  readonly class: 'A' | 'B' | 'C' | 'D' | 'E';
  readonly text: Words;
}

const row = (cls: ResponseCode['class'], zh: string, en: string): ResponseCode => ({
  class: cls,
  text: { 'zh-CN': zh, en },
});

const table: { readonly [code: string]: ResponseCode } = {
  '00': row('A', '交易成功', 'Approved'),
  '01': row('C', '请联系发卡银行', 'Call issuer'),
  '03': row('C', '无效商户', 'Invalid merchant'),
  '04': row('D', '此卡被没收', 'Keep the card'),
  '05': row('C', '持卡人认证失败', 'Not authorised'),
  '10': row('A', '部分金额批准', 'Partly approved'),
  '11': row('A', '成功 VIP客户', 'Approved, VIP'),
  '12': row('C', '无效交易', 'Invalid trans.'),
  '13': row('B', '无效金额', 'Invalid amount'),
  '14': row('B', '无效卡号', 'Invalid card no.'),
  '15': row('C', '此卡无对应发卡方', 'No such issuer'),
  '21': row('C', '卡未初始化', 'Card not active'),
  '22': row('C', '操作有误或超期', 'Suspected fault'),
  '25': row('C', '没有原始交易', 'No original'),
  '30': row('C', '报文错 请重试', 'Format error'),
  '34': row('D', '作弊卡 吞卡', 'Fraud, keep card'),
  '38': row('D', '密码错误次数超限', 'PIN tries over'),
  '40': row('C', '不支持的交易类型', 'Not supported'),
  '41': row('D', '挂失卡 请没收', 'Lost, keep card'),
  '43': row('D', '被窃卡 请没收', 'Stolen,keep card'),
  '45': row('D', '请使用芯片', 'Use the chip'),
  '51': row('C', '可用余额不足', 'Not enough funds'),
  '54': row('C', '该卡已过期', 'Card expired'),
  '55': row('C', '密码错', 'Wrong PIN'),
  '57': row('C', '不允许此卡交易', 'Card not allowed'),
  '58': row('C', '终端不允许此交易', 'Not allowed here'),
  '59': row('C', '卡片校验错', 'Card check failed'),
  '61': row('C', '交易金额超限', 'Over the limit'),
  '62': row('C', '受限制的卡', 'Restricted card'),
  '64': row('C', '与原交易金额不符', 'Amount differs'),
  '65': row('C', '超出消费次数限制', 'Too many uses'),
  '68': row('C', '交易超时 请重试', 'Issuer timed out'),
  '75': row('C', '密码错误次数超限', 'PIN tries over'),
  '77': row('D', '请重新签到再交易', 'Sign on again'),
  '90': row('C', '系统日切 请稍后', 'Host day change'),
  '91': row('C', '发卡方状态不正常', 'Issuer is down'),
  '92': row('C', '发卡方线路异常', 'No way to issuer'),
  '94': row('C', '重复交易 请稍后', 'Duplicate'),
  '96': row('C', '交换中心异常', 'Switch is down'),
  '97': row('D', '终端未登记', 'Unknown terminal'),
  '98': row('E', '发卡方超时', 'Issuer timed out'),
  '99': row('B', 'PIN格式错 请签到', 'PIN block error'),
  A0: row('B', 'MAC校验错 请签到', 'MAC error'),
  A1: row('C', '转账货币不一致', 'Currency differs'),
  A2: row('A', '成功 向发卡行确认', 'Approved'),
  A3: row('C', '账户不正确', 'Wrong account'),
  A4: row('A', '成功 向发卡行确认', 'Approved'),
  A5: row('A', '成功 向发卡行确认', 'Approved'),
  A6: row('A', '成功 向发卡行确认', 'Approved'),
  A7: row('C', '安全处理失败', 'Security failed'),
};

const unknown = row('C', '交易失败', 'Failed');

/** Total: a code that nobody documented reads 交易失败. */
export const responseCode = (code: string): ResponseCode =>
  (Object.hasOwn(table, code) ? table[code] : undefined) ?? unknown;

/** Batch mismatch, PIN format and MAC errors: the session's keys or batch aren't the acquirer's; sign on again. */
export const needsSignOn = (code: string): boolean => code === '77' || code === '99' || code === 'A0';
