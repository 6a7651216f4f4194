import type { BenchAcquirer } from '../bench/acquirer/bench-acquirer.ts';
import { counts, isOpen, type LedgerView, moved, type TerminalSale } from './ledger-view.ts';
import type { PaperRoll, Slip } from './paper-roll.ts';
import { Violation } from './violation.ts';

const keyOf = ({ batch, stan }: { readonly batch: number | undefined; readonly stan: number | undefined }): string =>
  `${batch}/${stan}`;

const sum = (all: readonly Parameters<typeof moved>[0][]): number =>
  all.reduce((total, each) => total + moved(each), 0);

/** Nobody but the people who ask knows whether the acquirer has booked it. */
const isBetweenPeople = ({ standing }: TerminalSale): boolean => standing === 'handedOver' || standing === 'inDoubt';

/**
 * Whether the three that must agree at rest do, each read by itself: the terminal's facts, the acquirer's own book, and
 * the paper as it lies there. Throws the first rule that does not hold.
 */
export const agree = (ledger: LedgerView, acquirer: BenchAcquirer, paper: PaperRoll): void => {
  const entries = new Map(acquirer.book.entries().map((entry) => [keyOf(entry), entry]));
  const sales = new Map(ledger.sales.map((sale) => [keyOf(sale), sale]));
  const slips = paper.slips;
  const slipsOf = new Map<string, Slip[]>();
  for (const slip of slips) {
    const slipsSoFar = slipsOf.get(keyOf(slip));
    if (slipsSoFar === undefined) slipsOf.set(keyOf(slip), [slip]);
    else slipsSoFar.push(slip);
  }

  for (const sale of sales.values()) {
    const { stan, amount, standing } = sale;
    const entry = entries.get(keyOf(sale));
    if (isOpen(sale)) throw new Violation('M2', `voucher ${stan} is left ${standing}`);
    if (entry !== undefined && (entry.amount !== amount || entry.kind !== sale.kind)) {
      throw new Violation(
        'M2',
        `voucher ${stan} is a ${sale.kind} over ${amount} at the terminal, a ${entry.kind} over ${entry.amount} at the acquirer`,
      );
    }
    if (counts(sale) && entry?.state !== 'approved') {
      throw new Violation('M2', `voucher ${stan} is ${standing}, and ${entry?.state ?? 'unknown'} at the acquirer`);
    }
    if (!counts(sale) && !isBetweenPeople(sale) && entry?.state === 'approved') {
      throw new Violation('M2', `voucher ${stan} is ${standing}, and the acquirer has it approved`);
    }
    paperOf(sale, slipsOf.get(keyOf(sale)) ?? [], slips);
  }
  for (const entry of entries.values()) {
    if (entry.state === 'approved' && !sales.has(keyOf(entry))) {
      throw new Violation('M1', `the acquirer has booked ${keyOf(entry)}, of which the terminal knows nothing`);
    }
  }
  const unclear = new Set([...sales.values()].filter(isBetweenPeople).map(keyOf));
  const terminal = sum([...sales.values()].filter(counts));
  const booked = sum([...entries.values()].filter((each) => each.state === 'approved' && !unclear.has(keyOf(each))));
  if (terminal !== booked) throw new Violation('M2', `${terminal} stand at the terminal, ${booked} at the acquirer`);
};

/** What of a sale is on paper fits what became of it. */
const paperOf = ({ stan, standing }: TerminalSale, own: readonly Slip[], all: readonly Slip[]): void => {
  const vouchers = own.filter(({ kind }) => kind === 'merchant' || kind === 'cardholder');
  if (standing === 'captured') {
    if (!vouchers.some(({ kind, whole }) => kind === 'merchant' && whole)) {
      throw new Violation('M2', `voucher ${stan} is captured, and its merchant copy is not on paper`);
    }
    if (own.some(({ kind }) => kind === 'reversal')) {
      throw new Violation('M4', `voucher ${stan} is captured, and was called void on paper`);
    }
  }
  if (standing === 'captured' || standing === 'kept') return;
  if (own.some(({ kind }) => kind === 'cardholder')) {
    throw new Violation('M3', `a cardholder got a copy of voucher ${stan}, which is ${standing}`);
  }
  // A piece that broke off before it named a voucher can pass for none.
  const named = all.filter(({ kind, stan: named, whole }) => named !== undefined || whole || kind === 'settlement');
  for (const slip of vouchers) {
    // Behind a slip of it, nothing but more of it may come before it is called void.
    const behind = named.filter(({ number }) => number > slip.number);
    const next = behind.find((each) => !(each.kind === 'merchant' && each.stan === stan && each.batch === slip.batch));
    const isVoid = behind.some((each) => each.kind === 'reversal' && each.whole && own.includes(each));
    if (isVoid && next?.kind === 'reversal') continue;
    const what = next === undefined ? 'nothing' : `a ${next.kind} slip of ${next.stan ?? 'no voucher'}`;
    throw new Violation(
      'M4',
      `voucher ${stan} is ${standing} and on paper; behind it comes ${what}, not its reversal slip`,
    );
  }
};
