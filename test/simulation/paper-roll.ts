import type { PaperLine } from '../bench/printer/paper.ts';
import type { VirtualPrinter } from '../bench/printer/virtual-printer.ts';

export type SlipKind = 'merchant' | 'cardholder' | 'bank' | 'reversal' | 'settlement' | 'unknown';

/** A slip as it lies there, from its title on. */
export interface Slip {
  /** Slips are numbered in the order in which they come out. */
  readonly number: number;
  readonly kind: SlipKind;
  /** Which sale it names, where it got that far. */
  readonly batch: number | undefined;
  readonly stan: number | undefined;
  /** From its title to its last words. A new roll may have come in between, which not every printer can tell. */
  readonly whole: boolean;
}

interface OpenSlip {
  readonly number: number;
  /** What lies between two cuts, by its number. */
  readonly piece: number;
  readonly lines: string[];
  kind: SlipKind;
  isEnded: boolean;
}

/** The first words of each slip. */
const titles: { readonly [title: string]: SlipKind } = {
  银联POS签购单: 'unknown',
  冲正凭证: 'reversal',
  故障报告单: 'reversal',
  POS结算总计单: 'settlement',
};
/** Which copy of a sale's slip it is. */
const copies: readonly (readonly [string, SlipKind])[] = [
  ['商户存根', 'merchant'],
  ['持卡人存根', 'cardholder'],
  ['银行存根', 'bank'],
];
/** The last words of each. */
const endings: { readonly [K in SlipKind]: RegExp } = {
  merchant: /客服热线/,
  cardholder: /客服热线/,
  bank: /客服热线/,
  reversal: /签购单无效/,
  settlement: /账本校验/,
  unknown: /$^/,
};

/** All that has come out of the printer, slip by slip. */
export class PaperRoll {
  readonly #ended: Slip[] = [];
  #open: OpenSlip | undefined;
  #numbers = 0;

  constructor(printer: VirtualPrinter, onLine: (line: PaperLine) => void) {
    printer.on('line', (line) => {
      this.#take(line);
      onLine(line);
    });
  }

  /** All slips in their order, the one under way too. */
  get slips(): readonly Slip[] {
    return this.#open === undefined ? this.#ended : [...this.#ended, slipOf(this.#open)];
  }

  /** Whether there is a whole one of that kind and voucher. */
  hasWhole(kind: SlipKind, batch: number, stan: number): boolean {
    const fits = (slip: Slip): boolean =>
      slip.kind === kind && slip.stan === stan && slip.batch === batch && slip.whole;
    return (this.#open !== undefined && fits(slipOf(this.#open))) || this.#ended.findLast(fits) !== undefined;
  }

  #take({ text, copy }: PaperLine): void {
    const words = text.trim();
    if (words === '') return;
    const title = Object.hasOwn(titles, words) ? titles[words] : undefined;
    if (title !== undefined || this.#open === undefined || this.#open.piece !== copy)
      this.#begin(title ?? 'unknown', copy);
    const open = this.#open;
    if (open === undefined) return;
    open.lines.push(text);
    if (open.kind === 'unknown') open.kind = copies.find(([name]) => words.startsWith(name))?.[1] ?? 'unknown';
    if (endings[open.kind].test(words)) open.isEnded = true;
  }

  #begin(kind: SlipKind, piece: number): void {
    if (this.#open !== undefined) this.#ended.push(slipOf(this.#open));
    this.#numbers += 1;
    this.#open = { number: this.#numbers, piece, lines: [], kind, isEnded: false };
  }
}

const slipOf = ({ number, lines, kind, isEnded }: OpenSlip): Slip => {
  const [, batch, stan] = /批次号:(\d{6}) *凭证号:(\d{6})/.exec(lines.join('\n')) ?? [];
  const begins = Object.hasOwn(titles, lines[0]?.trim() ?? '');
  return {
    number,
    kind,
    batch: batch === undefined ? undefined : Number(batch),
    stan: stan === undefined ? undefined : Number(stan),
    whole: begins && isEnded,
  };
};
