import { test } from 'tap';
import { encipher } from './crypto.ts';
import { textOf, type Unpacked } from './iso8583.ts';
import {
  batchEnd,
  bytes,
  domestic,
  echo,
  foreign,
  framed,
  macKey,
  pinKey,
  reversal,
  reversalHex,
  sale,
  saleHex,
  saleWithPin,
  sealed,
  settlement,
  signOff,
  signOn,
} from './sample-requests.ts';
import { newAcquirer, plugInto, signedOn } from './test-line.ts';

const code = (answer: Unpacked | undefined): string => (answer === undefined ? 'none' : textOf(answer, 39));

test('sign-on, sale and reversal, byte for byte', (t) => {
  const acquirer = newAcquirer();
  const terminal = plugInto(acquirer);
  const exchange = (request: string, answer: string): void => {
    terminal.send(bytes(request));
    t.equal(terminal.taken().toString('hex'), bytes(answer).toString('hex'));
  };
  exchange(
    `003c 6000030000 603100310100 0800 0020000000c00012 000001 3030303030303031 383938313130313534313130303031
     0011 000000010030 0003 303120`,
    `0079 6000000003 603100310100 0810 003800010ac00014 000001 130000 1122 0848021000 313330303030303030303031 3030
     3030303030303031 383938313130313534313130303031 0011 000000010030 0040 50f2cfa3619ffa3341bb09f1c30dac35 165619cc
     4230ef1cb26849550000000000000000 00b8cc69`,
  );
  exchange(
    `0068 6000030000 603100310100 0200 3020048020c08811 000000 000000001234 000002 0220 00
     32 6212345678901232d251220100000000 3030303030303031 383938313130313534313130303031 313536 0600000000000000
     0014 22000001000500 4130383142323039`,
    `00d0 6000000003 603100310100 0210 703e00810ed08013 16 6212345678901232 000000 000000001234 000002 130000 1122 2512
     1122 00 0848021000 313330303030303030303032 303135383338 3030 3030303030303031 383938313130313534313130303031
     22 30313032303030302020203438303231303030202020 313536 0014 22000001000500
     0063 435550 495353554552204e4f5445202020202020202020 43454e545245204e4f5445202020202020202020
     4143515549524552204e4f544520202020202020 3344373735454433`,
  );
  exchange(
    `0051 6000030000 603100310100 0400 3020048002c08011 000000 000000001234 000002 0220 00 3938 3030303030303031
     383938313130313534313130303031 313536 0014 22000001000500 4536453537393634`,
    `0065 6000000003 603100310100 0410 303800810ac08011 000000 000000001234 000002 130000 1122 00 0848021000
     313330303030303030303033 3030 3030303030303031 383938313130313534313130303031 313536 0014 22000001000500
     4137333644464141`,
  );
  t.strictSame(acquirer.complaints, []);
  t.strictSame(acquirer.book.entries(), [
    {
      batch: 1,
      stan: 2,
      kind: 'sale',
      amount: 1234,
      at: new Date('2026-11-22T05:00:00Z'),
      state: 'reversed',
      responseCode: '00',
      retrievalReference: '130000000002',
      authorisationCode: '015838',
      hostDate: '1122',
      pan: '621234******1232',
      half: 'domestic',
      settled: false,
      uploaded: false,
    },
  ]);
  t.end();
});

test('a PIN is deciphered and checked', (t) => {
  const { acquirer, terminal } = signedOn();
  // Captured from another implementation: PIN 123456 on the domestic card.
  t.equal(code(terminal.ask(saleWithPin({ stan: 3 }, bytes('aa6011445efac617')))), '00');
  const pinBlock = (clear: string): Buffer => encipher(pinKey, bytes(clear));
  t.equal(code(terminal.ask(saleWithPin({ stan: 4 }, pinBlock('061217129876FEDC')))), '55', 'PIN 123457');
  t.strictSame(acquirer.complaints, []);
  t.equal(code(terminal.ask(saleWithPin({ stan: 5 }, pinBlock('061217136876FEDC')))), '99', 'no F behind the PIN');
  t.match(acquirer.complaints, [/^0200 sale STAN 5: field 52 is no PIN block/]);
  t.end();
});

