import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { run } from '../../../firmware/terminalctl/program.ts';
import { batchNumber, type EpochMs, type MinorUnits, type SaleId } from '../../../hal/units.ts';
import { fold } from '../../../state-machine/book.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { day, makeLedger } from './ledger-folder.ts';

const start = Date.UTC(2026, 10, 22, 5, 0, 0);

/** The shop's day, at that day's times: its last sale is for the difference of its first, which at its end is refunded in part, two batches later. */
const dayWithRefund = (): readonly Fact[] => {
  const facts = day().map((fact, index): Fact => ({ ...fact, at: (start + index * 60_000) as EpochMs }));
  const sold = facts.find((fact) => fact.type === 'intended');
  const approved = facts.find((fact) => fact.type === 'approved');
  if (sold?.type !== 'intended' || approved?.type !== 'approved') throw new Error('no sale in the day');
  const current = facts.slice(facts.findLastIndex(({ type }) => type === 'batchOpened'));
  const { saleId, stan } = sold;
  const less = { saleId, batch: batchNumber(1), stan };
  const at = (start + 86_400_000) as EpochMs;
  const refund = { saleId: 'refund' as SaleId, at };
  const original = { saleId, batch: batchNumber(1), stan, retrievalReference: '170512345678', date: '1122' };
  const last = facts.findLastIndex(({ type }) => type === 'intended');
  return [
    ...facts.map((fact, n): Fact => (n === last ? ({ ...fact, differenceOf: less } as Fact) : fact)),
    {
      ...sold,
      ...refund,
      kind: 'refund',
      stan: fold(current).nextStan,
      amount: 234 as MinorUnits,
      operator: '02',
      orderNumber: '0042',
      original,
    },
    { ...approved, ...refund },
    { type: 'captured', number: 1, ...refund },
    {
      type: 'held',
      saleId,
      batch: batchNumber(1),
      voucher: stan,
      reference: '170512345678',
      date: '1122',
      operator: '01',
      since: at,
      at,
    },
  ];
};

const folder = mkdtempSync(join(tmpdir(), 'slipsafe-find-'));
await makeLedger(folder, dayWithRefund());
const find = async (...args: readonly string[]) => {
  const said: string[] = [];
  const problems: string[] = [];
  const out = {
    line: (text: string) => said.push(text),
    text: () => undefined,
    problem: (text: string) => problems.push(text),
  };
  const source = ['-d', join(folder, 'state', 'ledger'), '-k', join(folder, 'device.key')];
  const code = await run(['find', ...args, ...source], out);
  return { code, said, problems: problems.join('\n') };
};

test('what is known of a sale finds all that fit, also after the settlement, the newest first (000-03)', async (t) => {
  const { code, said, problems } = await find('--amount', '12.34');
  t.equal(code, 0);
  t.match(said[0], /^batch +voucher +time/);
  t.equal(said.length, 6);
  const sold = (rest: string) =>
    new RegExp(`^0000\\d\\d  0000\\d\\d  2026/11/22 \\d\\d:\\d\\d:00  SALE +12\\.34  622200\\*{6}1234 +${rest}`);
  t.match(said[1], sold('captured +difference of 000001/0000\\d\\d$'));
  t.match(said[3], sold('declined$'));
  t.match(said[4], sold('reversed$'));
  t.match(said[5], sold('captured +ON HOLD, REFUND 2\\.34 by 0000\\d\\d/0000\\d\\d, left 10\\.00$'));
  t.match(problems, /^5 found in the 3 batches that are kept, the newest first; 5 of 12\.34: compare time and card$/);
});

test('as JSON too a sale for a difference names the one that it makes up for (003-21)', async (t) => {
  const { said } = await find('--amount', '12.34', '--json');
  t.match(JSON.parse(said[0] ?? ''), { differenceOf: { batch: 1, voucher: 2 } });
});

test('by the shop’s order number; what is held says so (003-02, 000-13)', async (t) => {
  const { said } = await find('--order', '0042');
  t.match(said[1], /REFUND +2\.34 .* captured +order 0042$/);
  t.equal(said.length, 2);
  const json = (await find('--voucher', '2', '--json')).said.map((line) => JSON.parse(line));
  t.match(json[0], { held: true, orderNumber: null });
});

test('each criterion and a range of each does its part', async (t) => {
  const count = async (...args: readonly string[]) => (await find(...args, '--json')).said.length;
  t.equal(await count('--amount', '2..3'), 1);
  t.equal(await count('--amount', '10..'), 5);
  t.equal(await count('--amount', '..10'), 1);
  t.equal(await count('--from', '2026-11-23'), 1, 'the refund alone is of the next day');
  t.equal(await count('--to', '2026-11-22'), 5);
  t.equal(
    await count('--from', '2026-11-23T13:00', '--to', '2026-11-23T13:00'),
    1,
    'a minute is in it whole, in Beijing',
  );
  t.equal(await count('--from', '2026-11-23T13:01'), 0);
  t.equal(await count('--card', '1234'), 6);
  t.equal(await count('--card', '4321'), 0);
  t.equal(await count('--status', 'reversed'), 1);
  t.equal(await count('--kind', 'refund', '--operator', '02'), 1);
  t.equal(await count('--reference', '170512345678'), 5);
  t.equal(await count('--card', '1234', '--batch', '1'), 6);
  t.equal(await count('--card', '1234', '--batch', '2'), 0);
  t.equal(await count('--auth-code', 'A1B2C3', '--voucher', '2'), 1);
});

test('as JSON a match has what may leave the terminal, and nothing else', async (t) => {
  const { said } = await find('--voucher', '2', '--json');
  t.match(JSON.parse(said[0] ?? ''), {
    batch: 1,
    voucher: 2,
    kind: 'sale',
    amount: 1234,
    card: '622200******1234',
    status: 'captured',
    operator: '01',
    reference: '170512345678',
    left: 1000,
    takers: [{ kind: 'refund', amount: 234, status: 'captured' }],
  });
  t.notMatch(said.join(), /SEALED|abcdef/);
});

test('nothing found, and a criterion that is none, are said', async (t) => {
  t.match(await find('--amount', '99'), {
    code: 1,
    said: [],
    problems: 'nothing found in the 3 batches that are kept',
  });
  t.match(await find(), { code: 2, problems: /say what is known of it/ });
  for (const [option, value] of [
    ['--amount', '12.3'],
    ['--amount', 'much'],
    ['--from', 'yesterday'],
    ['--from', '2026-13-01'],
    ['--card', '12'],
    ['--reference', '1'],
    ['--auth-code', '1'],
    ['--operator', '1'],
    ['--status', 'gone'],
    ['--kind', 'gift'],
  ] as const) {
    const { code, problems } = await find(option, value);
    t.equal(code, 2, `${option} ${value}`);
    t.match(problems, option);
  }
});

test('behind damage nothing is searched, and that is said', async (t) => {
  const path = join(folder, 'state', 'ledger', 'batch-000001.slip');
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const harmed = readFileSync(path);
  harmed.writeUInt8(harmed.readUInt8(4 * 4096 + 60) ^ 1, 4 * 4096 + 60);
  writeFileSync(path, harmed);
  const { code, problems } = await find('--amount', '12.34');
  t.equal(code, 1);
  t.match(problems, /batch-000001\.slip: .*damaged.*What stands behind it was not searched/);
});
