import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { PrinterEvent } from '../../../hal/printer.ts';
import { type PrinterRig, printerContract } from '../../contract/printer.contract.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { plugIn } from '../../support/pty.ts';
import { ReportLog } from '../../support/report-log.ts';
import { abilities, baudRate, PaperPeer, type ProfileName, runOn } from './paper-peer.ts';

const make = (name: ProfileName) => {
  const clock = new HandClock();
  const peer = new PaperPeer(clock, abilities[name]);
  const log = new ReportLog<PrinterEvent | LinkEvent>();
  const serial = { path: 'memory', baudRate };
  const printer = new EscPosPrinter({ port: serial, profile: printerProfile(name) }, clock, peer);
  const run = <Result>(promise: Promise<Result>): Promise<Result> => runOn(clock, promise);
  const pass = (ms: number) => run(new Promise<void>((resolve) => void clock.schedule(ms, resolve)));
  return { clock, peer, log, printer, run, pass };
};

const contractRig = (name: ProfileName) => (): Promise<PrinterRig> => {
  const { clock, peer, log, printer, run, pass } = make(name);
  const after = (lines: number, happen: () => void): void => {
    const at = peer.paper.length + lines;
    peer.onLine = (count) => {
      if (count === at) happen();
    };
    if (lines === 0) happen();
  };
  const set = (state: { hasPaper?: boolean; coverOpen?: boolean; mute?: boolean }): void => {
    Object.assign(peer, state);
    peer.changed();
  };
  return Promise.resolve({
    printer,
    log,
    tellsCauses: name !== 'cheap58',
    run,
    pass,
    now: () => clock.monotonic(),
    paper: () => peer.paper,
    endPaper: (lines = 0) => after(lines, () => set({ hasPaper: false })),
    putPaperIn: () => {
      peer.onLine = () => {};
      set({ hasPaper: true });
    },
    openCover: () => set({ coverOpen: true }),
    closeCover: () => set({ coverOpen: false }),
    fallSilent: (lines = 0) => after(lines, () => set({ mute: true })),
    unplug: (lines = 0) => after(lines, () => peer.unplug()),
    plugIn: () => {
      peer.onLine = () => {};
      peer.plugIn();
    },
  });
};

for (const name of ['epson', 'clone', 'cheap58'] as const) {
  test(`the contract, on ${name}`, (t) => {
    printerContract(t, contractRig(name));
    t.end();
  });
}

