import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { packTotals } from '../../drivers/acquirer/sub-fields/field-48.ts';
import { checkConfiguration, readConfiguration } from '../../firmware/configuration.ts';
import { faceOf } from '../../firmware/slips/slip-face.ts';
import type { TransactionKind } from '../../hal/acquirer.ts';
import { type BatchNumber, type EpochMs, minorUnits, type SaleId, type Stan } from '../../hal/units.ts';
import { type Book, emptyBook, totalsOf } from '../../state-machine/book.ts';
import { kinds } from '../../state-machine/kinds.ts';
import { nextBatch } from '../../state-machine/next-batch.ts';
import type { Sale } from '../../state-machine/sale.ts';

import { smallest } from './smallest.ts';

const errorsOf = (content: unknown): readonly string[] => {
  const result = checkConfiguration(content, '/etc/slipsafe');
  return result.valid ? [] : result.errors;
};

test('the smallest configuration is enough: everything else has a default', async (t) => {
  const result = checkConfiguration(smallest(), '/etc/slipsafe');
  t.match(result, {
    valid: true,
    configuration: {
      language: 'zh-CN',
      storage: { directory: '/etc/slipsafe/state', deviceKey: '/etc/slipsafe/state/device.key' },
      policy: { maxAmount: 5_000_000, keepBySupervisor: false, acceptUnverified: false },
      timers: { paperGraceMs: 120_000, retryMs: [5_000, 10_000, 20_000, 40_000, 60_000] },
      acquirer: { tpdu: '6000030000', answerTimeoutMs: 60_000 },
    },
  });
});

test('what a shop and its acquirer agree on has the defaults of the requirements (000-21, 002-03)', async (t) => {
  const result = checkConfiguration(smallest(), '/etc/slipsafe');
  if (!result.valid) throw new Error(result.errors.join());
  const { transactions, settlement, slip, policy, timers, operators } = result.configuration;
  t.strictSame(transactions, Object.fromEntries(Object.keys(kinds).map((kind) => [kind, true])));
  t.strictSame(settlement, { signOff: false });
  t.strictSame(slip, { copies: 2, noSignatureUpTo: 0, qr: false, training: false, images: true });
  t.match(policy, {
    maxAmount: 5_000_000,
    maxDay: 30_000_000,
    maxRefund: 100_000,
    twinMinutes: 10,
  });
  t.match(policy, { voidMinutes: 0, maxBatch: 500 });
  t.match(timers, { cardMs: 60_000, tearOffMs: 30_000, refusalMs: 30_000 });
  t.strictSame(operators, { mustSignOn: false, tries: 6, lockMinutes: 30 });
  t.match(errorsOf({ ...smallest(), settlement: { at: '24:00' } })[0], /^settlement\.at: expected HH:MM/);
  t.match(errorsOf({ ...smallest(), operators: { tries: 7 } })[0], /^operators\.tries: expected <=6/);
  t.match(errorsOf({ ...smallest(), operators: { lockMinutes: 29 } })[0], /^operators\.lockMinutes: expected >=30/);
  t.match(
    errorsOf({ ...smallest(), transactions: { sale: false, cash: true } })[0],
    /^transactions\.cash: no such key/,
  );
});

test('a password that stands where its hash belongs is not told', async (t) => {
  const told = errorsOf({ ...smallest(), supervisor: { passwordHash: '246810' } }).join();
  t.match(told, /supervisor\.passwordHash: expected the output of `slipsafe hash-password`/);
  t.notMatch(told, /246810/);
});

test('every error names the key, what was expected and what was found', async (t) => {
  const broken = (change: (it: ReturnType<typeof smallest> & Record<string, unknown>) => void): readonly string[] => {
    const it = smallest() as ReturnType<typeof smallest> & Record<string, unknown>;
    change(it);
    return errorsOf(it);
  };
  t.strictSame(
    broken((it) => (it.acquirer.port = 70_000)),
    ['acquirer.port: expected <=65535, found 70000'],
  );
  t.strictSame(
    broken((it) => (it.terminal.id = '1')),
    ['terminal.id: expected 8 letters or digits, found "1"'],
  );
  t.strictSame(
    broken((it) => (it.merchant.hotline = '400-669-55160')),
    ['merchant.hotline: expected a number of at most 11 characters, found "400-669-55160"'],
  );
  t.match(broken((it) => (it.printer.profile = 'star'))[0], /^printer\.profile: expected .*"epson".*, found "star"$/);
  t.match(broken((it) => (it.keypad.driver = 'usb'))[0], /^keypad\.driver: expected .*"serial".*, found "usb"$/);
  t.strictSame(
    broken((it) => Object.assign(it, { colour: 'red' })),
    ['colour: no such key'],
  );
  t.match(broken((it) => Object.assign(it, { merchant: undefined }))[0], /^merchant: missing$/);
});

