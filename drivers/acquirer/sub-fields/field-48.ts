/** Field 48, 附加数据－私有: a settlement's totals, an upload's records, a batch end's count. */
import type { BatchTotals, HalfTotals, SettlementFlag, Tally, UploadRecord } from '../../../hal/acquirer.ts';
import type { MinorUnits, Stan } from '../../../hal/units.ts';
import { digits, malformed, packAmount, packStan, type Read, said } from './text.ts';

const packTally = (tally: Tally): string => `${packAmount(tally.amount)}${digits(tally.count, 3)}`;
const packHalf = (half: HalfTotals, flag: string): string => `${packTally(half.debit)}${packTally(half.credit)}${flag}`;

const halfDigits = 31;
const tallyDigits = 15;

/**
 * Field 48 of a settlement, n62, twice 31 digits, 内卡 domestic and 外卡 foreign: debit amount 12, count 3, credit
 * amount 12, count 3, flag 1 (0 in a request).
 */
export const packTotals = ({ domestic, foreign }: BatchTotals): string =>
  `${packHalf(domestic, '0')}${packHalf(foreign, '0')}`;

const flags: Readonly<Record<string, SettlementFlag>> = { 1: 'balanced', 2: 'unbalanced', 3: 'error' };

/** The totals that a field 48 of a settlement holds, whatever its flags. */
export const readTotals = (field48: string): Read<BatchTotals> => {
  if (!/^\d{62}$/.test(field48)) return malformed('48', 'must have 62 digits');
  const tally = (at: number): Tally => ({
    amount: Number(field48.slice(at, at + 12)) as MinorUnits,
    count: Number(field48.slice(at + 12, at + tallyDigits)),
  });
  const half = (at: number): HalfTotals => ({ debit: tally(at), credit: tally(at + tallyDigits) });
  return said({ domestic: half(0), foreign: half(halfDigits) });
};

/** The flags of a settlement's answer. */
export const readFlags = (
  field48: string,
): Read<{ readonly domestic: SettlementFlag; readonly foreign: SettlementFlag }> => {
  if (field48.length !== 2 * halfDigits) return malformed('48', 'must have 62 digits');
  const domestic = flags[field48.charAt(halfDigits - 1)];
  if (domestic === undefined) return malformed('48.domestic', 'its settlement flag is none of 1, 2 and 3');
  const foreign = flags[field48.charAt(2 * halfDigits - 1)];
  if (foreign === undefined) return malformed('48.foreign', 'its settlement flag is none of 1, 2 and 3');
  return said({ domestic, foreign });
};

const recordDigits = 40;
const isPan = /^\d{12,19}$/;

/**
 * Field 48 of a batch upload of magnetic-stripe transactions: count n2, then 40 digits each: 00 domestic or 01
 * foreign, STAN 6, PAN 20 and amount 12, both right-aligned.
 */
export const packRecords = (records: readonly UploadRecord[]): string => {
  if (records.length < 1 || records.length > 8) throw new RangeError('an upload must have 1 to 8 records');
  const packed = records.map(({ half, stan, pan, amount }) => {
    if (!isPan.test(pan)) throw new RangeError("a record's PAN must have 12 to 19 digits");
    return `${half === 'domestic' ? '00' : '01'}${packStan(stan)}${pan.padStart(20, '0')}${packAmount(amount)}`;
  });
  return `${digits(records.length, 2)}${packed.join('')}`;
};

export const readRecords = (field48: string): Read<readonly UploadRecord[]> => {
  const count = Number(field48.slice(0, 2));
  if (!/^\d+$/.test(field48) || count < 1 || count > 8 || field48.length !== 2 + count * recordDigits) {
    return malformed('48', 'is not its count of 40-digit records');
  }
  const records: UploadRecord[] = [];
  for (let index = 0; index < count; index++) {
    const record = field48.slice(2 + index * recordDigits, 2 + (index + 1) * recordDigits);
    const half = { '00': 'domestic', '01': 'foreign' }[record.slice(0, 2)];
    if (half === undefined) return malformed(`48.${index + 1}`, 'is neither domestic (00) nor foreign (01)');
    const pan = record.slice(8, 28).replace(/^0+/, '');
    if (!isPan.test(pan)) return malformed(`48.${index + 1}`, 'has no card number of 12 to 19 digits');
    const stan = Number(record.slice(2, 8)) as Stan;
    const amount = Number(record.slice(28)) as MinorUnits;
    records.push({ half: half as UploadRecord['half'], stan, pan, amount });
  }
  return said(records);
};

/** Field 48 of a batch end, n4: how many records were uploaded. */
export const packUploadCount = (count: number): string => digits(count, 4);
export const readUploadCount = (field48: string): Read<number> =>
  /^\d{4}$/.test(field48) ? said(Number(field48)) : malformed('48', 'must have 4 digits');
