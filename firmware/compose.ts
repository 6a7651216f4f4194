/** Puts a terminal together from its configuration: drivers, ledger, machine. The only place that names a driver. */
import { dialTls } from '../drivers/acquirer/tls-dial.ts';
import { TrainingAcquirer } from '../drivers/acquirer/training-acquirer.ts';
import { UnionPayAcquirer } from '../drivers/acquirer/unionpay-acquirer.ts';
import { MagTekReader } from '../drivers/card-reader/magtek-reader.ts';
import { SerialCardReader } from '../drivers/card-reader/serial-card-reader.ts';
import { Cd5220Display } from '../drivers/display/cd5220-display.ts';
import { ConsoleDisplay } from '../drivers/display/console-display.ts';
import { Lcd4x16Display } from '../drivers/display/lcd4x16-display.ts';
import { HidKeypad } from '../drivers/keypad/hid-keypad.ts';
import { SerialKeypad } from '../drivers/keypad/serial-keypad.ts';
import { FileLedger } from '../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../drivers/ledger/ledger-store.ts';
import { MemoryLedger } from '../drivers/ledger/memory-ledger.ts';
import { VisaPinPad } from '../drivers/pin-pad/visa-pin-pad.ts';
import { EscPosPrinter } from '../drivers/printer/escpos-printer.ts';
import { ProcessIds } from '../drivers/printer/fence.ts';
import { FilePrinter } from '../drivers/printer/file-printer.ts';
import { errorCode, type FileSystem } from '../drivers/storage/file-system.ts';
import { maskPan } from '../drivers/vault/mask-pan.ts';
import { Vault } from '../drivers/vault/vault.ts';
import type { Acquirer } from '../hal/acquirer.ts';
import { hasChip } from '../hal/card-reader.ts';
import type { DeviceName } from '../hal/device.ts';
import type { Display } from '../hal/display.ts';
import type { Ledger } from '../hal/ledger.ts';
import type { Printer } from '../hal/printer.ts';
import { minorUnits } from '../hal/units.ts';
import { minuteOf } from '../state-machine/calendar.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { EntryKind } from '../state-machine/kinds.ts';
import type { Rules } from '../state-machine/rules.ts';
import type { State } from '../state-machine/state.ts';
import { recover } from '../state-machine/step.ts';
import { view } from '../state-machine/view.ts';
import { CardMemory } from './card-memory.ts';
import { type Care, ParameterFile, selfTest, versionOf } from './care.ts';
import type { Configuration, ConfiguredPrinter } from './configuration.ts';
import { makePerform } from './effects.ts';
import { findInBook, findTransactions } from './finder.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { Accounts } from './operators/accounts.ts';
import { Operators } from './operators/operators.ts';
import { supervisorId } from './operators/roles.ts';
import { PrinterSwitch } from './printer-switch.ts';
import { firstFact } from './provisioning.ts';
import { mayForget } from './retention.ts';
import { type Devices, type Report, Runtime } from './runtime.ts';
import { configuredSlips } from './slips/configured-slips.ts';
import { keepLogo, type Logo } from './slips/logo.ts';
import { identityOf } from './slips/slip-face.ts';
import type { Surroundings } from './surroundings.ts';
import { flightDirectory, imageDirectory, ledgerPlace, logoDirectory, operatorsFile } from './terminal-files.ts';
import { readTls } from './tls-files.ts';
import { chooseTraining } from './training.ts';

/** @throws VaultError */
export const openVault = (
  { storage }: Configuration,
  { fileSystem, randomBytes }: Pick<Surroundings, 'fileSystem' | 'randomBytes'>,
): Vault => Vault.open(storage.deviceKey, fileSystem, randomBytes);

const displayOf = ({ display }: Configuration, { clock, lineTo }: Surroundings): Display => {
  switch (display.driver) {
    case 'lcd4x16':
      return new Lcd4x16Display(display.port, clock, lineTo('display', display.port));
    case 'cd5220': {
      const { port: serial, encoding } = display;
      return new Cd5220Display({ serial, encoding }, clock, lineTo('display', serial));
    }
    case 'console':
      return new ConsoleDisplay(process.stderr);
  }
};

/** Where there is no configuration that names a display. */
export const consoleDisplay = (): Display => new ConsoleDisplay(process.stderr);