test('M10: no batch can outgrow the totals of a settlement message', async (t) => {
  const most = { maxBatch: 999, maxAmount: 1_000_000_000 };
  t.ok(checkConfiguration({ ...smallest(), policy: most }, '/etc').valid);
  t.match(errorsOf({ ...smallest(), policy: { ...most, maxBatch: 1000 } }), [/^policy\.maxBatch: expected <=999/]);
  t.match(errorsOf({ ...smallest(), policy: { ...most, maxAmount: 1_000_000_001 } }), [/^policy\.maxAmount/]);
  const none = { amount: minorUnits(0), count: 0 };
  const full = { debit: { amount: minorUnits(most.maxBatch * most.maxAmount), count: most.maxBatch }, credit: none };
  t.equal(packTotals({ domestic: full, foreign: full }).length, 62);
});

test('a printer that cannot answer must be chosen knowingly', async (t) => {
  const mute = { ...smallest(), printer: { ...smallest().printer, profile: 'mute' } };
  t.match(errorsOf(mute)[0], /^printer\.profile: mute cannot say .*policy\.acceptUnverified = true/);
  t.strictSame(errorsOf({ ...mute, policy: { acceptUnverified: true } }), []);
});

test('a printer is at a serial port, at the speed of its profile if nothing else is said, or in the network', (t) => {
  const printerAt = (at: object) => checkConfiguration({ ...smallest(), printer: at }, '/etc');
  t.match(printerAt({ driver: 'escpos', profile: 'cheap58', port: { path: '/dev/ttyS4' } }), {
    valid: true,
    configuration: { printer: { port: { transport: 'serial', baudRate: 9600, flowControl: 'none' } } },
  });
  t.match(printerAt({ driver: 'escpos', profile: 'epson', port: { transport: 'tcp', host: '192.0.2.7' } }), {
    valid: true,
    configuration: { printer: { port: { transport: 'tcp', host: '192.0.2.7', port: 9100 } } },
  });
  const network = { driver: 'escpos', profile: 'epson', port: { transport: 'tcp', path: '/dev/ttyS4' } };
  t.strictSame(errorsOf({ ...smallest(), printer: network }), [
    'printer.port.host: missing',
    'printer.port.path: no such key',
  ]);
  t.end();
});

test('a second printer may be a folder, in the storage unless it is told where', (t) => {
  const second = (secondPrinter: object) => checkConfiguration({ ...smallest(), secondPrinter }, '/etc/slipsafe');
  t.match(second({ driver: 'file' }), {
    valid: true,
    configuration: { secondPrinter: { directory: /\/slips-to-print$/, paper: 58 } },
  });
  t.match(second({ driver: 'file', directory: '/mnt/usb', paper: 80 }), {
    valid: true,
    configuration: { secondPrinter: { directory: '/mnt/usb', paper: 80 } },
  });
  t.match(errorsOf({ ...smallest(), printer: { driver: 'file' } }), [/^printer\.driver: /], 'but never the first');
  t.end();
});

test("a printer's profile may be a file of one's own; one that lies or is malformed is refused by its keys", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-profile-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const own = {
    for: 'a printer of a test',
    paper: { 80: { widthDots: 512, columns: 42 } },
    baudRate: 38_400,
    lineMm: 4.2,
    mmPerSecond: { slowest: 60, fastest: 200 },
    tearOffLines: 5,
    cutter: true,
    drawer: { pin: 2, onMs: 100, offMs: 500 },
    automaticStatus: true,
    status: 'realTime',
    fence: 'processId',
    cancel: 'clearBuffers',
  };
  const check = (profile: object, openDrawer = false) => {
    writeFileSync(join(folder, 'own.json'), JSON.stringify(profile));
    const printer = { driver: 'escpos', profile: './own.json', paper: 80, openDrawer, port: { path: '/dev/ttyS4' } };
    return checkConfiguration({ ...smallest(), printer }, folder);
  };
  t.match(check(own), {
    valid: true,
    configuration: { printer: { profile: { name: 'own', columns: 42, widthDots: 512, silenceMs: 5000 } } },
  });
  const { drawer: _, ...without } = own;
  t.match(check(without, true), {
    valid: false,
    errors: [/^printer\.openDrawer: the profile .*own\.json has no drawer/],
  });
  t.match(check(own, true), { valid: true, configuration: { printer: { profile: { drawer: { pin: 2 } } } } });
  t.notMatch(
    check(own),
    { configuration: { printer: { profile: { drawer: {} } } } },
    'it stays shut unless it is asked for',
  );
  t.match(check({ ...own, fence: 'drain' }), {
    valid: false,
    errors: [/^printer\.profile: .*own\.json: fence: expected .*"processId".*, found "drain"$/],
  });
  t.match(check({ ...own, fence: 'none', cancel: 'none' }), { valid: false, errors: [/own cannot say whether/] });
  t.end();
});

test('a file that is missing or no JSON is said in one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-configuration-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'terminal.json');
  t.match(readConfiguration(path), { valid: false, errors: [/there is no such file/] });
  writeFileSync(path, '{ "terminal": ');
  t.match(readConfiguration(path), { valid: false, errors: [/no valid JSON/] });
  const gbk = Buffer.from('7b226d65726368616e74223a22cabec0fd227d', 'hex');
  writeFileSync(path, gbk);
  t.match(readConfiguration(path), { valid: false, errors: [/it is not UTF-8; save it as UTF-8, not as GBK/] });
  writeFileSync(path, `\ufeff${JSON.stringify(smallest())}`);
  t.match(readConfiguration(path), { valid: true }, 'a byte order mark is none of it');
  writeFileSync(path, JSON.stringify(smallest()));
  t.match(readConfiguration(path), { valid: true, configuration: { storage: { directory: join(folder, 'state') } } });
});

