/** scripts/flash for real: OpenSSH and rsync to a server on loopback, each board a folder of this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Test } from 'tap';
import { makeBundle, makeKeys } from './bundles.ts';
import { sshServer } from './ssh-server.ts';

/** dist/test/support → dist */
const dist = join(import.meta.dirname, '..', '..');

/** What a flash says of a host. */
export interface FlashReport {
  readonly host: string;
  readonly result: string;
  readonly why?: string;
  readonly build?: string;
}

/** The real bundle of this checkout, of which the others are copies under another name. */
const realBundle = (folder: string) => {
  const machine = { x64: 'x64', arm64: 'arm64', arm: 'armv7' }[process.arch as 'x64'];
  const args = [join(dist, 'scripts', 'build-firmware.js'), '--json', '--architecture', machine, '--out', folder];
  const [made] = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as [
    { build: string; tar: string; folder: string },
  ];
  const needed = [
    'terminalctl.cjs',
    'slipsafe.cjs',
    'slipsafe.js',
    'thermal-printer.cjs',
    'serialport.node',
    ...['epson', 'clone', 'cheap58', 'mute'].map((name) => `profiles/${name}.json`),
  ];
  const files: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
    needed.map((path) => [path, readFileSync(join(made.folder, path))]),
  );
  return { build: made.build, tar: made.tar, files };
};

export const flashRig = async (t: Test, hosts: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-flash-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const keys = makeKeys(folder);
  const config = await sshServer(t, hosts);
  const real = realBundle(folder);
  // What systemd would do: the first start, and after it the trial is judged as a file beside the slots says.
  const judges = join(folder, 'judges');
  mkdirSync(judges);
  writeFileSync(join(judges, 'node'), '#!/bin/sh\ntest ! -e unwell\n', { mode: 0o755 });
  const prefix = join(folder, '%h');
  const begin = `cd ${prefix}/opt/slipsafe && export SLIPSAFE_ROOT=$PWD && libexec/slots begin`;
  const restart = `${begin} &&
  if test -e unwell; then libexec/slots failed; else PATH=${judges}:$PATH libexec/slots judge; fi`;
  const rootOf = (host: string): string => join(folder, host, 'opt', 'slipsafe');

  const flash = async (...args: readonly string[]) => {
    // Of an option that is given twice, the last one counts.
    const common = ['--json', '--ssh-config', config, '--prefix', prefix, '--restart', restart, '--pause', '0.1'];
    const child = spawn(process.execPath, [join(dist, 'scripts', 'flash.js'), ...common, ...args]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    const lines = stdout.split('\n').filter((line) => line !== '');
    return { code, stderr, reports: lines.map((line) => JSON.parse(line) as FlashReport) };
  };

  return {
    folder,
    keys,
    config,
    real,
    /** A restart that leaves the trial open. */
    begin,
    flash,
    bundle: (name: string, manifest = {}, files = {}) =>
      makeBundle(folder, keys.secret, { build: name, files: { ...real.files, ...files }, manifest }),
    rootOf,
    current: (host: string): string => basename(readlinkSync(join(rootOf(host), 'current'))),
  };
};
