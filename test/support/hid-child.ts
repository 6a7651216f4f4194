/**
 * Runs one HID driver in a process of its own, because umockdev's preload must be there when it starts. Commands come
 * as JSON lines on stdin, `{id, call}`; answers and the driver's reports go out as JSON lines, `{id, result}`,
 * `{report}`, and `{received: true}` after each input report that the driver has dealt with.
 * Arguments: `keypad` or `reader`, and the driver's settings as JSON.
 */
import { createInterface } from 'node:readline';
import { MagTekReader } from '../../drivers/card-reader/magtek-reader.ts';
import type { HidSettings } from '../../drivers/hid/hid-line.ts';
import { HidKeypad } from '../../drivers/keypad/hid-keypad.ts';
import type { Clock } from '../../hal/clock.ts';
import type { EpochMs, MonotonicMs } from '../../hal/units.ts';

/** The system's clock, with alarms that ring ten times too early so that a test needn't wait for a reopening. */
const hurriedClock: Clock = {
  monotonic: () => performance.now() as MonotonicMs,
  wall: () => Date.now() as EpochMs,
  schedule: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs / 10);
    return () => clearTimeout(timer);
  },
};

const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

class SpokenReader extends MagTekReader {
  protected override received(report: Buffer): void {
    super.received(report);
    say({ received: true });
  }
}

class SpokenKeypad extends HidKeypad {
  protected override received(report: Buffer): void {
    super.received(report);
    say({ received: true });
  }
}

const [kind, settingsText = ''] = process.argv.slice(2);
const settings = JSON.parse(settingsText) as HidSettings;
const reader = kind === 'reader' ? new SpokenReader(settings, hurriedClock) : undefined;
const device = reader ?? new SpokenKeypad(settings, hurriedClock);

const calls: Readonly<Record<string, () => unknown>> = {
  claim: () => device.claim((report) => say({ report })),
  release: () => device.release(),
  checkHealth: () => device.checkHealth(),
  enable: () => reader?.enable(),
  disable: () => reader?.disable(),
  exit: () => process.exit(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, call } = JSON.parse(line) as { id: number; call: string };
  const result = await calls[call]?.();
  say({ id, result });
}
