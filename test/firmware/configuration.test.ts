import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { packTotals } from '../../drivers/acquirer/sub-fields/field-48.ts';
import { checkConfiguration, readConfiguration } from '../../firmware/configuration.ts';
import { minorUnits } from '../../hal/units.ts';

const port = (path: string) => ({ path, baudRate: 9600 });
const smallest = () => ({
  terminal: { id: '00000001', merchantId: '898110154110001' },
  merchant: { name: '示例便利店', branch: '测试路店', hotline: '95516' },
  storage: { directory: 'state' },
  keypad: { driver: 'serial', port: port('/dev/ttyS1') },
  cardReader: { driver: 'serial', port: port('/dev/ttyS2') },
  pinPad: { driver: 'visa', port: port('/dev/ttyS3') },
  printer: { driver: 'escpos', profile: 'epson', port: port('/dev/ttyS4') },
  display: { driver: 'lcd4x16', port: port('/dev/ttyS5') },
  acquirer: { host: '127.0.0.1', port: 9000 },
});

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
    hanziAtPowerOn: true,
    automaticStatus: true,
    status: 'realTime',
    fence: 'processId',
    cancel: 'clearBuffers',
  };
  const check = (profile: object) => {
    writeFileSync(join(folder, 'own.json'), JSON.stringify(profile));
    const printer = { driver: 'escpos', profile: './own.json', paper: 80, port: { path: '/dev/ttyS4' } };
    return checkConfiguration({ ...smallest(), printer }, folder);
  };
  t.match(check(own), {
    valid: true,
    configuration: { printer: { profile: { name: 'own', columns: 42, widthDots: 512, silenceMs: 5000 } } },
  });
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
  writeFileSync(path, JSON.stringify(smallest()));
  t.match(readConfiguration(path), { valid: true, configuration: { storage: { directory: join(folder, 'state') } } });
});
