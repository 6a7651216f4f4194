/** What is done to one terminal, step by step. */
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bundles } from './bundles.ts';
import { type BoardPaths, Failed, quoted, type Remote } from './remote.ts';

/** What became of a terminal. */
export type Result =
  | 'confirmed'
  | 'on trial'
  | 'staged'
  | 'installed'
  | 'rolled back'
  | 'nothing to do'
  | 'would flash';

export interface Outcome {
  readonly result: Result;
  /** The build that ran before, and the one that is meant. */
  readonly from?: string;
  readonly build?: string;
}

export interface FlashOptions {
  readonly bundles: Bundles;
  readonly paths: BoardPaths;
  /** How the terminal is started anew; else by systemd. */
  readonly restart: string | undefined;
  readonly stageOnly: boolean;
  readonly dryRun: boolean;
  readonly install: boolean;
  /** The public key for a first installation. */
  readonly publicKey: string | undefined;
  /** How long an idle terminal is waited for, and how long a trial is watched. */
  readonly waitMs: number;
  readonly trialMs: number;
  readonly pauseMs: number;
}

export interface Slots {
  readonly current?: string;
  readonly previous?: string;
  readonly trial?: { readonly build: string; readonly triesLeft: number };
  readonly floor: number;
  readonly refused: readonly { readonly build: string; readonly why: string }[];
  readonly staged: readonly string[];
}

interface Survey {
  readonly machine: string;
  /** What goes before a command that only root may run. */
  readonly become: string;
  readonly installed: boolean;
}

const survey = async (remote: Remote, { root }: BoardPaths): Promise<Survey> => {
  const question = `uname -m; id -u; node --version || echo none; test -e ${quoted(root)}/current && echo installed`;
  const [machine = '', user, node = '', installed] = (await remote.ask(question)).stdout.trim().split('\n');
  if (!node.startsWith('v')) throw new Failed('there is no Node on this board: install 20.15 or newer');
  return { machine, become: user === '0' ? '' : 'sudo -n ', installed: installed === 'installed' };
};

const terminalctl = ({ root, socket }: BoardPaths, become: string, ...args: readonly string[]): string =>
  `${become}node ${[`${root}/current/terminalctl.cjs`, 'update', ...args, '--root', root, '--socket', socket, '--json']
    .map(quoted)
    .join(' ')}`;

/** @throws Failed */
export const slotsOf = async (remote: Remote, paths: BoardPaths, known?: Survey): Promise<Slots> => {
  const { become, installed } = known ?? (await survey(remote, paths));
  if (!installed) throw new Failed('Slipsafe is not installed here: --install does it');
  return JSON.parse(await remote.do(terminalctl(paths, become, 'show'))) as Slots;
};

type Progress = (words: string) => void;

const send = async (remote: Remote, files: readonly string[], paths: BoardPaths, become: string, say: Progress) => {
  const incoming = quoted(paths.incoming);
  // A bundle that was sent in part is gone on with; a signature that was left is not: rsync takes one as long for done.
  const ready = `mkdir -p ${incoming} && chmod 700 ${incoming} && rm -f ${incoming}/*.minisig`;
  await remote.do(`${become}sh -c ${quoted(ready)}`);
  say('sending');
  let told = 0;
  await remote.send(files, paths.incoming, become, (percent) => {
    if (percent < told + 25) return;
    told = percent;
    say(`sending: ${percent} %`);
  });
};

const restartOption = ({ restart }: FlashOptions): readonly string[] =>
  restart === undefined ? [] : ['--restart', restart];

/** Applies it as soon as the terminal lets it. @throws Failed */
const apply = async (remote: Remote, build: string, become: string, options: FlashOptions, say: Progress) => {
  const command = terminalctl(options.paths, become, 'apply', build, ...restartOption(options));
  const began = performance.now();
  let before = '';
  for (;;) {
    const { code, stderr } = await remote.ask(command);
    if (code === 0) return;
    const why = /not now: (.*)/.exec(stderr)?.[1];
    if (why === undefined) throw new Failed(stderr.trim().replace(/^terminalctl: /, ''));
    if (performance.now() - began > options.waitMs) throw new Failed(`it is staged, and was not idle in time: ${why}`);
    if (why !== before) say(`waits: ${why}`);
    before = why;
    await pause(options.pauseMs);
  }
};

