/** A board whose power goes at random instants of a flash. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Test } from 'tap';
import { programs } from '../bench/firmware-process.ts';
import { makeBundle, makeKeys, sha256 } from './bundles.ts';

/** dist/test/support → the repository */
const libexec = join(import.meta.dirname, '..', '..', '..', 'firmware', 'board', 'libexec');
const { terminalctl } = programs;

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

/** The same for a test, which removes it. */
export const boardFor = (t: Test): Board => {
  const seed = Date.now() % 1_000_000;
  t.comment(`seed ${seed}`);
  const board = makeBoard(seed);
  t.teardown(() => rmSync(board.folder, { recursive: true, force: true }));
  return board;
};

/** A board on which `a` runs and to which `b` is flashed; neither ever says that it is well. In a folder of its own. */
export const makeBoard = (seed: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-cuts-'));
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
  const { status, stderr } = sh(`${stage('a')}; libexec/slots apply a`);
  if (status !== 0) throw new Error(`the board can't be made: ${stderr}`);
  return { folder, root, env, chance: random(seed), sh, stage: stage('b') };
};

export type Board = ReturnType<typeof makeBoard>;

export const current = ({ root }: Board): string => basename(readlinkSync(join(root, 'current')));
export const trials = ({ root }: Board): string[] => readdirSync(root).filter((name) => name.startsWith('trial-'));

/** Whether a build is there, byte for byte. */
export const isWhole = ({ root }: Board, build: string): boolean => {
  const slot = join(root, 'slots', build);
  const { files } = JSON.parse(readFileSync(join(slot, 'manifest.json'), 'utf8')) as { files: Record<string, string> };
  return Object.entries(files).every(([path, hash]) => sha256(readFileSync(join(slot, path))) === hash);
};

/** Runs a script and kills all of it after so long a time; whether it came to its end before. */
export const cut = async ({ root, env }: Board, script: string, afterMs: number): Promise<boolean> => {
  const child: ChildProcess = spawn('/bin/sh', ['-ec', script], { cwd: root, env, detached: true, stdio: 'ignore' });
  const over = once(child, 'exit');
  const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), afterMs);
  const [code] = (await over) as [number | null];
  clearTimeout(timer);
  return code !== null;
};

/** How long a script takes when nothing happens to it. */
export const timeOf = (board: Board, script: string): number => {
  const began = performance.now();
  const { status, stderr } = board.sh(script);
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return performance.now() - began;
};
