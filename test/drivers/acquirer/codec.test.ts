import fc from 'fast-check';
import { type Test, test } from 'tap';
import { mostMessageBytes, pack, unpack } from '../../../drivers/acquirer/codec.ts';
import { type FieldSpec, type Fields, fieldNumbers, fieldTable } from '../../../drivers/acquirer/field-table.ts';
import { answers, bytes, hexOf, messageIn, plain, requests } from './literal-frames.ts';

const packed = (mti: string, fields: Fields): Buffer => {
  const out = Buffer.alloc(mostMessageBytes);
  return out.subarray(0, pack({ mti, fields }, out));
};

const fieldsOf = (message: Buffer): Record<string, string> => {
  const unpacked = unpack(message);
  if (!unpacked.ok) throw new Error(`${unpacked.fault.field} ${unpacked.fault.what}`);
  const entries = Object.entries(unpacked.message.fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([number, value]) => [number, typeof value === 'string' ? value : hexOf(value)]),
  );
};

const faultOf = (message: Buffer): string => {
  const unpacked = unpack(message);
  return unpacked.ok ? '' : unpacked.fault.field;
};

// A captured sale that was published with its MAC. Bitmap 302004C020C09811: 3, 4, 11, 22, 25, 26, 35, 41, 42, 49, 52,
// 53, 60, 64.
const published = `0200 302004C020C09811 000000 000000000051 001834 0210 00 06 32 4392260009942820D131210112008439
  3136363838303134 303030303030303030303030303031 313536 ACF46E73838A82F9 2600000000000000 0008 22000001 3841394539314238`;

test('the published message unpacks to its fields and packs to its bytes', async (t) => {
  const fields = fieldsOf(bytes(published));
  t.strictSame(fields, {
    3: '000000',
    4: '000000000051',
    11: '001834',
    22: '021',
    25: '00',
    26: '06',
    35: '4392260009942820=131210112008439',
    41: '16688014',
    42: '000000000000001',
    49: '156',
    52: 'ACF46E73838A82F9',
    53: '2600000000000000',
    60: '22000001',
    64: '3841394539314238',
  });
  const unpacked = unpack(bytes(published));
  t.ok(unpacked.ok && hexOf(packed(unpacked.message.mti, unpacked.message.fields)) === plain(published));
});

test('each encoding, length and side stands as the table says', async (t) => {
  const rows: [Fields, string][] = [
    [{ 2: '62123456789012345' }, '4000000000000000 17 621234567890123450'],
    [{ 4: '000000005100' }, '1000000000000000 000000005100'],
    [{ 22: '021' }, '0000040000000000 0210'],
    [{ 23: '001' }, '0000020000000000 0001'],
    [{ 36: '1=2' }, '0000000010000000 0003 1D20'],
    [{ 37: '12' }, '0000000008000000 3132 20202020202020202020'],
    [{ 44: 'ab' }, '0000000000100000 02 6162'],
    [{ 48: '' }, '0000000000010000 0000'],
    [{ 55: bytes('9F2608') }, '0000000000000200 0003 9F2608'],
    [{ 63: '\u00B3\u00C9' }, '0000000000000002 0002 B3C9'],
  ];
  for (const [fields, hex] of rows) {
    const message = packed('0210', fields);
    t.equal(hexOf(message), plain(`0210 ${hex}`));
    const [number, value] = Object.entries(fields)[0] as [string, string | Uint8Array];
    t.strictSame(fieldsOf(message), { [number]: typeof value === 'string' ? value : hexOf(value) });
  }
});

test('padding is read as 0 or F, and is no digit', async (t) => {
  t.strictSame(fieldsOf(bytes('0210 4000000000000000 03 123F')), { 2: '123' });
  t.strictSame(fieldsOf(bytes('0210 0000020000000000 F001')), { 23: '001' });
  t.equal(faultOf(bytes('0210 4000000000000000 03 1234')), '2');
  t.equal(faultOf(bytes('0210 0000020000000000 1001')), '23');
});

test('under SM4 a PIN block has sixteen bytes', async (t) => {
  const block = '00112233445566778899AABBCCDDEEFF';
  const message = packed('0200', { 39: '00', 52: bytes(block), 53: '2300000000000000' });
  t.equal(hexOf(message), plain(`0200 0000000002001800 3030 ${block} 2300000000000000`));
  const read = unpack(message, 16);
  t.ok(read.ok && hexOf(read.message.fields[52] ?? bytes('')) === block);
  t.equal(faultOf(message), '53', 'under DES its second half is taken for the next field');
  const narrow = unpack(packed('0200', { 52: bytes(block.slice(16)) }), 16);
  t.match(narrow, { ok: false, fault: { field: '52' } });
});

