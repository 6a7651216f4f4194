/** The runtime, its effects and the real driver against the bench's acquirer: settlements that are cut off. */
import { type Test, test } from 'tap';
import { UnionPayAcquirer } from '../../drivers/acquirer/unionpay-acquirer.ts';
import { CardMemory } from '../../firmware/card-memory.ts';
import { makePerform } from '../../firmware/effects.ts';
import { type Devices, type Report, Runtime } from '../../firmware/runtime.ts';
import { systemClock } from '../../firmware/system-clock.ts';
import type { CardEvent, ReadCard } from '../../hal/card-reader.ts';
import type { Ledger } from '../../hal/ledger.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { PhaseName } from '../../state-machine/state.ts';
import { BenchAcquirer } from '../bench/acquirer/bench-acquirer.ts';
import { testCards } from '../bench/cards.ts';
import { provisioned, rules } from '../state-machine/world.ts';
import { HandClock } from '../support/hand-clock.ts';
import { noCare } from '../support/no-care.ts';
import { nobodyLetIn } from '../support/operators.ts';
import { ReportLog } from '../support/report-log.ts';
import { aMaker } from './slips/a-maker.ts';

const ids = { terminalId: '00000001', merchantId: '898110154110001' };
const masterKey = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
const { pan, expiry, serviceCode, discretionary, institution } = testCards.credit;
const readCard: ReadCard = {
  entry: 'swipe',
  pan,
  expiry,
  serviceCode,
  track2: `${pan}=${expiry}${serviceCode}${discretionary}`,
} as ReadCard;

/** What outlives a power cut: the facts of the current batch. */
class Disk {
  facts: readonly Fact[] = [provisioned];

  ledger(): Ledger<Fact> {
    return {
      open: async () => ({ opened: true, facts: [...this.facts], tail: 'whole', notes: [] }),
      append: async (fact) => {
        this.facts = [...this.facts, fact];
        return { result: 'stored' };
      },
      rotate: async (first) => {
        this.facts = first;
        return { result: 'stored' };
      },
      rest: async () => undefined,
      tailCode: () => '00000000',
      close: async () => undefined,
    };
  }
}

/** A terminal whose printer always prints and whose customer swipes at once. */
const powerOn = async (t: Test, disk: Disk, port: number) => {
  const reports = new ReportLog<Report>();
  const clock = new HandClock();
  const cards = new CardMemory();
  const ledger = disk.ledger();
  const idle = { claim: async () => undefined, release: async () => undefined };
  let swipe: (event: CardEvent) => void = () => undefined;
  const devices = {
    keypad: idle,
    cardReader: {
      ...idle,
      claim: async (listener: typeof swipe) => {
        swipe = listener;
      },
      enable: () => setImmediate(() => swipe({ type: 'card', card: readCard })),
      disable: () => undefined,
    },
    pinPad: { ...idle, requestPin: async () => ({ outcome: 'bypassed' }), cancel: () => undefined },
    printer: {
      ...idle,
      checkReady: async () => ({ ready: true, paperNearEnd: false }),
      print: async () => ({ verdict: 'PRINTED' }),
      cancel: async () => ({ confirmed: true }),
    },
    display: { ...idle, show: () => undefined },
    acquirer: new UnionPayAcquirer(
      {
        ...ids,
        host: '127.0.0.1',
        port,
        tpdu: '6000030000',
        header: { application: '60', version: '31', state: '0', subVersion: '310730' },
        connectTimeoutMs: 5_000,
        answerTimeoutMs: 5_000,
        currency: '156',
        masterKey,
        terminalSerial: '000000000001',
      },
      systemClock,
    ),
  } as unknown as Devices;
  const identity = { merchant: '店', branch: '', hotline: '95516', language: 'zh-CN', ...ids } as const;
  const runtime = new Runtime({
    rules,
    identity,
    language: 'zh-CN',
    devices,
    ledger,
    clock,
    cards,
    tokenOf: (card) => ({ masked: '621234******1232', sealedPan: card.pan, cardHash: 'hash', entry: 'swipe' }),
    perform: makePerform({
      care: noCare,
      ...devices,
      rules,
      slips: aMaker(),
      wall: () => clock.wall(),
      ledger,
      cards,
      pinTimeoutMs: 1,
      find: async () => ({ rows: [] }),
      unsealPan: (sealed) => sealed,
      operators: nobodyLetIn,
      bug: (_, error) => t.fail(String(error)),
      fault: ({ what }) => t.fail(what),
    }),
    freshId: () => crypto.randomUUID(),
    report: reports.add,
  });
  t.teardown(() => runtime.stop());
  let seen = 0;
  /** Resolves when it comes, or has come since this was last asked, into that phase. */
  const phase = async (name: PhaseName): Promise<void> => {
    const index = await reports.until((report) => {
      const at = reports.reports.indexOf(report);
      return at >= seen && report.type === 'stepped' && report.from !== name && report.state.phase.name === name;
    });
    seen = reports.reports.indexOf(index) + 1;
  };
  const keys = (...pressed: readonly ('5' | '1' | '7' | 'enter' | 'menu')[]): void => {
    for (const key of pressed) runtime.post({ type: 'key', key });
  };
  const sell = async (): Promise<void> => {
    await phase('idle');
    keys('5', 'enter', 'enter');
    await phase('tearOff');
    keys('enter');
    await phase('notice');
    keys('enter');
  };
  await runtime.start();
  return { runtime, clock, phase, keys, sell };
};

