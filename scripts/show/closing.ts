/** The end of both modes: the two ledgers and the paper, voucher by voucher, and whether they agree. */

import { booked } from '../../test/bench/acquirer/book.ts';
import type { VirtualBoard } from '../../test/bench/board.ts';
import { type Agreement, compare, type Voucher } from './agreement.ts';
import { pad, padStart, paint, sixDigits, yuan } from './drawing.ts';
import { TerminalLedger } from './terminal-ledger.ts';

/** Switches the terminal off in order, and compares its ledger with the acquirer's book and the paper. */
export const agreementOf = async (board: VirtualBoard): Promise<Agreement> => {
  if (board.firmware.running) await board.firmware.stop();
  const ledger = new TerminalLedger();
  for (const line of await board.ledger()) ledger.take(line);
  const { paper } = board.printer;
  return compare({
    sales: ledger.sales,
    batch: ledger.batch,
    entries: board.acquirer.book.entries().map((entry) => ({ ...entry, amount: booked(entry) })),
    slips: paper.copies.map(({ number, complete, torn }) => ({
      number,
      text: paper.text(number),
      whole: complete && !torn,
    })),
    complaints: board.acquirer.complaints,
  });
};

const columns = { voucher: 9, state: 16, amount: 9, gap: 3 };

/** The states whose names are not words. */
const words: { readonly [status: string]: string } = {
  notSent: 'not sent',
  reversalRequired: 'to reverse',
  handedOver: 'handed over',
  inDoubt: 'in doubt',
};

const side = (state: string, amount: string): string =>
  pad(state, columns.state) + padStart(amount, columns.amount) + ' '.repeat(columns.gap);

const terminalSide = ({ terminal }: Voucher): string => {
  if (terminal === undefined) return side('-', '');
  const { status, reason, amount } = terminal;
  const stands = status === 'captured' || status === 'kept';
  const word = words[status] ?? status;
  return side(reason === undefined ? word : `${word} (${reason})`, stands ? yuan(amount) : `(${yuan(amount)})`);
};

const acquirerSide = ({ acquirer }: Voucher): string => {
  if (acquirer === undefined) return side('-', '');
  const { state, amount, settled } = acquirer;
  return side(settled ? 'settled' : state, state === 'approved' ? yuan(amount) : `(${yuan(amount)})`);
};

/** The table of vouchers, and what differs. Amounts in brackets don't stand: reversed, or never taken. */
const table = ({ vouchers, totals, differences }: Agreement): readonly string[] => [
  `${pad('voucher', columns.voucher)}${side('terminal', 'RMB')}${side('acquirer', 'RMB')}on paper`,
  ...vouchers.map(
    (voucher) =>
      `${pad(sixDigits(voucher.voucher), columns.voucher)}${terminalSide(voucher)}${acquirerSide(voucher)}${voucher.paper.join(', ') || '-'}`,
  ),
  `${pad('stands', columns.voucher)}${side('', yuan(totals.terminal))}${side('', yuan(totals.acquirer))}`.trimEnd(),
  ...(differences.length === 0 ? [] : ['', ...differences.map((difference) => `! ${difference}`)]),
];

/** The one line that counts. */
const verdict = ({ agree, vouchers, totals, differences }: Agreement): string =>
  agree
    ? `AGREED: ${vouchers.length} vouchers, ${yuan(totals.terminal)} in both ledgers to the cent, each slip as it must be, no complaint.`
    : `NOT AGREED: ${differences.length} difference${differences.length === 1 ? '' : 's'} between terminal, acquirer and paper, named above.`;

export const drawClosing = (agreement: Agreement, write: (row: string) => void): void => {
  for (const row of ['', ...table(agreement), '']) write(row);
  write(paint({ text: verdict(agreement), look: ['bold', agreement.agree ? 'green' : 'red'] }));
};
