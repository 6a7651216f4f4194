/** Whether the terminal and the acquirer agree to the cent, and the paper with both. */

import type { SaleStatus } from '../../state-machine/sale.ts';
import type { BookEntry } from '../../test/bench/acquirer/book.ts';
import { sixDigits, yuan } from './drawing.ts';
import type { TerminalSale } from './terminal-ledger.ts';

/** A piece of paper as somebody holds it. */
export interface Slip {
  /** Pieces are numbered in the order in which they came out. */
  readonly number: number;
  readonly text: string;
  /** Printed to its end, and in one piece. */
  readonly whole: boolean;
}

type SlipKind = 'merchant' | 'cardholder' | 'reversal' | 'torn';

export interface Voucher {
  readonly batch: number;
  readonly voucher: number;
  readonly terminal?: { readonly status: SaleStatus; readonly amount: number; readonly reason?: string };
  readonly acquirer?: { readonly state: BookEntry['state']; readonly amount: number; readonly settled: boolean };
  /** The slips that name it, in the order in which they came out. */
  readonly paper: readonly SlipKind[];
  /** What is wrong with it; nothing, when all three agree. */
  readonly differences: readonly string[];
}

export interface Agreement {
  readonly agree: boolean;
  readonly vouchers: readonly Voucher[];
  /** What stands, in 分: captured or kept by the terminal; approved and not reversed at the acquirer. */
  readonly totals: { readonly terminal: number; readonly acquirer: number };
  /** What the terminal did that its protocol forbids, as the acquirer noted it. */
  readonly complaints: readonly string[];
  /** Everything that differs, a sentence each; empty when they agree. */
  readonly differences: readonly string[];
}

export interface Evidence {
  readonly sales: readonly TerminalSale[];
  /** The batch that is open at the terminal. */
  readonly batch: number;
  readonly entries: readonly BookEntry[];
  readonly slips: readonly Slip[];
  readonly complaints: readonly string[];
}

const slipKind = ({ text, whole }: Slip): SlipKind => {
  if (!whole) return 'torn';
  if (/冲正凭证|故障报告单/.test(text)) return 'reversal';
  return text.includes('商户存根') ? 'merchant' : 'cardholder';
};

/** Captured and kept sales are money that the shop counts on. */
const counts = (status: SaleStatus): boolean => status === 'captured' || status === 'kept';
const isOpen = (status: SaleStatus): boolean =>
  status === 'intended' || status === 'approved' || status === 'reversalRequired';

const aboutMoney = (sale: TerminalSale | undefined, entry: BookEntry | undefined, batch: number): readonly string[] => {
  const differences: string[] = [];
  if (sale !== undefined && isOpen(sale.status)) differences.push(`is still open at the terminal: ${sale.status}`);
  const terminal = sale !== undefined && counts(sale.status) ? sale.amount : 0;
  const acquirer = entry?.state === 'approved' ? entry.amount : 0;
  if (terminal !== acquirer) {
    differences.push(`stands at the terminal with ${yuan(terminal)}, at the acquirer with ${yuan(acquirer)}`);
  }
  if (sale !== undefined && entry !== undefined && sale.amount !== entry.amount) {
    differences.push(`is of ${yuan(sale.amount)} at the terminal, of ${yuan(entry.amount)} at the acquirer`);
  }
  if (sale !== undefined && counts(sale.status) && sale.batch !== batch && entry?.settled !== true) {
    differences.push("is in a batch that the terminal closed, and isn't settled at the acquirer");
  }
  return differences;
};

/** A kept sale may owe its slips; a captured one has its merchant copy, or it would not have been captured. */
const aboutPaper = (sale: TerminalSale | undefined, paper: readonly SlipKind[]): readonly string[] => {
  if (sale?.status === 'captured' && !paper.includes('merchant')) return ['is captured without a whole merchant copy'];
  if (sale?.status === 'captured' && paper.includes('reversal')) return ['is captured and was called void on paper'];
  if (sale?.status === 'reversed' && paper.length > 0 && paper.at(-1) !== 'reversal') {
    return ['is reversed, is on paper, and has no reversal slip (冲正凭证) behind it'];
  }
  return [];
};

const names = (slip: Slip, batch: number, voucher: number): boolean =>
  slip.text.includes(`批次号:${sixDigits(batch)}`) && new RegExp(`(?<!原)凭证号:${sixDigits(voucher)}`).test(slip.text);

/**
 * Compares voucher by voucher and in total. A piece of paper that broke off before its voucher number names no sale,
 * and can pass for none.
 */
export const compare = ({ sales, batch, entries, slips, complaints }: Evidence): Agreement => {
  const keys = new Map([...sales.map(keyOf), ...entries.map((entry) => keyOf({ ...entry, voucher: entry.stan }))]);
  const vouchers = [...keys.values()].map((key): Voucher => {
    const sale = sales.find((each) => each.batch === key.batch && each.voucher === key.voucher);
    const entry = entries.find((each) => each.batch === key.batch && each.stan === key.voucher);
    const paper = slips.filter((slip) => names(slip, key.batch, key.voucher)).map(slipKind);
    return {
      ...key,
      ...(sale && {
        terminal: { status: sale.status, amount: sale.amount, ...(sale.reason && { reason: sale.reason }) },
      }),
      ...(entry && { acquirer: { state: entry.state, amount: entry.amount, settled: entry.settled } }),
      paper,
      differences: [...aboutMoney(sale, entry, batch), ...aboutPaper(sale, paper)],
    };
  });
  const sum = (amounts: readonly { readonly amount: number }[]): number =>
    amounts.reduce((total, { amount }) => total + amount, 0);
  const totals = {
    terminal: sum(sales.filter(({ status }) => counts(status))),
    acquirer: sum(entries.filter(({ state }) => state === 'approved')),
  };
  const differences = [
    ...vouchers.flatMap(({ voucher, differences }) =>
      differences.map((what) => `voucher ${sixDigits(voucher)} ${what}`),
    ),
    ...(totals.terminal === totals.acquirer
      ? []
      : [`the totals differ: ${yuan(totals.terminal)} at the terminal, ${yuan(totals.acquirer)} at the acquirer`]),
    ...complaints.map((complaint) => `the acquirer complains: ${complaint}`),
  ];
  return { agree: differences.length === 0, vouchers, totals, complaints, differences };
};

const keyOf = ({ batch, voucher }: { readonly batch: number; readonly voucher: number }) =>
  [`${batch}/${voucher}`, { batch, voucher }] as const;
