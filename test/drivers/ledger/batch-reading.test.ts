import { crc32 } from 'node:zlib';
import { test } from 'tap';
import { type BatchFlaw, generationOf, readLast, verifyBatch } from '../../../drivers/ledger/batch-reading.ts';
import { slotBytes } from '../../../drivers/ledger/slot.ts';
import type { SimDisk } from '../storage/sim-disk.ts';
import { batchPath, fact, facts, first, openLedger, openOnce, settings, stored, type TestFact } from './ledger-rig.ts';

const read = (disk: SimDisk, generation = 1) =>
  verifyBatch<TestFact>(batchPath(generation), settings.ledgerKey, { fileSystem: disk });

/** A closed ledger whose slots 0 … 10 hold the first fact and the facts 1 … 10. */
const elevenRecords = async () => {
  const { disk, ledger } = await openLedger(10);
  await ledger.close();
  const content = disk.content(batchPath(1));
  const slot = (index: number) => content.subarray(index * slotBytes, (index + 1) * slotBytes);
  return { disk, slot, ledger };
};

test('an intact batch gives its facts, its short code and its slots', async (t) => {
  const { disk, ledger } = await openLedger(10);
  t.match(read(disk), {
    path: batchPath(1),
    facts: [first, ...facts(1, 10)],
    tailCode: ledger.tailCode(),
    tail: { generation: 1, sequence: 11 },
    slots: 64,
    verdict: { intact: true },
  });
  t.strictSame(readLast(batchPath(1), settings.ledgerKey, disk)?.place, read(disk).tail);
});

const flip = (slot: Buffer, at = 60) => slot.writeUInt8(slot.readUInt8(at) ^ 1, at);

type Tampering = (slot: (index: number) => Buffer) => void;
const tamperings: Record<string, [Tampering, BatchFlaw, number, RegExp]> = {
  'a byte of a record in the middle': [(slot) => flip(slot(4)), 'damaged', 4, /later ones are there/],
  'a byte of the first record': [(slot) => flip(slot(0)), 'damaged', 0, /later ones are there/],
  'all of the first record, with nothing after it': [
    (slot) => {
      for (let index = 1; index <= 10; index += 1) slot(index).fill(0);
      flip(slot(0));
    },
    'damaged',
    0,
    /first record is not there/,
  ],
  'a byte of the last record': [(slot) => flip(slot(10)), 'torn', 10, /cut off/],
  'the last two records': [(slot) => [9, 10].map((index) => flip(slot(index))), 'damaged', 9, /damaged/],
  'a free slot far behind': [(slot) => flip(slot(40)), 'damaged', 40, /damaged/],
  'a record emptied': [(slot) => slot(4).fill(0), 'missing', 4, /later ones are there/],
  'all records emptied': [
    (slot) => {
      for (let index = 0; index <= 10; index += 1) slot(index).fill(0);
    },
    'missing',
    0,
    /first record is not there/,
  ],
  'a record taken out and the others moved up': [
    (slot) => {
      for (let index = 4; index <= 10; index += 1) slot(index + 1).copy(slot(index));
    },
    'missing',
    4,
    /record 5 is missing, record 6 stands in its place/,
  ],
  'two records swapped': [
    (slot) => {
      const kept = Buffer.from(slot(4));
      slot(5).copy(slot(4));
      kept.copy(slot(5));
    },
    'altered',
    4,
    /record 5 is missing, record 6 stands in its place; it stands in slot 5/,
  ],
  'a byte behind the record in a slot in the middle': [(slot) => flip(slot(4), 4000), 'damaged', 4, /is whole, but/],
  'a byte behind the last record': [(slot) => flip(slot(10), 4000), 'scarred', 10, /its record is whole/],
  'the checksum of the last record': [(slot) => flip(slot(10), 4094), 'scarred', 10, /its record is whole/],
  'a byte behind the last record, and the slot after it': [
    (slot) => {
      flip(slot(10), 4000);
      flip(slot(11));
    },
    'damaged',
    10,
    /is whole, but/,
  ],
  'a record that stands twice': [(slot) => slot(4).copy(slot(5)), 'altered', 5, /record 5 stands in the place of/],
  'the last record again after it': [(slot) => slot(10).copy(slot(11)), 'altered', 11, /record 11 stands in the/],
};