test('what stands on slips has bounds, and is words only', (t) => {
  const withSlips = (slip: object) => errorsOf({ ...smallest(), slip });
  t.match(checkConfiguration(smallest(), '/etc'), { configuration: { slip: { copies: 2, qr: false, images: true } } });
  t.match(checkConfiguration({ ...smallest(), slip: { logo: 'logo.png' } }, '/etc/slipsafe'), {
    configuration: { slip: { logo: '/etc/slipsafe/logo.png' } },
  });
  t.match(withSlips({ copies: 4 }), [/^slip\.copies: expected/]);
  t.match(withSlips({ header: '1'.repeat(121) }), [/^slip\.header: expected/]);
  const noWords = /expected text without control characters or halves of characters/;
  t.match(withSlips({ footer: 'a\x1b@' }), [noWords]);
  t.match(withSlips({ feeNotice: '\ud83d' }), [noWords]);
  const { merchant } = smallest();
  t.match(errorsOf({ ...smallest(), merchant: { ...merchant, name: '店\n' } }), [
    /^merchant\.name: expected text without/,
  ]);
  t.strictSame(
    errorsOf({ ...smallest(), merchant: { ...merchant, name: '😀¥店' } }),
    [],
    'what paper lacks shows as □',
  );
  t.end();
});

test('the largest face of slips fits into a record of the ledger, beside a transaction or a settlement (M8)', (t) => {
  const long = '店'.repeat(48);
  const result = checkConfiguration(
    {
      ...smallest(),
      merchant: { name: long.slice(0, 40), branch: long.slice(0, 40), hotline: '95516 95516' },
      slip: {
        copies: 3,
        header: '店'.repeat(120),
        footer: '店'.repeat(120),
        refundNotice: '店'.repeat(80),
        feeNotice: '店'.repeat(80),
        noSignatureUpTo: 1_000_000_000,
        qr: true,
        training: true,
      },
    },
    '/etc',
  );
  if (!result.valid) throw new Error(result.errors.join());
  const face = faceOf(result.configuration, 'a'.repeat(64));
  const most = 1_000_000_000;
  const saleId = '3f6c1d2e-0000-4000-8000-000000000002' as SaleId;
  const sales = (Object.keys(kinds) as TransactionKind[]).flatMap((kind) =>
    ['CUP', 'VIS'].map(
      (cardOrganisation): Sale => ({
        id: saleId,
        kind,
        stan: 999_999 as Stan,
        batch: 999_999 as BatchNumber,
        amount: minorUnits(most),
        card: { masked: '6222001234*****1234', sealedPan: 's'.repeat(128), cardHash: 'h'.repeat(64), entry: 'swipe' },
        pinEntered: false,
        operator: '01',
        supervisor: '00',
        original: {
          saleId,
          batch: 999_999 as BatchNumber,
          stan: 999_999 as Stan,
          retrievalReference: '123456789012',
          authorisationCode: '123456',
          date: '1122',
          cardOrganisation,
        },
        refunded: minorUnits(most),
        twin: saleId,
        at: 9_999_999_999_999 as EpochMs,
        status: 'kept',
        approval: {
          responseCode: '00',
          retrievalReference: '123456789012',
          authorisationCode: '123456',
          hostTime: '235959',
          hostDate: '1231',
          issuer: '银'.repeat(11),
          acquirer: '银'.repeat(11),
          cardOrganisation,
          expiry: '9912',
        },
        copies: { merchant: 0, cardholder: 0, reversal: 0, bank: 0 },
        slipCode: '1A2B3C4D',
        face,
      }),
    ),
  );
  const book: Book = { ...emptyBook, terminalId: '00000001', face, sales, batch: 999_998 as BatchNumber };
  const totals = totalsOf({ ...book, sales: sales.map((sale) => ({ ...sale, amount: minorUnits(999 * most) })) });
  const facts = nextBatch({
    ...book,
    day: { day: 99_999, amount: minorUnits(100 * most) },
    settlement: {
      batch: 999_998 as BatchNumber,
      stan: 999_999 as Stan,
      startedAt: 9_999_999_999_999 as EpochMs,
      operator: '01',
      totals,
      uploaded: 999,
      flags: { domestic: 'unbalanced', foreign: 'unbalanced' },
    },
  });
  t.match(facts[0], { type: 'batchOpened', face, settled: { operator: '01', rows: { length: 12 } } });
  t.equal(facts[1]?.type, 'carried');
  // What a slot of the ledger takes (docs/ledger.md).
  for (const fact of facts) t.ok(Buffer.byteLength(JSON.stringify({ ...fact, at: 9_999_999_999_999 })) <= 4012);
  t.end();
});