test('sales are decided on their merits', (t) => {
  const poor = { ...domestic, balance: 2000 };
  const { acquirer, terminal } = signedOn({ cards: [poor, foreign] });
  t.equal(code(terminal.ask(sale({ stan: 2 }, '6200000000000000'))), '14', 'unknown card');
  t.equal(code(terminal.ask(sale({ stan: 3, amount: 0 }))), '13', 'no amount');
  t.equal(code(terminal.ask(sale({ stan: 4, amount: 1500 }))), '00');
  t.equal(acquirer.book.balance(poor.pan), 500);
  t.equal(code(terminal.ask(sale({ stan: 5, amount: 501 }))), '51', 'not enough left');
  t.equal(code(terminal.ask(reversal({ stan: 4, amount: 1500 }))), '00');
  t.equal(acquirer.book.balance(poor.pan), 2000, 'a reversal gives it back');
  const abroad = terminal.ask(sale({ stan: 6 }, foreign.pan));
  t.equal(abroad && textOf(abroad, 63).slice(0, 3), 'VIS');
  t.strictSame(
    acquirer.book.entries().map(({ stan, state, responseCode }) => [stan, state, responseCode]),
    [
      [2, 'declined', '14'],
      [3, 'declined', '13'],
      [4, 'reversed', '00'],
      [5, 'declined', '51'],
      [6, 'approved', '00'],
    ],
  );
  t.equal(acquirer.book.openTotal(), 1234);
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('a declined sale has no approval in its answer', (t) => {
  const { terminal } = signedOn({ cards: [{ ...domestic, balance: 0 }] });
  const answer = terminal.ask(sale({ stan: 2 }));
  t.strictSame([...(answer?.fields.keys() ?? [])], [3, 4, 11, 12, 13, 25, 32, 37, 39, 41, 42, 44, 49, 60, 63, 64]);
  t.end();
});

test('reversals: found, repeated, unknown, of a refused sale', (t) => {
  const { acquirer, terminal } = signedOn();
  terminal.ask(sale({ stan: 2 }));
  terminal.ask(sale({ stan: 3 }, '6200000000000000'));
  t.equal(code(terminal.ask(reversal({ stan: 2 }))), '00');
  t.equal(code(terminal.ask(reversal({ stan: 2 }, '06'))), '00', 'the same again');
  t.equal(code(terminal.ask(reversal({ stan: 3 }))), '12', 'its sale was declined');
  t.equal(code(terminal.ask(reversal({ stan: 4 }))), '25', 'its sale never came');
  t.strictSame(acquirer.book.reversedUnseen(), [{ batch: 1, stan: 4 }]);
  t.equal(code(terminal.ask(sale({ stan: 4 }))), '22', 'nor is it taken any more');
  t.equal(acquirer.book.find({ batch: 1, stan: 4 }), undefined);
  t.equal(code(terminal.ask(reversal({ stan: 4 }))), '25');
  t.equal(acquirer.book.openTotal(), 0);
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('a reversal that does not repeat its sale is refused', (t) => {
  const { acquirer, terminal } = signedOn();
  terminal.ask(sale({ stan: 2 }));
  t.equal(code(terminal.ask(reversal({ stan: 2, amount: 1235 }))), '64');
  t.equal(code(terminal.ask(sealed(reversalHex({ stan: 2 }).replace('0220', '0210')))), '30');
  t.equal(code(terminal.ask(sealed(reversalHex({ stan: 2 }).replace('000500', '000600')))), '30');
  const with38 = reversalHex({ stan: 2 }).replace('02c08011', '06c08011');
  t.equal(code(terminal.ask(sealed(with38.replace('3938', '303135383339 3938')))), '30', 'another approval');
  const with2 = (pan: string) => reversalHex({ stan: 2 }).replace('3020', '7020').replace('11 ', `11 16${pan} `);
  t.equal(code(terminal.ask(sealed(with2(foreign.pan)))), '30', 'another card');
  t.equal(acquirer.complaints.length, 5);
  t.notMatch(acquirer.complaints.join(), /\d{7}/, 'complaints have no card data');
  t.equal(acquirer.book.openTotal(), 1234);
  t.equal(code(terminal.ask(sealed(with38.replace('3938', '303135383338 3938')))), '00', 'the approval itself');
  t.equal(code(terminal.ask(sealed(with2(domestic.pan)))), '00', 'the card itself');
  t.equal(acquirer.complaints.length, 5);
  t.end();
});

test('a STAN that comes twice in a batch is refused and told', (t) => {
  const { acquirer, terminal } = signedOn();
  t.equal(code(terminal.ask(sale({ stan: 2 }))), '00');
  t.equal(code(terminal.ask(sale({ stan: 2 }))), '94');
  t.match(acquirer.complaints, [/STAN 2: its STAN was used/]);
  t.equal(acquirer.book.entries().length, 1);
  t.end();
});

test('a wrong batch, terminal or merchant is refused without a complaint', (t) => {
  const { acquirer, terminal } = signedOn({ batch: 7 });
  t.equal(code(terminal.ask(sale({ stan: 2, batch: 6 }))), '77');
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 2 }).replace('3030303030303031', '3030303030303032')))), '97');
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 2 }).replace('38393831', '38393832')))), '03');
  t.strictSame(acquirer.complaints, []);
  t.equal(acquirer.book.entries().length, 0);
  t.end();
});

