import type { Digit } from '../hal/keypad.ts';
import type { NumberQuery, Report } from './effects.ts';
import type { MaintenanceWork } from './facts.ts';
import type { EntryKind } from './kinds.ts';
import type { Words } from './words.ts';

/** What an operator's number is typed for. */
export type AccountPurpose = 'signOn' | 'change' | 'add' | 'remove';

export type MenuName =
  | 'operators'
  | 'main'
  | 'preAuthorisation'
  | 'print'
  | 'management'
  | 'query'
  | 'service'
  | 'system'
  | 'maintenance';

/** What a menu's key does. */
export type MenuAction =
  | { readonly do: 'open'; readonly menu: MenuName }
  | { readonly do: 'begin'; readonly kind: EntryKind }
  | { readonly do: 'report'; readonly report: Report }
  | { readonly do: 'operator'; readonly wanted: AccountPurpose }
  | { readonly do: 'query'; readonly by: NumberQuery['by'] }
  | { readonly do: 'maintained'; readonly work: MaintenanceWork }
  | {
      readonly do:
        | 'reprintLast'
        | 'reprintAny'
        | 'reprintSettlement'
        | 'otherPrinter'
        | 'totals'
        | 'signOn'
        | 'signOff'
        | 'settle'
        | 'doubt'
        | 'lock'
        | 'listOperators'
        | 'version'
        | 'selfTest'
        | 'administer'
        | 'parameters'
        | 'training'
        | 'maintain'
        | 'restart';
    };

export interface MenuItem {
  readonly key: Digit;
  /** As it stands on the screen, behind its key. */
  readonly words: Words;
  readonly action: MenuAction;
}

const item = (key: Digit, zh: string, en: string, action: MenuAction): MenuItem => ({
  key,
  words: { 'zh-CN': zh, en },
  action,
});

/** What is behind the menu key, with the numbers that UnionPay's terminals have. Three lines each; the fourth leads back. */
export const menus: { readonly [M in MenuName]: readonly (readonly MenuItem[])[] } = {
  main: [
    [
      item('1', '消费', 'Sale', { do: 'begin', kind: 'sale' }),
      item('2', '撤销', 'Void', { do: 'begin', kind: 'void' }),
      item('3', '退货', 'Ref', { do: 'begin', kind: 'refund' }),
    ],
    [
      item('4', '预授权', 'Auth', { do: 'open', menu: 'preAuthorisation' }),
      item('6', '打印', 'Print', { do: 'open', menu: 'print' }),
    ],
    [
      item('7', '管理', 'Manage', { do: 'open', menu: 'management' }),
      item('8', '余额', 'Balance', { do: 'begin', kind: 'balance' }),
    ],
  ],
  preAuthorisation: [
    [
      item('1', '预授权', 'Auth', { do: 'begin', kind: 'preAuthorisation' }),
      item('2', '撤销', 'Cancel', { do: 'begin', kind: 'preAuthorisationVoid' }),
    ],
    [
      item('3', '完成', 'Done', { do: 'begin', kind: 'completion' }),
      item('4', '完成通知', 'Notice', { do: 'begin', kind: 'completionNotice' }),
    ],
    [
      item('5', '完成撤销', 'Undo it', { do: 'begin', kind: 'completionVoid' }),
      item('6', '追加', 'More', { do: 'begin', kind: 'preAuthorisationIncrement' }),
    ],
  ],
  print: [
    [item('1', '重打最后', 'Last', { do: 'reprintLast' }), item('2', '任意', 'Any', { do: 'reprintAny' })],
    [
      item('3', '明细', 'List', { do: 'report', report: 'detail' }),
      item('4', '汇总', 'Sum', { do: 'report', report: 'totals' }),
      item('6', '测', 'Test', { do: 'report', report: 'test' }),
    ],
    [item('5', '结算单', 'Settled', { do: 'reprintSettlement' }), item('8', '换打印', 'Other', { do: 'otherPrinter' })],
  ],
  management: [
    [
      item('1', '签到', 'Sign', { do: 'signOn' }),
      item('2', '签退', 'Off', { do: 'signOff' }),
      item('3', '查询', 'Find', { do: 'open', menu: 'query' }),
    ],
    [item('4', '柜员', 'Staff', { do: 'open', menu: 'operators' }), item('5', '结算', 'Settle', { do: 'settle' })],
    [
      item('6', '待查', 'Doubt', { do: 'doubt' }),
      item('7', '锁定', 'Lock', { do: 'lock' }),
      item('8', '维护', 'Care', { do: 'open', menu: 'service' }),
    ],
  ],
  operators: [
    [
      item('1', '换柜员', 'Sign on', { do: 'operator', wanted: 'signOn' }),
      item('2', '改密', 'Passw.', { do: 'operator', wanted: 'change' }),
    ],
    [
      item('3', '增加', 'Add', { do: 'operator', wanted: 'add' }),
      item('4', '删除', 'Remove', { do: 'operator', wanted: 'remove' }),
    ],
    [item('5', '柜员列表', 'All operators', { do: 'listOperators' })],
  ],
  query: [
    [
      item('1', '凭证号', 'No.', { do: 'query', by: 'voucher' }),
      item('2', '金额', 'Amount', { do: 'query', by: 'amount' }),
    ],
    [
      item('3', '卡号后四位', 'Card end', { do: 'query', by: 'card' }),
      item('6', '时间', 'Time', { do: 'query', by: 'time' }),
    ],
    [item('4', '汇总', 'Totals', { do: 'totals' }), item('5', '订单号', 'Order', { do: 'query', by: 'order' })],
  ],
  service: [
    [item('1', '版本', 'Version', { do: 'version' }), item('2', '自检', 'Test', { do: 'selfTest' })],
    [item('3', '标签', 'Label', { do: 'report', report: 'label' }), item('4', '维护登记', 'Log', { do: 'maintain' })],
    [item('5', '培训', 'Train', { do: 'training' }), item('9', '系统管理', 'System', { do: 'administer' })],
  ],
  system: [
    [item('1', '参数', 'Params', { do: 'parameters' }), item('2', '培训', 'Train', { do: 'training' })],
    [item('3', '维护登记', 'Log', { do: 'maintain' })],
    [item('4', '重启', 'Restart', { do: 'restart' })],
  ],
  maintenance: [
    [
      item('1', '巡检', 'Check', { do: 'maintained', work: 'inspected' }),
      item('2', '清洁', 'Clean', { do: 'maintained', work: 'cleaned' }),
    ],
    [
      item('3', '维修', 'Repair', { do: 'maintained', work: 'repaired' }),
      item('4', '换件', 'Part', { do: 'maintained', work: 'replaced' }),
    ],
    [item('5', '升级', 'Update', { do: 'maintained', work: 'updated' })],
  ],
};
