/** Data of one format are brought to another and back, whatever goes wrong in the middle. */
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type Bringing, bringTo } from '../../../firmware/update/data-format.ts';
import { pair } from '../../support/format-pair.ts';
import { batchNames, makeTerminal } from '../../support/format-terminal.ts';

const terminalFor = (t: Test) => {
  const { folder, directory, files, holds } = makeTerminal();
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const build = (migrations: Bringing['migrations'], more: Partial<Bringing> = {}): Bringing => ({
    files,
    migrations,
    build: 'this',
    wall: Date.now(),
    wayBack: () => false,
    ...more,
  });
  const copies = (): string[] => readdirSync(directory).filter((name) => name.startsWith('before-format-'));
  return { directory, build, holds, copies };
};

test('data go to the next format and back, copied before, and what was added stays', async (t) => {
  const { directory, build, holds, copies } = terminalFor(t);
  t.equal(await bringTo(2, build(pair)), 1);
  t.ok(holds(2));
  t.ok(readFileSync(join(directory, 'before-format-2', 'state', 'ledger', batchNames[0] as string)).length > 0);
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
  rmSync(join(directory, 'format.json'));
  mkdirSync(join(directory, 'format.json'));
  const unread = { message: /can't be read \(EISDIR\)/, remedy: /the owner of the folder/ };
  await t.rejects(bringTo(1, build(pair)), unread, 'nor one that the disk does not give');
});
