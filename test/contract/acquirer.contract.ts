import type { Test } from 'tap';
import type { Acquirer, AcquirerEvent, FinancialRequest } from '../../hal/acquirer.ts';
import type { LinkEvent } from '../../hal/device.ts';
import { batchNumber, minorUnits, stan } from '../../hal/units.ts';
import type { HandClock } from '../support/hand-clock.ts';
import { ReportLog } from '../support/report-log.ts';

/**
 * What the host does with a request. `approve`: says yes to whatever it is; `decline`: response code 51, or 94 to an
 * upload; `badMac`: says yes, sealed with a wrong key; `silence`: nothing, until `answerLate`; `hangUp`: closes the
 * line; `babble`: sends what is no message.
 */
export type HostPlay = 'approve' | 'decline' | 'badMac' | 'silence' | 'hangUp' | 'babble';

export interface AcquirerRig {
  readonly acquirer: Acquirer;
  readonly clock: HandClock;
  /** The driver's time-outs as configured, added up. */
  readonly longestMs: number;
  readonly host: {
    /** What it does from the next request on. */
    play(play: HostPlay): void;
    /** Resolves when so many requests have come, counted from the start. */
    received(count: number): Promise<void>;
    receivedSoFar(): number;
    /** Says yes to the last request that it was silent on. */
    answerLate(): void;
    /** Takes no connections any more. */
    leave(): Promise<void>;
    comeBack(): Promise<void>;
  };
}

const ids = { stan: stan(100), batch: batchNumber(1), operator: '01' };
const sale: FinancialRequest = {
  kind: 'sale',
  stan: stan(101),
  batch: batchNumber(1),
  amount: minorUnits(5100),
  entry: 'swipe',
  pinEntered: true,
};
const secrets = { track2: '6212345678901232=30122010000000000000', pinBlock: '0123456789ABCDEF' };
const reversal = { ...sale, reason: '98' } as const;
const none = { amount: minorUnits(0), count: 0 };

type Report = AcquirerEvent | LinkEvent;

