import { type IsoMessage, textOf } from './iso8583.ts';

/**
 * The messages that this acquirer speaks: 签到 sign-on, 签退 sign-off, 回响测试 echo, 余额查询 balance, 消费 sale, 消费撤销
 * void, 退货 refund, 预授权 pre-authorisation and what may become of it, 冲正 reversal of each that has one, 批结算
 * settlement, 批上送 upload (of a refund or a notice by itself: `noticeUpload`), 批上送结束 batch end.
 */
export type TradeKind =
  | 'sale'
  | 'void'
  | 'refund'
  | 'preAuthorisation'
  | 'preAuthorisationIncrement'
  | 'preAuthorisationVoid'
  | 'completion'
  | 'completionNotice'
  | 'completionVoid';
export type MessageKind =
  | 'signOn'
  | 'signOff'
  | 'echo'
  | 'balance'
  | TradeKind
  | 'reversal'
  | 'settlement'
  | 'upload'
  | 'noticeUpload'
  | 'batchEnd';

interface Rule {
  readonly mandatory: readonly number[];
  readonly optional: readonly number[];
  readonly field60: RegExp;
}

/** 60.1 type, 60.2 batch, 60.3 network management code; nothing behind. */
const management = (codes: string): RegExp => new RegExp(`^00\\d{6}(?:${codes})$`);
/** 60.1 the type, such as 22 of a sale, 60.2 batch, 60.3 = 000, 60.4 reader, 60.5 IC condition, [60.6 partial approval, [60.7 account]]. */
const financial = /^(?:01|1[01]|2[0-5])\d{6}000[256][02](?:[01](?:\d{3})?)?$/;

/** What every swiped request has. */
const swipedFields = [3, 4, 11, 22, 25, 35, 41, 42, 49, 53, 60, 64] as const;
const swipedRule = (...own: readonly number[]): Rule => ({
  mandatory: [...swipedFields, ...own],
  optional: [26, 36, 52],
  field60: financial,
});

/**
 * The fields of each request; all others are forbidden. A swiped sale has its PAN in track 2 alone, so fields 2, 14,
 * 23 and 55 have no place in it; a void is a sale with 37, 38 and 61 of the one that it voids; a reversal repeats its
 * request without the secrets (26, 35, 36, 52, 53) and without 37.
 */
const rules: Readonly<Record<MessageKind, Rule>> = {
  signOn: { mandatory: [11, 41, 42, 60, 63], optional: [62], field60: management('001|003|004') },
  signOff: { mandatory: [11, 41, 42, 60], optional: [], field60: management('002') },
  echo: { mandatory: [41, 42, 60], optional: [], field60: management('301') },
  balance: { ...swipedRule(), mandatory: swipedFields.filter((field) => field !== 4) },
  sale: swipedRule(),
  void: { ...swipedRule(37, 61), optional: [26, 36, 38, 52] },
  refund: swipedRule(37, 61, 63),
  preAuthorisation: swipedRule(),
  preAuthorisationIncrement: swipedRule(38, 61),
  preAuthorisationVoid: swipedRule(38, 61),
  completion: swipedRule(38, 61),
  completionNotice: swipedRule(38, 61),
  completionVoid: swipedRule(37, 38, 61),
  reversal: { mandatory: [3, 4, 11, 22, 25, 39, 41, 42, 49, 60, 64], optional: [2, 38, 61], field60: financial },
  settlement: { mandatory: [11, 41, 42, 48, 49, 60, 63], optional: [], field60: management('201') },
  upload: { mandatory: [11, 41, 42, 48, 60], optional: [], field60: management('201') },
  noticeUpload: {
    mandatory: [2, 3, 4, 11, 22, 25, 41, 42, 49, 60, 61],
    optional: [14, 37, 38, 63],
    field60: financial,
  },
  batchEnd: { mandatory: [11, 41, 42, 48, 60], optional: [], field60: management('202|207') },
};

