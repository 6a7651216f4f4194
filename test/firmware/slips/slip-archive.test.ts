import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type ArchiveSettings, SlipArchive } from '../../../firmware/slips/slip-archive.ts';
import type { SlipDocument } from '../../../hal/printer.ts';
import type { EpochMs } from '../../../hal/units.ts';
import { imageOf } from './paper-and-image.ts';

const noon = Date.UTC(2026, 10, 22, 4) as EpochMs;
const slip = (words: string): SlipDocument => ({ elements: [{ type: 'text', text: words }] });

const rig = (t: Test, change: Partial<ArchiveSettings> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-slips-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const faults: string[] = [];
  const directory = join(folder, 'slips');
  const archive = new SlipArchive({
    directory,
    columns: 32,
    keepYears: 2,
    fault: ({ what }) => faults.push(what),
    ...change,
  });
  const all = (): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.\w+$/.test(name))
      .sort();
  return { archive, directory, faults, all };
};

test('images are written at rest only, and are those that the ledger would give', async (t) => {
  const { archive, directory, faults, all } = rig(t);
  archive.hear('printingMerchant');
  archive.keep({ name: '000001-000002-merchant-1', at: noon, document: slip('商户存根') });
  archive.hear('tearOff');
  await archive.settled();
  t.throws(() => readdirSync(directory), { code: 'ENOENT' }, 'nothing is done while a sale goes on');
  archive.keep({ name: '000001-000002-cardholder-1', at: noon, document: slip('持卡人存根') });
  archive.hear('idle');
  await archive.settled();
  t.strictSame(all(), ['2026-11-22/000001-000002-cardholder-1.png', '2026-11-22/000001-000002-merchant-1.png']);
  const merchant = readFileSync(join(directory, '2026-11-22', '000001-000002-merchant-1.png'));
  t.ok(merchant.equals(imageOf(slip('商户存根'), 32)));
  t.strictSame(faults, []);
});

test('who is at the terminal again goes first: the rest is drawn at the next rest', async (t) => {
  const { archive, all } = rig(t);
  for (const name of ['a', 'b', 'c']) archive.keep({ name, at: noon, document: slip(name) });
  archive.hear('idle');
  archive.hear('amount');
  await archive.settled();
  const before = all().length;
  t.ok(before <= 1);
  archive.hear('idle');
  await archive.settled();
  t.equal(all().length, 3);
});

test('a disk that is nearly full keeps its room for the ledger, and it is told once', async (t) => {
  const { archive, faults, all } = rig(t, { reserve: Number.MAX_SAFE_INTEGER });
  for (const name of ['a', 'b']) {
    archive.keep({ name, at: noon, document: slip(name) });
    archive.hear('idle');
    await archive.settled();
  }
  t.strictSame(all(), []);
  t.equal(faults.length, 1);
  t.match(faults[0], /nearly full/);
});

test('what can not be written ends it, told once, and nothing else', async (t) => {
  const { archive, directory, faults } = rig(t);
  writeFileSync(directory, 'a file in the place of the folder');
  for (const name of ['a', 'b']) {
    archive.keep({ name, at: noon, document: slip(name) });
    archive.hear('idle');
    await archive.settled();
  }
  t.equal(faults.length, 1);
  t.match(faults[0], /Images of slips can't be kept \(E\w+\); trade goes on/);
});

test('images are kept as long as batches are, and a clock that jumps takes no more than a year of them', async (t) => {
  const { archive, directory } = rig(t);
  const days = ['2023-11-20', '2024-11-21', '2024-11-25', '2026-11-21', 'notes'];
  for (const day of days) mkdirSync(join(directory, day), { recursive: true });
  archive.keep({ name: 'a', at: noon, document: slip('a') });
  archive.hear('idle');
  await archive.settled();
  t.strictSame(readdirSync(directory).sort(), ['2024-11-25', '2026-11-21', '2026-11-22', 'notes']);

  archive.keep({ name: 'b', at: Date.UTC(2099, 0, 1) as EpochMs, document: slip('b') });
  archive.hear('idle');
  await archive.settled();
  t.strictSame(readdirSync(directory).sort(), ['2026-11-21', '2026-11-22', '2099-01-01', 'notes']);
});
