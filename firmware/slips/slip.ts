/** What all slips share: the shop's letterhead, and the small words that they are made of. */
import type { DotImage, SlipDocument, SlipElement } from '../../hal/printer.ts';
import type { BatchNumber, EpochMs, MinorUnits, Stan } from '../../hal/units.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';

/** Whose slip it is: the face that the ledger tells, and the terminal. */
export interface Letterhead extends SlipFace {
  readonly terminalId: string;
  /** What `logo` stands for, where it is known. */
  readonly picture?: DotImage;
}

/** What a print adds to what the ledger tells of a transaction. */
export interface Print {
  /** Counts the prints of this slip; from the second on it is marked. */
  readonly number: number;
  /** The ledger's short code. */
  readonly code: string;
  /** Of a further print: when and by whom it was asked for. */
  readonly on?: EpochMs;
  readonly by?: string;
}

export const rule: SlipElement = { type: 'rule' };
export const blank = (lines: number): SlipElement => ({ type: 'blank', lines });
export const text = (value: string): SlipElement => ({ type: 'text', text: value });
export const centred = (value: string): SlipElement => ({ type: 'text', text: value, align: 'centre' });
export const tall = (value: string): SlipElement => ({ type: 'text', text: value, size: 'doubleHeight' });
export const title = (value: string): SlipElement => ({
  type: 'text',
  text: value,
  size: 'doubleHeight',
  align: 'centre',
});
export const pair = (left: string, right: string): SlipElement => ({ type: 'pair', left, right });
export const optional = (label: string, value: string | undefined): readonly SlipElement[] =>
  value === undefined || value === '' ? [] : [text(`${label}:${value}`)];

/** Name, count and amount, as settlement slips and totals show them. */
export const countedRow = (name: string, count: string, amount: string): SlipElement => ({
  type: 'row',
  cells: [
    { text: name, columns: 10 },
    { text: count, columns: 6, align: 'right' },
    { text: amount, columns: 16, align: 'right' },
  ],
});

export const sixDigits = (value: Stan | BatchNumber | 0): string => String(value).padStart(6, '0');

/** 123456 分 → `1,234.56`. */
export const money = (amount: MinorUnits): string => {
  const yuan = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${yuan}.${String(amount % 100).padStart(2, '0')}`;
};

/** UnionPay terminals print Beijing time, whatever the board's zone is; it is eight hours ahead, all year. */
const beijingMs = 8 * 3_600_000;

/** `2026/11/22 13:05:09`. By hand: a formatter of `Intl` takes a quarter of the whole start to make. */
export const dateTime = (at: EpochMs): string =>
  new Date(at + beijingMs).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');

/** 账本校验: the ledger's short code, for `terminalctl ledger verify --code`. */
export const chainLine = (code: string): SlipElement => text(`账本校验:${code}`);

export const header = (head: Letterhead, operator: string): readonly SlipElement[] => [
  text(`商户名称:${head.merchant}${head.branch === '' ? '' : `(${head.branch})`}`),
  text(`商户编号:${head.merchantId}`),
  pair(`终端编号:${head.terminalId}`, `操作员号:${operator}`),
];

/** Of a further print: which, when and by whom. Nothing else of it differs from the first. */
export const duplicateMark = ({ number, on, by }: Print): readonly SlipElement[] =>
  number < 2
    ? []
    : [
        text(`****重打印凭证/DUPLICATE ${number}****`),
        ...(on === undefined ? [] : [text(`重打印时间:${dateTime(on)}`)]),
        ...(by === undefined ? [] : [text(`重打印操作员号:${by}`)]),
      ];

const trainingMark = centred('**培训/TRAINING 凭证无效/VOID**');

/** A slip of a terminal that trains or tests says so at its top and at its end. */
export const sheet = ({ training }: Letterhead, elements: readonly SlipElement[]): SlipDocument => ({
  elements: training === true ? [trainingMark, ...elements, trainingMark] : elements,
});
