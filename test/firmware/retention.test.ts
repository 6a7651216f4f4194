import { test } from 'tap';
import { mayForget } from '../../firmware/retention.ts';
import type { EpochMs } from '../../hal/units.ts';
import { provisioned } from '../state-machine/world.ts';

const on = (date: string) => Date.parse(date) as EpochMs;
const fact = (date: string) => ({ ...provisioned, at: on(date) });

test('a batch is kept for the years that were asked for, and not longer', (t) => {
  const newest = fact('2026-11-25');
  t.notOk(mayForget(fact('2024-12-01'), newest, on('2026-11-26'), 2));
  t.ok(mayForget(fact('2024-11-01'), newest, on('2026-11-26'), 2));
  t.notOk(mayForget(fact('2024-11-01'), newest, on('2026-11-26'), 5));
  t.end();
});

test('a clock that jumps throws nothing away', (t) => {
  const newest = fact('2026-11-25');
  t.notOk(mayForget(fact('2026-01-01'), newest, on('2055-01-01'), 2));
  t.notOk(mayForget(fact('2020-01-01'), newest, on('1970-01-01'), 2));
  t.end();
});
