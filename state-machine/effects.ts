/**
 * Effects: what the machine wants done, as plain data. They are performed after the step's fact is durable. An
 * effect that asks for an outcome has an `id`, and its outcome, which always comes, bears it. The id is made of what
 * the effect is about, so that the same step gives the same id again.
 */

import type { BatchTotals, ReversalReason } from '../hal/acquirer.ts';
import type { DeviceFaultCode, DeviceName } from '../hal/device.ts';
import type { BatchNumber, EffectId, EpochMs, MinorUnits, SaleId, Stan } from '../hal/units.ts';
import type { FactOf } from './facts.ts';
import type { Copy, Sale } from './sale.ts';

/**
 * What is printed of no transaction: 交易明细 detail, 交易汇总 totals, 打印测试页 test, 终端标签
 * label, 自检 selfTest.
 */
export type Report = 'detail' | 'totals' | 'test' | 'label' | 'selfTest';

/** 自检: what a device says of itself; without a fault it is well. `faults`: how often it failed since the start. */
export interface DeviceCheck {
  readonly device: DeviceName;
  readonly fault?: DeviceFaultCode;
  readonly faults: number;
}

/** What is looked for in the ledger. */
export type Query =
  | NumberQuery
  /** 参考号 or 授权码, as typed from a slip. */
  | { readonly by: 'reference' | 'authorisationCode'; readonly typed: string };

/** What a number that is typed is looked for by. */
export type NumberQuery =
  | { readonly by: 'voucher'; readonly stan: number }
  | { readonly by: 'amount'; readonly amount: MinorUnits }
  /** The last four digits of the card. */
  | { readonly by: 'card'; readonly tail: string }
  | { readonly by: 'order'; readonly orderNumber: string }
  /** Both included. */
  | { readonly by: 'time'; readonly from: EpochMs; readonly to: EpochMs };

/** A slip to print, `number` counting the prints of this copy: beyond 1 it is marked 重打印凭证. */
export type SlipRequest =
  | { readonly slip: Copy; readonly saleId: SaleId; readonly number: number }
  /** The slip that tells how it stands, of a batch that is closed. */
  | { readonly slip: 'archived'; readonly sale: Sale }
  /** 交易查询单, to ask the bank with. */
  | { readonly slip: 'query'; readonly sale: Sale }
  /** 事件记录单. */
  | { readonly slip: 'incident'; readonly sale: Sale; readonly record: FactOf<'incidentRecorded'> }
  | { readonly slip: 'settlement' }
  | { readonly slip: 'report'; readonly report: Report; readonly checks?: readonly DeviceCheck[] };

interface Asking {
  readonly id: EffectId;
}

export type Effect =
  /** Enable the card reader; a card or a card fault follows, or nothing. */
  | { readonly type: 'readCard' }
  | { readonly type: 'stopReading' }
  | ({ readonly type: 'askPin'; readonly amount: MinorUnits } & Asking)
  | { readonly type: 'cancelPin' }
  /** Tracks and PIN block are forgotten (M9). */
  | { readonly type: 'forgetCard' }
  | ({ readonly type: 'checkPrinter' } & Asking)
  | ({ readonly type: 'print'; readonly slip: SlipRequest } & Asking)
  | ({ readonly type: 'cancelPrint' } & Asking)
  | ({ readonly type: 'signOn'; readonly stan: Stan; readonly batch: BatchNumber; readonly operator: string } & Asking)
  /** The keys are forgotten, whatever the answer. */
  | ({ readonly type: 'signOff'; readonly stan: Stan; readonly batch: BatchNumber } & Asking)
  | ({
      readonly type: 'inquire';
      readonly stan: Stan;
      readonly batch: BatchNumber;
      readonly pinEntered: boolean;
    } & Asking)
  | ({ readonly type: 'authorise'; readonly saleId: SaleId } & Asking)
  | ({ readonly type: 'reverse'; readonly saleId: SaleId; readonly reason: ReversalReason } & Asking)
  | ({
      readonly type: 'settle';
      readonly stan: Stan;
      readonly batch: BatchNumber;
      readonly operator: string;
      readonly totals: BatchTotals;
    } & Asking)
  | ({
      readonly type: 'upload';
      readonly stan: Stan;
      readonly batch: BatchNumber;
      readonly saleIds: readonly SaleId[];
    } & Asking)
  /** One that takes a message to itself. */
  | ({ readonly type: 'uploadOne'; readonly stan: Stan; readonly batch: BatchNumber; readonly saleId: SaleId } & Asking)
  | ({
      readonly type: 'endBatch';
      readonly stan: Stan;
      readonly batch: BatchNumber;
      readonly balanced: boolean;
      readonly count: number;
    } & Asking)
  /** Looks through this batch and the kept ones, the newest first. */
  | ({ readonly type: 'find'; readonly query: Query } & Asking)
  | ({ readonly type: 'checkPassword'; readonly operator: string; readonly password: string } & Asking)
  | ({
      readonly type: 'changePassword';
      readonly operator: string;
      readonly old: string;
      readonly password: string;
    } & Asking)
  | ({
      readonly type: 'addOperator';
      readonly operator: string;
      readonly password: string;
      readonly by: string;
    } & Asking)
  | ({
      readonly type: 'removeOperator';
      readonly operator: string;
      readonly by: string;
      readonly current: string;
    } & Asking)
  | ({ readonly type: 'listOperators' } & Asking)
  | ({ readonly type: 'listParameters' } & Asking)
  /** `digits` as they were typed. */
  | ({ readonly type: 'writeParameter'; readonly key: string; readonly digits: string } & Asking)
  | ({ readonly type: 'tellVersion' } & Asking)
  /** Each device is asked how it is, and the ledger. */
  | ({ readonly type: 'selfTest' } & Asking)
  | ({ readonly type: 'switchTraining'; readonly on: boolean } & Asking)
  /** The process ends in order, and is started again. */
  | { readonly type: 'restart' };

export type EffectType = Effect['type'];
export type EffectOf<T extends EffectType> = Extract<Effect, { readonly type: T }>;
