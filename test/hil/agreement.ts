/**
 * Whether paper, acquirer and terminal agree: the rules of money, checked from outside. The three are read apart: the
 * paper as it lies there, the acquirer's own book, and the terminal's ledger as `slipsafe ledger` prints it.
 */
import type { Test } from 'tap';
import { isTrade } from '../bench/acquirer/rules.ts';
import type { VirtualBoard } from '../bench/board.ts';
import { testCards } from '../bench/cards.ts';
import type { LogLine } from '../bench/firmware-process.ts';

interface Transaction {
  readonly stan: number;
  readonly amount: number;
  readonly status: string;
}

const closing = new Set([
  'declined',
  'notSent',
  'captured',
  'keptBySupervisor',
  'slipOwed',
  'inDoubt',
  'reversed',
  'handedOver',
]);
/** It stands, and its slip may be owed. */
const kept = new Set(['keptBySupervisor', 'slipOwed']);
/** Nobody here knows whether the acquirer booked it. */
const unknown = new Set(['inDoubt', 'handedOver']);

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

interface Slip {
  readonly text: string;
  /** Printed to its end. */
  readonly complete: boolean;
}

/**
 * What is on paper, slip by slip, in order. A slip that broke off when the power went may be on one piece with the next:
 * a slip begins at its title.
 */
const slipsOf = ({ printer: { paper } }: VirtualBoard): readonly Slip[] =>
  paper.copies.flatMap(({ number, complete }) =>
    paper
      .text(number)
      .split(/(?=银联POS签购单|冲正凭证\s+REVERSAL|故障报告单|POS结算总计单)/)
      .filter((text) => text.trim() !== '')
      .map((text, index, { length }) => ({ text, complete: complete && index === length - 1 })),
  );

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

export interface Agreement {
  readonly sales: readonly Transaction[];
  /** What breaks a rule, one sentence each; empty when the three agree. */
  readonly differences: readonly string[];
}

/** Judges what has happened on the board so far by M1–M6 and M9. */
export const agreementOf = async (board: VirtualBoard): Promise<Agreement> => {
  const sales = transactionsOf(await board.ledger());
  const { acquirer, printer } = board;
  const entries = new Map(acquirer.book.entries().map((entry) => [entry.stan, entry]));
  const paper = slipsOf(board);
  const stans = new Set<number | undefined>(sales.map(({ stan }) => stan));
  const differences: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) differences.push(rule);
  };

  for (const { stan, amount, status } of sales) {
    must(status !== 'open', `M2: ${stan} is left open`);
    const entry = entries.get(stan);
    const slips = paper.filter(({ text }) => /银联POS签购单/.test(text) && namesVoucher(text, stan));
    if (status === 'captured' || kept.has(status)) {
      const held = entry?.state === 'approved' && entry.amount === amount;
      must(held, `M2: captured ${stan} is with the acquirer, to the cent, and not ${entry?.state} of ${entry?.amount}`);
    } else if (!unknown.has(status)) {
      must(entry?.state !== 'approved', `M2: ${status} ${stan} is with the acquirer`);
    }
    if (status === 'captured') {
      const whole = slips.some(({ complete, text }) => complete && /商户存根/.test(text));
      must(whole, `M2: captured ${stan} has no whole merchant copy on paper`);
    } else if (!kept.has(status)) {
      const last = paper.findLastIndex(({ text }) => /冲正凭证|故障报告单/.test(text) && namesVoucher(text, stan));
      for (const slip of slips) {
        must(paper.indexOf(slip) < last, `M4: what is on paper of ${status} ${stan} is not called void behind it`);
        must(!/持卡人存根/.test(slip.text), `M3: a cardholder got a copy of ${status} ${stan}`);
      }
    }
  }
  for (const { stan, state } of entries.values()) {
    must(state !== 'approved' || stans.has(stan), `M1: what the acquirer booked as ${stan} isn't in the ledger`);
  }
  const used = new Set<number | undefined>();
  let open: number | undefined;
  for (const { direction, kind, stan, code } of acquirer.messages) {
    if (kind === 'reversal' && direction === 'received') open = stan;
    if (kind === 'reversal' && direction === 'sent' && ['00', '12', '25'].includes(code ?? '')) open = undefined;
    if (direction !== 'received' || kind === 'echo') continue;
    if (kind !== undefined && isTrade(kind))
      must(open === undefined, `M5: ${kind} ${stan} left while the reversal of ${open} was open`);
    if (kind === 'reversal') {
      must(stans.has(stan), `M6: a reversal has the trace number ${stan} of no request`);
    } else {
      must(!used.has(stan), `M6: trace number ${stan} was used twice`);
      used.add(stan);
    }
  }
  for (const place of leaks(board)) must(false, `M9: clear card data in ${place}`);
  for (const what of acquirer.complaints) must(false, `UnionPay would not take what the acquirer got: ${what}`);
  for (const { what } of printer.complaints) must(false, `the printer got what it could not read: ${what}`);
  for (const { errors } of board.runs) must(errors === '', `the firmware wrote to its standard error: ${errors}`);
  return { sales, differences };
};

/** Asserts that nothing breaks M1–M6 or M9. */
export const agree = async (t: Test, board: VirtualBoard): Promise<readonly Transaction[]> => {
  const { sales, differences } = await agreementOf(board);
  t.strictSame(differences, [], 'M1–M6, M9: paper, book and ledger agree');
  return sales;
};
