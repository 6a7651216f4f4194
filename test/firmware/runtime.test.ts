import { test } from 'tap';
import { CardMemory } from '../../firmware/card-memory.ts';
import { PrinterSwitch } from '../../firmware/printer-switch.ts';
import { type Devices, type Report, Runtime } from '../../firmware/runtime.ts';
import type { DeviceFault } from '../../hal/device.ts';
import type { Key } from '../../hal/keypad.ts';
import type { Ledger, LedgerAppend, LedgerOpening } from '../../hal/ledger.ts';
import type { Printer, PrinterEvent, PrinterReadiness } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import type { Effect } from '../../state-machine/effects.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { approval, card, fault, provisioned, rules, signedOn } from '../state-machine/world.ts';
import { HandClock } from '../support/hand-clock.ts';
import { ReportLog } from '../support/report-log.ts';

/** A ledger whose appends the test answers, one by one. */
class HandLedger implements Ledger<Fact> {
  readonly facts: Fact[];
  readonly asked = new ReportLog<Fact>();
  answer: (fact: Fact) => LedgerAppend | Promise<LedgerAppend> = () => ({ result: 'stored' });
  opening: LedgerOpening<Fact> | undefined;

  constructor(facts: Fact[] = [provisioned]) {
    this.facts = facts;
  }
  open = async (): Promise<LedgerOpening<Fact>> =>
    this.opening ?? { opened: true, facts: [...this.facts], tail: 'whole', notes: [] };
  async append(fact: Fact): Promise<LedgerAppend> {
    this.asked.add(fact);
    const answer = await this.answer(fact);
    if (answer.result === 'stored') this.facts.push(fact);
    return answer;
  }
  rotate = async ([first]: readonly [Fact, ...Fact[]]) => this.append(first);
  rested = 0;
  rest = async () => {
    this.rested += 1;
    return this.restFault;
  };
  restFault: DeviceFault | undefined;
  tailCode = () => '00000000';
  closed = false;
  close = async () => {
    this.closed = true;
  };
}

const idleDevice = {
  claim: async () => undefined,
  release: async () => undefined,
  checkHealth: async () => ({ healthy: true as const }),
};

/** A printer that only says how it is, when the test has it say so. */
const aPrinter = () => {
  let listener: (event: PrinterEvent) => void = () => undefined;
  const claim = async (heard: typeof listener) => {
    listener = heard;
  };
  return {
    printer: { ...idleDevice, claim } as unknown as Printer,
    tell: (readiness: PrinterReadiness) => listener({ type: 'readiness', readiness }),
  };
};

