import { test } from 'tap';
import { Sm4Key } from '../../../drivers/acquirer/sm4-key.ts';
import { bytes, hexOf } from './literal-frames.ts';

test('the example of GB/T 32907-2016, annex A', async (t) => {
  const block = bytes('0123456789ABCDEFFEDCBA9876543210');
  const key = new Sm4Key(block);
  t.equal(hexOf(key.encrypt(block)), '681EDF34D206965E86B3E94F536E4246');
  t.equal(hexOf(key.decrypt(bytes('681EDF34D206965E86B3E94F536E4246'))), hexOf(block));
});

test('the check value is the beginning of zeros encrypted', async (t) => {
  const key = new Sm4Key(bytes('0123456789ABCDEFFEDCBA9876543210'));
  t.strictSame(key.checkValue(), key.encrypt(Buffer.alloc(16)).subarray(0, 4));
  for (const length of [8, 15, 24]) t.throws(() => new Sm4Key(Buffer.alloc(length)), RangeError);
});

test('a published key comes out of its wrapping, and has its published check value', async (t) => {
  const wrapping = new Sm4Key(bytes('1234567890ABCDEFABCDEF0987654321'));
  const clear = wrapping.decrypt(bytes('3D66234C49E4296FF9C78D8BACBD6A76'));
  t.equal(hexOf(clear), 'F351D490994603795C6EBEE8FAEBB481');
  t.equal(hexOf(new Sm4Key(clear).checkValue()), '861E83E3');
});
