/** `terminalctl doctor`: what is good, what is bad, and what to do. */
import { readConfiguration } from '../configuration.ts';
import { NotReached } from '../control/control-client.ts';
import type { Status } from '../control/monitor.ts';
import { examine, type Finding } from './checks.ts';
import { boardConfiguration, Refusal } from './configured.ts';
import type { Output } from './output.ts';
import { type RunningOptions, statusOf } from './running-terminal.ts';

/** Where a board has it. */

const asked = async (options: RunningOptions): Promise<Status | { readonly notReached: string }> => {
  try {
    return await statusOf(options);
  } catch (error) {
    if (error instanceof NotReached || error instanceof Refusal) return { notReached: error.message };
    throw error;
  }
};

export interface Examination {
  readonly status: Awaited<ReturnType<typeof asked>>;
  readonly findings: readonly Finding[];
}

export const examination = async (options: RunningOptions): Promise<Examination> => {
  const configurationPath = options.config ?? boardConfiguration;
  const read = readConfiguration(configurationPath);
  const configuration = read.valid ? read.configuration : { errors: read.errors };
  const socket = options.socket ?? (read.valid ? read.configuration.control.socket : undefined);
  const status = await asked({ ...(socket !== undefined && { socket }) });
  return { status, findings: examine({ status, configuration, configurationPath }) };
};

/** 1 where something is bad. */
export const doctor = async (options: RunningOptions, out: Output): Promise<number> => {
  const { findings } = await examination(options);
  for (const finding of findings) {
    if (options.json === true) out.line(JSON.stringify(finding));
    else {
      out.line(`${finding.good ? 'good' : 'BAD '}  ${finding.check.padEnd(13)} ${finding.what}`);
      if (finding.remedy !== undefined) out.line(`${' '.repeat(20)}→ ${finding.remedy}`);
    }
  }
  return findings.every((each) => each.good) ? 0 : 1;
};