/** How a terminal stands that has no keys, or whose data it can't read. */
export const notTrading = (why: 'keys' | 'storage', { clock }: Pick<Surroundings, 'clock'>): State => ({
  ...recover([], clock.wall()).state,
  phase: { name: 'outOfService', why },
});

/** Says so where the clerk looks; to be released at the end. */
export const sayNotTrading = async (
  why: 'keys' | 'storage',
  configuration: Configuration,
  surroundings: Surroundings,
): Promise<Display> => {
  const display = displayOf(configuration, surroundings);
  await display.claim(() => undefined);
  display.show(view(notTrading(why, surroundings), identityOf(configuration), configuration.language));
  return display;
};

const printerOf = (
  { printer, secondPrinter, policy: { acceptUnverified } }: Configuration,
  { clock, fileSystem, printerLineTo, randomBytes }: Surroundings,
): Printer => {
  const make = ({ port, profile }: ConfiguredPrinter): Printer =>
    new EscPosPrinter({ port, profile, acceptUnverified }, clock, printerLineTo(port), new ProcessIds(randomBytes));
  if (secondPrinter === undefined) return make(printer);
  const second =
    secondPrinter.driver === 'file' ? new FilePrinter(secondPrinter, clock, fileSystem) : make(secondPrinter);
  return new PrinterSwitch(make(printer), second);
};

const acquirerOf = (
  { acquirer, terminal }: Configuration,
  masterKey: Uint8Array,
  { clock, dial }: Surroundings,
): Acquirer =>
  new UnionPayAcquirer(
    {
      host: acquirer.host,
      port: acquirer.port,
      tpdu: acquirer.tpdu,
      header: {
        application: acquirer.header.slice(0, 2),
        version: acquirer.header.slice(2, 4),
        state: acquirer.header.slice(4, 5),
        subVersion: acquirer.header.slice(6),
      },
      connectTimeoutMs: acquirer.connectTimeoutMs,
      answerTimeoutMs: acquirer.answerTimeoutMs,
      lingerMs: acquirer.lateAnswerMs,
      terminalId: terminal.id,
      merchantId: terminal.merchantId,
      currency: '156',
      terminalSerial: terminal.serialNumber,
      masterKey,
      keySuite: acquirer.keySuite,
      sm4: acquirer.sm4,
      keepsOpen: acquirer.keepConnection,
      ...(acquirer.echoMs !== undefined && { echoMs: acquirer.echoMs }),
      ...(acquirer.backup !== undefined && { backup: acquirer.backup }),
    },
    clock,
    acquirer.tls === undefined ? dial : dialTls(readTls(acquirer.tls)),
  );

/** What the PIN pad is given in training is nobody's key. */
const trainingAcquirer = ({ acquirer }: Configuration, { clock, randomBytes }: Surroundings): Acquirer =>
  new TrainingAcquirer({ pinKey: randomBytes(acquirer.keySuite === '001' ? 8 : 16).toString('hex') }, clock);

const devicesOf = (configuration: Configuration, acquirer: Acquirer, surroundings: Surroundings): Devices => {
  const { keypad, cardReader, pinPad } = configuration;
  const { clock, lineTo } = surroundings;
  return {
    keypad:
      keypad.driver === 'serial'
        ? new SerialKeypad(keypad.port, clock, lineTo('keypad', keypad.port))
        : new HidKeypad(keypad, clock),
    cardReader:
      cardReader.driver === 'serial'
        ? new SerialCardReader(cardReader.port, clock, lineTo('cardReader', cardReader.port))
        : new MagTekReader(cardReader, clock),
    pinPad: new VisaPinPad(pinPad.port, clock, lineTo('pinPad', pinPad.port)),
    printer: printerOf(configuration, surroundings),
    display: displayOf(configuration, surroundings),
    acquirer,
  };
};

/** `62=500000 4=100000`: what a card's number begins with, and its cap in 分. */
const capsOf = (text: string | undefined): Rules['cardCaps'] =>
  (text?.split(' ') ?? []).map((cap) => {
    const [prefix = '', most] = cap.split('=');
    return { prefix, most: minorUnits(Number(most)) };
  });

