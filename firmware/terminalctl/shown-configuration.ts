/** The configuration as it may leave the terminal, in a support bundle. No password, not even its hash, and no key. */
import type { Configuration } from '../configuration.ts';

type Port =
  | { readonly path: string; readonly baudRate: number }
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number };

const portOf = (device: object): string | undefined => {
  const { port } = device as { readonly port?: Port };
  return port && ('host' in port ? `${port.host}:${port.port}` : `${port.path} at ${port.baudRate}`);
};

const deviceOf = (device: { readonly driver: string }): object => ({ driver: device.driver, port: portOf(device) });

/** What is in effect, defaults and all; key by key, so that nothing that is added can leak. */
export const parametersOf = (configuration: Configuration): object => {
  const { terminal, merchant, language, storage, printer, acquirer, policy, timers, log, control } = configuration;
  const { host, port, backup, tls, keySuite, keepConnection, echoMs, tpdu, header } = acquirer;
  const { connectTimeoutMs, answerTimeoutMs, lateAnswerMs } = acquirer;
  return {
    terminal: { id: terminal.id, merchantId: terminal.merchantId, operator: terminal.operator },
    merchant: { name: merchant.name, branch: merchant.branch, hotline: merchant.hotline },
    language,
    storage: {
      directory: storage.directory,
      deviceKey: storage.deviceKey,
      anchor: storage.anchor,
      mirror: storage.mirror,
      keepYears: storage.keepYears,
    },
    keypad: deviceOf(configuration.keypad),
    cardReader: deviceOf(configuration.cardReader),
    pinPad: deviceOf(configuration.pinPad),
    printer: { ...deviceOf(printer), profile: printer.profile, paper: printer.paper },
    secondPrinter: configuration.secondPrinter && deviceOf(configuration.secondPrinter),
    display: deviceOf(configuration.display),
    acquirer: {
      address: `${host}:${port}`,
      backup: backup && `${backup.host}:${backup.port}`,
      tls: tls === undefined ? 'none' : { serverName: tls.serverName, ca: tls.ca, pinned: tls.pin !== undefined },
      keySuite,
      keepConnection,
      echoMs,
      tpdu,
      header,
      connectTimeoutMs,
      answerTimeoutMs,
      lateAnswerMs,
    },
    supervisor: configuration.supervisor === undefined ? 'none' : 'has a password',
    operators: configuration.operators,
    transactions: configuration.transactions,
    policy,
    settlement: configuration.settlement,
    fees: configuration.fees,
    slip: configuration.slip,
    maintenance: configuration.maintenance,
    timers,
    control: { socket: control.socket },
    log: { level: log.level },
  };
};
