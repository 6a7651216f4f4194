/** What all readers of sub-fields have in common: whatever stands in a field, it is a value or a fault with its path. */
import fc from 'fast-check';
import { test } from 'tap';
import { readEntryMode } from '../../../../drivers/acquirer/sub-fields/field-22.ts';
import { readInstitutions } from '../../../../drivers/acquirer/sub-fields/field-44.ts';
import {
  readFlags,
  readRecords,
  readTotals,
  readUploadCount,
} from '../../../../drivers/acquirer/sub-fields/field-48.ts';
import { readSecurity } from '../../../../drivers/acquirer/sub-fields/field-53.ts';
import { readBalances } from '../../../../drivers/acquirer/sub-fields/field-54.ts';
import { readChipData } from '../../../../drivers/acquirer/sub-fields/field-55.ts';
import { readBatch, readKind } from '../../../../drivers/acquirer/sub-fields/field-60.ts';
import { readOriginal } from '../../../../drivers/acquirer/sub-fields/field-61.ts';
import { readTerminalInfo } from '../../../../drivers/acquirer/sub-fields/field-62.ts';
import { readNotes, readOperator } from '../../../../drivers/acquirer/sub-fields/field-63.ts';
import type { Read } from '../../../../drivers/acquirer/sub-fields/text.ts';

const ofBytes =
  (read: (bytes: Uint8Array) => Read<unknown>) =>
  (text: string): Read<unknown> =>
    read(Buffer.from(text, 'latin1'));

const readers: Readonly<Record<string, (field: string) => Read<unknown>>> = {
  '22': readEntryMode,
  '48 totals': readTotals,
  '48 flags': readFlags,
  '48 records': readRecords,
  '48 count': readUploadCount,
  '53': readSecurity,
  '54': readBalances,
  '55': ofBytes(readChipData),
  '60': readKind,
  '61': readOriginal,
  '62': ofBytes(readTerminalInfo),
  '63': readOperator,
};

/** One character a byte, as the codec gives them, and among them often digits in a number that a field may have. */
const digit = fc.nat({ max: 9 }).map(String);
const byte = fc.nat({ max: 255 }).map((code) => String.fromCharCode(code));
const anyField = fc.oneof(
  fc.string({ unit: byte, maxLength: 999 }),
  fc.string({ unit: byte, maxLength: 999, size: 'max' }),
  fc.string({ unit: digit, maxLength: 99, size: 'max' }),
  fc
    .constantFrom(2, 3, 4, 11, 12, 13, 16, 20, 62, 42, 322)
    .chain((length) => fc.string({ unit: digit, minLength: length, maxLength: length })),
);

for (const [name, read] of Object.entries(readers)) {
  const number = name.slice(0, 2);
  const path = new RegExp(`^${number}(?:\\.(?:\\d+|[0-9A-F]{2,4}|domestic|foreign))?$`);
  test(`${name}: anything is a value, or a fault with its path in words that are always the same`, async (t) => {
    const words = new Set<string>();
    fc.assert(
      fc.property(anyField, (field) => {
        const result = read(field);
        if (!result.ok) words.add(result.fault.what);
        return result.ok || path.test(result.fault.field);
      }),
      { numRuns: 1000 },
    );
    t.ok(words.size >= 1 && words.size <= 5, `nothing of a field is in the words: there are ${words.size} of them`);
  });
}

test('texts of an answer are read whatever they are, and no batch is made of what is none', async () => {
  fc.assert(
    fc.property(anyField, (field) => {
      const texts = [...Object.values(readInstitutions(field)), ...Object.values(readNotes(field))];
      const batch = readBatch(field);
      return (
        texts.every((text) => text === undefined || text.length > 0) &&
        (batch === undefined || (batch > 0 && batch <= 999_999))
      );
    }),
    { numRuns: 1000 },
  );
});
