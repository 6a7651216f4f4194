import type { Test } from 'tap';
import type { LinkEvent } from '../../hal/device.ts';
import type { Printer, PrinterEvent, PrintVerdict, SlipDocument } from '../../hal/printer.ts';
import type { ReportLog } from '../support/report-log.ts';

/** A printer driver, not yet claimed, before a printer whose paper can be looked at. The line to it is up. */
export interface PrinterRig {
  readonly printer: Printer;
  readonly log: ReportLog<PrinterEvent | LinkEvent>;
  /** Whether the printer tells by itself, or when asked, that it has stopped; else only that it doesn't answer. */
  readonly tellsCauses: boolean;
  /** Lets time pass until the promise is settled. */
  run<Result>(promise: Promise<Result>): Promise<Result>;
  /** Lets so much time pass, in ms, by the driver's clock. */
  pass(ms: number): Promise<void>;
  /** The driver's clock, in ms. */
  now(): number;
  /** The lines of text that are on paper, blanks left out. */
  paper(): readonly string[];
  /** The paper ends, now or when so many more lines are on it. */
  endPaper(afterLines?: number): void;
  putPaperIn(): void;
  openCover(): void;
  closeCover(): void;
  /** From now on, or when so many more lines are on paper, the printer takes bytes and answers nothing. */
  fallSilent(afterLines?: number): void;
  unplug(afterLines?: number): void | Promise<void>;
  plugIn(): void | Promise<void>;
}

const lineCount = 15;
const slipOf = (name: string): SlipDocument => ({
  elements: Array.from({ length: lineCount }, (_, index) => ({ type: 'text' as const, text: `${name} ${index + 1}` })),
});
const linesOf = (name: string): string[] => Array.from({ length: lineCount }, (_, index) => `${name} ${index + 1}`);
const lastOf = (name: string): string => `${name} ${lineCount}`;

/** Longest time, in ms, that a call may take whatever the printer does; a hot head is the slowest of all. */
const boundMs = 60_000;

