import type { TransactionKind } from '../../hal/acquirer.ts';
import type { FieldNumber } from './field-table.ts';
import type { MessageKind } from './sub-fields/field-60.ts';

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
  /** What field 61 tells of the transaction that it is about. */
  readonly original?: 'number' | 'numberAndDate' | 'date';
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

/** Financial messages (金融类交易), by UnionPay's names. */
export type Trade = TransactionKind | 'balance';

/** A trade's request, and its reversal where it has one. */
export interface TradeRow {
  readonly request: MessageRow;
  readonly reversal?: MessageRow;
}

/** 00 and what counts like it: 11 for a VIP, A2, A4, A5 and A6 "approved with defects" (有缺陷的成功). */
const approvals = ['00', '11', 'A2', 'A4', 'A5', 'A6'];

/** What every request with a card may have: PAN, expiry and sequence where no track tells them, chip data, PIN. */
const ofCard: readonly FieldNumber[] = [2, 14, 23, 26, 35, 36, 52, 53, 55];

interface TradeWords {
  readonly mti: '0100' | '0200' | '0220';
  readonly processingCode: string;
  readonly conditionCode: '00' | '06' | '60';
  /** 60.1 */
  readonly type: string;
  /** Beside the fields that all of them have. */
  readonly own?: readonly FieldNumber[];
  readonly mayHave?: readonly FieldNumber[];
  readonly withoutAmount?: true;
  readonly original?: MessageRow['original'];
}

const requestRow = ({ mti, processingCode, conditionCode, type, ...words }: TradeWords): MessageRow => ({
  mti,
  processingCode,
  conditionCode,
  kind: { transactionType: type, networkCode: '000', financial: true },
  mandatory: [3, ...(words.withoutAmount ? [] : [4 as const]), 11, 22, 25, 41, 42, 49, 60, ...(words.own ?? []), 64],
  conditional: [...ofCard, ...(words.mayHave ?? [])],
  ...(words.original !== undefined && { original: words.original }),
  answer: { success: approvals, sealed: approvals, mandatory: words.withoutAmount ? [12, 13, 54] : [12, 13, 37] },
});

/** What a reversal doesn't repeat of its request: tracks, PIN, and the original's reference. */
const notReversed: readonly FieldNumber[] = [26, 35, 36, 37, 38, 52, 53];

/**
 * 冲正: the request again, as 0400 with the same STAN, without tracks and PIN; 39 is the reason and 38 the approval's
 * code, where there was one. Answered 00, 12 (the original isn't one to reverse) or 25 (not found) it is done.
 */
const reversalRow = (request: MessageRow): MessageRow => {
  const kept = (fields: readonly FieldNumber[]) => fields.filter((field) => !notReversed.includes(field));
  return {
    ...request,
    mti: '0400',
    mandatory: [...kept(request.mandatory), 39],
    conditional: [...kept(request.conditional), 38],
    answer: { success: ['00', '12', '25'], sealed: ['00'], mandatory: [] },
  };
};

const reversed = (words: TradeWords): Required<TradeRow> => {
  const request = requestRow(words);
  return { request, reversal: reversalRow(request) };
};

const sale = { mti: '0200', processingCode: '000000', conditionCode: '00', type: '22' } as const;

