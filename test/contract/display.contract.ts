import type { Test } from 'tap';
import type { LinkEvent } from '../../hal/device.ts';
import type { Display, Screen } from '../../hal/display.ts';
import type { HandClock } from '../support/hand-clock.ts';
import { ReportLog } from '../support/report-log.ts';

/** A display and an eye on it. Each rig is new, not plugged in, and cleaned up by its maker. */
export interface DisplayRig {
  readonly display: Display;
  readonly clock: HandClock;
  /** Absent where there is nothing to plug. */
  readonly cable?: { plugIn(): Promise<void>; unplug(): Promise<void> };
  /** Resolves when these lines are on the display and nothing else is, blanks at their ends aside; page by page if need be. */
  readonly shows: (lines: Screen['lines']) => Promise<void>;
}

const sale: Screen = { lines: ['消费', '12.34', '请刷卡', 'Please swipe'] };
const idle: Screen = { lines: ['Slipsafe', '', '', ''] };

/** What every display driver must do. */
export const displayContract = (t: Test, makeRig: (t: Test) => Promise<DisplayRig>): void => {
  const claimed = async (st: Test) => {
    const rig = await makeRig(st);
    const log = new ReportLog<LinkEvent>();
    await rig.cable?.plugIn();
    await rig.display.claim(log.add);
    st.strictSame(log.reports, [{ type: 'online' }]);
    return { ...rig, log };
  };

  t.test('shows one screen after the other, whole, and is healthy', async (st) => {
    const { display, shows } = await claimed(st);
    for (const screen of [sale, idle, sale, { lines: ['', '', '', '最后一行'] } as const, idle]) {
      display.show(screen);
      await shows(screen.lines);
    }
    st.strictSame(await display.checkHealth(), { healthy: true });
  });

  t.test('of many screens at once the newest wins', async (st) => {
    const { display, shows } = await claimed(st);
    for (let n = 0; n < 500; n++) display.show({ lines: [`No ${n}`, '', '', ''] });
    display.show(sale);
    await shows(sale.lines);
  });

  t.test('is not confused by a text with control characters, or too wide', async (st) => {
    const { display, shows } = await claimed(st);
    display.show({ lines: ['\u001b@\u000c\r\n', '\u0000\u001bQA', '很长很长很长很长很长很长很长', '\u001b'] });
    display.show(sale);
    await shows(sale.lines);
  });

  t.test('release ends all reports, and may come twice', async (st) => {
    const { display, log, cable } = await claimed(st);
    display.show(sale);
    await display.release();
    await display.release();
    await cable?.unplug();
    st.equal(log.reports.length, 1);
  });

  t.test('after a replug, or when it comes late, the newest screen is shown again', async (st) => {
    const { display, clock, cable, shows } = await makeRig(st);
    if (cable === undefined) return;
    const log = new ReportLog<LinkEvent>();
    await display.claim(log.add);
    st.match(log.reports, [{ type: 'offline', fault: { device: 'display', code: 'missing' } }]);
    st.match(await display.checkHealth(), { healthy: false, fault: { code: 'missing' } });
    display.show(sale);
    await cable.plugIn();
    clock.advance(1000);
    await log.count(2);
    await shows(sale.lines);
    await cable.unplug();
    await log.count(3);
    st.match(log.reports[2], { type: 'offline', fault: { device: 'display', code: 'unplugged' } });
    display.show(idle);
    display.show(sale);
    await cable.plugIn();
    while (log.reports.length < 4) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
    await shows(sale.lines);
    st.match(log.reports[3], { type: 'online' });
  });
};
