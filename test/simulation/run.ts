import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { VaultError } from '../../drivers/vault/vault-error.ts';
import { compose, openVault, sayNotTrading } from '../../firmware/compose.ts';
import type { Configuration } from '../../firmware/configuration.ts';
import type { Report } from '../../firmware/runtime.ts';
import type { Surroundings } from '../../firmware/surroundings.ts';
import { filesOf } from '../../firmware/terminal-files.ts';
import type { DeviceName } from '../../hal/device.ts';
import type { Ledger } from '../../hal/ledger.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Cable } from './cable.ts';
import type { Chance } from './chance.ts';
import { LifeClock } from './clocks.ts';
import { supervisorPassword } from './configuration.ts';
import type { Disk, Life } from './disk.ts';
import type { Network } from './network.ts';
import type { Scheduler } from './scheduler.ts';

/** A ledger in the place of the terminal's own. */
export interface LedgerInstead {
  readonly open: (surroundings: Surroundings) => Ledger<Fact>;
  /** What stands in it. */
  readonly facts: (files: FileSystem) => readonly Fact[];
}

/** What a run of the terminal is put among. */
export interface Outside {
  readonly scheduler: Scheduler;
  readonly configuration: Configuration;
  readonly disk: Disk;
  readonly network: Network;
  readonly cables: { readonly [D in Exclude<DeviceName, 'acquirer' | 'ledger'>]: Cable };
  /** Where the terminal's own random numbers come from. */
  readonly chance: Chance;
  /** How wrong the board's date is. */
  readonly wrongByMs: number;
  /** Another ledger than the terminal's own, for a negative control. */
  readonly ledgerInstead?: LedgerInstead | undefined;
}

/** One run of the terminal, from its start to SIGKILL or the power's end: the firmware's own code, on simulated lines. */
export class Run implements Life {
  ended = false;
  readonly #report: (report: Report) => void;

  constructor(outside: Outside, report: (report: Report) => void) {
    this.#report = (told) => {
      if (!this.ended) report(told);
    };
    void this.#start(outside);
  }

  async #start(outside: Outside): Promise<void> {
    const { scheduler, configuration, disk, network, cables, chance, ledgerInstead } = outside;
    const surroundings: Surroundings = {
      clock: new LifeClock(scheduler, this, outside.wrongByMs),
      fileSystem: disk.mountedBy(this),
      lineTo: (device, { path }) => cables[device as keyof typeof cables].portFor(this, path),
      printerLineTo: () => cables.printer.portFor(this, '/dev/printer'),
      dial: network.dialledBy(this),
      randomBytes: chance.bytes,
      freshId: () => chance.bytes(16).toString('hex'),
      checkPassword: (password, stored) => {
        const right = stored === configuration.supervisor?.passwordHash ? supervisorPassword : stored;
        return new Promise((resolve) => scheduler.after(60, () => resolve(password === right)));
      },
      hashPassword: (password) => Promise.resolve(password),
    };
    try {
      const vault = openVault(configuration, surroundings);
      const { key } = vault.loadMasterKey(filesOf(configuration).masterKey);
      const ledger = ledgerInstead?.open(surroundings);
      await compose(configuration, vault, key, surroundings, this.#report, ledger && { ledger }).start();
    } catch (error) {
      if (this.ended) return;
      if (error instanceof VaultError) await sayNotTrading('keys', configuration, surroundings);
      else this.#report({ type: 'bug', error });
    }
  }
}
