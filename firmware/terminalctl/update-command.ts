/** `terminalctl update`: the board's side of scripts/flash. For root. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import { askOnce, NotReached } from '../control/control-client.ts';
import type { DeviceStatus, Status } from '../control/monitor.ts';
import { type Board, checkFits, type Manifest, openBundle, Refused } from '../update/bundle.ts';
import { BadSignature, readPublicKey } from '../update/minisign.ts';
import { boardRoot, dataAt, floorOf, manifestOf, prune, stage } from '../update/slots.ts';
import { Refusal } from './configured.ts';
import type { Output } from './output.ts';
import { type RunningOptions, socketOf, statusOf } from './running-terminal.ts';

/** The public key that bundles must be signed with. */
export const boardKey = '/etc/slipsafe/update.pub';
/** How long a build on trial must run before it can be in good health. */
const healthySeconds = 180;

export interface UpdateOptions extends RunningOptions {
  /** Where builds are. */
  readonly root?: string;
  readonly key?: string;
  /** How the service is started anew; a test has no systemd. */
  readonly restart?: string;
}

const rootOf = ({ root }: UpdateOptions): string => root ?? boardRoot;

const boardOf = (options: UpdateOptions): Board => {
  const data = dataAt(rootOf(options), 'current');
  return {
    architecture: process.arch,
    node: process.versions.node,
    floor: floorOf(rootOf(options)),
    ...(data !== undefined && { data }),
  };
};