const rulesOf = (
  { terminal, transactions, policy, settlement, slip, timers, operators, secondPrinter, maintenance }: Configuration,
  training: boolean,
): Rules => ({
  ...(training && { training }),
  maintenanceDays: maintenance.everyDays,
  ...(!operators.mustSignOn && { operator: terminal.operator }),
  maxAmount: minorUnits(policy.maxAmount),
  switchedOff: (Object.keys(transactions) as EntryKind[]).filter((kind) => !transactions[kind]),
  voidMs: policy.voidMinutes * 60_000,
  ...(settlement.at !== undefined && { settleAt: minuteOf(settlement.at) }),
  refundDays: policy.refundDays,
  lateRefunds: policy.lateRefunds,
  remarks: [
    ...(policy.askOrderNumber ? (['orderNumber'] as const) : []),
    ...(policy.askNote ? (['note'] as const) : []),
  ],
  ...(slip.feeNotice !== undefined && { feeNotice: slip.feeNotice }),
  cardCaps: capsOf(policy.cardCaps),
  chipFallback: policy.chipFallback,
  maxRefund: minorUnits(policy.maxRefund),
  maxDay: minorUnits(policy.maxDay),
  completionPercent: policy.completionPercent,
  refundBeyondNet: policy.refundBeyondNet,
  signOffAfterSettlement: settlement.signOff,
  twinMs: policy.twinMinutes * 60_000,
  maxBatch: policy.maxBatch,
  pinBypass: policy.pinBypass,
  keepBySupervisor: policy.keepBySupervisor,
  secondPrinter: secondPrinter !== undefined,
  acceptUnverified: policy.acceptUnverified,
  timers,
  supervisor: supervisorId,
});

const ledgerOf = (configuration: Configuration, vault: Vault, { clock, fileSystem }: Surroundings): Ledger<Fact> => {
  const settings = {
    ...ledgerPlace(configuration, vault),
    opensTransaction: (fact: Fact) => fact.type === 'intended',
    mayGo: (count: number, lastOf: (index: number) => Fact | undefined) =>
      mayForget(count, lastOf, clock.wall(), configuration.storage.keepYears),
  };
  return new FileLedger<Fact>(settings, fileSystem);
};

const accountsOf = (
  configuration: Configuration,
  vault: Vault,
  { clock, fileSystem, checkPassword: check, hashPassword: hash }: Surroundings,
  report: (report: Report) => void,
): Accounts => {
  const { operators, terminal, supervisor } = configuration;
  const { tries, lockMinutes } = operators;
  const path = operatorsFile(configuration);
  const seed = {
    operator: terminal.operator,
    ...(supervisor !== undefined && { supervisorHash: supervisor.passwordHash }),
  };
  return new Accounts(
    () => Operators.open({ path, vault, tries, lockMinutes }, seed, clock, { check, hash }, fileSystem),
    (fault) => report({ type: 'fault', fault: { device: 'ledger', code: 'failed', ...fault } }),
  );
};

/** Without a copy, slips lose their logo when another one is configured: trade goes on. */
const keep = (
  configuration: Configuration,
  logo: Logo,
  fileSystem: FileSystem,
  log: (report: Report) => void,
): void => {
  const directory = logoDirectory(configuration);
  try {
    keepLogo(directory, logo, fileSystem);
  } catch (error) {
    const fault = {
      device: 'ledger',
      code: 'failed',
      where: directory,
      what: `The logo can't be kept (${errorCode(error) ?? 'unknown error'}).`,
      remedy: 'Free space on its disk, and restart the terminal.',
    } as const;
    log({ type: 'fault', fault });
  }
};

/** What a composition may have otherwise than usual. */
export interface Composing {
  /** Instead of the configuration's. */
  readonly ledger?: Ledger<Fact>;
  /** 培训: the configuration is `forTraining`. */
  readonly training?: boolean;
  /** The configuration's file, for parameters that are changed at the terminal. */
  readonly file?: string;
  /** How often a device failed since the start, as whoever hears the reports has counted. */
  readonly faultsOf?: (device: DeviceName) => number;
  /** Ends the process in order, to be started again. */
  readonly restart?: () => void;
}

/**
 * A terminal ready to be started. `masterKey` is copied and may be overwritten. One that trains has an acquirer that is
 * played and a ledger in memory: what is real isn't even opened.
 *
 * @throws ConfiguredFileError
 */
