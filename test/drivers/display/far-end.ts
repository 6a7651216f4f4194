import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Test } from 'tap';
import type { SerialSettings } from '../../../drivers/serial/serial-line.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { type FarEnd, plugIn } from '../../support/pty.ts';

/** A path to plug devices in at, as a port's settings, and a clock; cleaned up with the test. */
export const farEndRig = (t: Test, flowControl: 'none' | 'xonxoff' = 'none') => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-wire-'));
  const path = join(folder, 'tty');
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const plug = async (): Promise<FarEnd> => {
    const end = await plugIn(path);
    t.teardown(() => end.unplug());
    return end;
  };
  const settings: SerialSettings = { path, baudRate: 9600, flowControl };
  return { settings, clock: new HandClock(), plug };
};

/** Waits for that many bytes of what the terminal sends, and leaves what is behind them to the next one. */
export const takeBytes = async (received: Readable, count: number): Promise<Buffer> => {
  let bytes = Buffer.alloc(0);
  while (bytes.length < count) {
    const more: Buffer | null = received.read();
    if (more === null) await once(received, 'readable');
    else bytes = Buffer.concat([bytes, more]);
  }
  if (bytes.length > count) received.unshift(bytes.subarray(count));
  return bytes.subarray(0, count);
};
