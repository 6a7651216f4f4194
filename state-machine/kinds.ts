import type { TransactionKind } from '../hal/acquirer.ts';
import type { Remarks } from './sale.ts';
import type { Words } from './words.ts';

/**
 * A step of entering a transaction, up to its intent.
 * - `supervisor`: the password of who must allow it
 * - `original`: the transaction that it is about, which is then shown
 * - `amount`: typed in 分
 * - `orderNumber`, `note`: what the shop wants in the record, where it does; may be left out
 * - `feeNotice`: what taking back may cost the customer, where the shop has said so
 * - `confirm`: the customer sees merchant and amount
 * - `printer`: could a slip be printed? No card is asked for before
 * - `card`: swiped; where there is an original it must be its card
 * - `pin`: at the PIN pad
 */
export type EntryStep =
  | 'supervisor'
  | 'original'
  | 'feeNotice'
  | 'amount'
  | keyof Remarks
  | 'confirm'
  | 'printer'
  | 'card'
  | 'pin';

/** What a transaction may be about, and what it does to that. */
export interface About {
  readonly kinds: readonly TransactionKind[];
  /**
   * `whole`: its amount is the original's, with all that was added to it; `part`: a refund, again and again up to it;
   * `over`: a completion, which may exceed it; `more`: an increment, again and again, of any amount.
   */
  readonly amount: 'whole' | 'part' | 'over' | 'more';
  /** Whether the original may be of a batch that is closed. */
  readonly closedBatch: boolean;
  /** What is typed from its slip where this terminal doesn't know it: 参考号 reference, 授权码 authorisation code; then the date. */
  readonly byHand?: 'reference' | 'authorisationCode';
}

/**
 * What sets one kind of transaction apart from another. The machine, the totals and the slips read this table.
 */
export interface Kind {
  /** UnionPay's names, as slips and screens show them. */
  readonly name: Words;
  /** The same in nine columns, for a line with a number. */
  readonly short: Words;
  /** The settlement column that it counts in: 借记 debit, 贷记 credit. A pre-authorisation moves no money and is in none. */
  readonly column?: 'debit' | 'credit';
  /** Whether it holds money on the card, for a completion to take. */
  readonly holds?: true;
  /** Whether it has a reversal (冲正). What hasn't stands once it is approved, and unanswered it is in doubt. */
  readonly reversible: boolean;
  /** How a batch upload carries it: among the records of eight a message, or as a message of its own. */
  readonly upload?: 'record' | 'message';
  readonly about?: About;
  readonly entry: readonly EntryStep[];
  /** What the clerk reads of the money when it did not come about. */
  readonly undone: Words;
  /** And when it was taken back, but the bank may have told the customer otherwise. */
  readonly takenBack: Words;
}

const nothingTaken: Words = { 'zh-CN': '未扣款', en: 'Nothing taken' };
const goesBack: Words = { 'zh-CN': '若已扣款 将退回', en: 'Money goes back' };

/** Of a void and its like: what it is about stands. */
const originalStands = {
  undone: { 'zh-CN': '未撤销 原单有效', en: 'Original stands' },
  takenBack: { 'zh-CN': '原交易仍有效', en: 'Original stands' },
} as const;

const voiding = (
  kind: TransactionKind,
  closedBatch: boolean,
): Pick<Kind, 'about' | 'entry' | 'undone' | 'takenBack'> => ({
  about: { kinds: [kind], amount: 'whole', closedBatch, ...(closedBatch && { byHand: 'authorisationCode' }) },
  entry: ['supervisor', 'original', 'feeNotice', 'printer', 'card', 'pin'],
  ...originalStands,
});

const completing: About = {
  kinds: ['preAuthorisation'],
  amount: 'over',
  closedBatch: true,
  byHand: 'authorisationCode',
};

/** What can be begun at the terminal: the transactions, and 余额查询, which moves no money and leaves no record. */
export type EntryKind = TransactionKind | 'balance';

