import fc from 'fast-check';
import { test } from 'tap';
import { textOf } from './iso8583.ts';
import {
  batchEnd,
  echo,
  framed,
  record,
  reversal,
  sale,
  sealed,
  settlement,
  signOff,
  signOn,
  upload,
} from './sample-requests.ts';
import { newAcquirer, plugInto } from './test-line.ts';

const right = [
  signOn(),
  signOff,
  echo,
  sale({ stan: 2 }),
  reversal({ stan: 2 }),
  settlement({ domestic: [1234, 1], foreign: [] }),
  upload([record('00', 2, '6212345678901232', 1234)]),
  batchEnd('207'),
];

const changes = fc.array(fc.tuple(fc.nat(120), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
const changed = (frame: Buffer, list: [at: number, byte: number][]): Buffer => {
  const bytes = Buffer.from(frame);
  for (const [at, byte] of list) bytes.writeUInt8(byte, 2 + (at % (bytes.length - 2)));
  return bytes;
};

/** Any bytes; frames around any message; right requests with some bytes changed, and those with a right MAC again. */
const input = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 10, maxLength: 300 }).map((bytes) => framed(Buffer.from(bytes).toString('hex'))),
  fc.uint8Array({ minLength: 10, maxLength: 300 }).map((bytes) => sealed(Buffer.from(bytes).toString('hex'))),
  fc.tuple(fc.constantFrom(...right), changes).map(([frame, list]) => changed(frame, list)),
  fc
    .tuple(fc.constantFrom(sale({ stan: 2 }), reversal({ stan: 2 })), changes)
    .map(([frame, list]) => sealed(changed(frame, list).toString('hex', 13, frame.length - 8))),
);

test('no bytes crash it, and after them it still signs on', (t) => {
  fc.assert(
    fc.property(fc.array(input, { minLength: 1, maxLength: 12 }), fc.boolean(), (inputs, before) => {
      const acquirer = newAcquirer();
      const terminal = plugInto(acquirer);
      if (before) terminal.send(signOn());
      for (const bytes of inputs) terminal.send(bytes);
      terminal.hangUp();
      const answer = plugInto(acquirer).ask(signOn());
      return answer !== undefined && textOf(answer, 39) === '00' && answer.faults.length === 0;
    }),
    { numRuns: 400 },
  );
  t.end();
});

test('a complaint never tells a card number, whatever was changed in a sale', (t) => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const acquirer = newAcquirer();
      const terminal = plugInto(acquirer);
      terminal.send(signOn());
      terminal.send(changed(sale({ stan: 2 }), [[at, byte]]));
      const told = JSON.stringify([acquirer.complaints, acquirer.messages, acquirer.book.entries()]);
      return !told.includes('345678901232') && !told.includes('62123456789');
    }),
    { numRuns: 300 },
  );
  t.end();
});
