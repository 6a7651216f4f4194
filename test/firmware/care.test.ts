import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { ParameterFile, selfTest, versionOf } from '../../firmware/care.ts';
import { checkConfiguration } from '../../firmware/configuration.ts';
import { parameterOutcome } from '../../firmware/parameters.ts';
import type { DeviceFault, DeviceName } from '../../hal/device.ts';
import { smallest } from './smallest.ts';

const fault = (device: DeviceName): DeviceFault => ({ device, code: 'silent', where: 'w', what: 'W.', remedy: 'R.' });

test('the self-test asks each device and the ledger, and tells how often each failed (001-28, 004-19)', async (t) => {
  const asked: string[] = [];
  const device = (name: DeviceName, well = true) => ({
    checkHealth: async () => {
      asked.push(name);
      return well ? ({ healthy: true } as const) : ({ healthy: false, fault: fault(name) } as const);
    },
  });
  const devices = {
    keypad: device('keypad'),
    cardReader: device('cardReader', false),
    pinPad: device('pinPad'),
    printer: device('printer'),
    display: device('display'),
    acquirer: device('acquirer', false),
  };
  const checks = await selfTest(devices, { rest: async () => fault('ledger') }, (name) => name.length);
  t.strictSame(asked.sort(), Object.keys(devices).sort());
  t.strictSame(checks, [
    { device: 'printer', faults: 7 },
    { device: 'cardReader', fault: 'silent', faults: 10 },
    { device: 'keypad', faults: 6 },
    { device: 'display', faults: 7 },
    { device: 'pinPad', faults: 6 },
    { device: 'acquirer', fault: 'silent', faults: 8 },
    { device: 'ledger', fault: 'silent', faults: 6 },
  ]);
});

test('the version names each address that is spoken to, and none in training (001-11, 003-07, 004-22)', async (t) => {
  const backup = { host: 'backup.example', port: 2 };
  const content = smallest();
  const checked = checkConfiguration({ ...content, acquirer: { host: 'a.example', port: 1, backup } }, '/');
  if (!checked.valid) throw new Error(checked.errors.join());
  const { configuration } = checked;
  const version = versionOf(configuration, false);
  t.match(version, { merchantId: configuration.terminal.merchantId, checksum: /^[0-9a-f]{8}$/, build: /./ });
  t.strictSame(version.acquirers, ['a.example:1', 'backup.example:2']);
  t.strictSame(versionOf(configuration, true).acquirers, []);
});

test('without a file there are no parameters, and none is written', async (t) => {
  const file = new ParameterFile(undefined, 'zh-CN', () => t.fail('there is nothing to tell'));
  t.strictSame(await file.list(), []);
  t.strictSame(await file.write('policy.maxBatch', '5'), { result: 'notStored' });
});

test('a link to the file stays one; what can not be written is told with its remedy', async (t) => {
  const folder = t.testdir({
    real: { 'terminal.json': JSON.stringify(smallest()) },
    link: t.fixture('symlink', 'real'),
  });
  const told: unknown[] = [];
  const file = new ParameterFile(join(folder, 'link', 'terminal.json'), 'en', (fault) => told.push(fault));
  t.ok((await file.list()).length > 20);
  t.match(await file.write('policy.maxBatch', '5'), { result: 'changed', to: '5' });
  t.match(readFileSync(join(folder, 'real', 'terminal.json'), 'utf8'), /"maxBatch": 5/);
  rmSync(join(folder, 'real'), { recursive: true });
  t.strictSame(await file.write('policy.maxBatch', '6'), { result: 'notStored' });
  t.match(told, [{ what: /can't be written/, remedy: /./ }]);
});

test('of a change the ledger is told the configuration’s own values', async (t) => {
  const change = { key: 'settlement.at', from: null, to: '22:30' };
  t.strictSame(parameterOutcome({ result: 'changed', change, configuration: undefined as never }), {
    result: 'changed',
    from: '-',
    to: '22:30',
  });
  t.strictSame(parameterOutcome({ result: 'refused', why: 'noSuchParameter' }), { result: 'refused', why: 'notRight' });
  t.strictSame(parameterOutcome({ result: 'notStored', what: 'w', remedy: 'r' }), { result: 'notStored' });
  t.strictSame(parameterOutcome({ result: 'unchanged' }), { result: 'unchanged' });
});
