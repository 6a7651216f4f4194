#!/usr/bin/env node
/** The command line of the firmware: what an integrator, a service unit or the virtual board starts. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkValueOf, type KeySuite, keySuite } from '../drivers/acquirer/key-suite.ts';
import { LedgerStore } from '../drivers/ledger/ledger-store.ts';
import { VaultError } from '../drivers/vault/vault-error.ts';
import type { Fact } from '../state-machine/facts.ts';
import { build } from './build.ts';
import { compose, consoleDisplay, notTrading, openVault, sayNotTrading } from './compose.ts';
import { type Configuration, type ConfigurationResult, readConfiguration } from './configuration.ts';
import { withFiles } from './configured-files.ts';
import { Attendance } from './control/attendance.ts';
import { waitForConfiguration } from './first-boot.ts';
import { factLine, type Logger, makeLog, reporter } from './log.ts';
import { hashPassword } from './password.ts';
import { firstFact, provisionTerminal } from './provisioning.ts';
import type { Report, Runtime } from './runtime.ts';
import { ServiceManager } from './service-manager.ts';
import { board } from './surroundings.ts';
import { filesOf, ledgerPlace } from './terminal-files.ts';
import { ConfiguredFileError } from './tls-files.ts';
import { forTraining, isTraining } from './training.ts';
import { bringTo, DataFormatError } from './update/data-format.ts';
import { dataFormat, migrations } from './update/migrations.ts';

const help = `slipsafe: the payment terminal's runtime

  slipsafe run --config FILE         takes the devices and trades; logs JSON lines; ends on SIGTERM or SIGINT
  slipsafe check --config FILE       says whether the configuration is right
  slipsafe provision --config FILE   makes the device key and the ledger, and seals the master key (TMK), whose 16 or
                                     32 hex digits it reads from standard input; prints the key's check value
  slipsafe ledger --config FILE      prints the facts of the ledger, masked, one JSON object a line, all batches;
                                     also while the terminal runs
  slipsafe migrate --to N --config FILE
                                     brings the data of a terminal that is off to another format, as its start does
  slipsafe rehearse                  starts without devices in a folder of its own and ends, as staging a build does to
                                     have what a start runs through compiled
  slipsafe --version                 says which build this is
  slipsafe hash-password             reads a password from standard input and prints what the configuration keeps
`;

/** A fault that a person is told in one line; the exit code is 1. */
class Refusal extends Error {}

const configurationOf = (path: string | undefined, look = (result: ConfigurationResult) => result): Configuration => {
  if (path === undefined) throw new Refusal('--config FILE is missing; see slipsafe --help');
  const result = look(readConfiguration(path));
  if (result.valid) return result.configuration;
  throw new Refusal(`the configuration is not right:\n${result.errors.map((error) => `  ${error}`).join('\n')}`);
};

const firstLineOfInput = async (): Promise<string> => {
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > 1024) break;
  }
  return text.split('\n')[0]?.trim() ?? '';
};

const suiteOf = ({ acquirer }: Configuration): KeySuite => keySuite(acquirer.keySuite, acquirer.sm4);

const provisionBoard = async (configuration: Configuration): Promise<void> => {
  const hex = await firstLineOfInput();
  const suite = suiteOf(configuration);
  const lengths = suite.masterKeyBytes.map((bytes) => bytes * 2);
  if (!/^[0-9A-Fa-f]*$/.test(hex) || !lengths.includes(hex.length)) {
    throw new Refusal(`a master key of ${lengths.join(' or ')} hex digits is expected on standard input`);
  }
  const key = Buffer.from(hex, 'hex');
  const checkValue = checkValueOf(suite, key);
  const { ledger } = await provisionTerminal(filesOf(configuration), key, firstFact(configuration, board.clock));
  if (ledger.result !== 'stored')
    throw new Refusal(`${ledger.fault.where}: ${ledger.fault.what} ${ledger.fault.remedy}`);
  console.log(`provisioned terminal ${configuration.terminal.id}; master key check value ${checkValue}`);
};

