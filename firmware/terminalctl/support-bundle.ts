/** `terminalctl support-bundle`: what somebody far away needs to help, in one file, and no card data. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { nodeFileSystem } from '../../drivers/storage/node-file-system.ts';
import { Vault } from '../../drivers/vault/vault.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { build } from '../build.ts';
import { findCardData } from '../card-data.ts';
import { type Configuration, readConfiguration } from '../configuration.ts';
import { recorderFiles } from '../flight-recorder.ts';
import { factLine } from '../log.ts';
import { filesOf, flightDirectory, ledgerPlace } from '../terminal-files.ts';
import { boardConfiguration, Refusal } from './configured.ts';
import { examination } from './doctor-command.ts';
import type { Output } from './output.ts';
import type { RunningOptions } from './running-terminal.ts';
import { parametersOf } from './shown-configuration.ts';

/** The newest of each, so that it can be sent by mail. */
const mostFacts = 500;
const mostLines = 2000;

/** A section, or why it isn't there: a bundle of a sick terminal is the one that is needed. */
const attempt = (make: () => unknown): unknown => {
  try {
    return make();
  } catch (error) {
    return { missing: (error as Error).message };
  }
};

const newestFacts = (configuration: Configuration): unknown => {
  const store = new LedgerStore<Fact>(ledgerPlace(configuration, Vault.open(configuration.storage.deviceKey)));
  return [...store.verify()].flatMap(({ facts }) => facts.map(factLine)).slice(-mostFacts);
};

/** Masked when it was recorded. */
const newestEvents = (configuration: Configuration): unknown => {
  const folder = flightDirectory(configuration);
  return recorderFiles(folder, nodeFileSystem)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .slice(-mostLines);
};

/** The terminal's own lines, which are made field by field (firmware/log.ts). */
const newestLog = (): unknown =>
  existsSync('/run/systemd/system')
    ? execFileSync('journalctl', ['-u', 'slipsafe', '-n', String(mostLines), '-o', 'cat'], { encoding: 'utf8' }).split(
        '\n',
      )
    : { missing: 'there is no journal here' };

const secretsOf = (configuration: Configuration): readonly Uint8Array[] => {
  const { deviceKey, masterKey } = filesOf(configuration);
  const vault = Vault.open(deviceKey);
  return [readFileSync(deviceKey), vault.ledgerKey(), vault.loadMasterKey(masterKey).key];
};

export interface BundleOptions extends RunningOptions {
  readonly output?: string;
}

/** @throws Refusal when card data or a key is in it: then nothing is written */
export const supportBundle = async (options: BundleOptions, out: Output): Promise<number> => {
  const { status, findings } = await examination(options);
  const read = readConfiguration(options.config ?? boardConfiguration);
  const ofTerminal = read.valid
    ? {
        parameters: parametersOf(read.configuration),
        facts: attempt(() => newestFacts(read.configuration)),
        events: attempt(() => newestEvents(read.configuration)),
      }
    : { parameters: { missing: read.errors } };
  const sections: Readonly<Record<string, unknown>> = {
    about: { at: new Date().toISOString(), build, node: process.version, kernel: release(), architecture: arch() },
    status,
    doctor: findings,
    ...ofTerminal,
    log: attempt(newestLog),
  };
  const secrets = read.valid ? attempt(() => secretsOf(read.configuration)) : [];
  refuseCardData(sections, Array.isArray(secrets) ? (secrets as Uint8Array[]) : []);
  const path = options.output ?? `slipsafe-support-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.json`;
  writeFileSync(path, `${JSON.stringify(sections, null, 1)}\n`, { mode: 0o600, flag: 'wx' });
  if (options.json === true) out.line(JSON.stringify({ path, sections: Object.keys(sections) }));
  else {
    const looked = Array.isArray(secrets) ? '' : '; the keys could not be read, and were not looked for';
    out.line(`${path}: ${Object.keys(sections).join(', ')}; no card data is in it${looked}`);
  }
  return 0;
};

const refuseCardData = (sections: Readonly<Record<string, unknown>>, secrets: readonly Uint8Array[]): void => {
  for (const [name, content] of Object.entries(sections)) {
    const [first] = findCardData(JSON.stringify(content), secrets);
    if (first === undefined) continue;
    throw new Refusal(
      `a ${first.kind} is in the section ${name}, at its character ${first.offset}: nothing was written. Report this; it is a bug.`,
    );
  }
};