const managementKinds: Readonly<Record<string, MessageKind>> = {
  '0800/001': 'signOn',
  '0800/003': 'signOn',
  '0800/004': 'signOn',
  '0820/002': 'signOff',
  '0820/301': 'echo',
  '0500/201': 'settlement',
  '0320/201': 'upload',
  '0320/202': 'batchEnd',
  '0320/207': 'batchEnd',
};

/** Field 60 in its parts. */
export const transactionType = (message: IsoMessage): string => textOf(message, 60).slice(0, 2);
export const batchOf = (message: IsoMessage): number => Number(textOf(message, 60).slice(2, 8));
export const managementCode = (message: IsoMessage): string => textOf(message, 60).slice(8, 11);

/** Which message it is, by MTI and 60.3, a financial one by MTI, 3, 25 and 60.1; undefined for one not spoken here. */
export const kindOf = (message: IsoMessage): MessageKind | undefined => {
  const { mti } = message;
  if (mti === '0200' && tradeKey(message) === '310000/00/01') return 'balance';
  const trade = tradeOf(message);
  if (mti === '0400') return trade === undefined ? undefined : 'reversal';
  if (mti === '0320' && (trade === 'refund' || trade === 'completionNotice')) return 'noticeUpload';
  if (trade === undefined) return managementKinds[`${mti}/${managementCode(message)}`];
  return mti === mtis[trade] ? trade : undefined;
};

const tradeKey = (message: IsoMessage): string =>
  `${textOf(message, 3)}/${textOf(message, 25)}/${transactionType(message)}`;

const trades: Readonly<Record<string, TradeKind>> = {
  '000000/00/22': 'sale',
  '200000/00/23': 'void',
  '200000/00/25': 'refund',
  '030000/06/10': 'preAuthorisation',
  '030000/60/10': 'preAuthorisationIncrement',
  '200000/06/11': 'preAuthorisationVoid',
  '000000/06/20': 'completion',
  '000000/06/24': 'completionNotice',
  '200000/06/21': 'completionVoid',
};

const mtis: Readonly<Record<TradeKind, string>> = {
  sale: '0200',
  void: '0200',
  refund: '0220',
  preAuthorisation: '0100',
  preAuthorisationIncrement: '0100',
  preAuthorisationVoid: '0100',
  completion: '0200',
  completionNotice: '0220',
  completionVoid: '0200',
};

export const isTrade = (kind: MessageKind): kind is TradeKind => kind in mtis;

/** Kinds without a reversal (是否引发冲正: no). */
export const hasReversal = (kind: TradeKind): boolean => kind !== 'refund' && kind !== 'completionNotice';

/** What a financial request, or the one that a reversal repeats, is by 3, 25 and 60.1. */
export const tradeOf = (message: IsoMessage): TradeKind | undefined => trades[tradeKey(message)];

/** One check of one field's content: what is wrong when `holds` is false. Contents are never told, only fields. */
type Check = [holds: boolean, what: string];

const operator = (message: IsoMessage): Check => [
  /^(?:\d\d |0\d\d)$/.test(textOf(message, 63)),
  'field 63 is not an operator: two digits and a space',
];

const money = (message: IsoMessage): Check[] => [
  [textOf(message, 49) === '156', 'field 49 is not 156'],
  [/^02[12]$/.test(textOf(message, 22)), 'field 22 is neither 021 nor 022, a swipe with or without PIN'],
];

/** What a request with a card says in its fields 22, 26, 35, 52 and 53. */
const swiped = (message: IsoMessage): Check[] => {
  const withPin = textOf(message, 22) === '021';
  const { fields } = message;
  return [
    ...money(message),
    [
      /^\d{12,19}=\d\d(?:0[1-9]|1[0-2])\d{3}\d*$/.test(textOf(message, 35)),
      'field 35 is not track 2: PAN, separator, YYMM, service code, discretionary data',
    ],
    [fields.has(52) === withPin, 'field 52 and the PIN digit of field 22 contradict each other'],
    [fields.has(26) === fields.has(52), 'fields 26 and 52 go together'],
    [!fields.has(26) || /^(?:06|12)$/.test(textOf(message, 26)), 'field 26 is neither 06 nor 12'],
    [
      (withPin ? /^2[06][01]0{13}$/ : /^0[06][01]0{13}$/).test(textOf(message, 53)),
      'field 53 does not tell PIN format, cipher and whether tracks are clear',
    ],
  ];
};

