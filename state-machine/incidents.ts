/**
 * 事件记录: what happened with a transaction, where and when, who was there, what was done and whom it was told (003-17).
 * The keypad has digits alone, so that each answer is a choice; names are written by hand on the sheet that is printed.
 */
import type { BatchNumber, SaleId, Stan } from '../hal/units.ts';
import type { Words } from './words.ts';

type Choice<V extends string> = Words & { readonly value: V };

const choice = <V extends string>(value: V, zh: string, en: string): Choice<V> => ({ value, 'zh-CN': zh, en });

/** What is chosen from, each by its place: three on a line of the screen. */
export const choices = {
  causes: [
    choice('lostSlip', '丢单', 'Lost'),
    choice('chargedTwice', '重复', 'Twice'),
    choice('wrongAmount', '错额', 'Amt'),
    choice('wrongCard', '错卡', 'Card'),
    choice('fraud', '欺诈', 'Fraud'),
    choice('other', '其他', 'Othr'),
  ],
  measures: [
    choice('printedAgain', '补打', 'Slip'),
    choice('voided', '撤销', 'Void'),
    choice('refunded', '退货', 'Ref'),
    choice('held', '挂失', 'Hold'),
    choice('police', '报警', 'Police'),
    choice('other', '其他', 'Oth'),
  ],
  reportedTo: [
    choice('acquirer', '银行', 'Bank'),
    choice('police', '公安', 'Police'),
    choice('manager', '店长', 'Mgr'),
    choice('nobody', '未上报', 'Nobody'),
  ],
} as const;

export type ChoiceField = keyof typeof choices;
type Value<F extends ChoiceField> = (typeof choices)[F][number]['value'];

/** In the order in which they are asked for; `others`: who was there beside the one who records it. */
export const incidentFields = ['causes', 'measures', 'others', 'reportedTo'] as const;
export type IncidentField = (typeof incidentFields)[number];

export const isChoice = (field: IncidentField): field is ChoiceField => field !== 'others';

/** The most digits: each choice once, or four operators of two digits. */
export const mostDigits = (field: IncidentField): number => (isChoice(field) ? choices[field].length : 8);

export interface Incident {
  readonly saleId: SaleId;
  readonly batch: BatchNumber;
  readonly voucher: Stan;
  /** Where: 分店 and 终端编号. */
  readonly branch: string;
  readonly terminalId: string;
  readonly causes: readonly Value<'causes'>[];
  readonly measures: readonly Value<'measures'>[];
  /** Empty as long as nobody was told. */
  readonly reportedTo: readonly Exclude<Value<'reportedTo'>, 'nobody'>[];
  /** Who recorded it; and the numbers of other operators who were there. */
  readonly operator: string;
  readonly others: readonly string[];
}

/** What digits that were typed choose. */
export const chosen = <F extends ChoiceField>(field: F, digits: string): readonly Value<F>[] =>
  Array.from(digits).map((digit) => (choices[field][Number(digit) - 1] as Choice<Value<F>>).value);

/** Two digits each. */
export const operatorsIn = (digits: string): readonly string[] => digits.match(/\d\d/g) ?? [];

const wordOf = (field: ChoiceField, value: string): string =>
  choices[field].find((each) => each.value === value)?.['zh-CN'] ?? value;

/** As the sheet says it. */
export const wordsFor = (field: ChoiceField, values: readonly string[]): string =>
  values.map((value) => wordOf(field, value)).join(',');
