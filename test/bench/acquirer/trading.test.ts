import { test } from 'tap';
import { textOf, type Unpacked } from './iso8583.ts';
import {
  domestic,
  foreign,
  record,
  reversal,
  sale,
  settlement,
  upload,
  voidOf,
  voidReversal,
} from './sample-requests.ts';
import { signedOn } from './test-line.ts';

const code = (answer: Unpacked | undefined): string => (answer === undefined ? 'none' : textOf(answer, 39));

/** A sale of 12.34 under STAN 2, and what a void of it must say. */
const sold = () => {
  const day = signedOn({ cards: [{ ...domestic, balance: 2000 }, foreign] });
  const answer = day.terminal.ask(sale({ stan: 2 }));
  if (answer === undefined) throw new Error('no answer');
  return { ...day, original: { stan: 2, reference: textOf(answer, 37), code: textOf(answer, 38) } };
};

test('a void takes its sale back, is counted in credit, and can itself be reversed', (t) => {
  const { acquirer, terminal, original } = sold();
  const { book } = acquirer;
  t.equal(book.balance(domestic.pan), 766);
  t.equal(code(terminal.ask(voidOf({ stan: 3 }, original))), '00');
  t.equal(book.balance(domestic.pan), 2000);
  t.equal(book.openTotal(), 0);
  const tally = { amount: 1234, count: 1 };
  t.strictSame(book.totals(1).domestic, { debit: tally, credit: tally }, 'the sale stays in debit');
  t.equal(code(terminal.ask(voidOf({ stan: 4 }, original))), '12', 'not twice');
  t.equal(code(terminal.ask(voidReversal({ stan: 3 }))), '00');
  t.equal(book.balance(domestic.pan), 766);
  t.equal(book.openTotal(), 1234);
  t.equal(
    code(terminal.ask(voidOf({ stan: 5 }, { stan: 2, reference: original.reference }))),
    '00',
    'and again, without 38',
  );
  t.match(book.entries(), [
    { kind: 'sale', stan: 2, state: 'approved' },
    { kind: 'void', voids: 2, stan: 3, state: 'reversed' },
    { kind: 'void', voids: 2, stan: 4, state: 'declined' },
    { kind: 'void', voids: 2, stan: 5, state: 'approved' },
  ]);
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('a void that does not fit its sale is refused, and why', (t) => {
  const { acquirer, terminal, original } = sold();
  terminal.ask(sale({ stan: 3 }, foreign.pan));
  terminal.ask(reversal({ stan: 3 }));
  t.equal(code(terminal.ask(voidOf({ stan: 4 }, { ...original, stan: 9 }))), '25', 'no such sale');
  t.equal(
    code(terminal.ask(voidOf({ stan: 5 }, { ...original, reference: '000000000000' }))),
    '25',
    'another reference',
  );
  t.equal(code(terminal.ask(voidOf({ stan: 6, amount: 1000 }, original))), '64', 'another amount');
  t.equal(code(terminal.ask(voidOf({ stan: 7 }, original, foreign.pan))), '22', 'another card');
  const reversed = acquirer.book.find({ batch: 1, stan: 3 })?.retrievalReference ?? '';
  t.equal(code(terminal.ask(voidOf({ stan: 8 }, { stan: 3, reference: reversed }, foreign.pan))), '12', 'reversed');
  t.strictSame(acquirer.complaints, []);
  t.equal(code(terminal.ask(voidOf({ stan: 9 }, { ...original, code: 'WRONG1' }))), '25');
  t.match(acquirer.complaints, [/0200 void STAN 9: field 38 is not its original's/]);
  t.equal(code(terminal.ask(voidOf({ stan: 9 }, original))), '94');
  t.end();
});

test('neither a voided sale nor its void has a place in an upload', (t) => {
  const { acquirer, terminal, original } = sold();
  terminal.ask(sale({ stan: 3, amount: 50 }));
  terminal.ask(voidOf({ stan: 4 }, original));
  terminal.ask(settlement({ domestic: [50, 1], foreign: [] }));
  t.equal(code(terminal.ask(upload([record('00', 3, domestic.pan, 50)]))), '00');
  t.strictSame(acquirer.book.uploadDifferences(1), []);
  terminal.ask(upload([record('00', 2, domestic.pan, 1234), record('00', 4, domestic.pan, 1234)]));
  t.match(acquirer.book.uploadDifferences(1), [
    { stan: 2, what: 'notApproved' },
    { stan: 4, what: 'notApproved' },
  ]);
  t.end();
});

test('a void that comes behind its reversal is not taken any more', (t) => {
  const { acquirer, terminal, original } = sold();
  t.equal(code(terminal.ask(voidReversal({ stan: 3 }))), '25');
  t.equal(code(terminal.ask(voidOf({ stan: 3 }, original))), '22');
  t.equal(acquirer.book.openTotal(), 1234);
  t.end();
});