for (const [name, [tamper, flaw, slot, what]] of Object.entries(tamperings)) {
  test(`noticed: ${name}`, async (t) => {
    const rig = await elevenRecords();
    tamper(rig.slot);
    const { verdict, facts: sound } = read(rig.disk);
    t.match(verdict, { intact: false, flaw, slot, offset: slot * slotBytes, what });
    const all = [first, ...facts(1, 10)];
    t.strictSame(sound.slice(0, Math.min(slot, 11)), all.slice(0, Math.min(slot, 11)), 'the facts before it are given');
    const before = Buffer.from(rig.disk.content(batchPath(1)));
    const opening = await openOnce(rig.disk);
    if (flaw === 'torn') {
      t.match(opening, { opened: true, tail: 'cleared' });
    } else if (flaw === 'scarred') {
      t.match(opening, { opened: true, tail: 'mended', facts: [first, ...facts(1, 10)] });
      t.match(read(rig.disk), { facts: [first, ...facts(1, 10)], verdict: { intact: true } });
    } else {
      t.match(opening, { opened: false, fault: { code: 'failed', where: batchPath(1), what } });
      t.ok(before.equals(rig.disk.content(batchPath(1))), 'and nothing is changed');
    }
  });
}

test('records that were forged without the key, or under another one, are altered', async (t) => {
  const { disk } = await elevenRecords();
  const reading = verifyBatch(batchPath(1), Buffer.alloc(32, 0x43), { fileSystem: disk });
  t.match(reading.verdict, { flaw: 'altered', slot: 0, what: /under the key of another device/ });
});

test('a record of another line of the same ledger does not fit', async (t) => {
  const { disk, slot } = await elevenRecords();
  const other = await openLedger(3);
  await stored(other.ledger.append({ type: 'another' }));
  await stored(other.ledger.append({ type: 'further' }));
  other.disk.content(batchPath(1)).copy(slot(5), 0, 5 * slotBytes, 6 * slotBytes);
  t.match(read(disk).verdict, { flaw: 'altered', slot: 5, what: /record 6 does not follow the record before it/ });
});

test('a cut-off tail is sound in itself and shows against the short code', async (t) => {
  const { disk, slot } = await elevenRecords();
  const { tailCode } = read(disk);
  slot(10).fill(0);
  const cut = read(disk);
  t.match(cut.verdict, { intact: true });
  t.strictSame(cut.facts, [first, ...facts(1, 9)]);
  t.not(cut.tailCode, tailCode);
});

test('a batch file under the name of another one is noticed, and so is one put back from before', async (t) => {
  const { disk, files, ledger } = await openLedger(3);
  const older = Buffer.from(disk.content(batchPath(1)));
  await stored(ledger.append(fact(4)));
  await stored(ledger.rotate([{ type: 'batch' }]));
  await stored(ledger.append(fact(5)));
  await ledger.close();

  t.match(read(disk, 2), { facts: [{ type: 'batch' }, fact(5)], verdict: { intact: true } });
  const newer = Buffer.from(disk.content(batchPath(2)));
  disk.content(batchPath(1)).copy(disk.content(batchPath(2)));
  t.match(read(disk, 2).verdict, { flaw: 'altered', slot: 0, what: /belongs to batch-000001.slip/ });

  newer.copy(disk.content(batchPath(2)));
  t.match(await openOnce(files), { opened: true });
  older.copy(disk.content(batchPath(1)));
  t.match(read(disk, 1).verdict, { intact: true }, 'sound in itself');
  const refused = { opened: false, fault: { what: /record 5 is missing, record 6 stands in its place/ } };
  t.match(await openOnce(files), refused, 'and the batch after it does not follow');
  flip(disk.content(batchPath(1)).subarray(3 * slotBytes));
  t.match(await openOnce(files), { opened: false, fault: { what: /last record of batch-000001.slip is damaged/ } });
  disk.unlink(batchPath(1));
  t.match(await openOnce(files), { opened: false, fault: { what: /batch-000001.slip is not there/ } });
});

test('an export under any name is verified too', async (t) => {
  const { disk } = await elevenRecords();
  disk.rename(batchPath(1), '/ledger/export.bin');
  const options = { fileSystem: disk };
  t.match(verifyBatch('/ledger/export.bin', settings.ledgerKey, options).verdict, { intact: true });
  t.throws(() => verifyBatch(batchPath(1), settings.ledgerKey, options), { code: 'ENOENT' });
});

test('a record of a newer version refuses service in words that say so', async (t) => {
  const { disk, slot } = await elevenRecords();
  slot(10).writeUInt8(2, 4);
  slot(10).writeUInt32BE(crc32(slot(10).subarray(0, 4092)), 4092);
  t.match(read(disk).verdict, { flaw: 'unknown', slot: 10, what: /newer version/ });
});

test('names of batch files', (t) => {
  t.equal(generationOf('batch-000012.slip'), 12);
  t.equal(generationOf('batch-1234567.slip'), 1234567);
  for (const name of ['batch-12.slip', 'batch-000012.slip.new', 'batch-000012.slip.torn-1', 'other']) {
    t.equal(generationOf(name), undefined, name);
  }
  t.end();
});
