/** Puts a terminal together from its configuration: drivers, ledger, machine. The only place that names a driver. */
import { dialTls } from '../drivers/acquirer/tls-dial.ts';
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
import { VisaPinPad } from '../drivers/pin-pad/visa-pin-pad.ts';
import { EscPosPrinter } from '../drivers/printer/escpos-printer.ts';
import { ProcessIds } from '../drivers/printer/fence.ts';
import { errorCode, type FileSystem } from '../drivers/storage/file-system.ts';
import { maskPan } from '../drivers/vault/mask-pan.ts';
import { Vault } from '../drivers/vault/vault.ts';
import type { Display } from '../hal/display.ts';
import type { Ledger } from '../hal/ledger.ts';
import type { Printer } from '../hal/printer.ts';
import { minorUnits } from '../hal/units.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { EntryKind } from '../state-machine/kinds.ts';
import type { Rules } from '../state-machine/rules.ts';
import type { State } from '../state-machine/state.ts';
import { recover } from '../state-machine/step.ts';
import { view } from '../state-machine/view.ts';
import { CardMemory } from './card-memory.ts';
import type { Configuration } from './configuration.ts';
import { makePerform } from './effects.ts';
import { findTransactions } from './finder.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { Accounts } from './operators/accounts.ts';
import { Operators } from './operators/operators.ts';
import { supervisorId } from './operators/roles.ts';
import { PrinterSwitch } from './printer-switch.ts';
import { mayForget } from './retention.ts';
import { type Devices, type Report, Runtime } from './runtime.ts';
import { configuredSlips } from './slips/configured-slips.ts';
import { keepLogo, type Logo } from './slips/logo.ts';
import { identityOf } from './slips/slip-face.ts';
import type { Surroundings } from './surroundings.ts';
import { flightDirectory, imageDirectory, ledgerPlace, logoDirectory, operatorsFile } from './terminal-files.ts';
import { readTls } from './tls-files.ts';

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

/** How a terminal without its keys stands. */
export const withoutKeys = ({ clock }: Pick<Surroundings, 'clock'>): State => ({
  ...recover([], clock.wall()).state,
  phase: { name: 'outOfService', why: 'keys' },
});

/** Says where the clerk looks that the keys are missing; to be released at the end. */
export const sayWithoutKeys = async (configuration: Configuration, surroundings: Surroundings): Promise<Display> => {
  const display = displayOf(configuration, surroundings);
  await display.claim(() => undefined);
  display.show(view(withoutKeys(surroundings), identityOf(configuration), configuration.language));
  return display;
};

const printerOf = (configuration: Configuration, { clock, printerLineTo, randomBytes }: Surroundings): Printer => {
  const { printer, secondPrinter, policy } = configuration;
  const { acceptUnverified } = policy;
  const make = ({ port, profile }: typeof printer): Printer =>
    new EscPosPrinter({ port, profile, acceptUnverified }, clock, printerLineTo(port), new ProcessIds(randomBytes));
  return secondPrinter === undefined ? make(printer) : new PrinterSwitch(make(printer), make(secondPrinter));
};

const devicesOf = (configuration: Configuration, masterKey: Uint8Array, surroundings: Surroundings): Devices => {
  const { keypad, cardReader, pinPad, acquirer, terminal } = configuration;
  const { clock, lineTo, dial } = surroundings;
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
    acquirer: new UnionPayAcquirer(
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
    ),
  };
};

const rulesOf = ({
  terminal,
  transactions,
  policy,
  timers,
  operators,
  secondPrinter,
  settlement,
}: Configuration): Rules => ({
  ...(!operators.mustSignOn && { operator: terminal.operator }),
  maxAmount: minorUnits(policy.maxAmount),
  switchedOff: (Object.keys(transactions) as EntryKind[]).filter((kind) => !transactions[kind]),
  voidMs: policy.voidMinutes * 60_000,
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
    mayGo: (last: Fact, newest: Fact) => mayForget(last, newest, clock.wall(), configuration.storage.keepYears),
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

/**
 * A terminal ready to be started. `masterKey` is copied and may be overwritten.
 *
 * @throws ConfiguredFileError
 */
export const compose = (
  configuration: Configuration,
  vault: Vault,
  masterKey: Uint8Array,
  surroundings: Surroundings,
  log: (report: Report) => void,
  ledger = ledgerOf(configuration, vault, surroundings),
): Runtime => {
  const { language, timers } = configuration;
  const { clock, fileSystem, freshId } = surroundings;
  const rules = rulesOf(configuration);
  const devices = devicesOf(configuration, masterKey, surroundings);
  const cards = new CardMemory();
  const identity = { ...identityOf(configuration), secondPrinter: configuration.secondPrinter !== undefined };
  const recorder = new FlightRecorder(
    flightDirectory(configuration),
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
  const perform = makePerform({
    rules,
    ...(archive !== undefined && { archive }),
    slips: maker,
    wall: () => clock.wall(),
    pinTimeoutMs: timers.pinMs,
    cardReader: devices.cardReader,
    pinPad: devices.pinPad,
    printer: devices.printer,
    ...(devices.printer instanceof PrinterSwitch && {
      usePrinter: (place) => (devices.printer as PrinterSwitch).use(place),
    }),
    acquirer: devices.acquirer,
    ledger,
    cards,
    find: (query) =>
      findTransactions(query, new LedgerStore<Fact>(ledgerPlace(configuration, vault), fileSystem), clock),
    unsealPan: (sealed) => vault.unseal(sealed, 'pan').toString('latin1'),
    operators: accountsOf(configuration, vault, surroundings, report),
    fault: (fault) => report({ type: 'fault', fault }),
    bug: (_where, error) => report({ type: 'bug', error }),
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
    }),
    perform,
    freshId,
    report,
  });
};
