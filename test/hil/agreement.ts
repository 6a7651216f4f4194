/**
 * Whether paper, acquirer and terminal agree: the rules of money, checked from outside. The three are read apart: the
 * paper as it lies there, the acquirer's own book, and the terminal's ledger as `slipsafe ledger` prints it.
 */
import type { Test } from 'tap';
import type { VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import type { LogLine } from '../bench/firmware-process.ts';

interface Transaction {
  readonly stan: number;
  readonly amount: number;
  readonly status: string;
}

const closing = new Set(['declined', 'notSent', 'captured', 'keptBySupervisor', 'reversed', 'handedOver']);

/** The transactions of a ledger, each with the last fact that moved its money. */
export const transactionsOf = (ledger: readonly LogLine[]): readonly Transaction[] => {
  const found = new Map<unknown, Transaction>();
  for (const line of ledger) {
    const id = line.saleId;
    if (line.fact === 'intended') {
      found.set(id, { stan: Number(line.stan), amount: Number(line.amount), status: 'open' });
    } else if (closing.has(String(line.fact))) {
      const sale = found.get(id);
      if (sale !== undefined) found.set(id, { ...sale, status: String(line.fact) });
    }
  }
  return [...found.values()];
};

/** A void's slip names its original's voucher too. */
const namesVoucher = (text: string, stan: number): boolean =>
  new RegExp(`(?<!原)凭证号:${String(stan).padStart(6, '0')}`).test(text);

/** Looks for clear card data in everything that the terminal wrote, said, logged or printed (M9). */
const leaks = (board: VirtualBoard): readonly string[] => {
  const secrets = Object.values(testCards).flatMap(({ pan, discretionary }) => [pan, discretionary]);
  const places = [
    ...board.files().map(({ path, content }) => [path, content] as const),
    ['the log', Buffer.from(board.runs.map(({ log, errors }) => JSON.stringify(log) + errors).join('\n'))] as const,
    ['the paper', Buffer.from(board.printer.paper.lines.map((line) => line.text).join('\n'))] as const,
    ['the display', Buffer.from(board.display.history.map(String).join('\n'))] as const,
  ];
  return places.flatMap(([place, content]) =>
    secrets.flatMap((secret) => {
      const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, -4)];
      const packed = Buffer.from(secret.length % 2 === 0 ? secret : `${secret}0`, 'hex').subarray(
        0,
        secret.length >> 1,
      );
      return forms.some((form) => content.includes(form)) || content.includes(packed) ? [place] : [];
    }),
  );
};

/** Asserts M1–M6 and M9 over what has happened on the board so far. */
export const agree = async (t: Test, board: VirtualBoard): Promise<readonly Transaction[]> => {
  const sales = transactionsOf(await board.ledger());
  const { acquirer, printer } = board;
  const entries = acquirer.book.entries();
  const { copies } = printer.paper;
  const textOf = (number: number): string => printer.paper.text(number);
  const received = acquirer.messages.filter(({ direction }) => direction === 'received');

  t.strictSame(
    sales.filter(({ status }) => status === 'open'),
    [],
    'M2: nothing is left open',
  );
  for (const { stan, amount, status } of sales) {
    const entry = entries.find((each) => each.stan === stan);
    if (status === 'captured' || status === 'keptBySupervisor') {
      t.match(entry, { state: 'approved', amount }, `M2: captured ${stan} is with the acquirer, to the cent`);
    } else {
      t.not(entry?.state, 'approved', `M2: ${status} ${stan} is not with the acquirer`);
    }
    const slips = copies.filter(
      ({ number }) => /银联POS签购单/.test(textOf(number)) && namesVoucher(textOf(number), stan),
    );
    if (status === 'captured') {
      t.ok(
        slips.some(({ number, complete }) => complete && /商户存根/.test(textOf(number))),
        `M2: captured ${stan} has its merchant copy, whole, on paper`,
      );
    } else if (status !== 'keptBySupervisor') {
      for (const slip of slips) {
        const behind = copies.filter(({ number }) => number > slip.number).map(({ number }) => textOf(number));
        t.ok(
          behind.some((text) => /冲正凭证/.test(text) && namesVoucher(text, stan)),
          `M4: what is on paper of ${status} ${stan} is called void behind it`,
        );
      }
      t.notOk(
        slips.some(({ number }) => /持卡人存根/.test(textOf(number))),
        `M3: no cardholder got a copy of ${status} ${stan}`,
      );
    }
  }
  for (const { stan, state } of entries) {
    t.ok(
      state !== 'approved' || sales.some((sale) => sale.stan === stan),
      `M1: what the acquirer booked as ${stan} stands in the terminal's ledger`,
    );
  }
  const requests = received.filter(({ kind }) => kind !== 'reversal' && kind !== 'echo').map(({ stan }) => stan);
  t.equal(new Set(requests).size, requests.length, 'M6: no trace number was used twice');
  for (const reversal of received.filter(({ kind }) => kind === 'reversal')) {
    t.ok(
      sales.some(({ stan }) => stan === reversal.stan),
      'M6: a reversal repeats the trace number of its request',
    );
  }
  let open: number | undefined;
  for (const { direction, kind, stan, code } of acquirer.messages) {
    if (kind === 'reversal' && direction === 'received') open = stan;
    if (kind === 'reversal' && direction === 'sent' && ['00', '12', '25'].includes(code ?? '')) open = undefined;
    if ((kind === 'sale' || kind === 'void') && direction === 'received') {
      t.equal(open, undefined, `M5: no ${kind} left during a reversal`);
    }
  }
  t.strictSame(leaks(board), [], 'M9: no clear card data anywhere');
  t.strictSame(acquirer.complaints, [], 'the acquirer got nothing that UnionPay would not take');
  t.strictSame(printer.complaints, [], 'the printer got nothing that it could not read');
  t.strictSame(
    board.runs.map(({ errors }) => errors).filter((text) => text !== ''),
    [],
    'the firmware had nothing to say on its standard error',
  );
  return sales;
};
