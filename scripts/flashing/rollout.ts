/** Many terminals: the first alone, then so many at once; no further one is begun after the first failure. */
import type { Outcome } from './flash-host.ts';

export interface HostReport extends Partial<Omit<Outcome, 'result'>> {
  readonly host: string;
  readonly result: Outcome['result'] | 'failed' | 'not tried';
  readonly why?: string;
  readonly seconds: number;
}

/** @param work does one host, and throws what is wrong with it */
export const rollOut = async (
  hosts: readonly string[],
  jobs: number,
  work: (host: string) => Promise<Outcome>,
  done: (report: HostReport) => void,
): Promise<readonly HostReport[]> => {
  const reports = new Map<string, HostReport>();
  const failed = (): boolean => [...reports.values()].some(({ result }) => result === 'failed');
  const one = async (host: string): Promise<void> => {
    const began = performance.now();
    const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
    let report: HostReport;
    try {
      report = { host, ...(await work(host)), seconds: seconds() };
    } catch (error) {
      report = { host, result: 'failed', why: (error as Error).message, seconds: seconds() };
    }
    reports.set(host, report);
    done(report);
  };
  const [canary, ...others] = hosts;
  if (canary !== undefined) await one(canary);
  const worker = async (): Promise<void> => {
    for (let host = others.shift(); host !== undefined && !failed(); host = others.shift()) await one(host);
  };
  if (!failed()) await Promise.all(Array.from({ length: Math.min(jobs, others.length) }, worker));
  return hosts.map((host) => reports.get(host) ?? { host, result: 'not tried', seconds: 0 });
};
