/** `scripts/flash`: brings a build to terminals. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPublicKey } from '../firmware/update/minisign.ts';
import { Bundles } from './flashing/bundles.ts';
import { type FlashOptions, flashHost, rollBackHost, slotsOf } from './flashing/flash-host.ts';
import { boardPaths, Remote } from './flashing/remote.ts';
import { type HostReport, rollOut } from './flashing/rollout.ts';

const help = `Brings a build to terminals over SSH. What runs there trades on until the new build is staged, checked and signed by
the key that the board trusts; it is applied as soon as the terminal says that nothing is open, and runs on trial until
it is in good health, or is taken back by itself (docs/device.md).

  scripts/flash HOST…            the first host alone, to the end of its trial; then the others, some at once.
                                 After a failure no further one is begun
  --bundle FILE                  these bundles (may be repeated), instead of building this checkout
  --key FILE                     the secret key to sign with, made by minisign -G -W; else FILE.minisig is there.
                                 Default: the environment's SLIPSAFE_FLASH_KEY
  --stage                        send and stage only; the next flash applies it
  --install                      a board's first time, or its units and scripts anew; needs --public-key FILE
  --status                       which builds are there
  --rollback                     back to the build before
  --dry-run                      say what would be done, and change nothing
  --jobs N                       so many at once after the first, 4
  --wait SECONDS                 how long an idle terminal is waited for, 900
  --trial SECONDS                how long a trial is watched, 1200; 0 does not wait for it
  --ssh-config FILE              instead of the user's own ssh_config
  --json                         one JSON object a host
  --help

A HOST is what ssh takes: a name of ssh_config, or user@address. As another user than root it needs sudo without a
password there. Exit code: 0 all is well; 1 a host failed, and it is said why; 2 the command line is wrong.
`;

const options = {
  bundle: { type: 'string', multiple: true, default: [] as string[] },
  key: { type: 'string', default: process.env.SLIPSAFE_FLASH_KEY ?? '' },
  'public-key': { type: 'string' },
  stage: { type: 'boolean', default: false },
  install: { type: 'boolean', default: false },
  status: { type: 'boolean', default: false },
  rollback: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  jobs: { type: 'string', default: '4' },
  wait: { type: 'string', default: '900' },
  trial: { type: 'string', default: '1200' },
  'ssh-config': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  // For tests, in which a board is a folder of this machine: %h is the host.
  prefix: { type: 'string', default: '' },
  restart: { type: 'string' },
  pause: { type: 'string', default: '5' },
} as const;

const number = (name: string, text: string): number => {
  const value = Number(text);
  if (!(value >= 0) || text === '') throw new TypeError(`--${name} takes a number, not ${text}`);
  return value;
};

const words = ({ host, result, from, build, why, seconds }: HostReport): string => {
  const way =
    from !== undefined && build !== undefined && from !== build ? `${from} → ${build}` : (build ?? from ?? '');
  return `${host}  ${result}${way === '' ? '' : `  ${way}`}${why === undefined ? '' : `  ${why}`}  (${seconds} s)`;
};

/** A board takes updates by it ever after: anything else in its place, the secret key above all, never gets there. */
const publicKeyIn = (path: string): string => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
    readPublicKey(text);
  } catch (error) {
    throw new TypeError(`--public-key ${path}: ${(error as Error).message}`);
  }
  return text;
};

const main = async (): Promise<number> => {
  const { values, positionals: hosts } = parseArgs({ allowPositionals: true, options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (hosts.length === 0) throw new TypeError('say which hosts');
  const odd = hosts.find((host) => host.startsWith('-'));
  if (odd !== undefined || new Set(hosts).size < hosts.length) throw new TypeError('a host is named twice, or is none');
  const sockets = mkdtempSync(join(tmpdir(), 'slipsafe-flash-'));
  const remoteTo = (host: string): Remote => new Remote(host, values['ssh-config'], sockets);
  const publicKey = values['public-key'];
  const settings: FlashOptions = {
    bundles: new Bundles(values.bundle, values.key === '' ? undefined : values.key),
    paths: boardPaths(''),
    restart: values.restart,
    stageOnly: values.stage,
    dryRun: values['dry-run'],
    install: values.install,
    publicKey: publicKey === undefined ? undefined : publicKeyIn(publicKey),
    waitMs: number('wait', values.wait) * 1000,
    trialMs: number('trial', values.trial) * 1000,
    pauseMs: number('pause', values.pause) * 1000,
  };
  const settingsFor = (host: string): FlashOptions => ({
    ...settings,
    paths: boardPaths(values.prefix.replaceAll('%h', host)),
    restart: values.restart?.replaceAll('%h', host),
  });
  const say = (host: string) => (text: string) => {
    if (!values.json) process.stderr.write(`flash: ${host}  ${text}\n`);
  };
  try {
    if (values.status)
      return await tellStatus(hosts, values.json, (host) => slotsOf(remoteTo(host), settingsFor(host).paths));
    const work = values.rollback ? rollBackHost : flashHost;
    let ended = 0;
    const reports = await rollOut(
      hosts,
      Math.max(1, number('jobs', values.jobs)),
      (host) => work(remoteTo(host), settingsFor(host), say(host)),
      ({ host, result }) => {
        ended += 1;
        say(host)(`${result}  [${ended}/${hosts.length}]`);
      },
    );
    for (const report of reports) process.stdout.write(`${values.json ? JSON.stringify(report) : words(report)}\n`);
    return reports.some(({ result }) => result === 'failed') ? 1 : 0;
  } finally {
    rmSync(sockets, { recursive: true, force: true });
  }
};

const tellStatus = async (
  hosts: readonly string[],
  json: boolean,
  ask: (host: string) => Promise<object>,
): Promise<number> => {
  let code = 0;
  for (const host of hosts) {
    try {
      const slots = await ask(host);
      const told = Object.entries(slots).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
      process.stdout.write(`${json ? JSON.stringify({ host, ...slots }) : `${host}  ${told.join('  ')}`}\n`);
    } catch (error) {
      code = 1;
      const why = (error as Error).message;
      process.stdout.write(`${json ? JSON.stringify({ host, why }) : `${host}  ${why}`}\n`);
    }
  }
  return code;
};

try {
  process.exitCode = await main();
} catch (error) {
  const usage = error instanceof TypeError;
  process.stderr.write(`flash: ${usage ? error.message : (error as Error).stack}\n`);
  process.exitCode = usage ? 2 : 1;
}
