/**
 * Messages that were, or could be, trouble: each `corpus/*.hex` tells which field is at fault, `ok` where none is, and
 * `any` where only an answer in bounded time counts. One that is found by a fuzzer goes there, and stays.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { identify } from '../../../drivers/acquirer/answers.ts';
import { unpack } from '../../../drivers/acquirer/codec.ts';
import { bytes } from './literal-frames.ts';

const folder = 'test/drivers/acquirer/corpus';

for (const name of readdirSync(folder)) {
  test(name, async (t) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const expected = /^# fault: (\S+)$/m.exec(text)?.[1];
    const message = bytes(text.replaceAll(/^#.*$/gm, ''));
    const unpacked = unpack(message);
    const found = unpacked.ok ? 'ok' : unpacked.fault.field;
    if (expected !== 'any') t.equal(found, expected);
    if (!unpacked.ok) {
      t.match(unpacked.fault.what, /^[a-z]/);
      const hex = message.toString('hex');
      t.notOk(hex.length > 12 && unpacked.fault.what.includes(hex.slice(-8)), 'nothing of it is told');
    }
    for (let end = 0; end <= message.length; end++) {
      unpack(message.subarray(0, end));
      t.match(identify(message.subarray(0, end)).mti, /^(?:\d{4})?$/);
    }
  });
}
