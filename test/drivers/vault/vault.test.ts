import { createHmac, hkdfSync } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Test, test } from 'tap';
import { Vault } from '../../../drivers/vault/vault.ts';
import { VaultError } from '../../../drivers/vault/vault-error.ts';
import { FaultyFileSystem } from '../storage/faulty-file-system.ts';
import { SimDisk } from '../storage/sim-disk.ts';

const deviceKey = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const masterKey = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

const folder = (t: Test): string => {
  const path = mkdtempSync(join(tmpdir(), 'slipsafe-vault-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const keyFile = (t: Test, content: string | Buffer, mode = 0o600): string => {
  const path = join(folder(t), 'device.key');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};

const faultOf = (call: () => unknown): VaultError => {
  try {
    call();
  } catch (error) {
    if (error instanceof VaultError) return error;
    throw error;
  }
  throw new Error('it did not throw');
};

test('a device key is made once, at random, for its owner only', async (t) => {
  const path = join(folder(t), 'device.key');
  await Vault.provision(path);
  const made = readFileSync(path, 'latin1');
  t.match(made, /^[0-9a-f]{64}\n$/);
  t.equal(statSync(path).mode & 0o777, 0o600);
  await t.rejects(Vault.provision(path), { message: /device key already.*Keep it/ });
  t.equal(readFileSync(path, 'latin1'), made);
  const other = join(folder(t), 'device.key');
  await Vault.provision(other);
  t.not(readFileSync(other, 'latin1'), made);
  await t.rejects(Vault.provision('/nowhere/at/all'), { message: /no such file/ });
});

test('the file and its folder are synced when it is made, and again when it was there', async (t) => {
  const files = new FaultyFileSystem(new SimDisk());
  await Vault.provision('/device.key', files);
  t.strictSame(files.operations.slice(-3), [
    'fdatasync /device.key.new',
    'rename /device.key.new /device.key',
    'syncDirectory /',
  ]);
  await t.rejects(Vault.provision('/device.key', files), { message: /already/ });
  t.strictSame(files.operations.slice(-1), ['syncDirectory /']);
});

test('a device key is read as hex or raw', (t) => {
  const hex = Vault.open(keyFile(t, `${deviceKey}\n`));
  const bare = Vault.open(keyFile(t, deviceKey.toUpperCase()));
  const raw = Vault.open(keyFile(t, Buffer.from(deviceKey, 'hex')));
  t.strictSame(hex.ledgerKey(), raw.ledgerKey());
  t.strictSame(hex.ledgerKey(), bare.ledgerKey());
  t.end();
});

test('a device key that others may read, or that is none, is refused without being repeated', (t) => {
  for (const mode of [0o640, 0o604, 0o620, 0o666]) {
    const fault = faultOf(() => Vault.open(keyFile(t, deviceKey, mode)));
    t.match(fault, { fault: 'exposed', what: new RegExp(`mode 0${mode.toString(8)}`), remedy: /provision/ });
  }
  const wrong = [
    '',
    deviceKey.slice(1),
    `${deviceKey}0`,
    deviceKey.replace('0', 'x'),
    Buffer.alloc(31),
    Buffer.alloc(4096),
  ];
  for (const content of wrong) {
    const fault = faultOf(() => Vault.open(keyFile(t, content)));
    t.match(fault, { fault: 'malformed', what: /must be 64 hex digits or 32 bytes/ });
    t.notMatch(inspect(fault), deviceKey.slice(10, 30));
  }
  t.match(
    faultOf(() => Vault.open('/nowhere/device.key')),
    { fault: 'missing' },
  );
  t.end();
});

test('each purpose has its own key, as documented', (t) => {
  const vault = Vault.open(keyFile(t, deviceKey));
  const derived = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(deviceKey, 'hex'), '', `slipsafe ${purpose} 1`, 32));
  t.ok(derived('ledger').equals(vault.ledgerKey()));
  const pan = '4111111111111111';
  t.equal(vault.keyedHash(pan), createHmac('sha256', derived('hash')).update(pan).digest('hex'));
  t.not(vault.keyedHash(pan), vault.keyedHash('6212345678901232'));
  const other = Vault.open(keyFile(t, deviceKey.replace('00', '01')));
  t.not(other.keyedHash(pan), vault.keyedHash(pan), 'and so has each terminal');
  t.end();
});

