/** Puts a terminal together from its configuration: drivers, ledger, machine. The only place that names a driver. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { UnionPayAcquirer } from '../drivers/acquirer/unionpay-acquirer.ts';
import { MagTekReader } from '../drivers/card-reader/magtek-reader.ts';
import { SerialCardReader } from '../drivers/card-reader/serial-card-reader.ts';
import { Cd5220Display } from '../drivers/display/cd5220-display.ts';
import { ConsoleDisplay } from '../drivers/display/console-display.ts';
import { Lcd4x16Display } from '../drivers/display/lcd4x16-display.ts';
import { HidKeypad } from '../drivers/keypad/hid-keypad.ts';
import { SerialKeypad } from '../drivers/keypad/serial-keypad.ts';
import { FileLedger } from '../drivers/ledger/file-ledger.ts';
import type { LedgerPlace } from '../drivers/ledger/open-store.ts';
import { VisaPinPad } from '../drivers/pin-pad/visa-pin-pad.ts';
import { EscPosPrinter } from '../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../drivers/printer/printer-profile.ts';
import { nodeFileSystem } from '../drivers/storage/node-file-system.ts';
import { maskPan } from '../drivers/vault/mask-pan.ts';
import type { Vault } from '../drivers/vault/vault.ts';
import type { Clock } from '../hal/clock.ts';
import type { Display } from '../hal/display.ts';
import { minorUnits } from '../hal/units.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { Rules } from '../state-machine/rules.ts';
import { CardMemory } from './card-memory.ts';
import type { Configuration } from './configuration.ts';
import { makePerform } from './effects.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { checkPassword } from './password.ts';
import { mayForget } from './retention.ts';
import { type Devices, type Report, Runtime } from './runtime.ts';
import type { SlipIdentity } from './slips/slip.ts';

export const ledgerPlace = ({ storage }: Configuration, vault: Vault): LedgerPlace => ({
  directory: join(storage.directory, 'ledger'),
  ledgerKey: vault.ledgerKey(),
  anchor: storage.anchor,
  ...(storage.mirror !== undefined && { mirror: storage.mirror }),
});

export const flightDirectory = ({ storage }: Configuration): string => join(storage.directory, 'flight');

export const displayOf = ({ display }: Configuration, clock: Clock): Display => {
  switch (display.driver) {
    case 'lcd4x16':
      return new Lcd4x16Display(display.port, clock);
    case 'cd5220':
      return new Cd5220Display({ serial: display.port, encoding: display.encoding }, clock);
    case 'console':
      return new ConsoleDisplay(process.stderr);
  }
};

const devicesOf = (configuration: Configuration, masterKey: Uint8Array, clock: Clock): Devices => {
  const { keypad, cardReader, pinPad, printer, acquirer, terminal, policy } = configuration;
  return {
    keypad: keypad.driver === 'serial' ? new SerialKeypad(keypad.port, clock) : new HidKeypad(keypad, clock),
    cardReader:
      cardReader.driver === 'serial'
        ? new SerialCardReader(cardReader.port, clock)
        : new MagTekReader(cardReader, clock),
    pinPad: new VisaPinPad(pinPad.port, clock),
    printer: new EscPosPrinter(
      {
        serial: printer.port,
        profile: printerProfile(printer.profile, printer.paper),
        acceptUnverified: policy.acceptUnverified,
      },
      clock,
    ),
    display: displayOf(configuration, clock),
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
        capability: '2',
        terminalSerial: terminal.serialNumber,
        masterKey,
      },
      clock,
    ),
  };
};

const rulesOf = ({ terminal, policy, timers, supervisor }: Configuration): Rules => ({
  operator: terminal.operator,
  maxAmount: minorUnits(policy.maxAmount),
  maxBatch: policy.maxBatch,
  pinBypass: policy.pinBypass,
  keepBySupervisor: policy.keepBySupervisor,
  acceptUnverified: policy.acceptUnverified,
  timers,
  ...(supervisor !== undefined && { supervisor: supervisor.id }),
});

/** Who the terminal is, on its screens and slips. */
export const identityOf = ({ terminal, merchant, language }: Configuration): SlipIdentity => ({
  merchant: merchant.name,
  branch: merchant.branch,
  hotline: merchant.hotline,
  terminalId: terminal.id,
  merchantId: terminal.merchantId,
  language,
});

/** A terminal ready to be started. `masterKey` is copied and may be overwritten. */
export const compose = (
  configuration: Configuration,
  vault: Vault,
  masterKey: Uint8Array,
  clock: Clock,
  log: (report: Report) => void,
): Runtime => {
  const { language, timers, supervisor } = configuration;
  const rules = rulesOf(configuration);
  const devices = devicesOf(configuration, masterKey, clock);
  const ledger = new FileLedger<Fact>({
    ...ledgerPlace(configuration, vault),
    opensTransaction: (fact) => fact.type === 'intended',
    mayGo: (last, newest) => mayForget(last, newest, clock.wall(), configuration.storage.keepYears),
  });
  const cards = new CardMemory();
  const identity = identityOf(configuration);
  const recorder = new FlightRecorder(
    flightDirectory(configuration),
    nodeFileSystem,
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
    freshId: randomUUID,
    report,
  });
};
