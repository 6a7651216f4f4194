import fc from 'fast-check';
import { test } from 'tap';
import { pack, textOf, unpack } from './iso8583.ts';
import { bytes } from './sample-requests.ts';

test('a published sale is taken apart', (t) => {
  const message = unpack(
    bytes(`0200302004C020C0981100000000000000005100183402100006324392260009942820D131210112008439
    3136363838303134303030303030303030303030303031313536ACF46E73838A82F92600000000000000000822000001
    3841394539314238`),
  );
  t.strictSame(message.faults, []);
  t.equal(message.mti, '0200');
  t.equal(message.macInput?.length, 91);
  const texts = [...message.fields.keys()].map((field) => [field, textOf(message, field)]);
  t.strictSame(texts, [
    [3, '000000'],
    [4, '000000000051'],
    [11, '001834'],
    [22, '021'],
    [25, '00'],
    [26, '06'],
    [35, '4392260009942820=131210112008439'],
    [41, '16688014'],
    [42, '000000000000001'],
    [49, '156'],
    [52, ''],
    [53, '2600000000000000'],
    [60, '22000001'],
    [64, ''],
  ]);
  t.same(message.fields.get(52), bytes('ACF46E73838A82F9'));
  t.same(message.fields.get(64), Buffer.from('8A9E91B8'));
  t.end();
});

/** Bitmap of one field, then its bytes. */
const alone = (field: number, hex: string) => {
  const bitmap = (1n << BigInt(64 - field)).toString(16).padStart(16, '0');
  return unpack(bytes(`0200${bitmap}${hex}`));
};

test('digits stand where their field wants them', (t) => {
  t.equal(textOf(alone(22, '0210'), 22), '021', 'field 22 stands left');
  t.equal(textOf(alone(23, '0123'), 23), '123', 'field 23 stands right');
  t.equal(textOf(alone(2, '17622202000000000050'), 2), '62220200000000005');
  t.equal(textOf(alone(36, '0005123d50'), 36), '123=5');
  t.end();
});

test('what a strict host would not take is a fault of its field', (t) => {
  const cases: [field: number, hex: string, fault: string][] = [
    [22, '0021', 'field 22 is not filled with a zero nibble'],
    [23, '1230', 'field 23 is not filled with a zero nibble'],
    [2, '17622202000000000051', 'field 2 is not filled with a zero nibble'],
    [2, '20', 'field 2 is 20 long, 19 is the most'],
    [2, '1a', 'field 2 has a length that is not BCD'],
    [2, '00', 'field 2 is empty'],
    [60, '00', 'field 60 ends inside its length'],
    [60, '0014220000', 'field 60 ends too early'],
    [3, '00000a', 'field 3 has characters that are not digits'],
    [39, '302d', 'field 39 has characters that are not alphanumeric'],
    [41, '3030303030300a30', 'field 41 has characters that are not text'],
    [11, '0000', 'field 11 ends too early'],
    [52, '00112233445566', 'field 52 ends too early'],
    [1, '', 'bit 1 asks for a second bitmap'],
    [7, '00', 'field 7 is not spoken here'],
    [25, '0000', '1 bytes follow the last field'],
  ];
  for (const [field, hex, fault] of cases) t.strictSame(alone(field, hex).faults, [fault], fault);
  t.strictSame(unpack(bytes('02a00000000000000000')).faults, ['the MTI is not four digits']);
  t.end();
});

test('faults tell no content', (t) => {
  const faults = alone(2, '2062123456789012320000').faults.join();
  t.notMatch(faults, /6212|9012/);
  t.end();
});

test('a message is put together byte for byte', (t) => {
  const fields = new Map<number, string | Buffer>([
    [2, '62220200000000005'],
    [22, '021'],
    [23, '001'],
    [35, '123=5'],
    [39, '00'],
    [62, bytes('beef')],
  ]);
  const packed = pack({ mti: '0210', fields }, (input) => Buffer.from(`MAC OF${`${input.length}`.padStart(2)}`));
  t.equal(
    packed.toString('hex'),
    bytes(`0210 4000060022000005 17622202000000000050 0210 0001 05123d50 3030 0002beef 4d4143204f463334`).toString(
      'hex',
    ),
  );
  t.throws(() => pack({ mti: '0210', fields: new Map([[39, '0']]) }), RangeError);
  t.throws(() => pack({ mti: '0210', fields: new Map([[7, '0']]) }), RangeError);
  t.end();
});

test('any bytes are taken apart without a throw', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 200 }), (iso) => {
      const { faults, fields } = unpack(Buffer.from(iso));
      return faults.every((fault) => fault.length < 80) && fields.size <= 64;
    }),
  );
  t.end();
});