/** What every driver of the `Printer` port must do, run on a rig of its own for each part. */
export const printerContract = (t: Test, makeRig: (t: Test) => Promise<PrinterRig>): void => {
  const part = (name: string, body: (t: Test, rig: PrinterRig) => Promise<void>): void => {
    t.test(name, async (inner) => {
      const rig = await makeRig(inner);
      inner.teardown(() => rig.printer.release());
      await rig.run(rig.printer.claim(rig.log.add));
      await rig.pass(1500);
      await body(inner, rig);
    });
  };

  /** Prints, and holds the one verdict that must never be wrong against the paper. */
  const print = async (inner: Test, rig: PrinterRig, name: string): Promise<PrintVerdict> => {
    const begun = rig.now();
    const verdict = await rig.run(rig.printer.print(slipOf(name)));
    inner.ok(rig.now() - begun <= boundMs, 'within its time');
    if (verdict.verdict === 'PRINTED') inner.equal(rig.paper().at(-1), lastOf(name), 'PRINTED is true');
    return verdict;
  };

  part('a claimed printer says that it is online, then that it is ready', async (inner, rig) => {
    inner.match(rig.log.reports, [{ type: 'online' }, { type: 'readiness', readiness: { ready: true } }]);
    inner.match(await rig.run(rig.printer.checkReady()), { ready: true });
    inner.strictSame(await rig.run(rig.printer.checkHealth()), { healthy: true });
  });

  part('slips come out whole and in order', async (inner, rig) => {
    inner.strictSame(await print(inner, rig, 'first'), { verdict: 'PRINTED' });
    inner.strictSame(await print(inner, rig, 'second'), { verdict: 'PRINTED' });
    inner.strictSame(rig.paper(), [...linesOf('first'), ...linesOf('second')]);
  });

  part('one call at a time', async (inner, rig) => {
    const first = rig.printer.print(slipOf('first'));
    await inner.rejects(rig.printer.print(slipOf('second')));
    await inner.rejects(rig.printer.cancel());
    inner.strictSame(await rig.run(first), { verdict: 'PRINTED' });
    inner.strictSame(rig.paper(), linesOf('first'));
  });

  part('without paper nothing is sent, and the return of paper is reported', async (inner, rig) => {
    rig.endPaper();
    await rig.pass(1500);
    const begun = rig.now();
    inner.match(await rig.run(rig.printer.checkReady()), { ready: false });
    inner.ok(rig.now() - begun <= 1000);
    const { verdict } = await print(inner, rig, 'lost');
    inner.equal(verdict, 'NOT_PRINTED');
    const before = rig.log.reports.length;
    rig.putPaperIn();
    await rig.pass(5000);
    inner.match(rig.log.reports.slice(before), [{ type: 'readiness', readiness: { ready: true } }]);
    inner.strictSame(rig.paper(), []);
    inner.strictSame(await print(inner, rig, 'next'), { verdict: 'PRINTED' });
  });

  part('an open cover is like no paper', async (inner, rig) => {
    rig.openCover();
    await rig.pass(1500);
    inner.equal((await print(inner, rig, 'lost')).verdict, 'NOT_PRINTED');
    rig.closeCover();
    await rig.pass(5000);
    inner.strictSame(await print(inner, rig, 'next'), { verdict: 'PRINTED' });
  });

  part('paper that ends at any line is never PRINTED', async (inner, outer) => {
    for (let line = 1; line < lineCount; line += 3) {
      const rig = line === 1 ? outer : await makeRig(inner);
      if (rig !== outer) {
        await rig.run(rig.printer.claim(rig.log.add));
        await rig.pass(1500);
      }
      rig.endPaper(line);
      const verdict = await print(inner, rig, 'cut');
      if (rig.tellsCauses) inner.strictSame(verdict, { verdict: 'NOT_PRINTED', cause: 'paperEnd' });
      else inner.not(verdict.verdict, 'PRINTED');
      const { confirmed } = await rig.run(rig.printer.cancel());
      rig.putPaperIn();
      await rig.pass(6000);
      if (confirmed) inner.notOk(rig.paper().includes(lastOf('cut')), 'what was cancelled stays away');
      inner.strictSame(await print(inner, rig, 'again'), { verdict: 'PRINTED' });
      inner.strictSame(rig.paper().slice(-lineCount), linesOf('again'), 'the whole copy again');
      await rig.printer.release();
    }
  });

  part('silence in a slip is UNKNOWN, and every call ends', async (inner, rig) => {
    rig.fallSilent(4);
    inner.strictSame(await print(inner, rig, 'lost'), { verdict: 'UNKNOWN', cause: 'silence' });
    const begun = rig.now();
    inner.strictSame(await rig.run(rig.printer.cancel()), { confirmed: false });
    inner.ok(rig.now() - begun <= boundMs);
    inner.strictSame(await rig.run(rig.printer.checkReady()), { ready: false, cause: 'silence' });
    inner.match(await rig.run(rig.printer.checkHealth()), {
      healthy: false,
      fault: { device: 'printer', code: 'silent' },
    });
    inner.strictSame(await print(inner, rig, 'next'), { verdict: 'NOT_PRINTED', cause: 'silence' });
  });

  part('a lost line in a slip is UNKNOWN, and the printer is taken up again', async (inner, rig) => {
    await rig.unplug(4);
    inner.strictSame(await print(inner, rig, 'lost'), { verdict: 'UNKNOWN', cause: 'linkLost' });
    inner.match(rig.log.reports.at(-1), { type: 'offline', fault: { device: 'printer', code: 'unplugged' } });
    inner.strictSame(await rig.run(rig.printer.cancel()), { confirmed: false });
    inner.strictSame(await rig.run(rig.printer.checkReady()), { ready: false, cause: 'linkLost' });
    inner.match(await rig.run(rig.printer.checkHealth()), { healthy: false, fault: { code: 'unplugged' } });
    inner.strictSame(await print(inner, rig, 'none'), { verdict: 'NOT_PRINTED', cause: 'linkLost' });
    await rig.plugIn();
    await rig.pass(5000);
    inner.match(rig.log.reports.slice(-2), [{ type: 'online' }, { type: 'readiness', readiness: { ready: true } }]);
    await rig.run(rig.printer.cancel());
    inner.strictSame(await print(inner, rig, 'next'), { verdict: 'PRINTED' });
  });

  part('a released printer is quiet, and its slip UNKNOWN', async (inner, rig) => {
    const lost = rig.printer.print(slipOf('lost'));
    await rig.pass(300);
    await rig.run(rig.printer.release());
    const reports = rig.log.reports.length;
    inner.strictSame(await rig.run(lost), { verdict: 'UNKNOWN', cause: 'linkLost' });
    await rig.run(rig.printer.release());
    await rig.pass(5000);
    inner.equal(rig.log.reports.length, reports);
  });
};