test('what is sealed is opened by the same terminal for the same context only (003-08)', (t) => {
  const path = keyFile(t, deviceKey);
  const sealed = Vault.open(path).seal(Buffer.from('4111111111111111'), 'pan of sale 1');
  t.notMatch(sealed, /4111/);
  t.equal(Vault.open(path).unseal(sealed, 'pan of sale 1').toString(), '4111111111111111');
  t.match(
    faultOf(() => Vault.open(path).unseal(sealed, 'pan of sale 2')),
    { fault: 'altered' },
  );
  const other = Vault.open(keyFile(t, deviceKey.replace('00', '01')));
  t.match(
    faultOf(() => other.unseal(sealed, 'pan of sale 1')),
    { fault: 'altered' },
  );
  t.end();
});

test('a vault shows no key when it is printed', (t) => {
  const vault = Vault.open(keyFile(t, deviceKey));
  const shown = inspect(vault, { showHidden: true, depth: 9 }) + JSON.stringify(vault);
  t.notMatch(shown, /0001020304|00 01 02 03/);
  t.end();
});

test('master keys and their check values', async (t) => {
  const vault = Vault.open(keyFile(t, deviceKey));
  const path = join(folder(t), 'master.key');
  const published = {
    '0123456789abcdef': 'D5D44FF7',
    '0123456789abcdeffedcba9876543210': '08D7B4FB',
    '1111222233334444aaaabbbbccccdddd': '165619CC',
    '89abcdef01234567': '00B8CC69',
  };
  for (const [key, checkValue] of Object.entries(published)) {
    t.equal(await vault.storeMasterKey(path, Buffer.from(key, 'hex')), checkValue);
    const loaded = vault.loadMasterKey(path);
    t.equal(loaded.key.toString('hex'), key);
    t.equal(loaded.checkValue, checkValue);
  }
  t.equal(statSync(path).mode & 0o777, 0o600);
  for (const length of [0, 7, 9, 15, 17, 24]) {
    await t.rejects(vault.storeMasterKey(path, Buffer.alloc(length)), RangeError);
  }
});

test('a master key file shows no key and bears no tampering', async (t) => {
  const vault = Vault.open(keyFile(t, deviceKey));
  const path = join(folder(t), 'master.key');
  await vault.storeMasterKey(path, masterKey);
  const content = readFileSync(path, 'utf8');
  t.notMatch(content, /0123456789abcdef/i);
  t.notMatch(content, masterKey.toString('base64').slice(0, 10));
  const changed = (text: string) => {
    writeFileSync(path, text);
    return faultOf(() => vault.loadMasterKey(path));
  };
  t.match(changed(content.replace('08D7B4FB', '08D7B4FC')), { fault: 'altered', where: path, remedy: /Load/ });
  const sealedStart = '{"masterKey":"'.length;
  const letter = content[sealedStart + 20] === 'A' ? 'B' : 'A';
  const tampered = content.slice(0, sealedStart + 20) + letter + content.slice(sealedStart + 21);
  t.match(changed(tampered), { fault: 'altered', where: path });
  t.match(changed('{}'), { fault: 'malformed' });
  t.match(changed(''), { fault: 'malformed' });
  writeFileSync(path, content);
  const other = Vault.open(keyFile(t, deviceKey.replace('00', '01')));
  t.match(
    faultOf(() => other.loadMasterKey(path)),
    { fault: 'altered', what: /another terminal/ },
  );
  chmodSync(path, 0o644);
  t.match(
    faultOf(() => vault.loadMasterKey(path)),
    { fault: 'exposed' },
  );
  rmSync(path);
  t.match(
    faultOf(() => vault.loadMasterKey(path)),
    { fault: 'missing' },
  );
});