const openShop = async (t: Test) => {
  const acquirer = new BenchAcquirer({
    ...ids,
    masterKey,
    cards: [{ pan, issuer: institution }],
  });
  const { port } = await acquirer.listen();
  t.teardown(() => acquirer.close());
  const disk = new Disk();
  return { acquirer, disk, terminal: () => powerOn(t, disk, port) };
};

for (const flag of [undefined, 2] as const) {
  const how = flag === undefined ? 'balanced' : 'uploaded';
  test(`M7: the answer to the batch end is lost and the power goes; the batch (${how}) is ended as the one it was`, async (t) => {
    const { acquirer, terminal } = await openShop(t);
    const before = await terminal();
    await before.sell();
    await before.phase('idle');
    if (flag !== undefined) acquirer.next('settlement', { kind: 'disagree', domestic: flag });
    acquirer.next('batchEnd', { kind: 'closeAfterRequest' });
    before.keys('menu', '7', '5', 'enter');
    await before.phase('settlementWait');
    t.equal(acquirer.batch, 2, 'the acquirer is in the next batch already');
    await before.runtime.stop();

    const after = await terminal();
    await after.phase('notice');
    t.match(after.runtime.state.book, { batch: 2, lastSettlement: { batch: 1, printed: true }, sales: [] });
    after.keys('enter');
    await after.sell();
    t.match(acquirer.book.entries(), [
      { batch: 1, state: 'approved', settled: true },
      { batch: 2, state: 'approved', settled: false },
    ]);
    t.strictSame(acquirer.complaints, []);
  });
}

test('M7, M10: the acquirer turns to another batch in mid-settlement; the sales are uploaded into that', async (t) => {
  const { acquirer, terminal } = await openShop(t);
  const it = await terminal();
  await it.sell();
  await it.phase('idle');
  acquirer.next('batchEnd', { kind: 'notBooked', closes: true });
  it.keys('menu', '7', '5', 'enter');
  await it.phase('settlementWait');
  acquirer.batch = 9;
  it.keys('enter');
  await it.phase('settlementWait');
  it.clock.advance(10_000);
  await it.phase('notice');
  t.match(it.runtime.state.book.lastSettlement, { batch: 9 });
  t.equal(acquirer.batch, 10);
  t.equal(acquirer.book.uploadCount(9), 1);
  t.strictSame(acquirer.complaints, []);
});
