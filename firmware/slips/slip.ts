/** What all slips share: the shop's identity, and the small words that they are made of. */
import type { SlipElement } from '../../hal/printer.ts';
import type { BatchNumber, EpochMs, MinorUnits, Stan } from '../../hal/units.ts';
import type { Language } from '../../state-machine/view.ts';
import type { Configuration } from '../configuration.ts';

/** Who stands on a slip, by configuration. */
export interface SlipIdentity {
  readonly merchant: string;
  readonly branch: string;
  readonly merchantId: string;
  readonly terminalId: string;
  readonly hotline: string;
  readonly language: Language;
}

/** Who the terminal is, on its screens and slips. */
export const identityOf = ({ terminal, merchant, language }: Configuration): SlipIdentity => ({
  merchant: merchant.name,
  branch: merchant.branch,
  hotline: merchant.hotline,
  terminalId: terminal.id,
  merchantId: terminal.merchantId,
  language,
});

export const rule: SlipElement = { type: 'rule' };
export const blank = (lines: number): SlipElement => ({ type: 'blank', lines });
export const text = (value: string): SlipElement => ({ type: 'text', text: value });
export const tall = (value: string): SlipElement => ({ type: 'text', text: value, size: 'doubleHeight' });
export const title = (value: string): SlipElement => ({
  type: 'text',
  text: value,
  size: 'doubleHeight',
  align: 'centre',
});
export const pair = (left: string, right: string): SlipElement => ({ type: 'pair', left, right });

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

export const header = (identity: SlipIdentity, operator: string): readonly SlipElement[] => [
  text(`商户名称:${identity.merchant}(${identity.branch})`),
  text(`商户编号:${identity.merchantId}`),
  pair(`终端编号:${identity.terminalId}`, `操作员号:${operator}`),
];
