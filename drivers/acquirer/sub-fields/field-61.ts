import type { BatchNumber, Stan } from '../../../hal/units.ts';
import { digits, malformed, type Read, said } from './text.ts';

/** What field 61 says of the transaction that a message is about. 0 and 0000 where it isn't said. */
export interface OriginalNumbers {
  readonly batch: BatchNumber | 0;
  readonly stan: Stan | 0;
  /** MMDD; absent where the message doesn't tell it. */
  readonly date?: string;
}

/** Field 61, 原始信息域: 61.1 batch n6, 61.2 STAN n6 and, where it is told, 61.3 date MMDD. `000001` `000101` `1122` */
export const packOriginal = ({ batch, stan, date }: OriginalNumbers): string => {
  if (date !== undefined && !/^\d{4}$/.test(date)) throw new RangeError('61.3: must be MMDD');
  return `${digits(batch, 6)}${digits(stan, 6)}${date ?? ''}`;
};

export const readOriginal = (field61: string): Read<OriginalNumbers> => {
  const [, batch, stan, date] = /^(\d{6})(\d{6})(\d{4})?$/.exec(field61) ?? [];
  if (batch === undefined) return malformed('61', 'has neither 12 nor 16 digits');
  const numbers = { batch: Number(batch) as BatchNumber, stan: Number(stan) as Stan };
  return said(date === undefined ? numbers : { ...numbers, date });
};
