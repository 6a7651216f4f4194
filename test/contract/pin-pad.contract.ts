import type { Test } from 'tap';
import type { LinkEvent } from '../../hal/device.ts';
import type { PinPad, PinRequest } from '../../hal/pin-pad.ts';
import { minorUnits } from '../../hal/units.ts';
import type { HandClock } from '../support/hand-clock.ts';
import { ReportLog } from '../support/report-log.ts';

/** A PIN pad and the hands on it. Each rig is new, not plugged in, and cleaned up by its maker. */
export interface PinPadRig {
  readonly pad: PinPad;
  readonly clock: HandClock;
  readonly plugIn: () => Promise<void>;
  readonly unplug: () => Promise<void>;
  /** Resolves at the next time that the device asks a cardholder. */
  readonly asking: () => Promise<void>;
  /** Resolves at the next time that the terminal ends what the device does. */
  readonly stopped: () => Promise<void>;
  /** Resolves when the device next shows this text. */
  readonly shows: (text: string) => Promise<void>;
  /** What the cardholder does; `error` is the device's own. `enter` answers with this block. */
  readonly enter: (block: string) => void;
  readonly press: (what: 'confirm' | 'cancel' | 'error') => void;
  /** From now on the device takes bytes and says nothing. */
  readonly fallSilent: () => void;
}

const request: PinRequest = {
  pan: '4111111111111111',
  pinKey: '0123456789ABCDEFFEDCBA9876543210',
  amount: minorUnits(1234),
  timeoutMs: 30_000,
};
const block = 'B1C2D3E4F5061728';

const isFault = (event: LinkEvent) => event.type === 'offline';

/** What every PIN pad driver must do, whatever stands on the line. */
export const pinPadContract = (t: Test, makeRig: (t: Test) => Promise<PinPadRig>): void => {
  const claimed = async (st: Test) => {
    const rig = await makeRig(st);
    const log = new ReportLog<LinkEvent>();
    await rig.plugIn();
    await rig.pad.claim(log.add);
    st.strictSame(log.reports, [{ type: 'online' }]);
    return { ...rig, log };
  };

  t.test('gives the encrypted block of an entry, twice in a row', async (st) => {
    const { pad, asking, enter } = await claimed(st);
    for (const answer of [block, '00FF00FF00FF00FF']) {
      const outcome = pad.requestPin(request);
      await asking();
      enter(answer);
      st.strictSame(await outcome, { outcome: 'entered', block: answer });
    }
  });

  t.test('tells the other ends of an entry apart', async (st) => {
    const { pad, asking, press } = await claimed(st);
    for (const [what, expected] of [
      ['confirm', 'bypassed'],
      ['cancel', 'cancelled'],
      ['error', 'failed'],
    ] as const) {
      const outcome = pad.requestPin(request);
      await asking();
      press(what);
      st.equal((await outcome).outcome, expected);
    }
  });

  t.test('cancel ends a request; an entry that crosses it counts for nothing', async (st) => {
    const { pad, asking, stopped, enter } = await claimed(st);
    pad.cancel();
    const first = pad.requestPin(request);
    await asking();
    pad.cancel();
    enter(block);
    st.strictSame(await first, { outcome: 'cancelled' });
    await stopped();
    const second = pad.requestPin(request);
    await asking();
    enter('1111222233334444');
    st.strictSame(await second, { outcome: 'entered', block: '1111222233334444' });
  });

  t.test('when nobody comes, the device is stopped and the request times out', async (st) => {
    const { pad, clock, asking, stopped } = await claimed(st);
    const outcome = pad.requestPin(request);
    await asking();
    clock.advance(request.timeoutMs + 5000);
    st.strictSame(await outcome, { outcome: 'timedOut' });
    await stopped();
  });

  t.test('a silent device fails the request in bounded time, and is not healthy', async (st) => {
    const { pad, clock, fallSilent } = await claimed(st);
    fallSilent();
    const start = clock.monotonic();
    const outcome = await moving(clock, pad.requestPin(request));
    st.equal(outcome.outcome, 'failed');
    st.ok(clock.monotonic() - start <= request.timeoutMs + 5000);
    st.notMatch(JSON.stringify(outcome), /4111|0123456789/);
    st.match(await moving(clock, pad.checkHealth()), { healthy: false, fault: { device: 'pinPad', code: 'silent' } });
  });

  t.test('unplugged in the middle: the request fails, and after a replug the next one works', async (st) => {
    const { pad, clock, log, plugIn, unplug, asking, enter } = await claimed(st);
    const cut = pad.requestPin(request);
    await asking();
    await unplug();
    const failed = await cut;
    st.match(failed, { outcome: 'failed', fault: { what: /\w/ } });
    st.notMatch(JSON.stringify(failed), /4111|0123456789/);
    st.match(await log.until(isFault), { fault: { device: 'pinPad', code: 'unplugged' } });
    st.equal((await pad.requestPin(request)).outcome, 'failed');
    await plugIn();
    await moving(clock, log.count(3));
    st.strictSame(log.reports[2], { type: 'online' });
    const outcome = pad.requestPin(request);
    await asking();
    enter(block);
    st.strictSame(await outcome, { outcome: 'entered', block });
  });

  t.test('takes one request at a time', async (st) => {
    const { pad, asking, enter } = await claimed(st);
    const first = pad.requestPin(request);
    st.equal((await pad.requestPin(request)).outcome, 'failed');
    await asking();
    enter(block);
    st.strictSame(await first, { outcome: 'entered', block });
  });

  t.test('refuses a card number or key that is none, without repeating it', async (st) => {
    const { pad } = await claimed(st);
    for (const wrong of [
      { ...request, pan: '41111111111' },
      { ...request, pan: '4111 1111 1111 1111' },
      { ...request, pinKey: '0123456789ABCDEFF' },
    ]) {
      const outcome = await pad.requestPin(wrong);
      st.match(outcome, { outcome: 'failed', fault: { what: /\w/ } });
      st.notMatch(JSON.stringify(outcome), /4111|0123456789/);
    }
  });

  t.test('shows texts, and is healthy', async (st) => {
    const { pad, shows } = await claimed(st);
    const shown = pad.showText('请取卡');
    await shows('请取卡');
    await shown;
    st.strictSame(await pad.checkHealth(), { healthy: true });
  });

  t.test('an absent device is said, and makes every call end', async (st) => {
    const { pad } = await makeRig(st);
    const log = new ReportLog<LinkEvent>();
    await pad.claim(log.add);
    st.match(log.reports, [{ type: 'offline', fault: { device: 'pinPad', code: 'missing' } }]);
    st.equal((await pad.requestPin(request)).outcome, 'failed');
    await pad.showText('x');
    pad.cancel();
    st.match(await pad.checkHealth(), { healthy: false, fault: { code: 'missing' } });
  });

  t.test('release ends a running request and all reports, and may come twice', async (st) => {
    const { pad, log, asking, unplug } = await claimed(st);
    const outcome = pad.requestPin(request);
    await asking();
    await pad.release();
    await pad.release();
    st.equal((await outcome).outcome, 'cancelled');
    await unplug();
    st.equal(log.reports.length, 1);
  });
};

/** Moves the clock on in small steps until the promise is settled. */
const moving = async <Result>(clock: HandClock, promise: Promise<Result>): Promise<Result> => {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  while (!settled) {
    clock.advance(50);
    await new Promise(setImmediate);
  }
  return promise;
};
