import fc from 'fast-check';
import { test } from 'tap';
import { maskPan } from '../../../drivers/vault/mask-pan.ts';

test('the first six and the last four digits are shown, whatever the length (001-12)', (t) => {
  t.equal(maskPan('4111111111111111'), '411111******1111');
  t.equal(maskPan('6212345678901232'), '621234******1232');
  t.equal(maskPan('622202000000000000'), '622202********0000');
  t.equal(maskPan('123456789012'), '123456**9012');
  t.end();
});

test('what is no card number is hidden', (t) => {
  t.equal(maskPan(''), '');
  t.equal(maskPan('12345678901'), '***********');
  t.equal(maskPan('4111 1111 1111 1111'), '*'.repeat(19));
  t.equal(maskPan('1'.repeat(20)), '*'.repeat(20));
  fc.assert(
    fc.property(fc.string(), (text) => {
      const masked = maskPan(text);
      return masked.length === text.length && masked.replaceAll(/\D/g, '').length <= 10;
    }),
  );
  t.end();
});
