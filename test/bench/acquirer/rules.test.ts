import { test } from 'tap';
import { unpack, type Value } from './iso8583.ts';
import { faultsOf, kindOf, type MessageKind } from './rules.ts';
import * as requests from './sample-requests.ts';

type Change = Record<number, Value | undefined>;

/** A right request, and what each change of its fields is told to be. */
const table = (kind: MessageKind, frame: Buffer, changes: [Change, ...faults: string[]][]): void => {
  test(`the fields of a right ${kind}, and of wrong ones`, (t) => {
    const { mti, fields, faults } = unpack(frame.subarray(13));
    t.strictSame(faults, []);
    t.equal(kindOf({ mti, fields }), kind);
    t.strictSame(faultsOf(kind, { mti, fields }), []);
    for (const [change, ...expected] of changes) {
      const changed = new Map(fields);
      for (const [field, value] of Object.entries(change)) {
        if (value === undefined) changed.delete(Number(field));
        else changed.set(Number(field), value);
      }
      const found = faultsOf(kind, { mti, fields: changed });
      t.equal(found.length, expected.length, `${Object.keys(change).join()}: ${found.join('; ')}`);
      for (const [index, what] of expected.entries()) t.ok(found[index]?.startsWith(what), what);
    }
    t.end();
  });
};

const stan = 2;
const eight = Buffer.alloc(8);

table('sale', requests.sale({ stan }), [
  [{ 11: '000000' }, 'field 11 is zero'],
  [{ 4: undefined }, 'field 4 is missing'],
  [{ 64: undefined }, 'field 64 is missing'],
  [{ 53: undefined }, 'field 53 is missing', 'field 53 does not'],
  [{ 2: requests.domestic.pan }, 'field 2 is not for this message'],
  [{ 39: '00' }, 'field 39 is not for this message'],
  [{ 55: eight }, 'field 55 is not for this message'],
  [{ 22: '051' }, 'field 22 is neither'],
  [{ 22: '021' }, 'field 52 and the PIN digit', 'field 53 does not'],
  [{ 26: '12' }, 'fields 26 and 52'],
  [{ 52: eight }, 'field 52 and the PIN digit', 'fields 26 and 52'],
  [{ 22: '021', 26: '12', 52: eight, 53: '2600000000000000' }],
  [{ 22: '021', 26: '06', 52: eight, 53: '2000000000000000' }],
  [{ 22: '021', 26: '04', 52: eight, 53: '2600000000000000' }, 'field 26 is neither'],
  [{ 53: '0610000000000000' }],
  [{ 53: '0620000000000000' }, 'field 53 does not'],
  [{ 49: '840' }, 'field 49 is not'],
  [{ 35: '6212345678901232=2513201' }, 'field 35 is not'],
  [{ 35: '6212345678901232=2512' }, 'field 35 is not'],
  [{ 36: '996212345678901232==1' }],
  [{ 60: '2200000100050' }],
  [{ 60: '22000001000500048' }],
  [{ 60: '22000001000' }, 'field 60 has not'],
  [{ 60: '22000001000900' }, 'field 60 has not'],
  [{ 60: '22000000000500' }, 'field 60.2 is zero'],
]);

table('void', requests.voidOf({ stan: 3 }, { stan, reference: '130000000002', code: '015838' }), [
  [{ 37: undefined }, 'field 37 is missing'],
  [{ 38: undefined }],
  [{ 61: undefined }, 'field 61 is missing', 'field 61 is not batch'],
  [{ 61: '000001000002' }],
  [{ 61: '00000100000211' }, 'field 61 is not batch'],
  [{ 35: undefined }, 'field 35 is missing', 'field 35 is not track 2'],
  [{ 39: '00' }, 'field 39 is not for this message'],
]);

table('reversal', requests.voidReversal({ stan: 3 }), [
  [{ 61: undefined }, 'field 61 does not'],
  [{ 61: '0000010000021122' }, 'field 61 does not'],
]);

table('reversal', requests.reversal({ stan }), [
  [{ 39: '00' }, 'field 39 is none of'],
  [{ 39: undefined }, 'field 39 is missing', 'field 39 is none of'],
  [{ 35: '6212345678901232=2512201' }, 'field 35 is not for this message'],
  [{ 52: eight }, 'field 52 is not for this message'],
  [{ 53: '0600000000000000' }, 'field 53 is not for this message'],
  [{ 2: requests.domestic.pan, 38: '123456', 61: '0000010000021122' }],
  [{ 61: '000001000002' }],
  [{ 61: '0000010000031122' }, 'field 61 does not'],
]);

table('signOn', requests.signOn(), [
  [{ 62: Buffer.from('Sequence No12') }],
  [{ 63: '001' }],
  [{ 63: '1  ' }, 'field 63 is not an operator'],
  [{ 64: eight }, 'field 64 is not for this message'],
  [{ 60: '000000010030' }, 'field 60 has not'],
]);

table('echo', requests.echo, [[{ 11: '000001' }, 'field 11 is not for this message']]);
table('signOff', requests.signOff, [[{ 11: undefined }, 'field 11 is missing']]);

table('settlement', requests.settlement({ domestic: [1234, 1], foreign: [] }), [
  [{ 48: `${'0'.repeat(30)}1${'0'.repeat(31)}` }, 'field 48 is not two halves'],
  [{ 48: '0'.repeat(61) }, 'field 48 is not two halves'],
  [{ 63: undefined }, 'field 63 is missing', 'field 63 is not an operator'],
  [{ 49: '344' }, 'field 49 is not'],
]);

const one = requests.record('00', 2, requests.domestic.pan, 1234);
table('upload', requests.upload([one]), [
  [{ 48: `02${one}` }, 'field 48 is not its count'],
  [{ 48: '00' }, 'field 48 is not its count'],
  [{ 48: `09${one.repeat(9)}` }, 'field 48 is not its count'],
  [{ 48: `08${one.repeat(8)}` }],
  [{ 48: `01${one.replace(/^00/, '02')}` }, 'field 48 has a record'],
]);

table('batchEnd', requests.batchEnd('207'), [[{ 48: '00' }, 'field 48 is not a count']]);

test('other transactions are none that is spoken here', (t) => {
  const { fields } = unpack(requests.sale({ stan }).subarray(13));
  t.equal(kindOf({ mti: '0100', fields }), undefined);
  t.equal(
    kindOf({ mti: '0200', fields: new Map([...fields, [3, '200000']]) }),
    undefined,
    'a void that says sale in 60.1',
  );
  t.equal(kindOf({ mti: '0200', fields: new Map([...fields, [25, '06']]) }), undefined, 'a completion');
  t.equal(kindOf({ mti: '0800', fields: new Map([[60, '00000001360']]) }), undefined, 'a parameter download');
  t.end();
});
