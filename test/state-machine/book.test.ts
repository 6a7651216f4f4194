import { test } from 'tap';
import type { SaleId } from '../../hal/units.ts';
import {
  apply,
  copiesDue,
  findSale,
  fold,
  following,
  openSale,
  reversalSlipsDue,
  totalsOf,
} from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { approval, card, provisioned } from './world.ts';

const at = provisioned.at;
const saleId = 'sale-1' as SaleId;
const { outcome: _, ...approvedAs } = approval as Extract<typeof approval, { outcome: 'approved' }>;

const facts = {
  intended: {
    type: 'intended',
    at,
    saleId,
    kind: 'sale',
    stan: 1,
    amount: 1234,
    card,
    pinEntered: true,
    operator: '01',
  },
  approved: { type: 'approved', at, saleId, approval: approvedAs },
  captured: { type: 'captured', at, saleId, number: 1 },
  declined: { type: 'declined', at, saleId, responseCode: '51' },
  notSent: { type: 'notSent', at, saleId },
  kept: { type: 'keptBySupervisor', at, saleId, supervisor: '00' },
  required: { type: 'reversalRequired', at, saleId, reason: '96' },
  reversed: { type: 'reversed', at, saleId, responseCode: '00' },
  handedOver: { type: 'handedOver', at, saleId, incident: '1', supervisor: '00' },
} as unknown as { readonly [name: string]: Fact };
const line = (...names: readonly string[]): Fact[] => [provisioned, ...names.map((name) => facts[name] as Fact)];

test('M2, M4: an illegal line of facts is refused, whatever wrote it (001-18)', async (t) => {
  const illegal = [
    ['captured'],
    ['intended', 'captured'],
    ['intended', 'approved', 'declined'],
    ['intended', 'approved', 'captured', 'required'],
    ['intended', 'approved', 'captured', 'reversed'],
    ['intended', 'approved', 'kept', 'required'],
    ['intended', 'declined', 'approved'],
    ['intended', 'notSent', 'required'],
    ['intended', 'required', 'reversed', 'captured'],
    ['intended', 'required', 'approved'],
    ['intended', 'required', 'handedOver', 'reversed'],
    ['intended', 'reversed'],
  ];
  for (const names of illegal) t.throws(() => fold(line(...names)), names.join(' '));
});

test('M5: no second sale while one is open', async (t) => {
  const second = { ...facts.intended, saleId: 'sale-2', stan: 2 } as Fact;
  for (const open of [['intended'], ['intended', 'approved'], ['intended', 'required']]) {
    t.throws(() => fold([...line(...open), second]), /open \(M5\)/);
  }
  t.equal(fold([...line('intended', 'declined'), second]).sales.length, 2);
});

test('M6: a trace number out of order is refused', async (t) => {
  t.throws(() => fold([provisioned, { ...facts.intended, stan: 7 } as Fact]), /out of order/);
  t.equal(following(999_999 as never), 1);
});

test('what is open, due and counted follows from the facts', async (t) => {
  t.equal(openSale(fold(line('intended', 'approved')))?.status, 'approved');
  t.equal(openSale(fold(line('intended', 'approved', 'captured'))), undefined);
  t.match(copiesDue(fold(line('intended', 'approved', 'captured'))), [{ copy: 'cardholder' }]);
  t.match(copiesDue(fold(line('intended', 'approved', 'kept'))), [{ copy: 'merchant' }, { copy: 'cardholder' }]);
  t.equal(totalsOf(fold(line('intended', 'approved', 'captured'))).domestic.debit.amount, 1234);
  t.equal(totalsOf(fold(line('intended', 'approved', 'required', 'reversed'))).domestic.debit.count, 0);
});

test('M4: a reversal slip is due when the money was given back, and while a slip may be out', async (t) => {
  t.equal(
    reversalSlipsDue(fold(line('intended', 'required'))).length,
    0,
    'nothing was printed yet, nothing given back',
  );
  t.equal(reversalSlipsDue(fold(line('intended', 'approved', 'required'))).length, 1);
  const told = apply(fold(line('intended', 'approved', 'required')), {
    type: 'printed',
    at,
    saleId,
    copy: 'reversal',
    number: 1,
  });
  t.equal(reversalSlipsDue(told).length, 0);
  t.equal(reversalSlipsDue(apply(told, facts.reversed as Fact)).length, 1, 'and again, to tell the end');
});

test('a sale that is not in the book is a bug, not a blank', async (t) => {
  t.throws(() => findSale(fold([provisioned]), saleId), /No sale/);
});
