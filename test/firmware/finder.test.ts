import { test } from 'tap';
import { findTransactions } from '../../firmware/finder.ts';
import type { DeviceFault } from '../../hal/device.ts';
import type { EpochMs, MinorUnits } from '../../hal/units.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { World } from '../state-machine/world.ts';

const sold = (world = new World()): World =>
  world.upToRequest().authorised().printed().keys('enter').printed().keys('enter');

/** Whatever is to come later comes at once. */
const soon = {
  schedule: (_delayMs: number, wake: () => void) => {
    queueMicrotask(wake);
    return () => undefined;
  },
};

const intact = (): never => {
  throw new Error('a batch that is intact was called flawed');
};

/** A ledger of these batches, the oldest first. */
const storeOf = (...batches: readonly (readonly Fact[])[]): Parameters<typeof findTransactions>[1] =>
  ({
    generations: () => batches.map((_, index) => index),
    readArchive: (generation: number) => ({ facts: batches[generation] ?? [], verdict: { intact: true } }),
  }) as unknown as Parameters<typeof findTransactions>[1];

test('what a clerk types finds it in this batch and the kept ones, the newest first (000-03, 003-02)', async (t) => {
  const newer = sold().upToPin().pin().authorised().printed().keys('cancel', 'enter');
  const store = storeOf(sold().facts, newer.facts);
  const stans = async (query: Parameters<typeof findTransactions>[0]) =>
    (await findTransactions(query, store, soon, intact)).rows.map(({ sale }) => sale.stan);
  t.strictSame(await stans({ by: 'amount', amount: 1234 as MinorUnits }), [3, 2, 2]);
  t.strictSame(await stans({ by: 'voucher', stan: 3 }), [3]);
  t.strictSame(await stans({ by: 'card', tail: '1234' }), [3, 2, 2]);
  t.strictSame(await stans({ by: 'card', tail: '9999' }), []);
  const at = Number(newer.facts.find((fact) => fact.type === 'intended')?.at);
  const around = (from: number, to: number) => ({ by: 'time', from: from as EpochMs, to: to as EpochMs }) as const;
  t.strictSame(await stans(around(at, at)), [3, 2, 2], 'from and to are included');
  t.strictSame(await stans(around(at + 1, at + 9)), []);
  const ordered = storeOf(
    sold().facts.map((fact) => (fact.type === 'intended' ? { ...fact, orderNumber: '0042' } : fact)),
    newer.facts,
  );
  const { rows: found } = await findTransactions({ by: 'order', orderNumber: '0042' }, ordered, soon, intact);
  t.match(found, [{ sale: { stan: 2, orderNumber: '0042' } }]);
});

test('more rows than a clerk looks through are not given, and no batch is read for them', async (t) => {
  const { facts } = sold();
  const read: number[] = [];
  const store = storeOf(...Array(60).fill(facts));
  const watched = {
    ...store,
    readArchive: (generation: number) => {
      read.push(generation);
      return store.readArchive(generation);
    },
  };
  t.equal((await findTransactions({ by: 'voucher', stan: 2 }, watched, soon, intact)).rows.length, 50);
  t.equal(read.length, 50);
});

test('what is typed from a slip is found by its reference or its authorisation code', async (t) => {
  const store = storeOf(sold().facts);
  const count = async (by: 'reference' | 'authorisationCode', typed: string) =>
    (await findTransactions({ by, typed }, store, soon, intact)).rows.length;
  t.equal(await count('reference', '170512345678'), 1);
  t.equal(await count('authorisationCode', 'A1B2C3'), 1);
  t.equal(await count('reference', '170512345679'), 0);
});

test('M8: a kept batch that is not intact is told of: what was refunded behind its flaw is not seen', async (t) => {
  const flawed = {
    generations: () => [1],
    readArchive: () => ({
      path: 'batch-1',
      facts: sold().facts,
      verdict: { intact: false, what: 'Record 9 is altered.' },
    }),
  } as unknown as Parameters<typeof findTransactions>[1];
  const faults: DeviceFault[] = [];
  const { rows } = await findTransactions({ by: 'voucher', stan: 2 }, flawed, soon, (fault) => faults.push(fault));
  t.equal(rows.length, 1);
  t.match(faults, [{ device: 'ledger', where: 'batch-1', what: /Record 9 is altered/ }]);
});

test('M10: a disk that can not be read is no answer that nothing is there, and no bug', async (t) => {
  const { facts } = sold();
  const failing = {
    ...storeOf([], facts),
    readArchive: () => {
      throw Object.assign(new Error('EIO: read'), { code: 'EIO', syscall: 'read' });
    },
  };
  t.strictSame(await findTransactions({ by: 'voucher', stan: 2 }, failing, soon, intact), { rows: [], unread: true });
  const wrong = {
    ...failing,
    readArchive: () => {
      throw new Error('a bug');
    },
  };
  await t.rejects(findTransactions({ by: 'voucher', stan: 2 }, wrong, soon, intact), /a bug/);
});
