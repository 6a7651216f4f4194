import fc from 'fast-check';
import { test } from 'tap';
import { digitBytes, readDigits, readNumber, writeDigits, writeNumber } from '../../../drivers/acquirer/digits.ts';
import { hexOf } from './literal-frames.ts';

test('digits stand left or right, and are read back', async (t) => {
  const out = Buffer.alloc(4);
  t.equal(writeDigits(out, 1, '123', 9, 'left'), 3);
  t.equal(hexOf(out), '00123000');
  t.equal(readDigits(out, 1, 3, 9, 'left'), '123');
  t.equal(writeDigits(out, 1, '123', 9, 'right'), 3);
  t.equal(hexOf(out), '00012300');
  t.equal(readDigits(out, 1, 3, 9, 'right'), '123');
  t.equal(writeDigits(out, 0, '12:', 9, 'left'), -1);
  t.equal(writeDigits(out, 0, ':23', 9, 'right'), -1);
  t.equal(writeDigits(out, 0, '1/', 15, 'left'), -1);
  t.equal(readDigits(Buffer.from([0x1a]), 0, 2, 9, 'left'), undefined);
  t.equal(readDigits(Buffer.from([0x1d]), 0, 2, 15, 'left'), '1=');
});

test('digits that end before they should are none', async (t) => {
  const bytes = Buffer.from([0x12, 0x30]);
  for (const align of ['left', 'right'] as const) {
    for (const [offset, digits] of [
      [0, 5],
      [1, 3],
      [2, 1],
    ] as const) {
      t.equal(readDigits(bytes, offset, digits, 9, align), undefined, `${digits} from ${offset}`);
    }
  }
  t.equal(readDigits(bytes, 2, 0, 9, 'left'), '');
});

test('every text of digits survives', async (t) => {
  const text = fc.string({ unit: fc.constantFrom(...'0123456789:;<=>?'.split('')), maxLength: 40 });
  fc.assert(
    fc.property(text, fc.constantFrom('left' as const, 'right' as const), (digits, align) => {
      const out = Buffer.alloc(20);
      return (
        writeDigits(out, 0, digits, 15, align) === digitBytes(digits.length) &&
        readDigits(out, 0, digits.length, 15, align) === digits
      );
    }),
  );
  t.pass();
});

test('numbers have leading zeros', async (t) => {
  const out = Buffer.alloc(3, 0xff);
  t.equal(writeNumber(out, 1, 162, 4), 3);
  t.equal(hexOf(out), 'FF0162');
  t.equal(readNumber(out, 1, 4), 162);
  t.equal(readNumber(out, 0, 2), undefined);
});