const read = (path: string, what: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Refusal(`${what} ${path} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
};

const signatureOf = (bundle: string): string | undefined => {
  try {
    return readFileSync(`${bundle}.minisig`, 'utf8');
  } catch {
    return undefined;
  }
};

/** Says a refusal as one. @throws Refusal */
const refusing = <Result>(act: () => Result): Result => {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refused || error instanceof BadSignature) throw new Refusal(`refused: ${error.message}`);
    throw error;
  }
};

const slots = (options: UpdateOptions, ...args: readonly string[]): string => {
  const root = rootOf(options);
  const env = { ...process.env, SLIPSAFE_ROOT: root };
  const program = join(root, 'libexec', 'slots');
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
  if (error !== undefined) throw new Refusal(`there is no board here: ${program} can't be run; --root DIR says where`);
  if (status !== 0) throw new Refusal(stderr.trim());
  return stdout;
};

/** One technician at a time changes the builds of a board; the lock is the kernel's, and ends with the process. */
const alone = async <Result>(options: UpdateOptions, act: () => Result | Promise<Result>): Promise<Result> => {
  const unlock = await nodeFileSystem.lock(rootOf(options));
  if (unlock === undefined) throw new Refusal('not now: somebody else is at the builds of this board');
  try {
    return await act();
  } finally {
    unlock();
  }
};

/** Checks a bundle and puts it into a slot; what runs isn't touched. @throws Refusal */
export const stageBundle = (path: string, options: UpdateOptions, out: Output): Promise<number> =>
  alone(options, () => stageAlone(path, options, out));

const stageAlone = (path: string, options: UpdateOptions, out: Output): number => {
  const key = refusing(() => readPublicKey(read(options.key ?? boardKey, 'the key').toString('utf8')));
  const tar = read(path, 'the bundle');
  // The terminal's own user reads it, whatever root's mask is.
  process.umask(0o022);
  const { build, done } = refusing(() => {
    const bundle = openBundle(tar, signatureOf(path), key, boardOf(options));
    return { build: bundle.manifest.build, done: stage(rootOf(options), bundle) };
  });
  prune(rootOf(options), build);
  out.line(options.json === true ? JSON.stringify({ build, done }) : `${build} is ${done}`);
  return 0;
};

/**
 * Has the terminal stop, which it refuses while anything is open; one that is off is stopped.
 *
 * @param next the formats of the build that is to run: where its data are others, the batch must be settled, which only a
 * terminal that runs can tell
 * @throws Refusal
 */
const standDown = async (options: UpdateOptions, next: Manifest['data'] | undefined): Promise<void> => {
  const now = dataAt(rootOf(options), 'current');
  const migrates = now !== undefined && next !== undefined && now.writes !== next.writes;
  try {
    const answer = await askOnce(socketOf(options), migrates ? 'stand-down-settled' : 'stand-down');
    if (!answer.ok) throw new Refusal(`not now: ${answer.why}`);
  } catch (error) {
    if (!(error instanceof NotReached)) throw error;
    if (migrates)
      throw new Refusal(
        'not now: the data get another format, and a terminal that is off can not say that its batch is settled',
      );
  }
};

const restart = ({ restart: command = 'systemctl restart slipsafe.service' }: UpdateOptions): void => {
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
  if (status !== 0) throw new Refusal(`it was switched, but the terminal could not be started anew: ${stderr.trim()}`);
};

/** @throws Refusal, with `not now` where the terminal is in use */
export const apply = (build: string, options: UpdateOptions, out: Output): Promise<number> =>
  alone(options, () => applyAlone(build, options, out));

const applyAlone = async (build: string, options: UpdateOptions, out: Output): Promise<number> => {
  const { data } = refusing(() => {
    const manifest = manifestOf(rootOf(options), build);
    checkFits(manifest, boardOf(options));
    return manifest;
  });
  await standDown(options, data);
  slots(options, 'apply', build);
  restart(options);
  out.line(options.json === true ? JSON.stringify({ build, on: 'trial' }) : `${build} runs, on trial`);
  return 0;
};

/** @throws Refusal */
export const rollBack = (options: UpdateOptions, out: Output): Promise<number> =>
  alone(options, async () => {
    await standDown(
      options,
      refusing(() => dataAt(rootOf(options), 'previous')),
    );
    slots(options, 'rollback');
    restart(options);
    return show(options, out);
  });

/** What `slots show` says, as an object. */
const shown = (text: string): object => {
  const all = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const one = (key: string) => all.find(([name]) => name === key)?.[1];
  const many = (key: string) => all.filter(([name]) => name === key).map(([, build]) => build);
  const trial = all.find(([name]) => name === 'trial');
  return {
    current: one('current'),
    previous: one('previous'),
    ...(trial !== undefined && { trial: { build: trial[1], triesLeft: Number(trial[2]) } }),
    floor: Number(one('floor')),
    refused: all.filter(([name]) => name === 'refused').map(([, build, ...why]) => ({ build, why: why.join(' ') })),
    staged: many('staged'),
  };
};

/** @throws Refusal */
export const show = (options: UpdateOptions, out: Output): number => {
  const text = slots(options, 'show');
  out.text(options.json === true ? `${JSON.stringify(shown(text))}\n` : text);
  return 0;
};

/** What a build on trial must have working; a display or PIN pad that is away was away before. */
const vital: readonly DeviceStatus['device'][] = ['acquirer', 'printer', 'cardReader', 'ledger'];

/** Why a build on trial can't be confirmed yet. */
export const shortOf = (status: Status): string | undefined => {
  const { healthy, ailment, phase, signedOn, upSeconds, devices } = status;
  if (!healthy) return ailment;
  if (phase === 'outOfService') return 'it is out of service';
  // A sign-on or echo that was answered is the acquirer's word.
  if (!signedOn && phase !== 'signedOff') return 'it is not signed on';
  const lost = devices.find(({ device, online }) => vital.includes(device) && !online);
  if (lost !== undefined) return `no ${lost.device}`;
  return upSeconds < healthySeconds ? `it runs for ${upSeconds} s of ${healthySeconds}` : undefined;
};

/** 0 where a build on trial may be confirmed; for `slots judge`. */
export const health = async (options: UpdateOptions, out: Output): Promise<number> => {
  let short: string | undefined;
  try {
    short = shortOf(await statusOf(options));
  } catch (error) {
    if (!(error instanceof NotReached || error instanceof Refusal)) throw error;
    short = error.message;
  }
  out.line(short === undefined ? 'in good health' : `not yet: ${short}`);
  return short === undefined ? 0 : 1;
};