test('trade needs a sign-on, and ends with the sign-off', (t) => {
  const acquirer = newAcquirer();
  const terminal = plugInto(acquirer);
  const early = terminal.ask(sale({ stan: 2 }));
  t.equal(code(early), 'A0');
  t.equal(early?.fields.has(64), false, 'without a key there is no MAC');
  t.equal(code(terminal.ask(signOn())), '00');
  t.ok(acquirer.signedOn);
  t.equal(code(terminal.ask(sale({ stan: 2 }))), '00');
  t.equal(code(terminal.ask(signOff)), '00');
  t.equal(code(terminal.ask(sale({ stan: 3 }))), 'A0');
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('a MAC under a key that was replaced is refused, one under no key is told', (t) => {
  const keys: Buffer[] = [macKey, bytes('1122334455667788')];
  const { acquirer, terminal } = signedOn({
    newKey: (length) => (length === 16 ? pinKey : (keys.shift() ?? macKey)),
  });
  t.equal(code(terminal.ask(sale({ stan: 2 }))), '00');
  terminal.ask(signOn());
  t.equal(code(terminal.ask(sale({ stan: 3 }))), 'A0');
  t.strictSame(acquirer.complaints, [], 'its sign-on answer may be lost');
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 3 }), bytes('1122334455667788')))), '00');
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 4 }), bytes('8877665544332211')))), 'A0');
  t.match(acquirer.complaints, [/field 64 is no MAC under any key/]);
  t.end();
});

test('sign-on with single-length keys, and with a track key', (t) => {
  let hasTrackKey = false;
  const { acquirer, terminal } = signedOn({
    batch: 42,
    newKey: (length) => (length === 16 && hasTrackKey ? pinKey : macKey),
  });
  const single = terminal.ask(signOn('001'));
  t.equal(single && textOf(single, 60), '00000042001', "the batch is the acquirer's");
  t.same(single?.fields.get(62), bytes('4230ef1cb268495500b8cc69'.repeat(2)));
  hasTrackKey = true;
  const track = terminal.ask(signOn('004'));
  t.equal(code(track), '00');
  const keys = track?.fields.get(62);
  t.equal(Buffer.isBuffer(keys) && keys.length, 60);
  t.equal(code(terminal.ask(echo)), '00');
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('what is malformed is refused with 30 and told, what is unknown with 40', (t) => {
  const { acquirer, terminal } = signedOn();
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 2 }).replace('0220', '0022')))), '30');
  t.match(acquirer.complaints.splice(0), [/STAN 2: field 22 is not filled/, /field 22 is neither/]);
  t.equal(code(terminal.ask(sealed(saleHex({ stan: 2 }).replace('0200 ', '0100 ')))), '40');
  t.match(acquirer.complaints.splice(0), [/^0100 unknown STAN 2: MTI, 60.3/]);
  t.equal(terminal.ask(framed('0210 0020000000000000 000001')), undefined, 'an answer is not answered');
  t.equal(acquirer.book.entries().length, 0);
  t.end();
});

test('the processing request stands in the header of the answer', (t) => {
  const { acquirer, terminal } = signedOn();
  acquirer.processingRequest = 3;
  terminal.send(echo);
  t.equal(terminal.taken().toString('hex', 7, 13), '603103310100');
  t.end();
});

test('settlement needs no sign-on and its requests are refused by flag 3', (t) => {
  const terminal = plugInto(newAcquirer());
  const answer = terminal.ask(settlement({ domestic: [], foreign: [] }, 9));
  t.equal(answer && textOf(answer, 48), `${'0'.repeat(30)}3${'0'.repeat(30)}3`);
  t.equal(answer?.fields.has(39), false);
  t.equal(code(terminal.ask(batchEnd('207', 0, 9))), '77');
  t.end();
});
