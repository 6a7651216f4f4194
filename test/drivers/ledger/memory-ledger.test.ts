import { test } from 'tap';
import { MemoryLedger } from '../../../drivers/ledger/memory-ledger.ts';

test('facts are kept in order for as long as the process lives, and a batch begins with its own', async (t) => {
  const ledger = new MemoryLedger<string>('first');
  t.match(await ledger.open(), { opened: true, facts: ['first'], tail: 'whole' });
  t.match(await ledger.append('second'), { result: 'stored' });
  t.strictSame(ledger.facts, ['first', 'second']);
  t.match(await ledger.rotate(['third', 'fourth']), { result: 'stored' });
  t.strictSame(ledger.facts, ['third', 'fourth']);
  t.equal(await ledger.rest(), undefined);
  t.equal(ledger.tailCode(), '00000000', 'no chain to hold a slip against');
  await ledger.close();
});