export const kinds: { readonly [K in EntryKind]: Kind } = {
  balance: {
    name: { 'zh-CN': '余额查询', en: 'BALANCE' },
    short: { 'zh-CN': '余额', en: 'Balance' },
    reversible: false,
    entry: ['card', 'pin'],
    undone: { 'zh-CN': '未查询', en: 'Nothing asked' },
    takenBack: { 'zh-CN': '未查询', en: 'Nothing asked' },
  },
  sale: {
    name: { 'zh-CN': '消费', en: 'SALE' },
    short: { 'zh-CN': '消费', en: 'Sale' },
    column: 'debit',
    reversible: true,
    upload: 'record',
    entry: ['amount', 'orderNumber', 'note', 'confirm', 'printer', 'card', 'pin'],
    undone: nothingTaken,
    takenBack: goesBack,
  },
  void: {
    name: { 'zh-CN': '消费撤销', en: 'VOID' },
    short: { 'zh-CN': '撤销', en: 'Void' },
    column: 'credit',
    reversible: true,
    ...voiding('sale', false),
  },
  refund: {
    name: { 'zh-CN': '退货', en: 'REFUND' },
    short: { 'zh-CN': '退货', en: 'Refund' },
    column: 'credit',
    reversible: false,
    upload: 'message',
    about: {
      kinds: ['sale', 'completion', 'completionNotice'],
      amount: 'part',
      closedBatch: true,
      byHand: 'reference',
    },
    entry: ['supervisor', 'original', 'feeNotice', 'amount', 'confirm', 'printer', 'card'],
    undone: { 'zh-CN': '未退款', en: 'Nothing refunded' },
    takenBack: { 'zh-CN': '未退款', en: 'Nothing refunded' },
  },
  preAuthorisation: {
    name: { 'zh-CN': '预授权', en: 'AUTH' },
    short: { 'zh-CN': '预授权', en: 'Auth' },
    holds: true,
    reversible: true,
    entry: ['amount', 'orderNumber', 'note', 'confirm', 'printer', 'card', 'pin'],
    undone: { 'zh-CN': '未冻结', en: 'Nothing held' },
    takenBack: { 'zh-CN': '若已冻结 将解冻', en: 'Hold is lifted' },
  },
  /**
   * Adds to what a pre-authorisation holds (a guest who stays longer). A completion may take up to `completionPercent` of
   * the sum, and a void lifts the sum: UnionPay's 预授权撤销 is of the whole amount that was accepted in the end,
   * increments included. By itself an increment is not voided; unanswered or without its slip it is reversed.
   */
  preAuthorisationIncrement: {
    name: { 'zh-CN': '追加预授权', en: 'AUTH INCREMENT' },
    short: { 'zh-CN': '追加预授', en: 'Auth more' },
    holds: true,
    reversible: true,
    about: { kinds: ['preAuthorisation'], amount: 'more', closedBatch: true, byHand: 'authorisationCode' },
    entry: ['original', 'amount', 'confirm', 'printer', 'card', 'pin'],
    undone: { 'zh-CN': '未追加 原单有效', en: 'Hold as before' },
    takenBack: { 'zh-CN': '原预授权仍有效', en: 'Hold as before' },
  },
  preAuthorisationVoid: {
    name: { 'zh-CN': '预授权撤销', en: 'CANCEL' },
    short: { 'zh-CN': '预授撤销', en: 'Auth void' },
    reversible: true,
    ...voiding('preAuthorisation', true),
  },
  completion: {
    name: { 'zh-CN': '预授权完成', en: 'AUTH COMPLETE' },
    short: { 'zh-CN': '预授完成', en: 'Complete' },
    column: 'debit',
    reversible: true,
    upload: 'record',
    about: completing,
    entry: ['original', 'amount', 'confirm', 'printer', 'card', 'pin'],
    undone: nothingTaken,
    takenBack: goesBack,
  },
  completionNotice: {
    name: { 'zh-CN': '预授权完成通知', en: 'AUTH SETTLEMENT' },
    short: { 'zh-CN': '完成通知', en: 'Notice' },
    column: 'debit',
    reversible: false,
    upload: 'message',
    about: completing,
    entry: ['original', 'amount', 'confirm', 'printer', 'card'],
    undone: nothingTaken,
    takenBack: nothingTaken,
  },
  completionVoid: {
    name: { 'zh-CN': '预授权完成撤销', en: 'COMPLETE VOID' },
    short: { 'zh-CN': '完成撤销', en: 'Cpl. void' },
    column: 'credit',
    reversible: true,
    ...voiding('completion', false),
  },
};

/** What takes money of a card, or holds it. */
export const takesMoney = (kind: EntryKind): boolean => {
  const { column, holds = false } = kinds[kind];
  return column === 'debit' || holds;
};

/** 参考号 has twelve digits, 授权码 six. */
export const handDigits = (kind: EntryKind): number => (kinds[kind].about?.byHand === 'reference' ? 12 : 6);
