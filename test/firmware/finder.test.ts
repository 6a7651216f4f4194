import { test } from 'tap';
import { findTransactions } from '../../firmware/finder.ts';
import type { MinorUnits, SaleId } from '../../hal/units.ts';
import { emptyBook } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { World } from '../state-machine/world.ts';

const sold = (world = new World()): World =>
  world.upToRequest().authorised().printed().keys('enter').printed().keys('enter');

test('by voucher, amount or card, in this batch and the kept ones, the newest first (000-03)', async (t) => {
  const world = sold().upToPin().pin().authorised().printed().keys('cancel', 'enter');
  const { book } = world.state;
  const older = sold();
  const archives = [older.facts];
  const stans = async (query: Parameters<typeof findTransactions>[0]) =>
    (await findTransactions(query, book, archives)).map(({ sale }) => sale.stan);
  t.strictSame(await stans({ by: 'amount', amount: 1234 as MinorUnits }), [3, 2, 2]);
  t.strictSame(await stans({ by: 'voucher', stan: 3 }), [3]);
  t.strictSame(await stans({ by: 'card', tail: '1234' }), [3, 2, 2]);
  t.strictSame(await stans({ by: 'card', tail: '9999' }), []);
});

test('what later batches have taken of it is not left: refunds, a completion, a void', async (t) => {
  const older = sold();
  const saleId = older.state.book.sales[0]?.id as SaleId;
  const later = (kind: 'refund' | 'completion', amount: number): readonly Fact[] => {
    const intended = older.facts.find((fact) => fact.type === 'intended');
    if (intended?.type !== 'intended') throw new Error('no intent');
    const id = 'later' as SaleId;
    const original = { saleId, batch: intended.stan, stan: intended.stan, retrievalReference: '', date: '' } as never;
    const approved = older.facts.find((fact) => fact.type === 'approved') as Fact & { type: 'approved' };
    const { at } = intended;
    return [
      older.facts[0] as Fact,
      { ...intended, stan: 1 as never, saleId: id, kind, amount: amount as MinorUnits, original },
      { ...approved, saleId: id },
      { type: 'captured', saleId: id, number: 1, at },
    ];
  };
  const left = async (...archives: readonly (readonly Fact[])[]) =>
    (await findTransactions({ by: 'voucher', stan: 2 }, emptyBook, archives)).map((row) => row.left);
  t.strictSame(await left(older.facts), [1234]);
  t.strictSame(await left(later('refund', 234), older.facts), [1000]);
  t.strictSame(await left(later('refund', 234), later('refund', 1000), older.facts), [0]);
});

test('more rows than a clerk looks through are not given', async (t) => {
  const one = sold();
  const many = Array(60).fill(one.facts);
  t.equal((await findTransactions({ by: 'voucher', stan: 2 }, emptyBook, many)).length, 50);
});
