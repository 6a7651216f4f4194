/**
 * How well a slip uses the line and the paper: the real driver before the virtual printer, in simulated time, so that
 * nothing of this machine's is in the figure. The slower of the two, line or paper, sets the pace; the rest is waiting.
 */
import { EscPosPrinter } from '../../drivers/printer/escpos-printer.ts';
import { printerProfile } from '../../drivers/printer/profile-files.ts';
import type { SlipDocument } from '../../hal/printer.ts';
import type { Copy } from '../../test/bench/printer/paper.ts';
import { profiles } from '../../test/bench/printer/profiles.ts';
import { VirtualPrinter } from '../../test/bench/printer/virtual-printer.ts';
import { Cable } from '../../test/simulation/cable.ts';
import { Chance } from '../../test/simulation/chance.ts';
import { LifeClock, printerClock } from '../../test/simulation/clocks.ts';
import { Scheduler } from '../../test/simulation/scheduler.ts';
import { median, type Row, row } from './row.ts';

const group = 'slip';
const lines = 60;
const copies = 5;

const slip: SlipDocument = {
  elements: Array.from({ length: lines }, (_, n) => ({
    type: 'text' as const,
    text: `${n} 商户名称:示例便利店 1234567890`,
  })),
};

interface Use {
  /**
   * The share that the slower of line and paper was at work for the slip: the line of the time from its first byte to its
   * last, the paper of the time from its first line to its last.
   */
  readonly share: number;
  /** What it takes before the first byte to ask the printer whether it can print, in ms. */
  readonly askingMs: number;
}

/** What each slip begins with: ESC @, twice. */
const slipBegins = Buffer.from('1b401b40', 'hex');

/** DLE EOT n. */
const questionBytes = 3;

const useOf = async (baudRate: number, mmPerSecond: number): Promise<Use> => {
  const scheduler = new Scheduler();
  const clock = printerClock(scheduler);
  const printer = new VirtualPrinter({
    profile: { ...profiles.epson, widthDots: 384 },
    baudRate,
    mmPerSecond,
    portObeys: false,
    clock,
  });
  const cable = new Cable(scheduler, new Chance('bench'), { device: 'printer', baudRate, paced: false });
  printer.attach(cable.plugIn());
  const life = { ended: false };
  const serial = { path: '/dev/printer', baudRate };
  const driver = new EscPosPrinter(
    { port: serial, profile: printerProfile('epson', 58) },
    new LifeClock(scheduler, life, 0),
    cable.portFor(life, serial.path),
  );
  const shares: number[] = [];
  const askings: number[] = [];
  let asked = 0;
  let begun = 0;
  let taken = 0;
  let bytes = 0;
  const byteMs = 10_000 / baudRate;
  cable.onBytes = (direction, sent) => {
    if (direction !== 'toDevice') return;
    if (sent.subarray(0, slipBegins.length).equals(slipBegins)) {
      begun = clock.now();
      bytes = 0;
      askings.push(begun - asked);
    }
    // Questions on the way take the line's time, and are no part of the slip.
    if (sent.length === questionBytes) return;
    bytes += sent.length;
    taken = clock.now() + sent.length * byteMs;
  };
  printer.on('cut', ({ lines: out }: Copy) => {
    const [first, last] = [out[0], out.at(-1)];
    if (first === undefined || last === undefined) throw new Error('an empty copy was cut');
    const paperMs = ((last.mmAt - first.mmAt) / mmPerSecond) * 1000;
    shares.push(Math.max(paperMs / (last.at - first.at), (bytes * byteMs) / (taken - begun)));
  });
  let isDone = false;
  const run = async (): Promise<void> => {
    await driver.claim(() => undefined);
    for (let n = 0; n < copies; n++) {
      asked = clock.now();
      const { verdict } = await driver.print(slip);
      if (verdict !== 'PRINTED') throw new Error(`copy ${n + 1} is ${verdict}`);
    }
    isDone = true;
  };
  const running = run();
  await scheduler.run(() => isDone, Number.POSITIVE_INFINITY);
  await running;
  return { share: median(shares), askingMs: median(askings) };
};

export const slipRows = async (say: (text: string) => void): Promise<Row[]> => {
  say(`slip: ${copies} copies of ${lines} lines, on two lines and two mechanisms`);
  const rows: Row[] = [];
  for (const [baudRate, mmPerSecond, slower] of [
    [115_200, 60, 'paper'],
    [115_200, 90, 'paper'],
    [9600, 150, 'line'],
    [19_200, 250, 'line'],
  ] as const) {
    const { share, askingMs } = await useOf(baudRate, mmPerSecond);
    rows.push(
      row(group, {
        name: `a slip at ${baudRate} baud and ${mmPerSecond} mm/s: the ${slower} at work`,
        value: share * 100,
        unit: '%',
        target: { of: 'value', least: 98 },
      }),
      row(group, { name: '  before it: asking whether it can print', value: askingMs, unit: 'ms' }),
    );
  }
  return rows;
};
