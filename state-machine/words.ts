/** The small words that screens are made of, in both languages. */
import type { DeviceName } from '../hal/device.ts';
import type { PrinterCause } from '../hal/printer.ts';
import type { MinorUnits } from '../hal/units.ts';
import type { LateReason } from './sale.ts';

export type Language = 'zh-CN' | 'en';

/** A phrase in each language. */
export type Words = { readonly [L in Language]: string };

/** Who this terminal is, for the clerk and the customer to read. */
export interface Identity {
  readonly merchant: string;
  readonly branch: string;
  readonly terminalId: string;
  /** Whom to call when the acquirer must help. */
  readonly hotline: string;
  /** Whether there is another printer to turn to. */
  readonly secondPrinter?: boolean;
}

export type Lines = readonly [string, string, string, string];

/** 1234 分 → `12.34`. */
export const decimal = (amount: MinorUnits): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;

export const columns = 16;

/** Columns of a text: Hanzi and other wide characters take two. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (character < '\u0080' ? 1 : 2), 0);

/** A text in lines of the screen's width, cut wherever one is full. */
export const wrapped = (text: string): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const character of text) {
    if (width + widthOf(character) > columns) {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += character;
    width += widthOf(character);
  }
  return [...lines, line];
};

/** How many lines of a long text a screen shows, above what its keys do. */
export const linesAPage = 3;

export const voucher = (stan: number): string => String(stan).padStart(6, '0');

export const causes: { readonly [L in Language]: { readonly [C in PrinterCause]: string } } = {
  'zh-CN': {
    linkLost: '打印机未连接',
    unrecoverable: '打印机故障',
    cutter: '切刀卡住',
    coverOpen: '打印机盖打开',
    paperEnd: '打印机缺纸',
    overheat: '打印头过热',
    offline: '打印机脱机',
    silence: '打印机无应答',
  },
  en: {
    linkLost: 'No printer',
    unrecoverable: 'Printer broken',
    cutter: 'Cutter jammed',
    coverOpen: 'Printer cover',
    paperEnd: 'Out of paper',
    overheat: 'Printer too hot',
    offline: 'Printer offline',
    silence: 'Printer is mute',
  },
};

/**
 * Devices whose line is down; the printer's is among its causes, and a display that is away shows nothing. Of the
 * ledger it is the second copy: without the first nothing is traded.
 */
export const absent: {
  readonly [L in Language]: { readonly [D in Exclude<DeviceName, 'printer' | 'display'>]: string };
} = {
  'zh-CN': {
    keypad: '按键盘未连接',
    cardReader: '读卡器未连接',
    pinPad: '密码键盘未连接',
    acquirer: '通讯线路不通',
    ledger: '账本备份故障',
  },
  en: {
    keypad: 'No keypad',
    cardReader: 'No card reader',
    pinPad: 'No PIN pad',
    acquirer: 'Line is down',
    ledger: 'No ledger copy',
  },
};

export const lateReasons: { readonly [R in LateReason]: Words } = {
  faulty: { 'zh-CN': '质量问题', en: 'faulty' },
  agreed: { 'zh-CN': '双方协商', en: 'agreed' },
  other: { 'zh-CN': '其他', en: 'other' },
};

/** What a list has at the place that is shown. @throws where it has nothing there, which is a bug */
export const shownAt = <Item>(list: readonly Item[], at: number): Item => {
  const item = list[at];
  if (item === undefined) throw new Error(`Item ${at} of ${list.length} is shown`);
  return item;
};

/** A phrase in both languages, Chinese first. */
export const say = (language: Language, zh: string, en: string): string => (language === 'zh-CN' ? zh : en);
