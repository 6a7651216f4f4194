import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { readConfiguration } from '../../../firmware/configuration.ts';
import { run } from '../../../firmware/terminalctl/program.ts';
import { smallest } from '../smallest.ts';

const secret = 'scrypt$c2FsdA$aGFzaA';
const board = (t: { teardown: (end: () => void) => unknown }) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-params-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'terminal.json');
  writeFileSync(path, JSON.stringify({ ...smallest(), supervisor: { passwordHash: secret } }));
  const params = async (...args: readonly string[]) => {
    const said: string[] = [];
    const problems: string[] = [];
    const out = {
      line: (text: string) => said.push(text),
      text: () => undefined,
      problem: (text: string) => problems.push(text),
    };
    const code = await run(['params', ...args, '-c', path], out);
    return { code, said: said.join('\n'), problems: problems.join('\n') };
  };
  return { folder, path, params };
};

test('list tells of each key its value, default, limits, unit and what it is for; no secret', async (t) => {
  const { params } = board(t);
  const { code, said } = await params('list');
  t.equal(code, 0);
  t.match(said, /^key +value +default +may be$/m);
  t.match(said, /^timers\.cardMs +60000 +60000 +1000–600000 ms +For the card$/m);
  t.match(said, /^transactions\.refund +true +true +true\|false +.*退货/m);
  t.match(said, /^supervisor\.passwordHash +\(set\)/m);
  const group = await params('list', 'slip', '--json');
  t.match(JSON.parse(group.said.split('\n')[0] ?? ''), { key: 'slip.copies', value: 2, default: 2, isDefault: true });
  for (const args of [
    ['list'],
    ['list', '--json'],
    ['get', 'supervisor'],
    ['get', 'supervisor.passwordHash', '--json'],
    ['diff'],
  ]) {
    t.notMatch((await params(...args)).said, /c2FsdA/, args.join(' '));
  }
});

test('get gives a value alone, of a group a line each', async (t) => {
  const { params } = board(t);
  t.strictSame(await params('get', 'policy.maxDay'), { code: 0, said: '30000000', problems: '' });
  t.match((await params('get', 'slip', 'language')).said, /^slip\.copies=2\nslip\.header=-\n[\s\S]*language=zh-CN$/);
  t.match(await params('get', 'policy.maxdya'), { code: 2, problems: /policy\.maxdya: no such key; .*list/ });
});

test('set changes all of what is named or nothing, says what changed, and keeps the file before', async (t) => {
  const { params, path } = board(t);
  const before = readFileSync(path, 'utf8');
  const { code, said, problems } = await params(
    'set',
    'timers.cardMs=45000',
    'slip.copies=1',
    'timers.retryMs=500,900',
  );
  t.equal(code, 0);
  t.match(said, /timers\.cardMs: 60000 → 45000/);
  t.match(said, /slip\.copies: 2 → 1/);
  t.match(problems, /3 changed in .*next start/);
  t.match(readConfiguration(path), { configuration: { timers: { cardMs: 45_000, retryMs: [500, 900] } } });
  t.equal(readFileSync(`${path}.old`, 'utf8'), before);
  t.match(await params('set', '--unset', 'timers.cardMs', '--json'), {
    said: '{"key":"timers.cardMs","from":45000,"to":60000}',
  });
  t.match(await params('set', 'slip.copies=1'), { code: 0, said: '', problems: /held already/ });
});

test('set refuses by the name of the key, says what is expected, and changes nothing', async (t) => {
  const { params, path } = board(t);
  const before = readFileSync(path, 'utf8');
  for (const [given, told] of [
    ['timers.cardMs=5', /timers\.cardMs: expected >=1000, found 5/],
    ['timers.cardMs=soon', /timers\.cardMs: expected a whole number, 1000–600000/],
    ['slip.copies=4', /slip\.copies: expected 1\|2/],
    ['policy.pinBypass=yes', /policy\.pinBypass: expected true or false/],
    ['timers.retryMs=1 2', /timers\.retryMs: expected whole numbers/],
    ['timers.cardms=5000', /timers\.cardms: no such key; .*list/],
    ['timers.cardMs', /KEY=VALUE is expected/],
    ['printer.profile=mute', /policy\.acceptUnverified/],
    ['slip.logo=/nope.png', /slip\.logo: \/nope\.png/],
    ['supervisor.passwordHash=246810', /supervisor\.passwordHash: expected the output of/],
  ] as const) {
    const { code, problems } = await params('set', 'slip.copies=1', given);
    t.equal(code, 2, given);
    t.match(problems, told);
    t.match(problems, /nothing was changed|KEY=VALUE/);
  }
  t.match(await params('set'), { code: 2, problems: /say what/ });
  t.match(await params('set', '--unset', 'nope'), { code: 2, problems: /nope: no such key; .*nothing was changed/ });
  t.equal(readFileSync(path, 'utf8'), before);
});

test("a device is exchanged in one command, its driver's keys with it", async (t) => {
  const { params, path } = board(t);
  const hid = ['keypad.driver=hid', 'keypad.vendorId=1', 'keypad.productId=2'];
  t.match(await params('set', ...hid), { code: 2, problems: /keypad\.port: no such key/ });
  t.equal((await params('set', ...hid, '--unset', 'keypad.port')).code, 0);
  t.match(readConfiguration(path), { configuration: { keypad: { driver: 'hid', vendorId: 1 } } });
});

test('diff tells what is not as by default, or as in another file, and whether the file is right', async (t) => {
  const { params, path } = board(t);
  t.match(
    await params('diff'),
    { code: 0, said: '', problems: /every key is as by default/ },
    'what has no default is none',
  );
  await params('set', 'timers.cardMs=45000', 'settlement.at=23:30');
  t.match(await params('diff'), { said: 'timers.cardMs: 60000 → 45000', problems: /1 not as by default/ });
  t.match(await params('diff', `${path}.old`), { said: 'settlement.at: - → 23:30\ntimers.cardMs: 60000 → 45000' });
  writeFileSync(path, '{"terminal":{}}');
  t.match(await params('diff'), { code: 2, problems: /is not right:\n {2}terminal\.id: missing/ });
});

test('a link to the file stays one, and a file that is not there or no JSON is said', async (t) => {
  const { params, path, folder } = board(t);
  const link = join(folder, 'link.json');
  symlinkSync(path, link);
  const out = { line: () => undefined, text: () => undefined, problem: () => undefined };
  t.equal(await run(['params', 'set', 'slip.copies=1', '-c', link], out), 0);
  t.match(readConfiguration(path), { configuration: { slip: { copies: 1 } } });
  writeFileSync(path, '{');
  t.match(await params('list'), { code: 2, problems: /no valid JSON/ });
  rmSync(path);
  t.match(await params('list'), { code: 2, problems: /can't be read \(ENOENT\)/ });
  t.equal(await run(['params', 'list'], out), 2, 'without --config');
});
