import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Test, test } from 'tap';
import { Vault } from '../../../drivers/vault/vault.ts';
import { run } from '../../../firmware/terminalctl/program.ts';

const port = (path: string) => ({ path, baudRate: 9600 });
const first = '0123456789ABCDEFFEDCBA9876543210';
const second = '11111111111111112222222222222222';
/** The two of them XORed. */
const whole = '1032547698BADCFEDCFE98BA54761032';

const terminal = async (t: Test, keySuite = '003') => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-keys-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'terminal.json');
  writeFileSync(
    config,
    JSON.stringify({
      terminal: { id: '00000001', merchantId: '898110154110001' },
      merchant: { name: '店', branch: '', hotline: '95516' },
      storage: { directory: '.' },
      keypad: { driver: 'serial', port: port('/dev/1') },
      cardReader: { driver: 'serial', port: port('/dev/2') },
      pinPad: { driver: 'visa', port: port('/dev/3') },
      printer: { driver: 'escpos', profile: 'epson', paper: 58, port: port('/dev/4') },
      display: { driver: 'lcd4x16', port: port('/dev/5') },
      acquirer: { host: 'acquirer.example', port: 5000, keySuite },
    }),
  );
  await Vault.provision(join(folder, 'device.key'));
  const said: string[] = [];
  const out = {
    line: (text: string) => said.push(text),
    text: (text: string) => said.push(text),
    problem: (text: string) => said.push(text),
  };
  const keys = async (command: string, lines: readonly string[] = [], ...more: string[]) => {
    said.length = 0;
    const code = await run(
      ['keys', command, '-c', config, ...more],
      out,
      Readable.from([lines.map((line) => `${line}\n`).join('')]),
    );
    return { code, said: said.join('\n') };
  };
  const stored = () => Vault.open(join(folder, 'device.key')).loadMasterKey(join(folder, 'master.key'));
  return { keys, stored, folder };
};

test('two components with their check values make the master key, which is sealed and told by its check value only', async (t) => {
  const { keys, stored, folder } = await terminal(t);
  const loaded = await keys('load', [first, '08D7B4FB', second, 'd2b91c']);
  t.match(loaded, { code: 0, said: /^check value [0-9A-F]{8}: the master key is sealed/ });
  t.equal(stored().key.toString('hex').toUpperCase(), whole);
  const checked = await keys('check', [], '--json');
  t.equal(JSON.parse(checked.said).checkValue, /check value (\w{8})/.exec(loaded.said)?.[1]);
  const file = readFileSync(join(folder, 'master.key'), 'latin1');
  for (const secret of [first, second, whole]) {
    t.notOk(file.toUpperCase().includes(secret));
    t.notOk((loaded.said + checked.said).toUpperCase().includes(secret));
  }
});

test('a component that does not fit its check value changes nothing, and is not told', async (t) => {
  const { keys, stored } = await terminal(t);
  await keys('load', [first, '08D7B4FB', second, 'D2B91C']);
  for (const [lines, what] of [
    [[first, '08D7B4FC'], /component 1 of 2: its check value .* does not fit/],
    [[first, '08D7B4FB', second, '000000'], /component 2 of 2: its check value/],
    [[first, ''], /check value/],
    [[first.slice(1), '08D7B4FB'], /component 1 of 2: 16 or 32 hex digits are expected/],
    [[first, '08D7B4FB'], /component 2 of 2/],
    [[], /component 1 of 2/],
    [[first, '08D7B4FB', '0123456789ABCDEF', 'D5D44FF7'], /not of one length/],
    [[first, '08D7B4FB', first, '08D7B4FB'], /make no key/],
  ] as const) {
    const { code, said } = await keys('load', lines);
    t.equal(code, 2);
    t.match(said, what);
    t.notMatch(said, /0123456789ABCDE/);
    t.equal(stored().key.toString('hex').toUpperCase(), whole);
  }
});

test('components of SM4 are checked by SM4', async (t) => {
  const { keys } = await terminal(t, 'sm4');
  t.match(await keys('load', [first, '08D7B4FB'], '--components', '1'), { code: 2, said: /does not fit/ });
  const sm4CheckValue = await keys('load', [first, 'E4F8'], '--components', '1');
  t.match(sm4CheckValue, { code: 2 }, 'too short a check value is none');
});

test('without a key there is none to check', async (t) => {
  const { keys } = await terminal(t);
  t.match(await keys('check'), { code: 2 });
  t.match(await keys('load', [], '--components', '0'), { code: 2 });
});
