import { test } from 'tap';
import { hasChip } from '../../hal/card-reader.ts';

test('the first digit of the service code tells of a chip (003-09)', (t) => {
  for (const serviceCode of ['201', '220', '601', '620']) t.ok(hasChip({ serviceCode }), serviceCode);
  for (const serviceCode of ['101', '120', '520', '701', '026']) t.notOk(hasChip({ serviceCode }), serviceCode);
  t.end();
});