/** What any driver of the Acquirer port must do. `makeRig` gives a fresh driver, not claimed, before a fresh host. */
export const acquirerContract = (t: Test, makeRig: (t: Test) => Promise<AcquirerRig>): void => {
  const contract = (name: string, run: (t: Test, rig: AcquirerRig, log: ReportLog<Report>) => Promise<void>): void => {
    void t.test(name, async (inner) => {
      const rig = await makeRig(inner);
      const log = new ReportLog<Report>();
      inner.teardown(() => rig.acquirer.release());
      await rig.acquirer.claim(log.add);
      await run(inner, rig, log);
    });
  };
  const signedOn = async (inner: Test, { acquirer, host }: AcquirerRig): Promise<void> => {
    host.play('approve');
    inner.match(await acquirer.signOn(ids), { outcome: 'signedOn', pinKey: /^([0-9A-F]{16}){1,2}$/ });
  };

  contract('the line is reported at the claim, and nothing is sent on it', async (inner, { host }, log) => {
    inner.strictSame(log.reports, [{ type: 'online' }]);
    inner.equal(host.receivedSoFar(), 0);
  });

  contract(
    'an absent host is an event and a fault, no error, and is taken up when it is back',
    async (inner, rig, log) => {
      const { acquirer, clock, host } = rig;
      await host.leave();
      inner.match(await acquirer.signOn(ids), {
        outcome: 'notSent',
        fault: { device: 'acquirer', what: /./, remedy: /./ },
      });
      const last = log.reports.at(-1);
      inner.match(last, { type: 'offline' });
      inner.match(await acquirer.checkHealth(), { healthy: false, fault: { device: 'acquirer' } });
      await host.comeBack();
      // In small steps: the attempt has a time-out on the same clock, and its packets need the event loop.
      const isBack = () =>
        log.reports.indexOf(last as Report) < log.reports.findLastIndex(({ type }) => type === 'online');
      while (!isBack()) {
        clock.advance(100);
        await new Promise(setImmediate);
      }
    },
  );

  contract('without a sign-on no financial message leaves', async (inner, { acquirer, host }) => {
    inner.match(await acquirer.authorise(sale, secrets), { outcome: 'notSent', fault: { remedy: /[Ss]ign on/ } });
    inner.match(await acquirer.reverse(reversal), { outcome: 'notSent', fault: { remedy: /[Ss]ign on/ } });
    inner.equal(host.receivedSoFar(), 0);
  });

  contract('a yes is a yes', async (inner, rig) => {
    await signedOn(inner, rig);
    const { acquirer } = rig;
    inner.match(await acquirer.authorise(sale, secrets), {
      outcome: 'approved',
      responseCode: '00',
      retrievalReference: /^\S{12}$/,
    });
    inner.match(await acquirer.reverse(reversal), { outcome: 'acknowledged', responseCode: '00' });
    const totals = { domestic: { debit: none, credit: none }, foreign: { debit: none, credit: none } };
    inner.strictSame(await acquirer.settle({ ...ids, stan: stan(110), totals }), {
      outcome: 'reconciled',
      domestic: 'balanced',
      foreign: 'balanced',
    });
    const records = [{ half: 'domestic', stan: stan(101), pan: '6212345678901232', amount: minorUnits(5100) }] as const;
    inner.strictSame(await acquirer.upload({ ...ids, stan: stan(111), records }), { outcome: 'accepted' });
    inner.strictSame(await acquirer.endBatch({ ...ids, stan: stan(112), balanced: false, count: 1 }), {
      outcome: 'accepted',
    });
    inner.strictSame(await acquirer.checkHealth(), { healthy: true });
  });

  contract('a no is a no', async (inner, rig) => {
    await signedOn(inner, rig);
    rig.host.play('decline');
    inner.strictSame(await rig.acquirer.authorise(sale, secrets), { outcome: 'declined', responseCode: '51' });
  });

  contract('a yes with a wrong MAC is no yes', async (inner, rig) => {
    await signedOn(inner, rig);
    rig.host.play('badMac');
    inner.strictSame(await rig.acquirer.authorise(sale, secrets), { outcome: 'badMac' });
    inner.strictSame(await rig.acquirer.reverse(reversal), { outcome: 'badMac' });
  });

  contract('one request at a time: a second throws and does not disturb the first', async (inner, rig) => {
    await signedOn(inner, rig);
    const { acquirer, host, clock, longestMs } = rig;
    host.play('silence');
    const first = acquirer.authorise(sale, secrets);
    inner.throws(() => acquirer.reverse(reversal));
    inner.throws(() => acquirer.signOn(ids));
    await host.received(2);
    clock.advance(longestMs);
    inner.match(await first, { outcome: 'unanswered' });
    host.play('approve');
    inner.match(await acquirer.reverse(reversal), { outcome: 'acknowledged' });
  });

  contract(
    'silence ends in time, and what is answered after it is an event and changes nothing',
    async (inner, rig, log) => {
      await signedOn(inner, rig);
      const { acquirer, host, clock, longestMs } = rig;
      host.play('silence');
      const request = acquirer.authorise(sale, secrets);
      await host.received(2);
      clock.advance(longestMs);
      inner.match(await request, { outcome: 'unanswered', fault: { code: 'silent' } });
      host.answerLate();
      const late = await log.until((report) => report.type === 'lateAnswer');
      inner.match(late, { mti: '0210', stan: 101 });
      host.play('approve');
      inner.match(await acquirer.reverse(reversal), { outcome: 'acknowledged' });
    },
  );

  for (const play of ['hangUp', 'babble'] as const) {
    contract(`a host that does not answer (${play}) leaves it unanswered`, async (inner, rig) => {
      await signedOn(inner, rig);
      rig.host.play(play);
      inner.match(await rig.acquirer.authorise(sale, secrets), { outcome: 'unanswered', fault: { remedy: /./ } });
    });
  }

  contract('a release ends a running request, and nothing is reported after it', async (inner, rig, log) => {
    await signedOn(inner, rig);
    const { acquirer, host } = rig;
    host.play('silence');
    const request = acquirer.authorise(sale, secrets);
    await host.received(2);
    await acquirer.release();
    inner.match(await request, { outcome: 'unanswered' });
    const reports = log.reports.length;
    inner.match(await acquirer.authorise(sale, secrets), { outcome: 'notSent' });
    await acquirer.release();
    inner.equal(log.reports.length, reports);
    inner.equal(host.receivedSoFar(), 2);
  });
};