const printLedger = (configuration: Configuration): void => {
  const vault = openVault(configuration, board);
  const store = new LedgerStore<Fact>(ledgerPlace(configuration, vault));
  for (const { facts, verdict } of store.verify()) {
    for (const fact of facts) console.log(JSON.stringify(factLine(fact)));
    if (!verdict.intact) throw new Refusal(`the ledger is ${verdict.flaw} at slot ${verdict.slot}: ${verdict.what}`);
  }
};

/** Ends the process in order at the first SIGTERM or SIGINT. */
const stopOnSignal = (log: Logger, stop: () => Promise<void>): void => {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    void stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
};

/**
 * Without its keys, or with data that it can't read, a terminal doesn't trade. It says so in its log and where the clerk
 * looks, until it is stopped.
 */
const runNotTrading = async (
  configuration: Configuration,
  log: Logger,
  error: VaultError | DataFormatError,
): Promise<void> => {
  const { where, what, remedy } = error;
  const why = error instanceof VaultError ? 'keys' : 'storage';
  const showing = sayNotTrading(why, configuration, board);
  const stop = async (): Promise<void> => (await showing).release();
  const attendance = new Attendance(configuration, board.clock, log);
  stopOnSignal(log, () => attendance.end(stop));
  const state = notTrading(why, board);
  await attendance.begin({ monitored: () => ({ state, workingSince: undefined }), post: () => undefined, stop });
  await showing;
  const here = { terminalId: configuration.terminal.id, pid: process.pid };
  log.error({ ...here, to: 'outOfService', where, what, remedy }, 'not trading');
  attendance.ready();
};

/** A service goes on when its configuration comes; a person at a command line is told at once what is wrong. */
const configurationOfService = async (path: string | undefined): Promise<Configuration> => {
  const manager = new ServiceManager(process.env, board.clock);
  if (path === undefined || !manager.there) return configurationOf(path);
  const read = withFiles(readConfiguration(path));
  if (read.valid) return read.configuration;
  const log = makeLog('info');
  const display = consoleDisplay();
  await display.claim(() => undefined);
  manager.ready(() => undefined);
  const configuration = await waitForConfiguration({
    path,
    errors: read.errors,
    clock: board.clock,
    show: (screen) => display.show(screen),
    log: (line, words) => log.error(line, words),
  });
  manager.pause();
  await display.release();
  return configuration;
};

/** Has the build in the slot beside this one bring its data to an older format. */
const wayBack =
  (config: string) =>
  async (other: string, format: number): Promise<boolean> => {
    if (!/^[0-9A-Za-z][0-9A-Za-z.-]*$/.test(other)) return false;
    const program = join(realpathSync(dirname(process.argv[1] ?? '')), '..', other, 'slipsafe.cjs');
    const args = [program, 'migrate', '--to', String(format), '--config', config];
    // Loaded where it is needed: a start that needs it not is the sooner ready.
    const { spawnSync } = await import('node:child_process');
    return spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };

/** @throws DataFormatError */
const bringData = (configuration: Configuration, config: string, format: number): Promise<number> =>
  bringTo(format, {
    files: filesOf(configuration),
    migrations,
    build,
    wall: board.clock.wall(),
    wayBack: wayBack(config),
  });

