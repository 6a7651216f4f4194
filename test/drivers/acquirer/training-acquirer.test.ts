import { test } from 'tap';
import { TrainingAcquirer } from '../../../drivers/acquirer/training-acquirer.ts';
import type { FinancialRequest } from '../../../hal/acquirer.ts';
import { batchNumber, type EpochMs, minorUnits, stan } from '../../../hal/units.ts';

const sale = (amount: number): FinancialRequest => ({
  kind: 'sale',
  stan: stan(7),
  batch: batchNumber(3),
  amount: minorUnits(amount),
  entry: 'swipe',
  pinEntered: true,
});
const acquirer = (): TrainingAcquirer =>
  new TrainingAcquirer({ pinKey: '0'.repeat(32) }, { wall: () => Date.UTC(2026, 10, 22, 5, 6, 7) as EpochMs });

test('what the amount ends in decides: refused, never answered, or approved (003-25)', async (t) => {
  const it = acquirer();
  t.match(await it.authorise(sale(1234)), {
    outcome: 'approved',
    responseCode: '00',
    retrievalReference: '000000000007',
    hostDate: '1122',
    hostTime: '130607',
  });
  t.strictSame(await it.authorise(sale(151)), { outcome: 'declined', responseCode: '51' });
  t.strictSame(await it.authorise(sale(1005)), { outcome: 'declined', responseCode: '05' });
  t.match(await it.authorise(sale(98)), { outcome: 'unanswered', fault: { where: 'training' } });
  t.match(await it.reverse(), { outcome: 'acknowledged', responseCode: '00' });
});

test('it is always there, and takes every batch as balanced (003-25)', async (t) => {
  const it = acquirer();
  const events: unknown[] = [];
  await it.claim((event) => events.push(event));
  t.strictSame(events, [{ type: 'online' }]);
  t.match(await it.checkHealth(), { healthy: true });
  t.match(await it.signOn({ batch: batchNumber(3) }), { outcome: 'signedOn', batch: 3, pinKey: '0'.repeat(32) });
  t.match(await it.balance(), { outcome: 'balance', amount: 123_456 });
  t.match(await it.settle(), { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' });
  for (const answer of [await it.upload(), await it.uploadOne(), await it.endBatch()])
    t.match(answer, { outcome: 'accepted' });
  t.strictSame(await it.signOff(), { outcome: 'signedOff' });
  await it.release();
});
