/** Which build runs, whatever is done and wherever the power goes in the middle of it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Test, test } from 'tap';
import { sha256 } from '../../support/bundles.ts';

const dist = join(import.meta.dirname, '..', '..', '..');
const libexec = join(dist, '..', 'firmware', 'board', 'libexec');

const folderFor = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-slots-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Puts a whole build there; whether it says that it is well hangs on a file `well` beside the slots. */
const put = (root: string, build: string, epoch = 1): void => {
  const files = {
    'terminalctl.cjs': `const well = require('fs').existsSync('well');
console.log(well ? 'in good health' : 'not yet: no printer');
process.exit(well ? 0 : 1);`,
  };
  const hashes = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, sha256(content)]));
  mkdirSync(join(root, 'slots', build), { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(root, 'slots', build, path), content);
  const manifest = { build, epoch, files: hashes };
  writeFileSync(join(root, 'slots', build, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
};

const make = (root: string): void => {
  cpSync(libexec, join(root, 'libexec'), { recursive: true });
  put(root, 'a');
  put(root, 'b', 3);
  writeFileSync(join(root, 'restarts'), '');
};

const environment = (root: string) => ({
  ...process.env,
  SLIPSAFE_ROOT: root,
  SLIPSAFE_RESTART: 'echo again >>restarts',
});

const slots = (root: string, ...args: string[]) =>
  spawnSync(join(root, 'libexec', 'slots'), args, { encoding: 'utf8', env: environment(root) });

/** Does it, and expects that it can. */
const does = (t: Test, root: string, ...args: string[]): void => {
  const { status, stderr } = slots(root, ...args);
  t.equal(status, 0, `${args.join(' ')} ${stderr}`);
};

const current = (root: string): string => basename(readlinkSync(join(root, 'current')));
const trials = (root: string): string[] => readdirSync(root).filter((name) => name.startsWith('trial-'));
const well = (root: string): void => writeFileSync(join(root, 'well'), '');

/** Whether the build that runs next is there, byte for byte. */
const isWhole = (root: string): boolean => {
  const slot = join(root, 'slots', current(root));
  const { files } = JSON.parse(readFileSync(join(slot, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  return Object.entries(files).every(([path, hash]) => sha256(readFileSync(join(slot, path))) === hash);
};

test('the first build runs without a trial: there is none to go back to', (t) => {
  const root = folderFor(t);
  make(root);
  does(t, root, 'apply', 'a');
  does(t, root, 'begin');
  t.equal(current(root), 'a');
  t.strictSame(trials(root), []);
  t.match(slots(root, 'rollback'), { status: 1, stderr: /no build before a/ });
  t.match(slots(root, 'apply', 'a'), { status: 1, stderr: /a runs already/ });
  t.match(slots(root, 'apply', 'c'), { status: 1, stderr: /no whole build c/ });
  t.end();
});

test('a build on trial has three starts; one that is confirmed has as many as it likes', (t) => {
  const root = folderFor(t);
  make(root);
  does(t, root, 'apply', 'a');
  does(t, root, 'apply', 'b');
  put(root, 'c');
  t.match(slots(root, 'apply', 'c'), { status: 1, stderr: /b is on trial: wait for its end/ });
  for (const left of [2, 1, 0]) {
    does(t, root, 'begin');
    t.strictSame([current(root), trials(root)], ['b', [`trial-b-${left}`]]);
    does(t, root, 'judge');
    t.strictSame(trials(root), [`trial-b-${left}`], 'it is not well yet, and has time');
  }
  does(t, root, 'begin');
  t.strictSame([current(root), trials(root)], ['a', []], 'taken back');
  t.match(slots(root, 'show').stdout, /^refused b it ended in each of its 3 starts$/m);
  does(t, root, 'apply', 'b');
  does(t, root, 'begin');
  well(root);
  does(t, root, 'judge');
  t.strictSame([current(root), trials(root)], ['b', []], 'confirmed');
  t.equal(readFileSync(join(root, 'floor'), 'utf8').trim(), '3', 'and older epochs are refused from now on');
  for (let n = 0; n < 5; n += 1) does(t, root, 'begin');
  t.equal(slots(root, 'failed').status, 1);
  t.equal(current(root), 'b', 'a crash loop of a confirmed build is not its own fault');
  does(t, root, 'rollback');
  t.equal(current(root), 'a');
  does(t, root, 'rollback');
  t.equal(current(root), 'b');
  t.end();
});

test('a crash loop, and a quarter of an hour without good health, take a build on trial back', (t) => {
  const root = folderFor(t);
  make(root);
  does(t, root, 'apply', 'a');
  does(t, root, 'apply', 'b');
  does(t, root, 'begin');
  does(t, root, 'failed');
  t.strictSame([current(root), trials(root)], ['a', []]);
  t.match(slots(root, 'show').stdout, /^refused b it crashed again and again$/m);
  does(t, root, 'apply', 'b');
  does(t, root, 'begin');
  for (let n = 0; n < 29; n += 1) does(t, root, 'judge');
  t.equal(current(root), 'b', 'it has time');
  does(t, root, 'judge');
  t.strictSame([current(root), trials(root)], ['a', []]);
  t.match(slots(root, 'show').stdout, /^refused b not yet: no printer$/m, 'and it is told what it was wanting');
  t.equal(readFileSync(join(root, 'restarts'), 'utf8'), 'again\n', 'and the terminal is started anew');
  t.end();
});

test('a clock that begins in 1970 and jumps to today, or back, ends no trial', (t) => {
  const root = folderFor(t);
  make(root);
  does(t, root, 'apply', 'a');
  does(t, root, 'apply', 'b');
  does(t, root, 'begin');
  for (const second of [0, 4_000_000_000]) {
    utimesSync(join(root, 'trial-b-2'), second, second);
    does(t, root, 'judge');
    t.strictSame([current(root), trials(root)], ['b', ['trial-b-2']]);
  }
  t.end();
});

/* ---- the power goes ---- */

const commands = ['ln', 'mv', 'rm', 'sync', 'readlink', 'cat', 'tr', 'wc', 'sed', 'node'];

/** A folder of commands that count themselves, and at one of them take the whole process group down, before or after. */
const fatalCommands = (folder: string): void => {
  mkdirSync(folder);
  for (const command of commands) {
    const real = spawnSync('/bin/sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim();
    const script = `#!/bin/sh
n=$(/bin/cat "$COUNT"); n=$((n + 2)); echo $n >"$COUNT"
[ $n -ne "$FATAL" ] || kill -9 0
${real} "$@"; result=$?
[ $((n + 1)) -ne "$FATAL" ] || kill -9 0
exit $result
`;
    writeFileSync(join(folder, command), script, { mode: 0o755 });
  }
};

/** What holds after a power cut anywhere in `args`, begun in the state that `before` made. */
const survives = (t: Test, root: string, what: string): void => {
  const on = current(root);
  t.ok(isWhole(root), `${what}: ${on} is whole`);
  const tried = trials(root).some((name) => name.startsWith(`trial-${on}-`));
  if (on === 'b' && !existsSync(join(root, 'floor'))) t.ok(tried, `${what}: b never runs but on trial`);
  for (let n = 0; n < 5; n += 1) does(t, root, 'begin');
  t.ok(isWhole(root), what);
  t.strictSame(
    readdirSync(root).filter((name) => name.endsWith('.new')),
    [],
    `${what}: nothing is left over`,
  );
  if (on === 'a') t.equal(current(root), 'a', `${what}: what was old stays`);
  // A build that was confirmed goes on; one that wasn't has had its starts.
  else t.equal(current(root), existsSync(join(root, 'floor')) && !tried ? 'b' : 'a', what);
};

const scenarios: Readonly<
  Record<string, { readonly before: (t: Test, root: string) => void; readonly args: string[] }>
> = {
  apply: { before: (t, root) => does(t, root, 'apply', 'a'), args: ['apply', 'b'] },
  begin: {
    before: (t, root) => {
      does(t, root, 'apply', 'a');
      does(t, root, 'apply', 'b');
    },
    args: ['begin'],
  },
  'begin with no try left': {
    before: (t, root) => {
      does(t, root, 'apply', 'a');
      does(t, root, 'apply', 'b');
      for (let n = 0; n < 3; n += 1) does(t, root, 'begin');
    },
    args: ['begin'],
  },
  'judge, well': {
    before: (t, root) => {
      does(t, root, 'apply', 'a');
      does(t, root, 'apply', 'b');
      does(t, root, 'begin');
      well(root);
    },
    args: ['judge'],
  },
  failed: {
    before: (t, root) => {
      does(t, root, 'apply', 'a');
      does(t, root, 'apply', 'b');
      does(t, root, 'begin');
    },
    args: ['failed'],
  },
};

for (const [name, { before, args }] of Object.entries(scenarios)) {
  test(`a power cut before or after each step of ${name} leaves the old build or the new one, whole`, async (t) => {
    const folder = folderFor(t);
    const bin = join(folder, 'bin');
    fatalCommands(bin);
    let cuts = 0;
    for (let fatal = 2; ; fatal += 1) {
      const root = join(folder, String(fatal));
      make(root);
      before(t, root);
      const count = join(folder, 'count');
      writeFileSync(count, '0');
      const env = { ...environment(root), PATH: `${bin}:${process.env.PATH}`, COUNT: count, FATAL: String(fatal) };
      const child = spawn(join(root, 'libexec', 'slots'), args, { env, detached: true, stdio: 'ignore' });
      const [code] = (await once(child, 'exit')) as [number | null];
      survives(t, root, `${name}, cut ${fatal}`);
      rmSync(root, { recursive: true });
      if (code !== null) break;
      cuts += 1;
    }
    t.ok(cuts >= 6, `${cuts} cuts`);
  });
}