const numbered = (message: IsoMessage): Check => [
  /^\d{16}$/.test(textOf(message, 61)),
  'field 61 is not batch, STAN and date of the original',
];

const contents: Readonly<Record<MessageKind, (message: IsoMessage) => Check[]>> = {
  signOn: (message) => [operator(message)],
  signOff: () => [],
  echo: () => [],
  balance: swiped,
  sale: swiped,
  void: (message) => [
    ...swiped(message),
    [
      /^\d{12}(?:\d{4})?$/.test(textOf(message, 61)),
      'field 61 is not batch, STAN and, if it likes, date of the original',
    ],
  ],
  refund: (message) => [
    ...swiped(message),
    [/^0{12}\d{4}$/.test(textOf(message, 61)), 'field 61 is not twelve zeros and the date of the original'],
    [/^(?:CUP|000|VIS|MCC|JCB|AMX)$/.test(textOf(message, 63)), 'field 63 is no card organisation'],
  ],
  preAuthorisation: swiped,
  preAuthorisationIncrement: (message) => [...swiped(message), numbered(message)],
  preAuthorisationVoid: (message) => [...swiped(message), numbered(message)],
  completion: (message) => [...swiped(message), numbered(message)],
  completionNotice: (message) => [...swiped(message), numbered(message)],
  completionVoid: (message) => [...swiped(message), numbered(message)],
  noticeUpload: (message) => [
    ...money(message),
    [/^\d{16}$/.test(textOf(message, 61)), 'field 61 is not batch, STAN and date'],
  ],
  reversal: (message) => {
    const original = textOf(message, 61);
    return [
      ...money(message),
      [/^(?:98|96|A0|06)$/.test(textOf(message, 39)), 'field 39 is none of 98, 96, A0, 06'],
      [
        (original === '' && ['sale', 'preAuthorisation'].includes(tradeOf(message) ?? '')) ||
          (/^\d{12}(?:\d{4})?$/.test(original) &&
            original.startsWith(textOf(message, 60).slice(2, 8) + textOf(message, 11))),
        'field 61 does not repeat batch and STAN',
      ],
    ];
  },
  settlement: (message) => [
    operator(message),
    [textOf(message, 49) === '156', 'field 49 is not 156'],
    [/^(?:\d{30}0){2}$/.test(textOf(message, 48)), 'field 48 is not two halves of 30 digits, each with flag 0'],
  ],
  upload: (message) => {
    const content = textOf(message, 48);
    const count = Number(content.slice(0, 2));
    return [
      [count >= 1 && count <= 8 && content.length === 2 + 40 * count, 'field 48 is not its count of 40-digit records'],
      [/^..(?:0[01].{38})*$/.test(content), 'field 48 has a record that is neither domestic (00) nor foreign (01)'],
    ];
  },
  batchEnd: (message) => [[/^\d{4}$/.test(textOf(message, 48)), 'field 48 is not a count of four digits']],
};

/** What is wrong with a request by itself, without looking at any other: its fields and what they say. */
export const faultsOf = (kind: MessageKind, message: IsoMessage): string[] => {
  const { mandatory, optional, field60 } = rules[kind];
  const checks: Check[] = [
    ...mandatory.map((field): Check => [message.fields.has(field), `field ${field} is missing`]),
    ...[...message.fields.keys()].map(
      (field): Check => [
        mandatory.includes(field) || optional.includes(field),
        `field ${field} is not for this message`,
      ],
    ),
    [textOf(message, 11) !== '000000', 'field 11 is zero'],
    [field60.test(textOf(message, 60)), 'field 60 has not the parts of this message'],
    [batchOf(message) > 0, 'field 60.2 is zero'],
    ...contents[kind](message),
  ];
  return checks.filter(([holds]) => !holds).map(([, what]) => what);
};