const rig = (ledger = new HandLedger(), printer?: PrinterSwitch) => {
  const reports = new ReportLog<Report>();
  const effects = new ReportLog<Effect>();
  const screens = new ReportLog<string>();
  const cards = new CardMemory();
  const clock = new HandClock();
  /** What an effect does besides being noted; a test may have it throw. */
  const hooks = { perform: async (_effect: Effect): Promise<void> => undefined };
  let ids = 0;
  const devices = {
    keypad: idleDevice,
    cardReader: { ...idleDevice, enable: () => undefined, disable: () => undefined },
    pinPad: idleDevice,
    printer: printer ?? idleDevice,
    display: { ...idleDevice, show: ({ lines }: { lines: readonly string[] }) => screens.add(lines.join('|')) },
    acquirer: idleDevice,
  } as unknown as Devices;
  const runtime = new Runtime({
    rules,
    identity: { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' },
    language: 'zh-CN',
    devices,
    ledger,
    clock,
    cards,
    tokenOf: () => card,
    ...(printer !== undefined && { usePrinter: (place) => printer.use(place) }),
    perform: async (effect) => {
      effects.add(effect);
      await hooks.perform(effect);
      return undefined;
    },
    freshId: () => `id${++ids}`,
    report: reports.add,
  });
  const keys = (...pressed: readonly Key[]) => {
    for (const key of pressed) runtime.post({ type: 'key', key });
  };
  const effect = async <T extends Effect['type']>(type: T): Promise<Extract<Effect, { type: T }>> =>
    (await effects.until((each) => each.type === type)) as Extract<Effect, { type: T }>;
  /** Up to the PIN that makes the intent. */
  const upToPin = async (): Promise<Happening> => {
    await runtime.start();
    runtime.post({
      type: 'signOnAnswered',
      effect: (await effect('signOn')).id,
      answer: signedOn,
    });
    keys('5', 'enter', 'enter');
    runtime.post({
      type: 'printerChecked',
      effect: (await effect('checkPrinter')).id,
      readiness: { ready: true, paperNearEnd: false },
    });
    await effect('readCard');
    runtime.post({ type: 'card', card });
    return { type: 'pin', effect: (await effect('askPin')).id, outcome: 'entered' };
  };
  return { runtime, devices, ledger, reports, effects, effect, screens, clock, upToPin, keys, hooks };
};

test('M1: no request leaves while its intent is not on the disk', async (t) => {
  const { runtime, ledger, effects, effect, upToPin } = rig();
  const pin = await upToPin();
  let stored: (answer: LedgerAppend) => void = () => undefined;
  ledger.answer = () => new Promise((resolve) => (stored = resolve));
  runtime.post(pin);
  await ledger.asked.until((fact) => fact.type === 'intended');
  await new Promise(setImmediate);
  t.notOk(effects.reports.some(({ type }) => type === 'authorise'));
  stored({ result: 'stored' });
  t.ok(await effect('authorise'));
});

test('M3: nothing says success, on the display, before the capture is on the disk', async (t) => {
  const { runtime, ledger, effect, screens, upToPin } = rig();
  runtime.post(await upToPin());
  runtime.post({ type: 'authorised', effect: (await effect('authorise')).id, answer: approval });
  const print = await effect('print');
  let stored: (answer: LedgerAppend) => void = () => undefined;
  ledger.answer = () => new Promise((resolve) => (stored = resolve));
  runtime.post({ type: 'printed', effect: print.id, verdict: { verdict: 'PRINTED' } });
  await ledger.asked.until((fact) => fact.type === 'captured');
  t.notOk(screens.reports.some((screen) => screen.includes('交易成功')));
  stored({ result: 'stored' });
  t.match(await screens.until((screen) => screen.includes('交易成功')), /请撕商户存根/);
});

test('M8: an intent that the disk refuses is not sent, and the clerk is told', async (t) => {
  const { runtime, ledger, effects, screens, upToPin } = rig();
  const pin = await upToPin();
  ledger.answer = () => ({ result: 'refused', fault: { ...fault, device: 'ledger' } });
  runtime.post(pin);
  t.match(await screens.until((screen) => screen.includes('存储故障')), /未扣款/);
  t.notOk(effects.reports.some(({ type }) => type === 'authorise'));
  t.equal(runtime.state.phase.name, 'notice');
});

test('M8: a sync that fails stops trading until a restart', async (t) => {
  const { runtime, ledger, effect, screens, upToPin, keys } = rig();
  runtime.post(await upToPin());
  const authorise = await effect('authorise');
  ledger.answer = () => ({ result: 'failed', fault: { ...fault, device: 'ledger' } });
  runtime.post({ type: 'authorised', effect: authorise.id, answer: approval });
  await screens.until((screen) => screen.startsWith('存储故障|停止交易'));
  keys('5', 'enter');
  await new Promise(setImmediate);
  t.equal(runtime.state.phase.name, 'outOfService');
});

test('M8: a terminal that has come to rest has its ledger keep house, and tells what is in the way of it', async (t) => {
  const { runtime, ledger, reports, effects, effect, keys } = rig();
  ledger.restFault = { ...fault, device: 'ledger' };
  await runtime.start();
  runtime.post({ type: 'signOnAnswered', effect: (await effect('signOn')).id, answer: signedOn });
  await reports.until((report) => report.type === 'fault');
  t.equal(ledger.rested, 1);
  keys('1', 'cancel');
  let faults = 0;
  await reports.until((report) => report.type === 'fault' && ++faults === 2);
  t.equal(ledger.rested, 2, 'each time it comes to rest');
  t.equal(runtime.state.phase.name, 'idle');
  t.equal(effects.reports.length, 1);
});

test('M10: a ledger that loses its second copy trades on, and the idle screen says so', async (t) => {
  const { runtime, ledger, reports, effect, screens, clock, upToPin } = rig();
  runtime.post(await upToPin());
  const authorise = await effect('authorise');
  ledger.answer = () => ({ result: 'stored', fault: { ...fault, device: 'ledger', where: '/mirror' } });
  runtime.post({ type: 'authorised', effect: authorise.id, answer: { outcome: 'declined', responseCode: '51' } });
  t.match(await reports.until((report) => report.type === 'fault'), { fault: { where: '/mirror' } });
  await screens.until((screen) => screen.includes('可用余额不足'));
  clock.advance(rules.timers.refusalMs);
  t.match(await screens.until((screen) => screen.includes('账本备份故障')), /请输入金额/);
});

test('a ledger that can not be opened keeps the terminal out of service, and the display says so (M10)', async (t) => {
  const ledger = new HandLedger();
  ledger.opening = { opened: false, fault: { ...fault, device: 'ledger', code: 'missing' } };
  const { runtime, screens } = rig(ledger);
  t.match(await runtime.start(), { code: 'missing' });
  t.match(screens.reports.at(-1), /存储故障\|停止交易/);
});

test('M2: the ledger of another terminal is not gone on with, whose reversals the acquirer would not find', async (t) => {
  const facts: Fact[] = [{ ...provisioned, terminalId: '00000002' } as Fact];
  const { runtime, screens, ledger } = rig(new HandLedger(facts));
  t.match(await runtime.start(), { code: 'notSuitable', what: /terminal 00000002/ });
  t.match(screens.reports.at(-1), /存储故障\|停止交易/);
  t.equal(ledger.facts.length, 1);
});

test('a bug stops trading and is reported; it neither ends the process nor goes unseen (M10)', async (t) => {
  const { runtime, reports, screens } = rig(
    new HandLedger([provisioned, { ...provisioned, type: 'settlementPrinted' } as Fact]),
  );
  await t.rejects(runtime.start(), /no settlement/, 'an illegal line of facts is not traded on');
  const sound = rig();
  await sound.runtime.start();
  sound.runtime.post(null as never);
  sound.runtime.post({ type: 'signOnAnswered', effect: (await sound.effect('signOn')).id, answer: undefined as never });
  await sound.reports.until((report) => report.type === 'bug');
  t.match(await sound.screens.until((screen) => screen.startsWith('程序故障')), /停止交易/);
  t.equal(reports.reports.length, 0);
  t.match(screens.reports, [/^程序故障\|停止交易/], 'and the display says so');
});

test('the deadline of a phase rings once it has come, and not before', async (t) => {
  const { runtime, clock, screens, keys, upToPin } = rig();
  void upToPin();
  await screens.until((screen) => screen.includes('请输入金额'));
  keys('5');
  await screens.until((screen) => screen.includes('RMB 0.05'));
  clock.advance(59_999);
  await new Promise(setImmediate);
  t.not(runtime.state.phase.name, 'idle');
  clock.advance(60_001);
  await screens.until((screen) => screen.startsWith('示例便利店|测试路店|终端'));
  t.pass();
});

test('M10: a terminal that is stopped while it starts takes no device any more', async (t) => {
  const { runtime, devices, ledger, reports } = rig();
  let opened: (opening: LedgerOpening<Fact>) => void = () => undefined;
  ledger.open = () => new Promise((resolve) => (opened = resolve));
  const claimed: string[] = [];
  Object.assign(devices, { keypad: { ...idleDevice, claim: async () => void claimed.push('keypad') } });
  const starting = runtime.start();
  await runtime.stop();
  opened({ opened: true, facts: [provisioned], tail: 'whole', notes: [] });
  t.equal(await starting, undefined);
  t.strictSame(claimed, []);
  t.match(reports.reports, [{ type: 'opened' }], 'and reports nothing else');
});

test('M10: a terminal that is stopped while it takes its devices shows nothing any more', async (t) => {
  const { runtime, devices, screens } = rig();
  let taken: () => void = () => undefined;
  const asked = new Promise<void>((claimed) => {
    const claim = (): Promise<void> => {
      claimed();
      return new Promise((resolve) => (taken = resolve));
    };
    Object.assign(devices, { printer: { ...idleDevice, claim, release: async () => taken() } });
  });
  const starting = runtime.start();
  await asked;
  await runtime.stop();
  await starting;
  t.strictSame(screens.reports, []);
});

/** A terminal whose intent is on its way to the disk, and what lets it arrive. */
const withIntentUnderWay = async () => {
  const it = rig();
  let failEffect: (error: Error) => void = () => undefined;
  it.hooks.perform = ({ type }) =>
    type === 'stopReading' ? new Promise((_, reject) => (failEffect = reject)) : Promise.resolve();
  const pin = await it.upToPin();
  let stored: (answer: LedgerAppend) => void = () => undefined;
  it.ledger.answer = () => new Promise((resolve) => (stored = resolve));
  it.runtime.post(pin);
  await it.ledger.asked.until((fact) => fact.type === 'intended');
  return { ...it, stored: () => stored({ result: 'stored' }), failEffect: () => failEffect(new Error('bug')) };
};

test('M10: a bug while a fact is on its way keeps the terminal out of service, and nothing is sent for it', async (t) => {
  const { runtime, reports, effects, failEffect, stored } = await withIntentUnderWay();
  failEffect();
  await reports.until((report) => report.type === 'bug');
  stored();
  await new Promise(setImmediate);
  t.match(runtime.state.phase, { name: 'outOfService', why: 'bug' });
  t.notOk(effects.reports.some(({ type }) => type === 'authorise'));
});

test('M8: a stop waits for the fact that is on its way before it closes the ledger, and sends nothing for it', async (t) => {
  const { runtime, ledger, effects, stored } = await withIntentUnderWay();
  const stopping = runtime.stop();
  await new Promise(setImmediate);
  t.notOk(ledger.closed);
  stored();
  await stopping;
  t.ok(ledger.closed);
  t.match(ledger.facts.at(-1), { type: 'intended' });
  t.notOk(effects.reports.some(({ type }) => type === 'authorise'));
});

test('an effect is begun before the screen asks for what it makes possible', async (t) => {
  const { devices, effects, upToPin } = rig();
  const { display } = devices;
  const show = display.show.bind(display);
  const order: string[] = [];
  display.show = (screen) => {
    if (screen.lines[1].startsWith('请刷卡'))
      order.push(effects.reports.some(({ type }) => type === 'readCard') ? 'ready' : 'early');
    show(screen);
  };
  await upToPin();
  t.equal(order[0], 'ready');
});

test('M4: after a start the printer that was turned to is the one that is listened to, before any is asked', async (t) => {
  const chosen: Fact = { type: 'printerChosen', at: 0 as EpochMs, printer: 'second', supervisor: '00' };
  const [first, second] = [aPrinter(), aPrinter()];
  const both = new PrinterSwitch(first.printer, second.printer);
  const { runtime, reports } = rig(new HandLedger([provisioned, chosen]), both);
  await runtime.start();
  first.tell({ ready: false, cause: 'paperEnd' });
  second.tell({ ready: false, cause: 'coverOpen' });
  const { state } = (await reports.until(
    (report) => report.type === 'stepped' && report.event.type === 'readiness',
  )) as Extract<Report, { type: 'stepped' }>;
  t.strictSame(state.printer, { ready: false, cause: 'coverOpen' });
});
