import { test } from 'tap';
import { type KeySuite, keySuite } from '../../../drivers/acquirer/key-suite.ts';
import { macOf } from '../../../drivers/acquirer/mac.ts';
import { unwrapKeys, workingKeysBytes } from '../../../drivers/acquirer/working-keys.ts';
import { bytes, hexOf } from './literal-frames.ts';

const sm4 = { networkCode: '005', algorithm: '3', mac: 'text' } as const;

/** Field 62 as a host makes it: each key under the master key, and its check value. */
const field62 = (suite: KeySuite, master: string, keys: readonly string[]): Buffer => {
  const tmk = suite.key(bytes(master));
  return Buffer.concat(
    keys.map((hex) => {
      const own = bytes(hex);
      const place = Buffer.alloc(suite.keyBytes);
      tmk.encrypt(own).copy(place);
      return Buffer.concat([place, suite.key(own).checkValue()]);
    }),
  );
};

const double = '0123456789ABCDEFFEDCBA9876543210';
const single = '0123456789ABCDEF';
const mak = '89ABCDEF01234567';

for (const [name, master, keys, length, algorithm] of [
  ['001', single, ['1111222233334444', mak], 24, '0'],
  ['003', double, [double, mak], 40, '6'],
  ['004', double, [double, mak, double], 60, '6'],
  ['sm4', double, [double, double], 40, '3'],
] as const) {
  test(`suite ${name}: the keys of its sign-on come out of field 62, and a wrong one is named`, async (t) => {
    const suite = keySuite(name, sm4);
    const sent = field62(suite, master, keys);
    t.equal(sent.length, length);
    t.equal(workingKeysBytes(suite), length);
    t.equal(suite.algorithm, algorithm);
    const tmk = suite.key(bytes(master));
    const unwrapped = unwrapKeys(sent, tmk, suite);
    if (!unwrapped.ok) throw new Error(unwrapped.key);
    t.equal(unwrapped.keys.pinKey, hexOf(sent.subarray(0, suite.keyBytes)));
    t.strictSame(unwrapped.keys.macKey.checkValue(), suite.key(bytes(keys[1])).checkValue());
    t.equal(unwrapped.keys.trackKey !== undefined, name === '004');
    for (const [index, key] of (['PIK', 'MAK', 'TDK'] as const).slice(0, keys.length).entries()) {
      const spoilt = Buffer.from(sent);
      const at = index * (suite.keyBytes + 4);
      spoilt[at] = (spoilt[at] as number) ^ 1;
      t.strictSame(unwrapKeys(spoilt, tmk, suite), { ok: false, key });
    }
  });
}

test('SM4: blocks of sixteen, and the MAC as text or as bytes', async (t) => {
  const suite = keySuite('sm4', { networkCode: '006', algorithm: '4', mac: 'bytes' });
  t.match(suite, { networkCode: '006', algorithm: '4', macForm: 'bytes' });
  const key = suite.key(bytes(double));
  const message = bytes('0200'.repeat(20));
  const raw = macOf(message, key, 'bytes');
  t.equal(raw.length, 8);
  t.equal(String(macOf(message, key, 'text')), hexOf(raw).slice(0, 8));
});
