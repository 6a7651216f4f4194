import iconv from 'iconv-lite';
import type { BatchTotals, HalfTotals, SettlementFlag, Tally, UploadRecord } from '../../hal/acquirer.ts';
import { type BatchNumber, batchNumber, type MinorUnits, type Stan } from '../../hal/units.ts';
import type { FieldFault } from './codec.ts';

/** What stands inside fields 22, 44, 48, 53 and 60–63, as the codec gives it and takes it. */

const digits = (value: number, length: number): string => {
  const text = String(value);
  if (!Number.isInteger(value) || value < 0 || text.length > length) {
    throw new RangeError(`${value} doesn't fit ${length} digits`);
  }
  return text.padStart(length, '0');
};

/** Fields 4 and 11. */
export const packAmount = (amount: MinorUnits): string => digits(amount, 12);
export const packStan = (stan: Stan): string => digits(stan, 6);

/** Field 22, n3: how the card was read (02 磁条), and 1 with, 2 without a PIN. */
export const packEntryMode = (entry: 'swipe', pinEntered: boolean): string =>
  `${{ swipe: '02' }[entry]}${pinEntered ? '1' : '2'}`;

/**
 * Field 53, n16, 安全控制信息: 53.1 PIN block's format (0 no PIN, 2 ANSI X9.8 with the PAN), 53.2 algorithm (6 is
 * double-length DES), 53.3 tracks encrypted (0 no), zeros. `2600000000000000`
 */
export const packSecurity = (pinEntered: boolean): string => `${pinEntered ? '2' : '0'}6`.padEnd(16, '0');

/** Field 60: what kind of message it is. */
export interface MessageKind {
  /** 60.1, n2, 交易类型码. */
  readonly transactionType: string;
  /** 60.3, n3, 网络管理信息码. */
  readonly networkCode: string;
  /** 60.4, n1, 终端读取能力 (2 magnetic stripe), and 60.5, n1, IC卡条件代码 (0); only financial messages have them. */
  readonly terminal?: '20';
}

/** 60.2, n6, is the batch; 0 where the terminal doesn't know it yet. `22` `000001` `000` `20` */
export const packKind = (kind: MessageKind, batch: BatchNumber | 0): string =>
  `${kind.transactionType}${digits(batch, 6)}${kind.networkCode}${kind.terminal ?? ''}`;

/** 60.2 of an answer, or undefined when it isn't there or is 0. */
export const readBatch = (field60: string): BatchNumber | undefined => {
  const batch = Number(field60.slice(2, 8));
  return field60.length >= 8 && batch > 0 ? batchNumber(batch) : undefined;
};

/** Field 61, 原始信息域: 61.1 batch n6, 61.2 STAN n6 and 61.3 date MMDD of the transaction that this one is about. */
export const packOriginal = (original: {
  readonly batch: BatchNumber;
  readonly stan: Stan;
  /** MMDD; `0000` where it isn't known. */
  readonly date: string;
}): string => `${digits(original.batch, 6)}${packStan(original.stan)}${original.date}`;

/** Field 62 of a sign-on: `Sequence No`, the length of the terminal's serial number in two digits, the number. */
export const packTerminalInfo = (serial: string): Buffer =>
  Buffer.from(`Sequence No${digits(serial.length, 2)}${serial}`, 'latin1');

/** Field 63 of a sign-on or a settlement: the operator's two digits and a space. */
export const packOperator = (operator: string): string => {
  if (!/^\d{2}$/.test(operator)) throw new RangeError('an operator must have two digits');
  return `${operator} `;
};

/** Text of an answer: GBK, in a string of one character a byte. Undefined when nothing but spaces is in it. */
const readText = (latin1: string): string | undefined => {
  const text = iconv.decode(Buffer.from(latin1, 'latin1'), 'gbk').trim();
  return text === '' ? undefined : text;
};

/** 63.1 of an answer, an3, 国际信用卡公司代码: `CUP`. */
export const readCardOrganisation = (field63: string): string | undefined => readText(field63.slice(0, 3));

/** Field 44 of an answer: 44.1 issuer, 11 bytes, 44.2 acquirer, 11 bytes. */
export const readInstitutions = (
  field44: string,
): { readonly issuer: string | undefined; readonly acquirer: string | undefined } => ({
  issuer: readText(field44.slice(0, 11)),
  acquirer: readText(field44.slice(11, 22)),
});

const packTally = (tally: Tally): string => `${packAmount(tally.amount)}${digits(tally.count, 3)}`;
const packHalf = (half: HalfTotals): string => `${packTally(half.debit)}${packTally(half.credit)}0`;

/**
 * Field 48 of a settlement, n62, twice 31 digits, 内卡 domestic and 外卡 foreign: debit amount 12, count 3, credit
 * amount 12, count 3, flag 1 (0 in a request).
 */
export const packTotals = (totals: BatchTotals): string => `${packHalf(totals.domestic)}${packHalf(totals.foreign)}`;

const totalsDigits = 62;
const domesticFlag = 30;
const foreignFlag = 61;
const flags: Readonly<Record<string, SettlementFlag>> = { 1: 'balanced', 2: 'unbalanced', 3: 'error' };

/** The flags of a settlement's answer. */
export const readFlags = (
  field48: string,
):
  | { readonly ok: true; readonly domestic: SettlementFlag; readonly foreign: SettlementFlag }
  | { readonly ok: false; readonly fault: FieldFault } => {
  const malformed = (field: string, what: string) => ({ ok: false, fault: { field, what } }) as const;
  if (field48.length !== totalsDigits) return malformed('48', `must have ${totalsDigits} digits`);
  const domestic = flags[field48.charAt(domesticFlag)];
  if (domestic === undefined) return malformed('48.domestic', 'its settlement flag is none of 1, 2 and 3');
  const foreign = flags[field48.charAt(foreignFlag)];
  if (foreign === undefined) return malformed('48.foreign', 'its settlement flag is none of 1, 2 and 3');
  return { ok: true, domestic, foreign };
};

/**
 * Field 48 of a batch upload of magnetic-stripe transactions: count n2, then 40 digits each: 00 domestic or 01
 * foreign, STAN 6, PAN 20 and amount 12, both right-aligned.
 */
export const packRecords = (records: readonly UploadRecord[]): string => {
  if (records.length < 1 || records.length > 8) throw new RangeError('an upload must have 1 to 8 records');
  const packed = records.map(({ half, stan, pan, amount }) => {
    if (!/^\d{12,19}$/.test(pan)) throw new RangeError("a record's PAN must have 12 to 19 digits");
    return `${half === 'domestic' ? '00' : '01'}${packStan(stan)}${pan.padStart(20, '0')}${packAmount(amount)}`;
  });
  return `${digits(records.length, 2)}${packed.join('')}`;
};

/** Field 48 of a batch end, n4: how many records were uploaded. */
export const packUploadCount = (count: number): string => digits(count, 4);
