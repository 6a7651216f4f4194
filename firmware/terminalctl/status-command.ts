/** `terminalctl status`, `watch` and `devices`: the running terminal as it says it is. */

import type { MinorUnits, Stan } from '../../hal/units.ts';
import { widthOf } from '../../state-machine/view.ts';
import type { DeviceStatus, Status } from '../control/monitor.ts';
import { money, sixDigits } from '../slips/slip.ts';
import type { Output } from './output.ts';
import { type RunningOptions, statuses, statusOf } from './running-terminal.ts';

const duration = (seconds: number): string => {
  const [days, hours, minutes] = [86_400, 3600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
};

const yuan = (amount: number): string => `RMB ${money(amount as MinorUnits)}`;

const openWords = ({ open }: Status): string[] => {
  if (open === undefined) return [];
  const attempt = open.attempt === undefined ? '' : `, try ${open.attempt}`;
  const { kind, voucher, amount, status, sinceSeconds } = open;
  return [
    `open      ${kind} ${sixDigits(voucher as Stan)}, ${yuan(amount)}: ${status}, for ${duration(sinceSeconds)}${attempt}`,
  ];
};

const readinessWords = ({ printer }: Status): string => {
  if (!printer.ready) return `not ready: ${printer.cause}`;
  return printer.paperNearEnd ? 'ready, paper near its end' : 'ready';
};

export const screenLines = ({ screen }: Status): string[] =>
  screen.map((line) => `  │${line}${' '.repeat(Math.max(0, 16 - widthOf(line)))}│`);

const statusLines = (status: Status): string[] => {
  const { terminalId, build, phase, outOfService, upSeconds, pid, batch, transactions, captured, signedOn, slipsDue } =
    status;
  const due = [
    ...(slipsDue.copies > 0 ? [`${slipsDue.copies} copies`] : []),
    ...(slipsDue.reversals > 0 ? [`${slipsDue.reversals} reversal slips`] : []),
  ];
  const lost = status.devices.filter(({ online }) => !online).map(({ device }) => device);
  return [
    `terminal  ${terminalId}, build ${build}, up ${duration(upSeconds)} (process ${pid})`,
    ...(status.training ? ['TRAINING  nothing of what follows is real'] : []),
    `phase     ${phase}${outOfService === undefined ? '' : `: ${outOfService}`}${signedOn ? '' : ', not signed on'}`,
    ...screenLines(status),
    `batch     ${sixDigits(batch as Stan)}: ${transactions} transactions, ${captured.count} captured, ${yuan(captured.amount)}`,
    ...openWords(status),
    ...(status.settling ? ['open      a settlement'] : []),
    ...(due.length > 0 ? [`due       ${due.join(', ')}`] : []),
    `printer   ${readinessWords(status)}`,
    `devices   ${lost.length === 0 ? 'all there' : `not there: ${lost.join(', ')}`}`,
    `update    ${status.veto === undefined ? 'may be applied now' : `waits: ${status.veto}`}`,
    ...(status.ailment === undefined ? [] : [`UNHEALTHY ${status.ailment}`]),
  ];
};

/** 0 where the terminal trades, 1 where it is out of service or unwell. */
const codeOf = ({ phase, healthy }: Status): number => (healthy && phase !== 'outOfService' ? 0 : 1);

/** @throws NotReached, Refusal */
export const showStatus = async (options: RunningOptions, out: Output): Promise<number> => {
  const status = await statusOf(options);
  if (options.json === true) out.line(JSON.stringify(status));
  else for (const line of statusLines(status)) out.line(line);
  return codeOf(status);
};

/** What a person wants to see again: not the seconds that went by. */
const told = ({ at: _at, upSeconds: _up, open, ...rest }: Status): string =>
  JSON.stringify({ ...rest, open: open && { ...open, sinceSeconds: 0 } });

export const watchLine = (status: Status): string => {
  const { at, phase, screen, devices, printer } = status;
  const lost = devices.filter(({ online }) => !online).map(({ device }) => `-${device}`);
  const paper = printer.ready ? [] : [`printer:${printer.cause}`];
  return [at, phase.padEnd(18), `│${screen.join('│')}│`, ...lost, ...paper].join('  ');
};

/** A line at each change, until it is interrupted or the terminal ends. @throws NotReached */
export const watch = async (options: RunningOptions, out: Output): Promise<number> => {
  let before = '';
  for await (const status of statuses(options)) {
    const now = told(status);
    if (now === before) continue;
    before = now;
    out.line(options.json === true ? JSON.stringify(status) : watchLine(status));
  }
  return 0;
};

const deviceLines = ({ device, online, faults, fault }: DeviceStatus): string[] => {
  const times = faults === 0 ? '' : `, ${faults} ${faults === 1 ? 'fault' : 'faults'} since the start`;
  const head = `${online ? 'ok  ' : 'LOST'} ${device.padEnd(11)}${times.replace(/^, /, '')}`.trimEnd();
  return fault === undefined ? [head] : [head, `       ${fault.where}: ${fault.what} ${fault.remedy}`];
};

/** 1 where one of them is lost. @throws NotReached, Refusal */
export const showDevices = async (options: RunningOptions, out: Output): Promise<number> => {
  const { devices } = await statusOf(options);
  if (options.json === true) out.line(JSON.stringify(devices));
  else for (const line of devices.flatMap(deviceLines)) out.line(line);
  return devices.every(({ online }) => online) ? 0 : 1;
};