export const trades = {
  /** 余额查询: no amount, and the answer's field 54 tells it. */
  balance: { request: requestRow({ ...sale, processingCode: '310000', type: '01', withoutAmount: true }) },
  /** 消费 */
  sale: reversed(sale),
  /** 消费撤销: the sale again, with 37, 38 and 61 of the one that it voids. */
  void: reversed({ ...sale, processingCode: '200000', type: '23', own: [37, 61], mayHave: [38], original: 'number' }),
  /** 退货: by the reference and the date of the original, in whatever batch; 63 is the card organisation. */
  refund: {
    request: requestRow({
      ...sale,
      mti: '0220',
      processingCode: '200000',
      type: '25',
      own: [37, 61, 63],
      original: 'date',
    }),
  },
  /** 预授权 */
  preAuthorisation: reversed({ mti: '0100', processingCode: '030000', conditionCode: '06', type: '10' }),
  /** 追加预授权: a pre-authorisation whose field 25 says that it adds to the one of 38 and 61. */
  preAuthorisationIncrement: reversed({
    mti: '0100',
    processingCode: '030000',
    conditionCode: '60',
    type: '10',
    own: [38, 61],
    original: 'numberAndDate',
  }),
  /** 预授权撤销 */
  preAuthorisationVoid: reversed({
    mti: '0100',
    processingCode: '200000',
    conditionCode: '06',
    type: '11',
    own: [38, 61],
    original: 'numberAndDate',
  }),
  /** 预授权完成(请求) */
  completion: reversed({ ...sale, conditionCode: '06', type: '20', own: [38, 61], original: 'numberAndDate' }),
  /** 预授权完成(通知) */
  completionNotice: {
    request: requestRow({
      ...sale,
      mti: '0220',
      conditionCode: '06',
      type: '24',
      own: [38, 61],
      original: 'numberAndDate',
    }),
  },
  /** 预授权完成撤销 */
  completionVoid: reversed({
    ...sale,
    processingCode: '200000',
    conditionCode: '06',
    type: '21',
    own: [37, 38, 61],
    original: 'numberAndDate',
  }),
} as const satisfies Readonly<Record<Trade, TradeRow>>;

const plainSuccess = { success: ['00'], sealed: [] } as const;

const management = (mti: string, networkCode: string, fields: readonly FieldNumber[]): MessageRow => ({
  mti,
  kind: { transactionType: '00', networkCode },
  mandatory: [...fields, 41, 42, 60],
  conditional: [],
  answer: { ...plainSuccess, mandatory: [] },
});

/** 签到: the network code asks for the keys of a suite. */
export const signOnRow = (networkCode: string): MessageRow => ({
  ...management('0800', networkCode, [11, 62, 63]),
  answer: { ...plainSuccess, mandatory: [12, 13, 60, 62] },
});

/** A batch upload of one transaction that stands by itself (批上送): a chip card's, by its chip data. */
const chipUpload = (networkCode: string): MessageRow => ({
  ...management('0320', networkCode, [2, 4, 11, 22, 55]),
  conditional: [23, 62],
});

/** The same of a refund or a completion notice: the request again, without track, PIN and MAC. */
const noticeUpload = ({ request }: TradeRow): MessageRow => ({
  ...request,
  mti: '0320',
  mandatory: [2, ...request.mandatory.filter((field) => field !== 64)],
  conditional: [14, 23, 55],
  answer: { ...plainSuccess, mandatory: [] },
});

export const messages = {
  /** 签退 */
  signOff: management('0820', '002', [11]),
  /** 回响测试; it has no STAN. */
  echo: management('0820', '301', []),
  /** 批结算 */
  settlement: {
    ...management('0500', '201', [11, 48, 49, 63]),
    answer: { ...plainSuccess, codeless: true, mandatory: [48] },
  },
  /** 批上送 of magnetic-stripe transactions, up to eight a message. */
  upload: management('0320', '201', [11, 48]),
  /** 批上送 of chip transactions (联机TC), one a message: 203 where the totals were balanced, 205 where not. */
  chipUploadBalanced: chipUpload('203'),
  chipUploadUnbalanced: chipUpload('205'),
  /** The same of those that the chip refused after an approval, or that were special: 204, 206. */
  failedChipUploadBalanced: chipUpload('204'),
  failedChipUploadUnbalanced: chipUpload('206'),
  /** 批上送 of refunds and completion notices, one a message. */
  refundUpload: noticeUpload(trades.refund),
  completionNoticeUpload: noticeUpload(trades.completionNotice),
  /** 批上送结束, 对账平 and 对账不平. */
  balancedEnd: management('0320', '207', [11, 48]),
  unbalancedEnd: management('0320', '202', [11, 48]),
  /** 脚本通知: what became of an issuer's script in the chip. */
  scriptNotice: {
    ...management('0620', '951', [2, 4, 11, 22, 37, 49, 55, 61]),
    mandatory: [2, 4, 11, 22, 37, 41, 42, 49, 55, 60, 61, 64],
    conditional: [23],
    original: 'numberAndDate',
  },
} as const satisfies Record<string, MessageRow>;

/** Whether a message has a MAC. */
export const hasMac = (row: MessageRow): boolean => row.mandatory.includes(64);
