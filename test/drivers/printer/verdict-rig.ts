/** The driver before a printer of another make, for tests of what a slip's verdict is. */
import type { Test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { PrinterCause, PrinterEvent, PrintVerdict, SlipDocument } from '../../../hal/printer.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';
import { abilities, baudRate, PaperPeer, type PeerAbilities, type ProfileName, runOn } from './paper-peer.ts';

export const lines = 30;
export const slip: SlipDocument = {
  elements: Array.from({ length: lines }, (_, index) => ({
    type: 'text' as const,
    text: `第${index + 1}行 abcdefghijkl`,
  })),
};
export const lastLine = `第${lines}行 abcdefghijkl`;

export const rig = async (t: Test, name: ProfileName, can: Partial<PeerAbilities> = {}) => {
  const clock = new HandClock();
  const peer = new PaperPeer(clock, { ...abilities[name], ...can });
  const log = new ReportLog<PrinterEvent | LinkEvent>();
  const printer = new EscPosPrinter(
    { port: { path: 'memory', baudRate }, profile: printerProfile(name), acceptUnverified: name === 'mute' },
    clock,
    peer,
  );
  await printer.claim(log.add);
  t.teardown(() => printer.release());
  const run = <T>(promise: Promise<T>) => runOn(clock, promise);
  const pass = (ms: number) => run(new Promise<void>((resolve) => void clock.schedule(ms, resolve)));
  await pass(100);
  /** Prints, and holds the verdict against what is on paper at that moment. */
  const print = async (): Promise<PrintVerdict> => {
    const before = peer.paper.length;
    const verdict = await run(printer.print(slip));
    if (verdict.verdict === 'PRINTED') {
      t.equal(peer.paper.slice(before).at(-1), lastLine, 'PRINTED: the last line is on paper');
    }
    return verdict;
  };
  return { clock, peer, log, printer, run, pass, print };
};

export const verified: ProfileName[] = ['epson', 'clone', 'cheap58'];
export const telling: ProfileName[] = ['epson', 'clone'];

export const notPrinted = (cause: PrinterCause): PrintVerdict => ({ verdict: 'NOT_PRINTED', cause });
export const unknown = (cause: PrinterCause): PrintVerdict => ({ verdict: 'UNKNOWN', cause });
export const printed: PrintVerdict = { verdict: 'PRINTED' };
