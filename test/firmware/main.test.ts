import { spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { test } from 'tap';
import { FirmwareProcess, programs, runFirmware } from '../bench/firmware-process.ts';

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

test('as a service it waits for its configuration, says so to systemd, and goes on with it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-main-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'terminal.json');
  writeFileSync(join(folder, 'ready.json'), JSON.stringify(configuration));
  await runFirmware(['provision', '--config', join(folder, 'ready.json')], `${key}\n`);
  const child = spawn(process.execPath, [programs.slipsafe, 'run', '--config', config], {
    env: { ...process.env, SLIPSAFE_NOTIFY_FD: '3' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let shown = '';
  child.stderr?.on('data', (chunk) => (shown += String(chunk)));
  const words: unknown[] = [];
  const lines = createInterface({ input: child.stdout as Readable });
  const said = (word: string) =>
    new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const { msg } = JSON.parse(line) as { msg: string };
        words.push(msg);
        if (msg === word) resolve();
      });
    });
  const told = once(child.stdio[3] as Readable, 'data');
  await said('not configured');
  t.equal(String(await told), 'READY=1');
  t.match(shown, /未配置 No config/);
  const ready = said('ready');
  copyFileSync(join(folder, 'ready.json'), config);
  await ready;
  child.kill('SIGTERM');
  await once(child, 'exit');
});

test('provision takes a master key that its suite can use, and says the check value by its cipher', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-main-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'terminal.json');
  const suite = (keySuite: string) =>
    writeFileSync(config, JSON.stringify({ ...configuration, acquirer: { ...configuration.acquirer, keySuite } }));
  suite('sm4');
  await t.rejects(
    runFirmware(['provision', '--config', config], '0123456789ABCDEF\n'),
    /a master key of 32 hex digits/,
  );
  const cipher = createCipheriv('sm4-ecb', Buffer.from(key, 'hex'), null);
  const checkValue = cipher.update(Buffer.alloc(16)).toString('hex', 0, 4).toUpperCase();
  const said = await runFirmware(['provision', '--config', config], `${key}\n`);
  t.match(said, new RegExp(`master key check value ${checkValue}\n$`));
  const other = join(folder, 'other');
  mkdirSync(other);
  const short = join(other, 'terminal.json');
  writeFileSync(short, JSON.stringify(configuration));
  await runFirmware(['provision', '--config', short], '0123456789ABCDEF\n');
  const changed = { ...configuration, acquirer: { ...configuration.acquirer, keySuite: 'sm4' } };
  writeFileSync(short, JSON.stringify(changed));
  const firmware = new FirmwareProcess(short);
  const told = await firmware.until((line) => line.msg === 'not trading');
  t.match(told, { where: join(other, 'state', 'master.key'), what: /has 8 bytes.*sm4/ });
  await firmware.stop();
});
