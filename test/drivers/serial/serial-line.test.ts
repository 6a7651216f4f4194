import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { SerialLine } from '../../../drivers/serial/serial-line.ts';
import type { DeviceFault } from '../../../hal/device.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { plugIn } from '../../support/pty.ts';
import { ReportLog } from '../../support/report-log.ts';

type Report = 'online' | DeviceFault | Buffer;

const rig = (t: Test, device: 'printer' | 'keypad') => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-line-'));
  const path = join(folder, 'tty');
  const clock = new HandClock();
  const line = new SerialLine(device, { path, baudRate: 9600 }, clock);
  const log = new ReportLog<Report>();
  t.teardown(async () => {
    await line.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const listener = { online: () => log.add('online'), offline: log.add, data: log.add };
  return { path, clock, line, log, listener };
};

const isFault = (report: Report): report is DeviceFault => typeof report === 'object' && 'code' in report;
const plug = async (t: Test, path: string) => {
  const end = await plugIn(path);
  t.teardown(() => end.unplug());
  return end;
};

test('a line carries bytes both ways, and is taken up again after an unplugging', async (t) => {
  const { path, clock, line, log, listener } = rig(t, 'printer');
  const device = await plug(t, path);
  await line.open(listener);
  t.strictSame(log.reports, ['online']);
  device.send.write('from the device');
  await log.until(
    () => Buffer.concat(log.reports.filter((report) => Buffer.isBuffer(report))).toString() === 'from the device',
  );
  const arrived = once(device.received, 'data');
  t.equal(await line.write(Buffer.from('to the device')), true);
  t.equal(String((await arrived)[0]), 'to the device');

  await device.unplug();
  t.equal((await log.until(isFault)).code, 'unplugged');
  t.equal(line.online, false);
  t.equal(await line.write(Buffer.from('lost')), false, 'nothing is queued for the next device');

  const again = await plug(t, path);
  while (clock.pending === 0) await new Promise(setImmediate);
  clock.advance(1000);
  await log.until(() => log.reports.filter((report) => report === 'online').length === 2);
  const second = once(again.received, 'data');
  await line.write(Buffer.from('fresh'));
  t.equal(String((await second)[0]), 'fresh', 'only what was written after the replug arrives');
});

test('a port that is missing, or no port, is said once in words that help', async (t) => {
  const { path, clock, line, log, listener } = rig(t, 'keypad');
  await line.open(listener);
  const fault = await log.until(isFault);
  t.match(fault, { code: 'missing', where: path, remedy: /path/ });
  clock.advance(1000);
  while (clock.pending === 0) await new Promise(setImmediate);
  t.equal(log.reports.length, 1, 'a second failure of the same kind is not said again');

  writeFileSync(path, '');
  clock.advance(1000);
  t.equal(
    (await log.until((report): report is DeviceFault => isFault(report) && report !== fault)).code,
    'notSuitable',
  );
});

test('a peer that does not read holds a write until the line is reset', async (t) => {
  const { path, line, log, listener } = rig(t, 'printer');
  const device = await plug(t, path);
  device.pause();
  await line.open(listener);
  const stuck = line.write(Buffer.alloc(200_000, 0x41));
  const fault = line.fault('silent', 'It takes no bytes.', 'Switch it off and on.');
  await line.reset(fault);
  t.equal(await stuck, false);
  t.strictSame(log.reports, ['online', fault, 'online']);
});
