import { test } from 'tap';
import { textOf, type Unpacked } from './iso8583.ts';
import { batchEnd, domestic, foreign, record, reversal, sale, settlement, signOn, upload } from './sample-requests.ts';
import { signedOn } from './test-line.ts';

const code = (answer: Unpacked | undefined): string => (answer === undefined ? 'none' : textOf(answer, 39));
const flags = (answer: Unpacked | undefined): string => {
  const field48 = answer === undefined ? '' : textOf(answer, 48);
  return field48.charAt(30) + field48.charAt(61);
};

/** Two domestic sales, of which one is reversed, a refused one and a foreign one. */
const traded = () => {
  const day = signedOn();
  day.terminal.ask(sale({ stan: 2, amount: 1000 }));
  day.terminal.ask(sale({ stan: 3, amount: 200 }));
  day.terminal.ask(reversal({ stan: 3, amount: 200 }));
  day.terminal.ask(sale({ stan: 4, amount: 50 }, '6200000000000000'));
  day.terminal.ask(sale({ stan: 5, amount: 7 }, foreign.pan));
  return day;
};
const right = { domestic: [1000, 1], foreign: [7, 1] };

test('a balanced day is settled, and the next batch opens', (t) => {
  const { acquirer, terminal } = traded();
  t.equal(acquirer.book.openTotal(), 1007);
  const answer = terminal.ask(settlement(right));
  t.equal(flags(answer), '11');
  t.strictSame([...(answer?.fields.keys() ?? [])], [11, 12, 13, 15, 32, 37, 41, 42, 48, 49, 60]);
  t.equal(acquirer.book.openTotal(), 1007, 'open until the batch end');
  t.equal(code(terminal.ask(batchEnd('207'))), '00');
  t.equal(acquirer.book.openTotal(), 0);
  t.equal(acquirer.batch, 2);
  t.equal(code(terminal.ask(batchEnd('207'))), '00', 'its answer may be lost');
  t.equal(flags(terminal.ask(settlement(right))), '11', 'so may that of the settlement');
  t.equal(acquirer.batch, 2);
  t.equal(code(terminal.ask(sale({ stan: 6 }))), '77', 'the old batch');
  t.equal(code(terminal.ask(sale({ stan: 2, batch: 2 }))), '00', 'a STAN may come again in a new batch');
  const again = terminal.ask(signOn());
  t.equal(again && textOf(again, 60), '00000002003');
  t.strictSame(acquirer.complaints, []);
  t.equal(code(terminal.ask(reversal({ stan: 2, amount: 1000 }))), '22');
  t.match(acquirer.complaints, [/0400 reversal STAN 2: its request is in a batch that is closed/]);
  t.end();
});

test('only the half that differs is unbalanced; its upload is compared with the book', (t) => {
  const { acquirer, terminal } = traded();
  t.equal(flags(terminal.ask(settlement({ ...right, domestic: [1200, 2] }))), '21');
  const records = [record('00', 2, domestic.pan, 1000), record('00', 3, domestic.pan, 200)];
  t.equal(code(terminal.ask(upload(records))), '00');
  t.equal(code(terminal.ask(upload(records))), '00', 'the same again');
  t.strictSame(acquirer.book.uploadDifferences(1, ['domestic']), [{ stan: 3, what: 'notApproved' }]);
  t.equal(acquirer.book.uploadCount(1), 2);
  t.equal(code(terminal.ask(batchEnd('202', 2))), '00');
  t.strictSame(
    acquirer.book.entries().map(({ stan, uploaded, settled }) => [stan, uploaded, settled]),
    [
      [2, true, true],
      [3, true, false],
      [4, false, false],
      [5, false, true],
    ],
  );
  t.strictSame(acquirer.complaints, []);
  t.equal(code(terminal.ask(upload(records))), '30', 'too late');
  t.match(acquirer.complaints, [/an upload into a batch that is closed/]);
  t.end();
});

test('each way in which an upload and the book differ has its name', (t) => {
  const { acquirer, terminal } = traded();
  terminal.ask(sale({ stan: 6, amount: 30 }));
  terminal.ask(sale({ stan: 7, amount: 40 }));
  terminal.ask(sale({ stan: 8, amount: 60 }));
  t.equal(flags(terminal.ask(settlement({ domestic: [], foreign: [] }))), '22');
  terminal.ask(
    upload([
      record('00', 2, foreign.pan, 1000),
      record('00', 5, foreign.pan, 7),
      record('00', 6, domestic.pan, 31),
      record('00', 7, domestic.pan, 40),
      record('00', 9, domestic.pan, 1),
    ]),
  );
  t.strictSame(acquirer.book.uploadDifferences(1), [
    { stan: 2, what: 'card' },
    { stan: 5, what: 'half' },
    { stan: 6, what: 'amount' },
    { stan: 9, what: 'notInBook' },
    { stan: 8, what: 'notUploaded' },
  ]);
  t.equal(code(terminal.ask(batchEnd('202', 5))), '00');
  t.equal(acquirer.book.openTotal(), 1000 + 7 + 30 + 60, 'what differs stays open');
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('the test makes the halves disagree', (t) => {
  const { acquirer, terminal } = traded();
  acquirer.next('settlement', { kind: 'disagree', foreign: 3 });
  t.equal(flags(terminal.ask(settlement(right))), '13');
  acquirer.skew('domestic', { amount: -1000, count: -1 });
  t.equal(flags(terminal.ask(settlement(right))), '21');
  t.equal(code(terminal.ask(upload([record('00', 2, domestic.pan, 1000)]))), '00');
  t.equal(code(terminal.ask(batchEnd('202', 1))), '00');
  t.equal(acquirer.book.openTotal(), 0);
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('steps in the wrong order are refused and told', (t) => {
  const { acquirer, terminal } = traded();
  const one = [record('00', 2, domestic.pan, 1000)];
  const refused = (answer: Unpacked | undefined, complaint: RegExp): void => {
    t.equal(code(answer), '30');
    t.match(acquirer.complaints.splice(0), [complaint]);
  };
  refused(terminal.ask(upload(one)), /an upload without a settlement/);
  refused(terminal.ask(batchEnd('207')), /a batch end without a settlement/);
  terminal.ask(settlement({ ...right, domestic: [] }));
  refused(terminal.ask(batchEnd('207')), /field 60.3 contradicts/);
  refused(terminal.ask(upload([record('01', 5, foreign.pan, 7)])), /uploads a half that balances/);
  refused(terminal.ask(batchEnd('202', 1)), /counts 1 transactions, 0 were/);
  terminal.ask(sale({ stan: 6 }));
  refused(terminal.ask(batchEnd('202')), /with trade since/);
  terminal.ask(settlement({ ...right, domestic: [2234, 2] }));
  refused(terminal.ask(batchEnd('202')), /field 60.3 contradicts/);
  t.equal(code(terminal.ask(batchEnd('207'))), '00');
  refused(terminal.ask(upload(one)), /uploads a half that balances/);
  t.equal(code(terminal.ask(upload(one, 9))), '77');
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('after batch 999999 comes batch 1', (t) => {
  const { acquirer, terminal } = signedOn({ batch: 999_999 });
  terminal.ask(settlement({ domestic: [], foreign: [] }, 999_999));
  t.equal(code(terminal.ask(batchEnd('207', 0, 999_999))), '00');
  t.equal(acquirer.batch, 1);
  t.end();
});
