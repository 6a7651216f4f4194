import { test } from 'tap';
import type { MinorUnits, SaleId } from '../../hal/units.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { leftOf, mayBeAbout, mayTakeDifference } from '../../state-machine/standing.ts';
import { World } from './world.ts';

const sold = new World().upToRequest().authorised().printed().state.book.sales[0] as Sale;
const of = (change: Partial<Sale>): Sale => ({ ...sold, ...change });
const part = 234 as MinorUnits;

test('a void takes a sale that stands whole; a refund takes what is left of it', async (t) => {
  t.ok(mayBeAbout('void', sold));
  t.notOk(mayBeAbout('void', of({ refunded: part })), 'a part was refunded');
  t.ok(mayBeAbout('refund', of({ refunded: part })));
  t.equal(leftOf(of({ refunded: part })), 1000);
  t.notOk(mayBeAbout('refund', of({ refunded: sold.amount })));
  for (const change of [{ voidedBy: 'other' as SaleId }, { status: 'reversed' }, { kind: 'void' }] as const) {
    t.notOk(mayBeAbout('void', of(change)));
    t.notOk(mayBeAbout('refund', of(change)));
  }
});

test('a pre-authorisation holds what was added to it, until it is over', async (t) => {
  const held = of({ kind: 'preAuthorisation', increased: part });
  t.equal(leftOf(held), 1468);
  t.ok(mayBeAbout('preAuthorisationIncrement', held));
  t.equal(leftOf({ ...held, voidedBy: 'completion' as SaleId }), 0);
  t.notOk(mayBeAbout('preAuthorisationIncrement', { ...held, voidedBy: 'completion' as SaleId }));
});

test('a difference is taken of what took money and stands (003-21)', async (t) => {
  t.ok(mayTakeDifference(sold));
  t.ok(mayTakeDifference(of({ kind: 'completion' })));
  for (const change of [{ kind: 'preAuthorisation' }, { kind: 'refund' }, { status: 'reversed' }] as const)
    t.notOk(mayTakeDifference(of(change)));
  t.notOk(mayTakeDifference(of({ refunded: sold.amount })));
});
