/** The two ledgers in words: at most 30 columns for a fact of the terminal, or a message that the acquirer had. */
import type { BenchAcquirer, LineMessage } from '../../test/bench/acquirer/bench-acquirer.ts';
import type { LogLine } from '../../test/bench/firmware-process.ts';
import { sixDigits, yuan } from './drawing.ts';
import { numberOf, type TerminalSale } from './terminal-ledger.ts';

type Words = (line: LogLine, voucher: string, sale: TerminalSale | undefined) => string;

const amountOf = (sale: TerminalSale | undefined): string => (sale === undefined ? '' : yuan(sale.amount));

const copies: { readonly [copy: string]: string } = {
  merchant: 'merchant copy',
  cardholder: 'cardholder copy',
  reversal: 'reversal slip',
};

const reasons: { readonly [reason: string]: string } = {
  '06': 'bad answer',
  '96': 'no slip',
  '98': 'no answer',
  A0: 'bad MAC',
};

const reasonOf = ({ reason }: LogLine): string => `${reasons[String(reason)] ?? ''} (${String(reason)})`;

const facts: { readonly [fact: string]: Words } = {
  provisioned: (line) => `provisioned, batch ${sixDigits(numberOf(line, 'batch'))}`,
  traceTaken: (line) => `takes trace ${sixDigits(numberOf(line, 'stan'))}`,
  signedOn: (line) => `signed on, batch ${sixDigits(numberOf(line, 'batch'))}`,
  intended: (_line, voucher, sale) => `${voucher} intends ${amountOf(sale)}`,
  notSent: (_line, voucher) => `${voucher} was never sent`,
  declined: (line, voucher) => `${voucher} declined ${String(line.responseCode)}`,
  approved: (_line, voucher) => `${voucher} approved, slip due`,
  captured: (_line, voucher, sale) => `${voucher} captured ${amountOf(sale)}`,
  keptBySupervisor: (_line, voucher) => `${voucher} kept by supervisor`,
  reversalRequired: (line, voucher) => `${voucher} reverse: ${reasonOf(line)}`,
  reversed: (_line, voucher) => `${voucher} reversed`,
  handedOver: (line, voucher) => `${voucher} incident ${String(line.incident)}`,
  printed: (line, voucher) => `${voucher} ${copies[String(line.copy)]} printed`,
  settlementStarted: (line) => `settles, trace ${sixDigits(numberOf(line, 'stan'))}`,
  settlementAnswered: (line) => `内卡 ${String(line.domestic)}, 外卡 ${String(line.foreign)}`,
  uploaded: (line) => `${numberOf(line, 'count')} records uploaded`,
  batchOpened: (line) => `opens batch ${sixDigits(numberOf(line, 'batch'))}`,
  carried: (_line, voucher) => `${voucher} owes a slip, carried`,
  settlementPrinted: () => 'settlement slip printed',
};

/** A fact that the terminal has made durable. `sale` is the one that it is about. */
export const factWords = (line: LogLine, sale: TerminalSale | undefined): string => {
  const fact = String(line.fact);
  const voucher = sale === undefined ? '' : sixDigits(sale.voucher);
  return facts[fact]?.(line, voucher, sale) ?? fact;
};

/** What a sale or a reversal did to the acquirer's book. */
const booking = ({ book }: BenchAcquirer, { kind, batch = 0, stan = 0, code = '' }: LineMessage): string => {
  const entry = book.find({ batch, stan });
  const voucher = sixDigits(stan);
  if (kind === 'reversal') return `${voucher} ${entry?.state === 'reversed' ? 'reversed' : 'not known'} (${code})`;
  if (entry === undefined) return `${voucher} not booked`;
  return entry.state === 'declined' ? `${voucher} refused` : `${voucher} books ${yuan(entry.amount)}`;
};

const requests: { readonly [kind: string]: string } = {
  signOn: 'sign-on',
  settlement: 'totals',
  upload: 'batch upload',
  batchEnd: 'end of the batch',
};

/** A message that the acquirer was sent, sends, or sends in vain. */
export const messageWords = (acquirer: BenchAcquirer, message: LineMessage): string => {
  const { direction, mti, kind = 'unknown', code } = message;
  if (direction === 'withheld') return `${mti} never arrives`;
  if (direction === 'sent') return code === undefined ? `${mti} answers` : `${mti} answers ${code}`;
  return `${mti} ${kind === 'sale' || kind === 'reversal' ? booking(acquirer, message) : (requests[kind] ?? kind)}`;
};
