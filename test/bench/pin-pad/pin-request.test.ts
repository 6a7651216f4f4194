import { test } from 'tap';
import { masked, readPinRequest } from './pin-request.ts';

const single = '0123456789ABCDEF';

test('a request is read', async (t) => {
  t.strictSame(readPinRequest(`4111111111111111\x1c${single}`, 8), {
    pan: '4111111111111111',
    workingKey: Buffer.from(single, 'hex'),
  });
  t.match(readPinRequest(`41111111\x1c${single}${single.toLowerCase()}`, 16), { pan: '41111111' });
});

test('each fault of a request has its code', async (t) => {
  const cases: readonly (readonly [fields: string, error: string])[] = [
    ['', '0'],
    [`\x1c${single}`, '0'],
    [`411111111111111A\x1c${single}`, '4'],
    [`4111111\x1c${single}`, '2'],
    [`41111111111111111111\x1c${single}`, '3'],
    ['4111111111111111', '5'],
    ['4111111111111111\x1c', '5'],
    [`4111111111111111\x1c${single}0`, '5'],
    [`4111111111111111\x1c${single}\x1c`, '5'],
    [`4111111111111111\x1c${single.replace('0', 'G')}`, '5'],
    [`4111111111111111\x1c${single}${single}`, '1'],
  ];
  for (const [fields, error] of cases) t.strictSame(readPinRequest(fields, 8), { error }, fields);
});

test('a card number is told by its ends only', async (t) => {
  t.equal(masked('4111111111111111'), '411111******1111');
  t.equal(masked('6216261000000000018'), '621626*********0018');
  t.equal(masked('41111111'), '********');
});
