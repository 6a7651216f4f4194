import { test } from 'tap';
import { booksOf, type Criteria, isRefundable, Search } from '../../firmware/search.ts';
import type { BatchNumber, EpochMs, MinorUnits, SaleId, Stan } from '../../hal/units.ts';
import { emptyBook } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { systemError } from '../drivers/storage/sim-disk.ts';
import { card, provisioned, World } from '../state-machine/world.ts';

const noon = Date.UTC(2026, 10, 22, 4);
const sale = (stan: number, changes: Partial<Sale> = {}): Sale => ({
  id: `sale-${stan}` as SaleId,
  kind: 'sale',
  stan: stan as Stan,
  batch: 1 as BatchNumber,
  amount: 1234 as MinorUnits,
  card,
  pinEntered: true,
  operator: '01',
  at: (noon + stan * 60_000) as EpochMs,
  status: 'captured',
  approval: {
    responseCode: '00',
    retrievalReference: String(stan).padStart(12, '0'),
    authorisationCode: `A0000${stan}`,
    hostTime: '120000',
    hostDate: '1122',
  },
  copies: { merchant: 1, cardholder: 1, reversal: 0 },
  ...changes,
});
const about = (original: Sale): NonNullable<Sale['original']> => ({
  saleId: original.id,
  batch: original.batch,
  stan: original.stan,
  retrievalReference: '',
  date: '1122',
});
const book = (sales: readonly Sale[], carried: readonly Sale[] = []) => ({ sales, carried, holds: [] });
const matches = (wanted: Criteria, ...books: readonly ReturnType<typeof book>[]) => {
  const search = new Search(wanted);
  return books.flatMap((each) => search.look(each));
};
const stans = (...args: Parameters<typeof matches>) => matches(...args).map(({ sale: found }) => found.stan);

const { approval: _, ...unapproved } = sale(5, { status: 'declined', responseCode: '51', operator: '02' });
const old = book([sale(1), sale(2, { amount: 500 as MinorUnits })]);
const now = book([
  sale(3, { batch: 2 as BatchNumber, card: { ...card, masked: '622200******9999' } }),
  sale(4, { batch: 2 as BatchNumber, amount: 9900 as MinorUnits }),
  { ...unapproved, batch: 2 as BatchNumber },
]);

test('every match of all batches is told, the newest first, and none is picked (000-03, 001-15)', async (t) => {
  t.strictSame(stans({ amount: { from: 1234 as MinorUnits, to: 1234 as MinorUnits } }, now, old), [5, 3, 1]);
  t.strictSame(stans({}, now, old), [5, 4, 3, 2, 1]);
});

test('by each thing that may be known of it, and by several', async (t) => {
  const by = (wanted: Criteria) => stans(wanted, now, old);
  t.strictSame(by({ voucher: 2 }), [2]);
  t.strictSame(by({ batch: 1 }), [2, 1]);
  t.strictSame(by({ batch: 2, voucher: 2 }), []);
  t.strictSame(by({ reference: '000000000003' }), [3]);
  t.strictSame(by({ authorisationCode: 'A00004' }), [4]);
  t.strictSame(by({ amount: { from: 1000 as MinorUnits } }), [5, 4, 3, 1]);
  t.strictSame(by({ amount: { to: 1234 as MinorUnits } }), [5, 3, 2, 1]);
  const at = (stan: number) => (noon + stan * 60_000) as EpochMs;
  t.strictSame(by({ time: { from: at(2), to: at(4) } }), [4, 3, 2], 'both ends are in it');
  t.strictSame(by({ cardTail: '9999' }), [3]);
  t.strictSame(by({ status: 'declined' }), [5]);
  t.strictSame(by({ operator: '02' }), [5]);
  t.strictSame(by({ kind: 'refund' }), []);
  t.strictSame(by({ cardTail: '1234', amount: { from: 1000 as MinorUnits }, status: 'captured' }), [4, 1]);
});

const refund = (stan: number, of: Sale, amount: number, changes: Partial<Sale> = {}): Sale =>
  sale(stan, {
    kind: 'refund',
    batch: 2 as BatchNumber,
    amount: amount as MinorUnits,
    original: about(of),
    ...changes,
  });

