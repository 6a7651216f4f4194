/** The power goes at random instants of a flash: while a bundle is staged, and while it is put on trial. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Test, test } from 'tap';
import { makeBundle, makeKeys, sha256 } from '../../support/bundles.ts';

const dist = join(import.meta.dirname, '..', '..', '..');
const libexec = join(dist, '..', 'firmware', 'board', 'libexec');
const terminalctl = join(dist, 'firmware', 'terminalctl', 'main.js');

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
const random = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A board on which `a` runs and to which `b` is flashed; neither ever says that it is well. */
const boardFor = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-cuts-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const seed = Date.now() % 1_000_000;
  t.comment(`seed ${seed}`);
  const root = join(folder, 'root');
  // Without what the test runner adds: it would take most of the time.
  const env = { PATH: process.env.PATH, SLIPSAFE_ROOT: root };
  cpSync(libexec, join(root, 'libexec'), { recursive: true });
  mkdirSync(join(root, 'slots'));
  const keys = makeKeys(folder);
  const files = {
    'terminalctl.cjs': 'process.exit(1)',
    ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`board/${n}.conf`, `${n}\n`.repeat(4000)])),
  };
  const sh = (script: string) => spawnSync('/bin/sh', ['-ec', script], { cwd: root, env, encoding: 'utf8' });
  const stage = (build: string): string => {
    const tar = makeBundle(folder, keys.secret, { build, files });
    return `${process.execPath} ${terminalctl} update stage ${tar} --root ${root} --key ${keys.open}`;
  };
  t.match(sh(`${stage('a')}; libexec/slots apply a`), { status: 0 });
  return { root, env, chance: random(seed), sh, stage: stage('b') };
};

type Board = ReturnType<typeof boardFor>;

const current = ({ root }: Board): string => basename(readlinkSync(join(root, 'current')));
const trials = ({ root }: Board): string[] => readdirSync(root).filter((name) => name.startsWith('trial-'));

/** Whether a build is there, byte for byte. */
const isWhole = ({ root }: Board, build: string): boolean => {
  const slot = join(root, 'slots', build);
  const { files } = JSON.parse(readFileSync(join(slot, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  return Object.entries(files).every(([path, hash]) => sha256(readFileSync(join(slot, path))) === hash);
};

/** Runs a script and kills all of it after so long a time; whether it came to its end before. */
const cut = async ({ root, env }: Board, script: string, afterMs: number): Promise<boolean> => {
  const child: ChildProcess = spawn('/bin/sh', ['-ec', script], { cwd: root, env, detached: true, stdio: 'ignore' });
  const over = once(child, 'exit');
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), afterMs);
  const [code] = (await over) as [number | null];
  clearTimeout(timer);
  return code !== null;
};

/** How long a script takes when nothing happens to it. */
const timeOf = (t: Test, board: Board, script: string): number => {
  const began = performance.now();
  t.match(board.sh(script), { status: 0 });
  return performance.now() - began;
};

const starts = 'for n in 1 2 3 4 5; do libexec/slots begin; done';

test('100 power cuts at random instants of staging leave the slot empty or whole', async (t) => {
  const board = boardFor(t);
  const slot = join(board.root, 'slots', 'b');
  const longest = timeOf(t, board, board.stage);
  let finished = 0;
  const left = { nothing: 0, whole: 0 };
  for (let n = 0; n < 100; n += 1) {
    rmSync(slot, { recursive: true, force: true });
    // Most of the time goes by before the first file is written.
    if (await cut(board, board.stage, longest * (0.6 + 0.4 * board.chance()))) finished += 1;
    if (!readdirSync(join(board.root, 'slots')).includes('b')) left.nothing += 1;
    else if (isWhole(board, 'b')) left.whole += 1;
    else t.fail(`b is there and not whole after cut ${n}`);
    if (current(board) !== 'a') t.fail(`${current(board)} runs after cut ${n}`);
  }
  t.comment(`${100 - finished} cuts; ${left.nothing} left nothing, ${left.whole} a whole slot`);
  t.ok(left.nothing > 0 && left.whole > 0, 'both were seen');
  t.match(board.sh(board.stage), { status: 0 }, 'and it can be staged in the end');
  t.strictSame(readdirSync(join(board.root, 'slots')).sort(), ['a', 'b'], 'with nothing left over');
});

test('500 power cuts at random instants of a trial leave the old build or the new one, whole', async (t) => {
  const board = boardFor(t);
  const flash = 'libexec/slots apply b; libexec/slots begin; libexec/slots failed; libexec/slots begin';
  t.match(board.sh(board.stage), { status: 0 });
  let longest = timeOf(t, board, flash);
  let cuts = 0;
  const left = { a: 0, b: 0 };
  for (let n = 0; cuts < 500; n += 1) {
    const began = performance.now();
    if (await cut(board, flash, longest * board.chance())) longest = performance.now() - began;
    else cuts += 1;
    const on = current(board) as 'a' | 'b';
    left[on] += 1;
    if (!isWhole(board, on)) t.fail(`${on} is not whole after cut ${n}`);
    if (on === 'b' && trials(board).length === 0) t.fail(`b runs without a trial after cut ${n}`);
    const { status, stderr } = board.sh(starts);
    if (status !== 0) t.fail(`no start after cut ${n}: ${stderr}`);
    if (current(board) !== 'a' || trials(board).length > 0) t.fail(`b is not taken back after cut ${n}`);
  }
  t.comment(`${cuts} cuts; ${left.a} left the old build, ${left.b} the new one`);
  t.ok(left.a > 0 && left.b > 0, 'both were seen');
});
