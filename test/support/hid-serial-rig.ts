import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { HandClock } from './hand-clock.ts';
import { type FarEnd, plugIn } from './pty.ts';
import type { ReportLog } from './report-log.ts';

/** A driver under test that logs each byte it has dealt with. */
interface Watched {
  readonly dealtWith: ReportLog<number>;
  release(): Promise<void>;
}

/** A keypad or swipe reader driver at a serial port, with the device's end in the test's hand. */
export interface SerialRig<Driver> {
  readonly driver: Driver;
  readonly clock: HandClock;
  /** The device sends; resolves when the driver has dealt with all of it. */
  readonly send: (bytes: string) => Promise<void>;
  readonly unplug: () => Promise<void>;
  /** Plugs in again, and lets the line's time until its next try pass. */
  readonly replug: () => Promise<void>;
}

export const startSerialRig = async <Driver extends Watched>(
  t: Test,
  make: (path: string, clock: HandClock) => Driver,
): Promise<SerialRig<Driver>> => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-input-'));
  const path = join(folder, 'tty');
  const clock = new HandClock();
  const driver = make(path, clock);
  let far: FarEnd = await plugIn(path);
  t.teardown(async () => {
    await driver.release();
    await far.unplug();
    rmSync(folder, { recursive: true, force: true });
  });
  let sent = 0;
  return {
    driver,
    clock,
    send: async (bytes) => {
      far.send.write(bytes, 'latin1');
      sent += bytes.length;
      await driver.dealtWith.count(sent);
    },
    unplug: async () => {
      await far.unplug();
    },
    replug: async () => {
      far = await plugIn(path);
      while (clock.pending === 0) await new Promise(setImmediate);
      clock.advance(1000);
    },
  };
};