test('what is left of a sale to refund is what it was without the refunds of all batches', async (t) => {
  const first = sale(1);
  const left = (...books: readonly ReturnType<typeof book>[]) =>
    matches({ voucher: 1 }, ...books).map((each) => each.left);
  t.strictSame(left(book([first])), [1234]);
  t.strictSame(left(book([refund(7, first, 234)]), book([first])), [1000]);
  t.strictSame(left(book([refund(8, first, 500)]), book([refund(7, first, 234)]), book([first])), [500]);
  t.strictSame(left(book([first, refund(7, first, 234)])), [1000], 'in its own batch too');
  t.strictSame(left(book([refund(7, first, 234, { status: 'declined' })]), book([first])), [1234]);
  t.strictSame(left(book([refund(7, first, 9999)]), book([first])), [0]);
  t.strictSame(left(book([{ ...first, status: 'reversed' }])), [0], 'nothing of what never stood');
  const [match] = matches({ voucher: 1 }, book([refund(8, first, 500)]), book([refund(7, first, 234)]), book([first]));
  t.strictSame(
    match?.takers.map(({ stan }) => stan),
    [7, 8],
    'and by which, the oldest first',
  );
});

test('a refund that is in doubt counts as if it had been booked, until a supervisor has closed it', async (t) => {
  const first = sale(1);
  const doubt = refund(7, first, 1000, { status: 'inDoubt' });
  const left = (...books: readonly ReturnType<typeof book>[]) =>
    matches({ voucher: 1 }, ...books).map((each) => each.left);
  t.strictSame(left(book([doubt]), book([first])), [234]);
  t.strictSame(left(book([], [{ ...doubt, status: 'handedOver' }]), book([doubt]), book([first])), [1234]);
});

test('a void and a completion leave nothing, in whatever batch they are', async (t) => {
  const first = sale(1);
  const left = (...books: readonly ReturnType<typeof book>[]) =>
    matches({ voucher: 1 }, ...books).map((each) => each.left);
  const voided = sale(7, { kind: 'void', original: about(first) });
  t.strictSame(left(book([{ ...first, voidedBy: voided.id }, voided])), [0]);
  const held: Sale = { ...first, kind: 'preAuthorisation' };
  t.strictSame(left(book([held])), [1234]);
  const partly = sale(7, { kind: 'completion', amount: 34 as MinorUnits, original: about(held) });
  t.strictSame(left(book([partly]), book([held])), [0]);
});

test('increments of a pre-authorisation add to what is left of it, in whatever batch they are', async (t) => {
  const held: Sale = { ...sale(1), kind: 'preAuthorisation' };
  const more = (stan: number) =>
    sale(stan, { kind: 'preAuthorisationIncrement', amount: 66 as MinorUnits, original: about(held) });
  const [match] = matches({ voucher: 1 }, book([more(8)]), book([more(7)]), book([held]));
  t.equal(match?.left, 1366);
});

test('what a later batch knows of a transaction that was carried into it is told, once', async (t) => {
  const owing = sale(1, { copies: { merchant: 1, cardholder: 0, reversal: 0 } });
  const printed = { ...owing, copies: { merchant: 1, cardholder: 1, reversal: 0 } };
  const found = matches({ voucher: 1 }, book([], [printed]), book([], [owing]), book([owing]));
  t.equal(found.length, 1);
  t.equal(found[0]?.sale.copies.cardholder, 1);
});

test('which kinds may be refunded the table of kinds says', async (t) => {
  const refundable = Object.keys(kinds).filter((kind) => isRefundable(kind as Sale['kind']));
  t.strictSame(refundable.sort(), [...(kinds.refund.about?.kinds ?? [])].sort());
});

test('batches are read one by one, the newest first; one that goes meanwhile ends it, one that is flawed is told of', async (t) => {
  const { facts } = new World().upToRequest().authorised().printed();
  const read: number[] = [];
  const intact = { intact: true } as const;
  const torn = {
    intact: false,
    flaw: 'damaged',
    slot: 3,
    offset: 0,
    tornSlots: 0,
    what: 'its record is damaged.',
  } as const;
  const store = {
    generations: () => [1, 2, 3],
    readArchive: (generation: number) => {
      if (generation === 1) throw systemError('ENOENT', 'open');
      read.push(generation);
      const of: readonly Fact[] = generation === 3 ? facts : [provisioned];
      return { facts: of, verdict: generation === 3 ? intact : torn, path: `batch ${generation}` } as never;
    },
  };
  const flaws: string[] = [];
  const books = booksOf(store, (...told) => flaws.push(told.join(': ')));
  t.equal(books.next().value?.sales.length, 1);
  t.strictSame(read, [3], 'and none before it is come to');
  t.strictSame(books.next().value?.sales, emptyBook.sales);
  t.equal(books.next().done, true);
  t.strictSame(flaws, ['batch 2: its record is damaged.']);
  const failing = {
    ...store,
    readArchive: () => {
      throw systemError('EIO', 'open');
    },
  };
  t.throws(() => [...booksOf(failing)], { code: 'EIO' });
});