const run = async (configured: Configuration, config: string): Promise<void> => {
  const training = isTraining(configured, board.fileSystem);
  const configuration = training ? forTraining(configured) : configured;
  const log = makeLog(configuration.log.level);
  const attendance = new Attendance(configuration, board.clock, log, training);
  const tell = reporter(log);
  let runtime: Runtime;
  try {
    const before = await bringData(configuration, config, dataFormat);
    if (before !== dataFormat) log.info({ from: before, to: dataFormat }, 'data changed to another format');
    const vault = openVault(configuration, board);
    const { masterKey } = filesOf(configuration);
    const { key } = vault.loadMasterKey(masterKey);
    if (!suiteOf(configuration).masterKeyBytes.includes(key.length)) {
      const what = `The master key has ${key.length} bytes, which acquirer.keySuite ${configuration.acquirer.keySuite} has no use for.`;
      throw new VaultError('malformed', masterKey, what, 'Load the master key again, or set the right suite.');
    }
    const hear = (report: Report): void => {
      tell(report);
      attendance.hear(report);
    };
    const restart = (): void => {
      log.info('restarting');
      void attendance.end(() => runtime.stop()).then(() => process.exit(0));
    };
    runtime = compose(configuration, vault, key, board, hear, {
      training,
      restart,
      faultsOf: attendance.monitor.faultsOf,
      ...(config !== '' && { file: config }),
    });
    key.fill(0);
  } catch (error) {
    if (error instanceof VaultError || error instanceof DataFormatError) {
      return runNotTrading(configuration, log, error);
    }
    throw error;
  }
  stopOnSignal(log, () => attendance.end(() => runtime.stop()));
  await attendance.begin({
    monitored: () => runtime.monitored,
    post: (happening) => runtime.post(happening),
    stop: () => runtime.stop(),
  });
  const fault = await runtime.start();
  const here = { terminalId: configuration.terminal.id, pid: process.pid, ...(training && { training }) };
  if (fault === undefined) log.info(here, 'ready');
  else log.error({ ...here, to: 'outOfService' }, 'not trading');
  attendance.ready();
};

const commands: { readonly [name: string]: (config: string | undefined, to?: string) => Promise<void> | void } = {
  run: async (config = '') => run(await configurationOfService(config === '' ? undefined : config), config),
  migrate: async (config = '', to) => {
    if (!/^[1-9]\d{0,3}$/.test(to ?? '')) throw new Refusal('--to takes the number of a format');
    const configuration = configurationOf(config === '' ? undefined : config);
    const { socket } = configuration.control;
    const { askOnce, NotReached } = await import('./control/control-client.ts');
    const runs = await askOnce(socket, 'status').then(
      () => true,
      (error: unknown) => !(error instanceof NotReached),
    );
    if (runs) throw new Refusal('the terminal runs: stop it first');
    const before = await bringData(configuration, config, Number(to));
    console.log(`the data were of format ${before}, and are of ${to}`);
  },
  check: (config) => {
    configurationOf(config, withFiles);
    console.log('the configuration is right');
  },
  provision: (config) => provisionBoard(configurationOf(config)),
  ledger: (config) => printLedger(configurationOf(config)),
  rehearse: async () => {
    const { provisionRehearsal } = await import('./rehearsal.ts');
    const { configuration, config } = await provisionRehearsal();
    await run(configuration, config);
    process.kill(process.pid, 'SIGTERM');
  },
  'hash-password': async () => {
    const password = await firstLineOfInput();
    if (!/^\d{6,12}$/.test(password)) throw new Refusal('a password of 6 to 12 digits is expected on standard input');
    console.log(await hashPassword(password));
  },
};

const main = async (): Promise<void> => {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        to: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    const command = commands[positionals[0] ?? ''];
    if (values.help === true) console.log(help);
    else if (values.version === true) console.log(build);
    else if (command === undefined) throw new Refusal(`no such command: ${positionals[0] ?? '(none)'}\n\n${help}`);
    else await command(values.config, values.to);
  } catch (error) {
    const usage = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
    const expected =
      usage || [Refusal, VaultError, DataFormatError, ConfiguredFileError].some((kind) => error instanceof kind);
    console.error(`slipsafe: ${(error as Error).message}`);
    if (!expected) console.error((error as Error).stack);
    process.exitCode = 1;
  }
};

// Not awaited at the top: the board's bundle is CommonJS, which starts sooner and knows no await there.
void main();
