import { test } from 'tap';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { unwrapKeys } from '../../../drivers/acquirer/working-keys.ts';
import { bytes, hexOf, masterKey, suite, workingKeys } from './literal-frames.ts';

const master = new DesKey(bytes(masterKey));

test('the keys of a sign-on come out of field 62', async (t) => {
  const unwrapped = unwrapKeys(bytes(workingKeys), master, suite);
  if (!unwrapped.ok) throw new Error('a right check value is refused');
  t.equal(unwrapped.keys.pinKey, '50F2CFA3619FFA3341BB09F1C30DAC35');
  t.equal(hexOf(unwrapped.keys.macKey.checkValue()), '00B8CC69');
});

test('only the first half of the MAC key counts', async (t) => {
  const field62 = bytes(workingKeys);
  field62.fill(0x5a, 28, 36);
  t.match(unwrapKeys(field62, master, suite), { ok: true });
});

test('each byte of a key or its check value matters', async (t) => {
  for (let at = 0; at < 40; at++) {
    if (at >= 28 && at < 36) continue;
    const field62 = bytes(workingKeys);
    field62[at] = (field62[at] as number) ^ 0x40;
    t.strictSame(unwrapKeys(field62, master, suite), { ok: false, key: at < 20 ? 'PIK' : 'MAK' });
  }
  t.strictSame(unwrapKeys(bytes(workingKeys), new DesKey(bytes('0123456789ABCDEF')), suite), { ok: false, key: 'PIK' });
});