test('a profile that can verify nothing must be accepted knowingly', (t) => {
  const serial = { path: 'memory', baudRate };
  const clock = new HandClock();
  const profile = printerProfile('mute');
  t.throws(() => new EscPosPrinter({ port: serial, profile }, clock), /can't tell whether a slip came out/);
  t.doesNotThrow(() => new EscPosPrinter({ port: serial, profile, acceptUnverified: true }, clock));
  t.end();
});

test('changes are reported once, whether told by itself or found by asking', async (t) => {
  const { peer, log, printer, run, pass } = make('clone');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  await pass(3000);
  peer.nearEnd = true;
  peer.changed();
  await pass(200);
  peer.mute = true;
  await pass(31_000);
  peer.mute = false;
  peer.coverOpen = true; // told by nobody: found by the next question
  await pass(3000);
  t.strictSame(
    log.reports.map((report) => (report.type === 'readiness' ? report.readiness : report.type)),
    [
      'online',
      { ready: true, paperNearEnd: false },
      { ready: true, paperNearEnd: true },
      { ready: false, cause: 'silence' },
      { ready: false, cause: 'coverOpen' },
    ],
  );
});

test('one that tells changes by itself is asked every half minute, one that is not well every second', async (t) => {
  const { peer, log, printer, run, pass } = make('epson');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  await pass(3000);
  const asked = async (ms: number): Promise<number> => {
    const before = peer.received.length;
    await pass(ms);
    return Buffer.from(peer.received.slice(before)).toString('latin1').split('\x10\x04\x01').length - 1;
  };
  t.equal(await asked(60_000), 2);
  peer.hasPaper = false;
  peer.changed();
  t.ok((await asked(10_000)) >= 9, 'that the paper is back must not be missed');
});

test('M10: a printer that was switched off and on at rest is told anew to tell changes by itself', async (t) => {
  const { peer, log, printer, run, pass } = make('clone');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  await pass(3000);
  peer.switchOff();
  peer.switchOn();
  await pass(31_000);
  peer.coverOpen = true;
  peer.changed();
  await pass(200);
  t.strictSame(log.reports.at(-1), { type: 'readiness', readiness: { ready: false, cause: 'coverOpen' } });
  peer.coverOpen = false;
  peer.changed();
  await pass(200);
  peer.switchOff();
  peer.switchOn();
  peer.coverOpen = true;
  peer.changed();
  await pass(31_000);
  t.strictSame(log.reports.at(-1), { type: 'readiness', readiness: { ready: false, cause: 'coverOpen' } }, 'found');
});

test('a printer that tells its status without end is still asked', async (t) => {
  const { peer, clock, log, printer, run, pass } = make('clone');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  const tell = (): void => {
    peer.say(0x10, 0x00, 0x00, 0x00);
    clock.schedule(20, tell);
  };
  tell();
  await pass(500);
  peer.coverOpen = true;
  await pass(2000);
  t.strictSame(log.reports.at(-1), { type: 'readiness', readiness: { ready: false, cause: 'coverOpen' } });
});

test('health tells babble and a broken printer', async (t) => {
  const { peer, log, printer, run, pass } = make('clone');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  await pass(500);
  peer.say(...Buffer.alloc(100, 0xff));
  t.match(await run(printer.checkHealth()), { healthy: false, fault: { code: 'babbling', where: 'memory' } });
  t.strictSame(await run(printer.checkHealth()), { healthy: true }, 'told once');
  peer.say(...Buffer.alloc(100, 'login: '));
  t.match(await run(printer.checkHealth()), { healthy: false, fault: { code: 'babbling' } }, 'answers to no question');
  for (let hour = 0; hour < 100; hour++) {
    peer.say(0xff);
    await pass(60_000);
  }
  t.strictSame(await run(printer.checkHealth()), { healthy: true }, 'a spark now and then is no babble');
  peer.broken = true;
  peer.changed();
  await pass(500);
  t.match(await run(printer.checkHealth()), { healthy: false, fault: { code: 'failed' } });
});

test('a module that is out of paper and answers nothing is not drowned in questions', async (t) => {
  const { peer, log, printer, run, pass } = make('cheap58');
  t.teardown(() => printer.release());
  await run(printer.claim(log.add));
  await pass(500);
  peer.hasPaper = false;
  const before = peer.received.length;
  for (let minute = 0; minute < 15; minute++) await pass(60_000);
  t.ok(peer.received.length - before < 200, `${peer.received.length - before} bytes in a quarter of an hour`);
  peer.hasPaper = true;
  peer.changed();
  await pass(2000);
  t.strictSame(log.reports.at(-1), { type: 'readiness', readiness: { ready: true, paperNearEnd: false } });
});

test('over a real pty: a slip goes out byte for byte and its process id makes it PRINTED', async (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-printer-'));
  const path = join(folder, 'tty');
  const device = await plugIn(path);
  const clock = {
    monotonic: () => performance.now() as ReturnType<HandClock['monotonic']>,
    wall: () => Date.now() as ReturnType<HandClock['wall']>,
    schedule: (delayMs: number, wake: () => void) => {
      const timer = setTimeout(wake, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const printer = new EscPosPrinter({ port: { path, baudRate: 115_200 }, profile: printerProfile('epson') }, clock);
  t.teardown(async () => {
    await printer.release();
    await device.unplug();
    rmSync(folder, { recursive: true, force: true });
  });
  let received = Buffer.alloc(0);
  let handled = 0;
  device.received.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const query = received.indexOf('1004', handled, 'hex');
      const ids = received.indexOf('1d2848', handled, 'hex');
      if (query >= 0 && received.length >= query + 3 && (ids < 0 || query < ids)) {
        handled = query + 3;
        device.send.write(Buffer.of(0x12));
      } else if (ids >= 0 && received.length >= ids + 11) {
        handled = ids + 11;
        device.send.write(Buffer.concat([Buffer.of(0x37, 0x22), received.subarray(ids + 7, ids + 11), Buffer.of(0)]));
      } else {
        return;
      }
    }
  });
  const log = new ReportLog<PrinterEvent | LinkEvent>();
  await printer.claim(log.add);
  await log.until((report) => report.type === 'readiness');
  t.strictSame(await printer.print({ elements: [{ type: 'text', text: '金额:¥1.00' }] }), { verdict: 'PRINTED' });
  t.match(received.toString('hex'), '1b401b401c261d61ff');
  t.match(received.toString('hex'), `bdf0b6ee3aa3a4312e30300a1b64041d5601`);
  t.strictSame(await printer.cancel(), { confirmed: true }, 'DLE DC4 stays unanswered, the process id is not');

  const lost = printer.print({ elements: [{ type: 'blank', lines: 5 }] });
  device.pause();
  await device.unplug();
  t.match(await lost, { cause: 'linkLost' });
  t.match(await printer.checkReady(), { ready: false, cause: 'linkLost' });
});
