import { type Test, test } from 'tap';
import { ScreenLine } from '../../../drivers/display/screen-line.ts';
import { SerialLine } from '../../../drivers/serial/serial-line.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';
import { farEndRig, takeBytes } from './far-end.ts';

const rigOf = (t: Test, flowControl: 'none' | 'xonxoff' = 'none') => {
  const { settings, clock, plug } = farEndRig(t, flowControl);
  const line = new ScreenLine(
    new SerialLine('display', settings, clock),
    clock,
    Buffer.from('init '),
    Buffer.from('clear'),
  );
  t.teardown(() => line.close());
  return { line, clock, plug };
};

const untilReported = async (clock: HandClock, log: ReportLog<LinkEvent>, reports: number): Promise<void> => {
  while (log.reports.length < reports) {
    clock.advance(100);
    await new Promise(setImmediate);
  }
};

test('the prelude comes first each time, then the newest, whole', async (t) => {
  const { line, clock, plug } = rigOf(t);
  const log = new ReportLog<LinkEvent>();
  const first = await plug();
  await line.open(log.add);
  t.equal(String(await takeBytes(first.received, 10)), 'init clear');
  line.put(Buffer.from('screen 1'));
  t.equal(String(await takeBytes(first.received, 8)), 'screen 1');
  await first.unplug();
  await log.count(2);
  line.put(Buffer.from('screen 2'));
  line.put(Buffer.from('screen 3'));
  const second = await plug();
  await untilReported(clock, log, 3);
  t.equal(String(await takeBytes(second.received, 13)), 'init screen 3');
  t.equal(second.received.read(), null);
});

test('what comes faster than the line is not queued: one is in flight, and the newest follows', async (t) => {
  const { line, plug } = rigOf(t);
  const { received } = await plug();
  await line.open(() => undefined);
  await takeBytes(received, 10);
  for (let n = 100; n < 200; n++) line.put(Buffer.from(String(n)));
  const first = String(await takeBytes(received, 3));
  // What was sent at first may still have been on its way, and be all that went before the newest.
  if (first !== '199') {
    t.equal(first, '100');
    t.equal(String(await takeBytes(received, 3)), '199');
  }
  t.equal(received.read(), null);
});

test('a display that takes no bytes is told as silent until it does', async (t) => {
  const { line, clock, plug } = rigOf(t, 'xonxoff');
  const end = await plug();
  await line.open(() => undefined);
  end.send.write(Buffer.of(0x13));
  for (let held = 0; held < 5; ) {
    line.put(Buffer.from(String(held)));
    await new Promise(setImmediate);
    clock.advance(2001);
    const health = line.health();
    held = health.healthy ? 0 : held + 1;
    if (!health.healthy) t.match(health.fault, { device: 'display', code: 'silent', remedy: /flow control/ });
  }
  end.send.write(Buffer.of(0x11));
  while (!line.health().healthy) await new Promise(setImmediate);
});
