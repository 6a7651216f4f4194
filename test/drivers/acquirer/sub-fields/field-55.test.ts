import fc from 'fast-check';
import { test } from 'tap';
import { chipDataOfReversal, packChipData, readChipData } from '../../../../drivers/acquirer/sub-fields/field-55.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const tag = fc.oneof(
  fc.integer({ min: 0, max: 255 }).filter((byte) => (byte & 0x1f) !== 0x1f),
  fc.tuple(fc.constantFrom(0x9f, 0xdf, 0x5f), fc.integer({ min: 0, max: 127 })).map(([a, b]) => a * 256 + b),
);
const named = tag.map((number) =>
  number
    .toString(16)
    .padStart(number > 255 ? 4 : 2, '0')
    .toUpperCase(),
);
const chipData = fc.uniqueArray(fc.tuple(named, fc.uint8Array({ maxLength: 200 })), {
  maxLength: 12,
  selector: ([name]) => name,
});

test('55 is one data object behind the other', async (t) => {
  const data = new Map([
    ['9F26', hex('0123456789ABCDEF')],
    ['95', hex('0000008000')],
  ]);
  t.strictSame(packChipData(data), hex('9F26 08 0123456789ABCDEF 95 05 0000008000'));
  t.strictSame(packChipData(new Map([['DF31', Buffer.alloc(130)]])).subarray(0, 4), hex('DF31 81 82'));
  t.throws(() => packChipData(new Map([['9F', hex('00')]])), /55\.9F/);
  t.throws(() => packChipData(new Map([['95', Buffer.alloc(256)]])), /too long/);
});

test('55 is read back as it was packed', async () => {
  fc.assert(
    fc.property(chipData, (pairs) => {
      const read = readChipData(packChipData(new Map(pairs)));
      const asText = (data: Iterable<readonly [string, Uint8Array]>) =>
        JSON.stringify([...data].map(([name, value]) => [name, Buffer.from(value).toString('hex')]));
      return read.ok && asText(read.value) === asText(pairs);
    }),
  );
});

test('55 of any bytes gives data or the tag that is wrong, and never a value', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const read = readChipData(bytes);
      return read.ok || /^55(?:\.[0-9A-F]{2,4})?$/.test(read.fault.field);
    }),
  );
  t.match(readChipData(hex('9F26')), { ok: false, fault: { field: '55' } });
  t.match(readChipData(hex('9F26 08 00')), { ok: false, fault: { field: '55.9F26', what: /ends after the field/ } });
  t.match(readChipData(hex('95 82 0001 00')), { ok: false, fault: { field: '55.95', what: /length/ } });
  t.match(readChipData(hex('95 01 00 95 01 00')), { ok: false, fault: { field: '55.95', what: /twice/ } });
});

test('a reversal repeats what tells of the transaction, and no cryptogram', async (t) => {
  const data = new Map(['9F26', '9F1E', '9F10', '9F36', '95', 'DF31', '9F27'].map((name) => [name, hex('00')]));
  t.strictSame([...chipDataOfReversal(data).keys()], ['9F1E', '9F10', '9F36', '95', 'DF31']);
});
