/** The named checks of `terminalctl doctor`: each says good or bad, and of what is bad what to do. */
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Vault } from '../../drivers/vault/vault.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import type { Configuration } from '../configuration.ts';
import type { Status } from '../control/monitor.ts';
import { sixDigits } from '../slips/slip.ts';
import { filesOf, ledgerPlace } from '../terminal-files.ts';
import { verifyLedger } from './verify-ledger.ts';

export interface Finding {
  readonly check: string;
  readonly good: boolean;
  readonly what: string;
  /** What to do; only where it is bad. */
  readonly remedy?: string;
}

/** What is looked at. What can't be had is said by a check, and the checks that need it are left out. */
export interface Patient {
  readonly status: Status | { readonly notReached: string };
  readonly configuration: Configuration | { readonly errors: readonly string[] };
  readonly configurationPath: string;
}

const good = (check: string, what: string): Finding => ({ check, good: true, what });
const bad = (check: string, what: string, remedy: string): Finding => ({ check, good: false, what, remedy });

const device =
  (check: Status['devices'][number]['device']): ((status: Status) => Finding) =>
  ({ devices }) => {
    const { online, fault, faults = 0 } = devices.find((each) => each.device === check) ?? { online: false };
    if (online) return good(check, faults === 0 ? 'there' : `there; ${faults} faults since the start`);
    const remedy = fault?.remedy ?? 'Check its cable and its power.';
    return bad(check, fault === undefined ? 'not there' : `${fault.where}: ${fault.what}`, remedy);
  };

const limitOf = (pid: number, name: string): string | undefined => {
  try {
    return new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
};

/** Of the running terminal. */
const running: readonly ((status: Status) => Finding)[] = [
  ({ healthy, ailment, pid }) =>
    healthy
      ? good('runtime', `runs, process ${pid}`)
      : bad('runtime', ailment ?? 'unwell', 'Keep a support bundle, then restart it: systemctl restart slipsafe.'),
  ({ phase, outOfService, signedOn, training }) => {
    if (phase === 'outOfService') {
      const remedies: Readonly<Record<string, string>> = {
        storage: 'See the checks ledger and space; terminalctl ledger verify says more.',
        keys: 'See the check keys; terminalctl keys load puts the master key in.',
      };
      const remedy = remedies[outOfService ?? ''] ?? 'Keep a support bundle, then restart it.';
      return bad('trading', `out of service: ${outOfService}`, remedy);
    }
    if (training) return bad('trading', 'it trains: nothing of it is real', 'End it at the terminal: MENU 7 8 5.');
    if (signedOn) return good('trading', `signed on; ${phase}`);
    return bad(
      'trading',
      `not signed on; ${phase}`,
      'The display says why. See acquirer, and compare the check value of keys check.',
    );
  },
  ...(['acquirer', 'printer', 'cardReader', 'keypad', 'pinPad', 'display'] as const).map(device),
  ({ printer }) => {
    if (!printer.ready) return bad('paper', `not ready: ${printer.cause}`, 'docs/operating.md, The printer.');
    return printer.paperNearEnd ? bad('paper', 'near its end', 'Put a new roll in.') : good('paper', 'enough');
  },
  ({ open }) =>
    open?.status === 'reversalRequired'
      ? bad(
          'reversal',
          `open: voucher ${sixDigits(open.voucher as never)}, try ${open.attempt ?? 1}, for ${open.sinceSeconds} s`,
          'It is sent again by itself. See acquirer; a supervisor can hand it over at the keys.',
        )
      : good('reversal', 'none open'),
  ({ slipsDue }) => {
    const all = slipsDue.copies + slipsDue.reversals;
    return all === 0
      ? good('slips', 'none due')
      : bad('slips', `${all} due`, 'Put the printer right, then press the function key.');
  },
  ({ pid }) => {
    const limit = limitOf(pid, 'Max core file size');
    if (limit === undefined || limit === '0')
      return good('core dumps', limit === '0' ? 'off' : 'not to be seen from here');
    return bad(
      'core dumps',
      `a crash would write memory to disk (limit ${limit})`,
      'Run it by its unit, which has LimitCORE=0.',
    );
  },
];

const readableByOthers = (path: string): boolean => (statSync(path).mode & 0o077) !== 0;

const fewestMegabytes = 64;

/** Of what is on the disk. */
const onDisk: readonly ((configuration: Configuration, path: string) => Finding)[] = [
  (_configuration, path) =>
    readableByOthers(path)
      ? bad('configuration', `${path} can be read by others`, `chmod 600 ${path}`)
      : good('configuration', 'right'),
  (configuration) => {
    const { deviceKey, masterKey } = filesOf(configuration);
    try {
      Vault.open(deviceKey).loadMasterKey(masterKey).key.fill(0);
    } catch (error) {
      if (error instanceof VaultError) return bad('keys', `${error.where}: ${error.what}`, error.remedy);
      throw error;
    }
    const open = [deviceKey, masterKey].find(readableByOthers);
    return open === undefined
      ? good('keys', 'there')
      : bad('keys', `${open} can be read by others`, `chmod 600 ${open}`);
  },
  (configuration) => {
    try {
      const { intact, batches } = verifyLedger(
        ledgerPlace(configuration, Vault.open(configuration.storage.deviceKey)),
        [],
      );
      const records = batches.reduce((sum, each) => sum + each.records, 0);
      if (intact) return good('ledger', `intact: ${records} records in ${batches.length} batches`);
      return bad(
        'ledger',
        'not intact',
        'terminalctl ledger verify says where. Keep a copy before anything else is done.',
      );
    } catch (error) {
      return bad(
        'ledger',
        `can't be read (${(error as Error).message})`,
        'See keys; run it as root or as the user slipsafe.',
      );
    }
  },
  ({ storage }) => {
    const { bavail, bsize } = statfsSync(
      existsSync(storage.directory) ? storage.directory : dirname(storage.directory),
    );
    const megabytes = Math.floor((bavail * bsize) / 1e6);
    return megabytes >= fewestMegabytes
      ? good('space', `${megabytes} MB free`)
      : bad(
          'space',
          `${megabytes} MB free in ${storage.directory}`,
          'Make room: a terminal that can not write does not sell.',
        );
  },
];

/** Of the board, where systemd runs it. */
const ofBoard = (): readonly Finding[] => {
  if (!existsSync('/run/systemd/system')) return [];
  return [
    existsSync('/run/systemd/timesync/synchronized')
      ? good('clock', 'set by the network')
      : bad(
          'clock',
          'not set by the network since power-on',
          'Check NTP: timedatectl. Slips would carry a wrong time.',
        ),
    existsSync('/var/log/journal')
      ? good('journal', 'kept over a power cut')
      : bad('journal', 'lost at power-off', 'mkdir /var/log/journal; systemctl restart systemd-journald'),
  ];
};

export const examine = ({ status, configuration, configurationPath }: Patient): readonly Finding[] => [
  ...('notReached' in status
    ? [bad('runtime', status.notReached, 'journalctl -u slipsafe tells why it ended.')]
    : running.map((check) => check(status))),
  ...('errors' in configuration
    ? [bad('configuration', configuration.errors.join('; '), 'Put it right; slipsafe check says the same.')]
    : onDisk.map((check) => check(configuration, configurationPath))),
  ...ofBoard(),
];
