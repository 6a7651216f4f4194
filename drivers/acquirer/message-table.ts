import type { TransactionKind } from '../../hal/acquirer.ts';
import type { FieldNumber } from './field-table.ts';
import type { MessageKind } from './sub-fields.ts';

/** A message that the terminal sends, and what its answer must have. */
export interface MessageRow {
  /** The answer's is ten more. */
  readonly mti: string;
  /** Field 3. */
  readonly processingCode?: string;
  /** Field 25. */
  readonly conditionCode?: string;
  /** Field 60. */
  readonly kind: MessageKind;
  /** Fields that it always has; with 64 among them it has a MAC, and so has the answer that says yes. */
  readonly mandatory: readonly FieldNumber[];
  /** Fields that it may have. */
  readonly conditional: readonly FieldNumber[];
  readonly answer: {
    /** The codes of field 39 that say yes. */
    readonly success: readonly string[];
    /** Of those, the ones whose answer must have a right MAC. */
    readonly sealed: readonly string[];
    /** An answer without field 39 says yes: only the settlement's, which has none. */
    readonly codeless?: true;
    /** Fields that an answer that says yes must have. */
    readonly mandatory: readonly FieldNumber[];
  };
}

/** 00 and what counts like it: 11 for a VIP, A2, A4, A5 and A6 "approved with defects" (有缺陷的成功). */
const approvals = ['00', '11', 'A2', 'A4', 'A5', 'A6'];

const plainSuccess = { success: ['00'], sealed: [] } as const;

/** 消费 */
const sale: MessageRow = {
  mti: '0200',
  processingCode: '000000',
  conditionCode: '00',
  kind: { transactionType: '22', networkCode: '000', terminal: '20' },
  mandatory: [3, 4, 11, 22, 25, 35, 41, 42, 49, 53, 60, 64],
  conditional: [26, 36, 52],
  answer: { success: approvals, sealed: approvals, mandatory: [12, 13, 37] },
};

/** 消费撤销: the sale again, with 37, 38 and 61 of the one that it voids. */
const voidOf: MessageRow = {
  ...sale,
  processingCode: '200000',
  kind: { transactionType: '23', networkCode: '000', terminal: '20' },
  mandatory: [...sale.mandatory, 37, 61],
  conditional: [...sale.conditional, 38],
};

const notReversed: readonly FieldNumber[] = [26, 35, 36, 37, 52, 53];

/**
 * 冲正: the request again, as 0400 with the same STAN, without tracks and PIN; 39 is the reason and 38 the approval's
 * code, where there was one. Answered 00, 12 (the original isn't one to reverse) or 25 (not found) it is done.
 */
const reversalOf = (request: MessageRow): MessageRow => {
  const kept = (fields: readonly FieldNumber[]) => fields.filter((field) => !notReversed.includes(field));
  return {
    ...request,
    mti: '0400',
    mandatory: [...kept(request.mandatory), 39],
    conditional: [...kept(request.conditional), 38],
    answer: { success: ['00', '12', '25'], sealed: ['00'], mandatory: [] },
  };
};

/** A kind's request and its reversal. */
export const transactions: Readonly<Record<TransactionKind, { request: MessageRow; reversal: MessageRow }>> = {
  sale: { request: sale, reversal: reversalOf(sale) },
  void: { request: voidOf, reversal: reversalOf(voidOf) },
};

const management = (mti: string, networkCode: string, fields: readonly FieldNumber[]): MessageRow => ({
  mti,
  kind: { transactionType: '00', networkCode },
  mandatory: [...fields, 41, 42, 60],
  conditional: [],
  answer: { ...plainSuccess, mandatory: [] },
});

export const messages = {
  /** 签到, with double-length keys. */
  signOn: {
    ...management('0800', '003', [11, 62, 63]),
    answer: { ...plainSuccess, mandatory: [12, 13, 60, 62] },
  },
  /** 批结算 */
  settlement: {
    ...management('0500', '201', [11, 48, 49, 63]),
    answer: { ...plainSuccess, codeless: true, mandatory: [48] },
  },
  /** 批上送 of magnetic-stripe transactions. */
  upload: management('0320', '201', [11, 48]),
  /** 批上送结束, 对账平 and 对账不平. */
  balancedEnd: management('0320', '207', [11, 48]),
  unbalancedEnd: management('0320', '202', [11, 48]),
  /** 回响测试; it has no STAN. */
  echo: management('0820', '301', []),
} as const satisfies Record<string, MessageRow>;

/** Whether a message has a MAC. */
export const hasMac = (row: MessageRow): boolean => row.mandatory.includes(64);