test('what is wrong is told with its field and without its content', async (t) => {
  const rows: [string, string][] = [
    ['0210 00000000000000', 'bitmap'],
    ['02A0 0000000000000000', 'mti'],
    ['0210 8000000000000000', '1'],
    ['0210 0200000000000000', '7'],
    ['0210 1000000000000000 0000000051', '4'],
    ['0210 1000000000000000 00000000510A', '4'],
    ['0210 4000000000000000', '2'],
    ['0210 4000000000000000 A1', '2'],
    ['0210 4000000000000000 20 62123456789012345678', '2'],
    ['0210 0000000000010000 04', '48'],
    ['0210 0000000000010000 0323', '48'],
    ['0210 0000000002000000 3007', '39'],
    ['0210 0000000000100000 01 7F', '44'],
    ['0210 0000000000000001 00112233445566', '64'],
    ['0210 0000000000000000 00', 'end'],
  ];
  for (const [hex, field] of rows) t.equal(faultOf(bytes(hex)), field, hex);
  const card = unpack(bytes('0210 4000000000000000 16 621234567890123A'));
  t.notMatch(JSON.stringify(card), /6212/);
});

test('a message cut short anywhere is a fault', async (t) => {
  for (const frame of [...Object.values(requests), ...Object.values(answers)]) {
    const message = messageIn(frame);
    t.equal(faultOf(message), '');
    for (let length = 0; length < message.length; length++) {
      if (faultOf(message.subarray(0, length)) === '') t.fail(`${length} of ${message.length} bytes pass`);
    }
  }
});

test('a value that does not fit is a bug, and is named without its content', async (t) => {
  const rows: [Fields, RegExp][] = [
    [{ 3: '00000' }, /^field 3: must have a length of 6$/],
    [{ 3: '0000000' }, /^field 3: must have a length of 6$/],
    [{ 3: '00000:' }, /^field 3: has a character/],
    [{ 2: '62123456789012345678' }, /^field 2: is longer than 19$/],
    [{ 35: '6212/34' }, /^field 35: has a character/],
    [{ 39: '0\n' }, /^field 39: has a character/],
    [{ 63: '\u4E2D' }, /^field 63: has a character/],
    [{ 37: '1234567890123' }, /^field 37: must have a length of 12$/],
    [{ 52: new Uint8Array(12) }, /^field 52: must have a length of 8$/],
    [{ 64: new Uint8Array(16) }, /^field 64: must have a length of 8$/],
    [{ 52: new Uint8Array(7) }, /^field 52: must have a length of 8$/],
    [{ 52: '12345678' } as unknown as Fields, /^field 52: must be bytes$/],
    [{ 41: new Uint8Array(8) } as unknown as Fields, /^field 41: must be a text$/],
  ];
  for (const [fields, message] of rows) t.throws(() => packed('0200', fields), { name: 'RangeError', message });
  t.throws(() => packed('02', {}), { message: /^mti/ });
  t.throws(() => packed('02x0', {}), { message: /^mti/ });
});

const values = ({ encoding, length, max }: FieldSpec): fc.Arbitrary<string | Uint8Array> => {
  const text = (unit: fc.Arbitrary<string>, least: number) => fc.string({ unit, minLength: least, maxLength: max });
  const code = (least: number, most: number) =>
    fc.integer({ min: least, max: most }).map((n) => String.fromCharCode(n));
  const whole = length === 'fixed' ? max : 0;
  switch (encoding) {
    case 'n':
      return text(code(0x30, 0x39), whole);
    case 'z':
      return text(code(0x30, 0x3f), whole);
    case 'an':
      return text(code(0x20, 0x7e), 0).map((value) => (length === 'fixed' ? value.trimEnd() : value));
    case 'ans':
      return text(fc.oneof(code(0x20, 0x7e), code(0x80, 0xff)), 0).map((value) =>
        length === 'fixed' ? value.replace(/ +$/, '') : value,
      );
    case 'b':
      return fc.uint8Array({ minLength: whole, maxLength: max });
  }
};

const anyMessage = fc.record({
  mti: fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 4, maxLength: 4 }),
  fields: fc.record(Object.fromEntries(fieldNumbers.map((number) => [number, values(fieldTable[number])])), {
    requiredKeys: [],
  }),
});

const same = (t: Test, message: Buffer, fields: Record<string, unknown>): boolean => {
  const wanted = Object.entries(fields).map(([number, value]) => [
    number,
    typeof value === 'string' ? value : hexOf(value as Uint8Array),
  ]);
  return t.strictSame(fieldsOf(message), Object.fromEntries(wanted));
};

test('unpacking undoes packing', async (t) => {
  fc.assert(
    fc.property(anyMessage, ({ mti, fields }) => {
      const message = packed(mti, fields as Fields);
      if (!same(t, message, fields)) throw new Error('fields differ');
    }),
    { numRuns: 150 },
  );
});
