/** Data of one format are brought to another and back, whatever goes wrong in the middle. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type Bringing, bringTo, formatOf } from '../../../firmware/update/data-format.ts';
import { pair } from '../../support/format-pair.ts';

const program = join(import.meta.dirname, '..', '..', 'support', 'format-child.js');
const names = Array.from({ length: 8 }, (_, n) => `batch-00000${n + 1}.slip`);
const contentOf = (name: string): Buffer => Buffer.alloc(100_000, name);

const terminalFor = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-format-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const directory = join(folder, 'state');
  mkdirSync(join(directory, 'ledger'), { recursive: true, mode: 0o700 });
  for (const name of names) writeFileSync(join(directory, 'ledger', name), contentOf(name), { mode: 0o600 });
  writeFileSync(join(folder, 'device.key'), 'key', { mode: 0o600 });
  const files = {
    directory,
    deviceKey: join(folder, 'device.key'),
    masterKey: join(directory, 'master.key'),
    ledger: { directory: join(directory, 'ledger'), anchor: join(directory, 'ledger.anchor') },
  };
  const build = (migrations: Bringing['migrations'], more: Partial<Bringing> = {}): Bringing => ({
    files,
    migrations,
    build: 'this',
    wall: Date.now(),
    wayBack: () => false,
    ...more,
  });
  /** Whether all of the data are there, in this format and in no other. */
  const holds = (format: 1 | 2): boolean => {
    const [is, not] = format === 1 ? ['ledger', 'book'] : ['book', 'ledger'];
    const at = join(directory, is);
    return (
      formatOf(directory).format === format &&
      !existsSync(join(directory, not)) &&
      existsSync(join(directory, 'changes')) === (format === 2) &&
      (format === 1 || readFileSync(join(directory, 'changes'), 'utf8') === 'x') &&
      names.every((name) => existsSync(join(at, name)) && readFileSync(join(at, name)).equals(contentOf(name))) &&
      (statSync(join(at, names[0] as string)).mode & 0o777) === 0o600 &&
      readFileSync(files.deviceKey, 'utf8') === 'key'
    );
  };
  const copies = (): string[] => readdirSync(directory).filter((name) => name.startsWith('before-format-'));
  return { directory, build, holds, copies };
};

test('data go to the next format and back, copied before, and what was added stays', async (t) => {
  const { directory, build, holds, copies } = terminalFor(t);
  t.equal(await bringTo(2, build(pair)), 1);
  t.ok(holds(2));
  t.ok(readFileSync(join(directory, 'before-format-2', 'state', 'ledger', names[0] as string)).length > 0);
  writeFileSync(join(directory, 'book', 'traded-since'), 'more');
  t.equal(await bringTo(2, build(pair)), 2, 'nothing to do');
  t.equal(await bringTo(1, build(pair)), 2);
  t.ok(holds(1));
  t.equal(readFileSync(join(directory, 'ledger', 'traded-since'), 'utf8'), 'more');
  t.strictSame(copies(), ['before-format-1'], 'one copy is kept, the newest');
  await bringTo(1, build([]));
  t.strictSame(copies(), ['before-format-1']);
  const past = Date.now() / 1000 - 31 * 86_400;
  utimesSync(join(directory, 'before-format-1'), past, past);
  await bringTo(1, build([]));
  t.strictSame(copies(), [], 'and not for ever');
});

test('a change that fails is undone by the next start, of the new build or the old one', async (t) => {
  for (const old of [true, false]) {
    const { build, holds } = terminalFor(t);
    const broken: Bringing['migrations'] = [
      {
        up: (files) => {
          void pair[0]?.up(files);
          throw new Error('a bug at its end');
        },
        down: () => undefined,
      },
    ];
    await t.rejects(bringTo(2, build(broken)), { message: 'a bug at its end' });
    t.notOk(holds(1), 'the data are changed by half');
    await bringTo(old ? 1 : 2, build(old ? [] : pair));
    t.ok(holds(old ? 1 : 2));
  }
});

test('an older build has the newer one take its data back, and says what to do where that is gone', async (t) => {
  const { build, holds } = terminalFor(t);
  await bringTo(2, build(pair, { build: '0.2.0-new' }));
  const asked: unknown[] = [];
  const gone = bringTo(1, build([], { wayBack: (...args) => asked.push(args) < 0 }));
  await t.rejects(gone, { message: /format 2, which build 0.2.0-new wrote.*Apply build 0.2.0-new again/ });
  t.strictSame(asked, [['0.2.0-new', 1]]);
  t.ok(holds(2), 'nothing is touched');
  await t.rejects(bringTo(1, build([], { wayBack: () => true })), { message: /no way back/ }, 'it only said so');
});

test('a format that can not be read is not guessed', async (t) => {
  const { directory, build } = terminalFor(t);
  for (const text of ['', '{', '{"format":0,"build":""}', '{"format":2}']) {
    writeFileSync(join(directory, 'format.json'), text);
    await t.rejects(bringTo(1, build(pair)), { message: /does not say which format/ }, text);
  }
});

const run = (...args: readonly string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

test('20 power cuts at random instants of a change leave all of the data to the next start, old or new', async (t) => {
  const { directory, holds } = terminalFor(t);
  const began = performance.now();
  t.equal(run(directory, '2', 'new').status, 0);
  const longest = performance.now() - began;
  let format: 1 | 2 = 2;
  const seed = Date.now() % 1000;
  t.comment(`seed ${seed}`);
  const left = { changing: 0, not: 0 };
  for (let n = 0; n < 20; n += 1) {
    const to = format === 1 ? 2 : 1;
    // Node's own start takes most of it.
    const after = longest * (0.4 + ((n * 7 + seed) % 40) / 60);
    const child = spawn(process.execPath, [program, directory, String(to), 'new'], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), after);
    await once(child, 'exit');
    clearTimeout(timer);
    left[formatOf(directory).changingTo === undefined ? 'not' : 'changing'] += 1;
    format = n % 2 === 0 ? 1 : 2;
    const { status, stderr } = run(directory, String(format), format === 1 ? 'old' : 'new');
    if (status !== 0 || !holds(format)) t.fail(`cut ${n} at ${Math.round(after)} ms: ${stderr}`);
  }
  t.comment(`${left.changing} in the middle of the change, ${left.not} before or after it`);
  t.ok(holds(format));
});
