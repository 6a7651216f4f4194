import { test } from 'tap';
import { AppendOnly } from '../../../drivers/ledger/append-only.ts';

const kept = () => new AppendOnly(['a', 'b', 'c']);

test('what is kept can not be changed, removed, moved or hidden (002-01)', (t) => {
  const { list } = kept();
  const attempts: readonly (() => unknown)[] = [
    () => (list[1] = 'x'),
    () => list.pop(),
    () => list.shift(),
    () => list.splice(1, 1),
    () => list.reverse(),
    () => list.sort((a, b) => (a < b ? 1 : -1)),
    () => list.fill('x'),
    () => list.copyWithin(0, 1),
    () => list.unshift('x'),
    () => (list.length = 2),
    () => Object.defineProperty(list, 2, { get: () => 'x' }),
    () => Object.defineProperty(list, 'length', { value: 0 }),
  ];
  for (const attempt of attempts) {
    t.throws(attempt, TypeError, String(attempt));
    t.strictSame(list.slice(0, 3), ['a', 'b', 'c']);
  }
  t.notOk(Reflect.deleteProperty(list, 0));
  t.strictSame(list.slice(0, 3), ['a', 'b', 'c']);
  t.end();
});

test('at its end it grows, and what is new may still be changed until it is kept', (t) => {
  const records = kept();
  t.equal(records.next(), undefined);
  records.list.push('d', 'e');
  records.list[3] = 'D';
  t.equal(records.next(), 'D');
  records.keep();
  t.throws(() => (records.list[3] = 'x'), TypeError);
  t.equal(records.next(), 'e');
  records.forgetNew();
  t.strictSame([...records.list], ['a', 'b', 'c', 'D']);
  t.equal(records.next(), undefined);
  t.end();
});