export const compose = (
  configuration: Configuration,
  vault: Vault,
  masterKey: Uint8Array,
  surroundings: Surroundings,
  log: (report: Report) => void,
  { ledger: given, training = false, file, faultsOf = () => 0, restart = () => undefined }: Composing = {},
): Runtime => {
  const { language, timers } = configuration;
  const { clock, fileSystem, freshId } = surroundings;
  const practice = training ? new MemoryLedger<Fact>(firstFact(configuration, clock)) : undefined;
  const ledger = given ?? practice ?? ledgerOf(configuration, vault, surroundings);
  const rules = rulesOf(configuration, training);
  const acquirer = training
    ? trainingAcquirer(configuration, surroundings)
    : acquirerOf(configuration, masterKey, surroundings);
  const devices = devicesOf(configuration, acquirer, surroundings);
  const cards = new CardMemory();
  const identity = { ...identityOf(configuration), secondPrinter: configuration.secondPrinter !== undefined };
  const recorder = new FlightRecorder(
    `${flightDirectory(configuration)}${training ? '-training' : ''}`,
    fileSystem,
    { rules, identity, language },
    () => ledger.tailCode(),
    (fault) => log({ type: 'fault', fault }),
  );
  const report = (each: Report): void => {
    log(each);
    recorder.hear(each);
    if (each.type === 'stepped') archive?.hear(each.state.phase.name);
  };
  const { maker, face, logo } = configuredSlips(configuration, vault, fileSystem);
  if (logo !== undefined) keep(configuration, logo, fileSystem, log);
  const archive = configuration.slip.images
    ? surroundings.archive?.({
        directory: imageDirectory(configuration),
        columns: maker.columns,
        keepYears: configuration.storage.keepYears,
        fault: (fault) => log({ type: 'fault', fault }),
      })
    : undefined;
  const { printer } = devices;
  const usePrinter = printer instanceof PrinterSwitch ? { usePrinter: printer.use.bind(printer) } : {};
  const parameters = new ParameterFile(file, language, ({ what, remedy }) =>
    report({ type: 'fault', fault: { device: 'ledger', code: 'failed', where: file ?? '', what, remedy } }),
  );
  const care: Care = {
    parameters: () => parameters.list(),
    writeParameter: (key, digits) => parameters.write(key, digits),
    version: () => versionOf(configuration, training),
    selfTest: () => selfTest(devices, ledger, faultsOf),
    switchTraining: async (on) => {
      try {
        await chooseTraining(configuration, on, fileSystem);
        return true;
      } catch (error) {
        if (errorCode(error) === undefined) throw error;
        return false;
      }
    },
    restart,
  };
  const perform = makePerform({
    care,
    rules,
    ...(archive !== undefined && { archive }),
    slips: maker,
    wall: () => clock.wall(),
    pinTimeoutMs: timers.pinMs,
    cardReader: devices.cardReader,
    pinPad: devices.pinPad,
    printer: devices.printer,
    ...usePrinter,
    acquirer: devices.acquirer,
    ledger,
    cards,
    find: async (query, book) =>
      training
        ? { rows: findInBook(query, book) }
        : findTransactions(
            query,
            new LedgerStore<Fact>(ledgerPlace(configuration, vault), fileSystem),
            clock,
            (fault) => report({ type: 'fault', fault }),
          ),
    unsealPan: (sealed) => vault.unseal(sealed, 'pan').toString('latin1'),
    operators: accountsOf(configuration, vault, surroundings, report),
    fault: (fault) => report({ type: 'fault', fault }),
    bug: (where, error) => report({ type: 'bug', error, where }),
  });
  return new Runtime({
    rules,
    identity,
    language,
    face,
    devices,
    ledger,
    clock,
    ...(configuration.settlement.at !== undefined && { settleAt: configuration.settlement.at }),
    cards,
    tokenOf: (card) => ({
      masked: maskPan(card.pan),
      sealedPan: vault.seal(Buffer.from(card.pan, 'latin1'), 'pan'),
      cardHash: vault.keyedHash(card.pan),
      entry: card.entry,
      ...(hasChip(card) && { chip: true }),
    }),
    perform,
    ...usePrinter,
    freshId,
    report,
  });
};
