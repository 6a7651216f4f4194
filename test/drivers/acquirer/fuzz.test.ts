/**
 * Whatever comes: bytes of any length, known fields with noise in them, fields that fit and are too long, and messages
 * that were cut, stretched, doubled and bent. What a run finds goes to `corpus/`, and stays.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { identify, judge, repeatedOf } from '../../../drivers/acquirer/answers.ts';
import { leastMessageBytes, type Message, mostMessageBytes, pack, unpack } from '../../../drivers/acquirer/codec.ts';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { fieldNumbers, fieldTable } from '../../../drivers/acquirer/field-table.ts';
import { trades } from '../../../drivers/acquirer/message-table.ts';
import { authorisationOf } from '../../../drivers/acquirer/requests.ts';
import { answers, bytes, macKey, messageIn, sale, secrets, suite, terminal } from './literal-frames.ts';

const folder = 'test/drivers/acquirer/messages';
const golden = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => messageIn(readFileSync(join(folder, name), 'utf8').replaceAll(/#.*/g, '')));
const real = fc.constantFrom(...golden, ...Object.values(answers).map(messageIn));

/** Of each size: short ones come to the edges, and only the largest size is as long as it may be. */
const noise = fc
  .oneof(
    fc.uint8Array({ maxLength: 2 * mostMessageBytes }),
    fc.uint8Array({ maxLength: 400, size: 'max' }),
    fc.uint8Array({ maxLength: 2 * mostMessageBytes, size: 'max' }),
  )
  .map((data) => Buffer.from(data));

/** A head with the bits of these fields, and this behind it. */
const messageOf = (numbers: readonly number[], rest: Uint8Array): Buffer => {
  const head = Buffer.alloc(leastMessageBytes);
  head[0] = 0x02;
  for (const number of numbers) {
    const at = 2 + ((number - 1) >> 3);
    head[at] = (head[at] as number) | (0x80 >> ((number - 1) & 7));
  }
  return Buffer.concat([head, rest]);
};

const someFields = fc.subarray([...fieldNumbers], { maxLength: 6 });

/** Known fields with noise in them. */
const knownFields = fc.tuple(someFields, noise).map(([numbers, rest]) => messageOf(numbers, rest));

/** Known fields of digits, each as long as it tells, but that may be longer than the field can be. */
const fitting = fc
  .tuple(someFields, fc.array(fc.nat({ max: 9999 }), { minLength: 6, maxLength: 6 }))
  .map(([numbers, told]) => {
    const parts = numbers.map((number, index) => {
      const { encoding, length, max } = fieldTable[number];
      const digits = length === 'LL' ? 2 : 4;
      const size = length === 'fixed' ? max : (told[index] as number) % 10 ** (length === 'LL' ? 2 : 3 + (index % 2));
      const data = Buffer.alloc(encoding === 'n' || encoding === 'z' ? (size + 1) >> 1 : size, 0x30);
      if (size % 2 === 1 && data.length < size) data[data.length - 1] = 0;
      return length === 'fixed' ? data : Buffer.concat([bytes(String(size).padStart(digits, '0')), data]);
    });
    return messageOf(numbers, Buffer.concat(parts));
  });

type Damage = (message: Buffer, at: number, data: Buffer) => Buffer;
const damages: readonly Damage[] = [
  (message, at, data) => Buffer.concat([message.subarray(0, at), data, message.subarray(at + data.length)]),
  (message, at, data) => Buffer.concat([message.subarray(0, at), data, message.subarray(at)]),
  (message, at, data) => Buffer.concat([message.subarray(0, at), message.subarray(at + data.length)]),
  (message, at, data) => Buffer.concat([message, message.subarray(at), data]),
  (message, at) => message.subarray(0, at),
];
const damage = fc.tuple(fc.constantFrom(...damages), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 8 }));
const bent = fc
  .tuple(fc.oneof(real, fitting), fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([message, steps]) =>
    steps.reduce((so, [step, at, data]) => step(so, at % (so.length + 1), Buffer.from(data)), message),
  );

const anything = fc.oneof(noise, knownFields, fitting, { arbitrary: bent, weight: 2 });
const numRuns = 3000;

const out = Buffer.alloc(mostMessageBytes);
const heldBy = ({ fields }: Message): number =>
  Object.values(fields).reduce((sum, value: string | Uint8Array | undefined) => sum + (value?.length ?? 0), 0);

test('any bytes are a message that is no bigger than they are and packs again, or a fault that tells none of them', async (t) => {
  const words = new Set<string>();
  let read = 0;
  fc.assert(
    fc.property(anything, fc.constantFrom<8 | 16>(8, 16), (input, blockBytes) => {
      const unpacked = unpack(input, blockBytes);
      if (!unpacked.ok) {
        words.add(unpacked.fault.what);
        return /^(?:mti|bitmap|end|[1-9]\d?)$/.test(unpacked.fault.field);
      }
      read += 1;
      // Two digits stand in a byte: that is all that a message may be bigger than its bytes.
      if (heldBy(unpacked.message) > 2 * input.length) return false;
      const end = pack(unpacked.message, out);
      return end === input.length && unpack(out.subarray(0, end), blockBytes).ok;
    }),
    { numRuns },
  );
  t.ok(read > 0, 'some of them were messages');
  // What is wrong, and at most how long the field may be: a text of the input would come in thousands of forms.
  for (const what of words) t.notMatch(what, /\d{4}/);
  t.ok(words.size < 30, `${words.size} different words`);
});

const seal = { macKey: new DesKey(bytes(macKey)), suite };
const row = trades.sale.request;
const asked = repeatedOf(authorisationOf(sale, secrets, terminal, { suite }));
const approvals = Object.values(answers)
  .map(messageIn)
  .filter((message) => judge(row, asked, message, seal)?.outcome === 'success');

test('any bytes that answer a sale are judged, and nothing but what the acquirer sealed is an approval', async (t) => {
  t.ok(approvals.length > 0);
  fc.assert(
    fc.property(anything, (input) => {
      const { mti, stan } = identify(input);
      const isNamed = /^(?:\d{4})?$/.test(mti) && (stan === undefined || stan > 0);
      const isBelieved = judge(row, asked, input, seal)?.outcome === 'success';
      return isNamed && isBelieved === approvals.some((approval) => approval.equals(input));
    }),
    { numRuns },
  );
});
