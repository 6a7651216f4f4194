/** `terminalctl printer probe`: what an unknown printer answers, and the profile that fits it. */
import { lineSpeed, type PrinterPort, printerLine } from '../../drivers/printer/printer-line.ts';
import { PrinterProbe } from '../../drivers/printer/printer-probe.ts';
import { proposeProfile } from '../../drivers/printer/profile-proposal.ts';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault } from '../../hal/device.ts';
import { systemClock } from '../system-clock.ts';
import { Refusal } from './configured.ts';
import type { Output } from './output.ts';

export interface ProbeOptions {
  readonly port?: string;
  readonly baud: number;
  readonly flow: 'none' | 'rtscts' | 'xonxoff';
  /** `host` or `host:port`. */
  readonly tcp?: string;
  readonly print?: boolean;
  readonly json?: boolean;
}

const rawPort = 9100;

const portOf = ({ port, baud, flow, tcp }: ProbeOptions): PrinterPort => {
  if ((port === undefined) === (tcp === undefined))
    throw new Refusal('say where it is: --port PATH or --tcp HOST:PORT');
  if (port !== undefined) return { path: port, baudRate: baud, flowControl: flow };
  const [, host = '', number = String(rawPort)] = /^(.+?)(?::(\d+))?$/.exec(tcp ?? '') ?? [];
  if (host === '' || Number(number) < 1 || Number(number) > 65_535)
    throw new Refusal(`--tcp takes HOST:PORT, not ${tcp}`);
  return { transport: 'tcp', host, port: Number(number) };
};

/** @throws Refusal */
export const probePrinter = async (options: ProbeOptions, out: Output, clock: Clock = systemClock): Promise<number> => {
  const port = portOf(options);
  const line = printerLine(port, clock);
  const probe = new PrinterProbe(line, clock);
  const faults: DeviceFault[] = [];
  const refuseFault = (): void => {
    const [fault] = faults;
    if (fault !== undefined) throw new Refusal(`${fault.where}: ${fault.what} ${fault.remedy}`);
  };
  await line.open({
    online: () => {},
    offline: (fault) => void faults.push(fault),
    data: (chunk) => probe.data(chunk),
  });
  try {
    refuseFault();
    const answers = await probe.run(options.print === true);
    refuseFault();
    const { profile, notes } = proposeProfile(answers, port.transport === 'tcp' ? undefined : lineSpeed(port));
    if (options.json === true) {
      out.line(JSON.stringify({ where: line.where, answers, profile: profile ?? null, notes }));
    } else {
      for (const note of notes) out.problem(note);
      if (profile !== undefined) out.line(JSON.stringify(profile, null, 2));
    }
    return profile === undefined || profile.fence === 'none' ? 1 : 0;
  } finally {
    await line.close();
  }
};