/** Watches the trial to its end. @throws Failed when the build is taken back */
const watchTrial = async (remote: Remote, build: string, known: Survey, options: FlashOptions): Promise<Result> => {
  const began = performance.now();
  for (;;) {
    const { current, trial, refused } = await slotsOf(remote, options.paths, known);
    if (current !== build) {
      const why = refused.find((each) => each.build === build)?.why ?? 'by hand';
      throw new Failed(`it was taken back, ${why}: ${current} runs`);
    }
    if (trial === undefined) return 'confirmed';
    if (performance.now() - began > options.trialMs) return 'on trial';
    await pause(options.pauseMs);
  }
};

/** Puts everything on a board that has nothing of it yet; on one that has, its units and scripts anew. */
const install = async (remote: Remote, { become, machine }: Survey, options: FlashOptions, say: Progress) => {
  const { paths, bundles, publicKey } = options;
  if (publicKey === undefined) throw new Failed('say which public key this board is to trust: --public-key FILE');
  const { tar, manifest } = await bundles.of(machine);
  await send(remote, [tar], paths, become, say);
  say('installing');
  const sent = quoted(`${paths.incoming}/${basename(tar)}`);
  await remote.do(`${become}tar --no-same-owner -C ${quoted(paths.incoming)} -xf ${sent} && ${become}rm ${sent}`);
  const script = quoted(`${paths.incoming}/${manifest.build}/board/libexec/install`);
  await remote.do(`${become}sh ${script} ${quoted(paths.prefix)}`, publicKey);
  await remote.do(`${become}rm -r ${quoted(`${paths.incoming}/${manifest.build}`)}`);
  return { result: 'installed', build: manifest.build } as const;
};

/** @throws Failed, TypeError */
export const flashHost = async (remote: Remote, options: FlashOptions, say: Progress): Promise<Outcome> => {
  const { paths, bundles, dryRun, stageOnly } = options;
  const known = await survey(remote, paths);
  const { tar, signature, manifest } = await bundles.of(known.machine);
  const { build } = manifest;
  if (options.install) return dryRun ? { result: 'would flash', build } : install(remote, known, options, say);
  const slots = await slotsOf(remote, paths, known);
  const from = slots.current === undefined ? {} : { from: slots.current };
  if (slots.current === build && slots.trial === undefined) return { result: 'nothing to do', ...from, build };
  if (dryRun) return { result: 'would flash', ...from, build };
  if (slots.current !== build) {
    if (slots.trial !== undefined) throw new Failed(`${slots.trial.build} is on trial there: wait for its end`);
    await send(remote, [tar, signature], paths, known.become, say);
    say('checking and staging');
    const incoming = `${paths.incoming}/${basename(tar)}`;
    try {
      await remote.do(terminalctl(paths, known.become, 'stage', incoming, '--key', paths.key));
    } finally {
      await remote.do(`${known.become}rm -f ${quoted(incoming)} ${quoted(`${incoming}.minisig`)}`);
    }
    if (stageOnly) return { result: 'staged', ...from, build };
    await apply(remote, build, known.become, options, say);
  }
  say('on trial');
  return { result: await watchTrial(remote, build, known, options), ...from, build };
};

/** @throws Failed */
export const rollBackHost = async (remote: Remote, options: FlashOptions, say: Progress): Promise<Outcome> => {
  const known = await survey(remote, options.paths);
  const { current, previous } = await slotsOf(remote, options.paths, known);
  const which = { ...(current !== undefined && { from: current }), ...(previous !== undefined && { build: previous }) };
  if (options.dryRun) return { result: 'would flash', ...which };
  say('going back');
  await remote.do(terminalctl(options.paths, known.become, 'rollback', ...restartOption(options)));
  return { result: 'rolled back', ...which };
};
