/** 系统管理 and 维护: what the machine asks for that is about the terminal itself, not about money. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { errorCode } from '../drivers/storage/file-system.ts';
import type { Device, DeviceFault, DeviceName } from '../hal/device.ts';
import type { ParameterOutcome, TerminalParameter } from '../hal/parameters.ts';
import type { DeviceCheck } from '../state-machine/effects.ts';
import type { Version } from '../state-machine/state.ts';
import type { Language } from '../state-machine/view.ts';
import { build } from './build.ts';
import type { Configuration } from './configuration.ts';
import type { Parameters } from './parameters.ts';

export interface Care {
  readonly parameters: () => Promise<readonly TerminalParameter[]>;
  readonly writeParameter: (key: string, digits: string) => Promise<ParameterOutcome>;
  readonly version: () => Version;
  readonly selfTest: () => Promise<readonly DeviceCheck[]>;
  /** Stores whether the terminal trains from the next start on. Resolves with whether that is on the disk. */
  readonly switchTraining: (on: boolean) => Promise<boolean>;
  /** Ends the process in order; it is started again. */
  readonly restart: () => void;
}

interface NotStored {
  readonly what: string;
  readonly remedy: string;
}

/** The parameters of a configuration's file, read when somebody first asks for them: no start waits for it. */
export class ParameterFile {
  readonly #path: string | undefined;
  readonly #language: Language;
  readonly #tell: (fault: NotStored) => void;
  #parameters: Parameters | undefined;

  /**
   * @param path undefined where the configuration is from no file: then there are none
   * @param tell is told why a change isn't on the disk
   */
  constructor(path: string | undefined, language: Language, tell: (fault: NotStored) => void) {
    this.#path = path;
    this.#language = language;
    this.#tell = tell;
  }

  /** @throws the file system's error */
  async list(): Promise<readonly TerminalParameter[]> {
    return (await this.#opened())?.list(this.#language) ?? [];
  }

  async write(key: string, digits: string): Promise<ParameterOutcome> {
    const parameters = await this.#opened();
    if (parameters === undefined) return { result: 'notStored' };
    const { parameterOutcome } = await import('./parameters.ts');
    const written = await parameters.write(key, digits);
    if (written.result === 'notStored') this.#tell(written);
    return parameterOutcome(written);
  }

  async #opened(): Promise<Parameters | undefined> {
    if (this.#path === undefined) return undefined;
    const { Parameters } = await import('./parameters.ts');
    // A link stays one: what it leads to is written.
    this.#parameters ??= new Parameters(realpathSync(this.#path));
    return this.#parameters;
  }
}

/** As many hex digits as one compares by eye. */
const sumDigits = 8;

/** What is run, and beside it, where that is the loader of a bundle, what it loads. */
const programFiles = (): readonly string[] => {
  const started = process.argv[1] ?? process.execPath;
  const loaded = started.replace(/\.cjs$/, '.js');
  return loaded !== started && existsSync(loaded) ? [started, loaded] : [started];
};

/** Dashes where the program's own files can't be read any more, such as behind an update that removed them. */
const programSum = (): string => {
  const hash = createHash('sha256');
  try {
    for (const file of programFiles()) hash.update(readFileSync(file));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return '-'.repeat(sumDigits);
  }
  return hash.digest('hex').slice(0, sumDigits);
};

/** @param training where nobody is spoken to */
export const versionOf = ({ terminal, acquirer }: Configuration, training: boolean): Version => {
  const { host, port, backup } = acquirer;
  const others = backup === undefined ? [] : [`${backup.host}:${backup.port}`];
  return {
    build,
    checksum: programSum(),
    merchantId: terminal.merchantId,
    acquirers: training ? [] : [`${host}:${port}`, ...others],
  };
};

type Checked = Pick<Device<never>, 'checkHealth'>;

/** Asks each device, and the ledger whether it can still do its housekeeping. */
export const selfTest = async (
  devices: { readonly [D in Exclude<DeviceName, 'ledger'>]: Checked },
  ledger: { readonly rest: () => Promise<DeviceFault | undefined> },
  faultsOf: (device: DeviceName) => number,
): Promise<readonly DeviceCheck[]> => {
  const check = (device: DeviceName, fault: DeviceFault | undefined): DeviceCheck => ({
    device,
    ...(fault !== undefined && { fault: fault.code }),
    faults: faultsOf(device),
  });
  const names = ['printer', 'cardReader', 'keypad', 'display', 'pinPad', 'acquirer'] as const;
  const checks = await Promise.all(
    names.map(async (device) => {
      const health = await devices[device].checkHealth();
      return check(device, health.healthy ? undefined : health.fault);
    }),
  );
  return [...checks, check('ledger', await ledger.rest())];
};
