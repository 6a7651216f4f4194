import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { runFirmware } from '../bench/firmware-process.ts';

const port = { path: '/dev/null', baudRate: 9600 };
const configuration = {
  terminal: { id: '00000001', merchantId: '898110154110001' },
  merchant: { name: '示例便利店', branch: '测试路店', hotline: '95516' },
  storage: { directory: 'state' },
  keypad: { driver: 'serial', port },
  cardReader: { driver: 'serial', port },
  pinPad: { driver: 'visa', port },
  printer: { driver: 'escpos', profile: 'epson', port },
  display: { driver: 'console' },
  acquirer: { host: '127.0.0.1', port: 1 },
};
const key = '0123456789ABCDEFFEDCBA9876543210';

test('provision makes keys that only their owner reads, once, and says the check value', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-main-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'terminal.json');
  writeFileSync(config, JSON.stringify(configuration));
  t.match(await runFirmware(['check', '--config', config]), /is right/);
  const said = await runFirmware(['provision', '--config', config], `${key}\n`);
  t.match(said, /^provisioned terminal 00000001; master key check value 08D7B4FB\n$/);
  for (const name of ['device.key', 'master.key']) {
    t.equal(statSync(join(folder, 'state', name)).mode & 0o077, 0, `${name} is its owner's alone`);
  }
  t.ok(readdirSync(join(folder, 'state', 'ledger')).length > 0);
  t.match(await runFirmware(['ledger', '--config', config]), /^\{"fact":"provisioned",.*"terminalId":"00000001"/);
  await t.rejects(runFirmware(['provision', '--config', config], `${key}\n`), /provisioned|exists|already/i);
});

test('what is wrong is said in one line, without a stack trace', async (t) => {
  const wrong = [
    [['fly'], /no such command: fly/],
    [['run'], /--config FILE is missing/],
    [['run', '--config', '/nowhere.json'], /there is no such file/],
    [['run', '--colour'], /--colour/],
  ] as const;
  for (const [args, message] of wrong) {
    const error = await runFirmware(args).then(
      () => new Error('it did not fail'),
      (failure: Error) => failure,
    );
    t.match(error.message, message);
    t.notMatch(error.message, /\n {4}at /);
  }
  await t.rejects(runFirmware(['hash-password'], 'abc\n'), /6 to 12 digits/);
  t.match(await runFirmware(['--help']), /slipsafe run --config FILE/);
});
