/** Field 60, 自定义域: what kind of message it is, and in which batch. */
import { type BatchNumber, batchNumber } from '../../../hal/units.ts';
import { digits, malformed, type Read, said } from './text.ts';

export interface MessageKind {
  /** 60.1, n2, 交易类型码. */
  readonly transactionType: string;
  /** 60.3, n3, 网络管理信息码. */
  readonly networkCode: string;
  /** Whether it says in 60.4 and 60.5 what the terminal can read; only financial messages do. */
  readonly financial?: true;
}

/** 60.4, n1, 终端读取能力: 2 magnetic stripe, 5 chip, 6 chip and contactless. */
export type ReadCapability = '2' | '5' | '6';

/** 60.5, n1, IC卡条件代码: 0, or 2 when a chip card was swiped because its chip can't be read. */
export type ChipCondition = '0' | '2';

/** 60.2, n6, is the batch; 0 where the terminal doesn't know it yet. `22` `000001` `000` `2` `0` */
export const packKind = (
  { transactionType, networkCode, financial }: MessageKind,
  batch: BatchNumber | 0,
  capability: ReadCapability = '2',
  condition: ChipCondition = '0',
): string => `${transactionType}${digits(batch, 6)}${networkCode}${financial === true ? capability + condition : ''}`;

/** What field 60 says. 60.4 and 60.5 are there in financial messages; what a host puts behind them is not read. */
export interface KindInBatch {
  readonly kind: MessageKind;
  readonly batch: BatchNumber | 0;
  readonly capability?: ReadCapability;
  readonly condition?: ChipCondition;
}

export const readKind = (field60: string): Read<KindInBatch> => {
  const [, transactionType, batch, networkCode, rest] = /^(\d\d)(\d{6})(\d{3})(\d*)$/.exec(field60) ?? [];
  if (transactionType === undefined || networkCode === undefined) return malformed('60', 'must have 11 or more digits');
  const inBatch = { batch: Number(batch) as BatchNumber | 0 };
  if (rest === undefined || rest === '') return said({ kind: { transactionType, networkCode }, ...inBatch });
  const [capability, condition] = rest;
  if (capability !== '2' && capability !== '5' && capability !== '6') {
    return malformed('60.4', 'is none of 2, 5 and 6');
  }
  if (condition !== '0' && condition !== '2') return malformed('60.5', 'is neither 0 nor 2');
  return said({ kind: { transactionType, networkCode, financial: true }, ...inBatch, capability, condition });
};

/** 60.2 of an answer, or undefined when it isn't there or is 0. */
export const readBatch = (field60: string): BatchNumber | undefined => {
  const batch = Number(field60.slice(2, 8));
  return field60.length >= 8 && batch > 0 ? batchNumber(batch) : undefined;
};
