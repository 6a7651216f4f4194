import fc from 'fast-check';
import { test } from 'tap';
import { sealWith, unsealWith } from '../../../drivers/vault/sealing.ts';

const key = Buffer.alloc(32, 0x24);

test('any value comes back under its context', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plain, context) =>
      unsealWith(key, sealWith(key, plain, context), context).equals(plain),
    ),
  );
  t.end();
});

test('the same value is never sealed to the same text, save from the same random bytes', (t) => {
  const value = Buffer.from('4111111111111111');
  t.not(sealWith(key, value, 'pan'), sealWith(key, value, 'pan'));
  const zeros = (size: number): Buffer => Buffer.alloc(size);
  t.equal(sealWith(key, value, 'pan', zeros), sealWith(key, value, 'pan', zeros));
  t.end();
});

test('a change of any bit, another context or another key is noticed', (t) => {
  const sealed = sealWith(key, Buffer.from('4111111111111111'), 'pan of sale 1');
  const bytes = Buffer.from(sealed, 'base64');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
    const expected = at === 0 ? /no sealed value/ : /was changed/;
    t.throws(() => unsealWith(key, changed.toString('base64'), 'pan of sale 1'), expected, `byte ${at}`);
  }
  t.throws(() => unsealWith(key, sealed, 'pan of sale 2'), { message: /was changed.*Put back the device key/ });
  t.throws(() => unsealWith(Buffer.alloc(32, 0x25), sealed, 'pan of sale 1'), { message: /another terminal/ });
  for (let length = 0; length < bytes.length; length += 1) {
    const cut = bytes.subarray(0, length).toString('base64');
    t.throws(() => unsealWith(key, cut, 'pan of sale 1'), /no sealed value|was changed/, `cut at ${length}`);
  }
  t.end();
});

test('any text is refused in words, without repeating it', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String({ minLength: 40 })), (text) => {
      try {
        unsealWith(key, text, 'pan');
        return false;
      } catch (error) {
        return (
          error instanceof Error && error.name === 'VaultError' && (text.length < 8 || !error.message.includes(text))
        );
      }
    }),
  );
  t.end();
});
