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
import type { LedgerPlace } from '../drivers/ledger/open-store.ts';
import { VisaPinPad } from '../drivers/pin-pad/visa-pin-pad.ts';
import { EscPosPrinter } from '../drivers/printer/escpos-printer.ts';
import { ProcessIds } from '../drivers/printer/fence.ts';
import type { FileSystem } from '../drivers/storage/file-system.ts';
import { maskPan } from '../drivers/vault/mask-pan.ts';
import { Vault } from '../drivers/vault/vault.ts';
import type { Display } from '../hal/display.ts';
import type { Ledger } from '../hal/ledger.ts';
import { minorUnits } from '../hal/units.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { Rules } from '../state-machine/rules.ts';
import { recover } from '../state-machine/step.ts';
import { view } from '../state-machine/view.ts';
import { CardMemory } from './card-memory.ts';
import type { Configuration } from './configuration.ts';
import { makePerform } from './effects.ts';
import { findTransactions } from './finder.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { mayForget } from './retention.ts';
import { type Devices, type Report, Runtime } from './runtime.ts';
import { identityOf } from './slips/slip.ts';
import type { Surroundings } from './surroundings.ts';
import { flightDirectory, ledgerPlace } from './terminal-files.ts';
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

/** Says where the clerk looks that the keys are missing; to be released at the end. */
export const sayWithoutKeys = async (configuration: Configuration, surroundings: Surroundings): Promise<Display> => {
  const display = displayOf(configuration, surroundings);
  await display.claim(() => undefined);
  const { state } = recover([], surroundings.clock.wall());
  const phase = { name: 'outOfService', why: 'keys' } as const;
  display.show(view({ ...state, phase }, identityOf(configuration), configuration.language));
  return display;
};

const devicesOf = (configuration: Configuration, masterKey: Uint8Array, surroundings: Surroundings): Devices => {
  const { keypad, cardReader, pinPad, printer, acquirer, terminal, policy } = configuration;
  const { clock, lineTo, printerLineTo, dial, randomBytes } = surroundings;
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
    printer: new EscPosPrinter(
      {
        port: printer.port,
        profile: printer.profile,
        acceptUnverified: policy.acceptUnverified,
      },
      clock,
      printerLineTo(printer.port),
      new ProcessIds(randomBytes),
    ),
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

const rulesOf = ({ terminal, policy, timers, supervisor }: Configuration): Rules => ({
  operator: terminal.operator,
  maxAmount: minorUnits(policy.maxAmount),
  maxRefund: minorUnits(policy.maxRefund),
  maxDay: minorUnits(policy.maxDay),
  completionPercent: policy.completionPercent,
  refundBeyondNet: policy.refundBeyondNet,
  twinMs: policy.twinMinutes * 60_000,
  maxBatch: policy.maxBatch,
  pinBypass: policy.pinBypass,
  keepBySupervisor: policy.keepBySupervisor,
  acceptUnverified: policy.acceptUnverified,
  timers,
  ...(supervisor !== undefined && { supervisor: supervisor.id }),
});

const ledgerOf = (configuration: Configuration, vault: Vault, { clock, fileSystem }: Surroundings): Ledger<Fact> => {
  const settings = {
    ...ledgerPlace(configuration, vault),
    opensTransaction: (fact: Fact) => fact.type === 'intended',
    mayGo: (last: Fact, newest: Fact) => mayForget(last, newest, clock.wall(), configuration.storage.keepYears),
  };
  return new FileLedger<Fact>(settings, fileSystem);
};

/** The batches that are closed, newest first, each read when it is come to. */
function* archivesOf(place: LedgerPlace, fileSystem: FileSystem): Generator<readonly Fact[]> {
  const store = new LedgerStore<Fact>(place, fileSystem);
  for (const generation of store.generations().toReversed().slice(1)) yield store.readArchive(generation).facts;
}

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
  const { language, timers, supervisor } = configuration;
  const { clock, fileSystem, freshId, checkPassword } = surroundings;
  const rules = rulesOf(configuration);
  const devices = devicesOf(configuration, masterKey, surroundings);
  const cards = new CardMemory();
  const identity = identityOf(configuration);
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
  };
  const perform = makePerform({
    rules,
    identity,
    pinTimeoutMs: timers.pinMs,
    cardReader: devices.cardReader,
    pinPad: devices.pinPad,
    printer: devices.printer,
    acquirer: devices.acquirer,
    ledger,
    cards,
    find: (query, book) => findTransactions(query, book, archivesOf(ledgerPlace(configuration, vault), fileSystem)),
    unsealPan: (sealed) => vault.unseal(sealed, 'pan').toString('latin1'),
    passwordIsRight: (password) =>
      supervisor === undefined ? Promise.resolve(false) : checkPassword(password, supervisor.passwordHash),
    fault: (fault) => report({ type: 'fault', fault }),
    bug: (_where, error) => report({ type: 'bug', error }),
  });
  return new Runtime({
    rules,
    identity,
    language,
    devices,
    ledger,
    clock,
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
