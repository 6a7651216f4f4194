import { test } from 'tap';
import { clearPinBlock, decrypt, encrypt } from './pin-block.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();
const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

test('clear blocks are those of published vectors', async (t) => {
  t.equal(hex(clearPinBlock('123456', '123456789012345678')), '061253DFFEDCBA98');
  t.equal(hex(clearPinBlock('123456', '1234567890123456')), '0612713176FEDCBA');
  t.equal(hex(clearPinBlock('1234', '43219876543210987')), '0412AC89ABCDEF67');
});

test('the longest PIN and the shortest card numbers have their places', async (t) => {
  t.equal(hex(clearPinBlock('123456789012', '0000000000000')), '0C123456789012FF', 'the length is a hex digit');
  t.equal(hex(clearPinBlock('1234', '12345678')), '041234FFFEDCBA98');
});

test('keys of 8 and 16 bytes encrypt as openssl does', async (t) => {
  const clear = bytes('041225EEEEEEEEEE');
  const single = bytes('0123456789ABCDEF');
  const double = bytes('1111222233334444AAAABBBBCCCCDDDD');
  t.equal(hex(encrypt(single, clear)), 'C30C31411AA3D043');
  t.equal(hex(encrypt(double, clear)), '18AD8A3D8527B0FF');
  t.same(decrypt(double, bytes('18AD8A3D8527B0FF')), clear);
  t.equal(
    hex(decrypt(bytes('0123456789ABCDEFFEDCBA9876543210'), bytes('50F2CFA3619FFA3341BB09F1C30DAC35'))),
    hex(double),
  );
});
