/** A terminal with a real ledger and flight recorder on a simulated disk, whose devices answer as a test says. */
import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { CardMemory } from '../../firmware/card-memory.ts';
import { FlightRecorder } from '../../firmware/flight-recorder.ts';
import { type Devices, type Report, Runtime } from '../../firmware/runtime.ts';
import type { Key } from '../../hal/keypad.ts';
import type { Effect } from '../../state-machine/effects.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { PhaseName } from '../../state-machine/state.ts';
import { approval, card, provisioned, rules, signedOn } from '../state-machine/world.ts';
import { HandClock } from '../support/hand-clock.ts';
import { ReportLog } from '../support/report-log.ts';

export const ledgerPlace = { directory: '/ledger', ledgerKey: Buffer.alloc(32, 0x42) };
export const secretCard = { ...card, sealedPan: 'SEALED-PAN', cardHash: 'abcdef0123456789' };

/** What each effect comes to, where a test doesn't say otherwise. */
const usual = (effect: Effect): Happening | undefined => {
  switch (effect.type) {
    case 'signOn':
      return { type: 'signOnAnswered', effect: effect.id, answer: { ...signedOn, pinKey: 'SECRET-KEY' } as never };
    case 'checkPrinter':
      return { type: 'printerChecked', effect: effect.id, readiness: { ready: true, paperNearEnd: false } };
    case 'readCard':
      return { type: 'card', card: secretCard };
    case 'askPin':
      return { type: 'pin', effect: effect.id, outcome: 'entered' };
    case 'authorise':
      return { type: 'authorised', effect: effect.id, answer: approval };
    case 'print':
      return { type: 'printed', effect: effect.id, verdict: { verdict: 'PRINTED' }, code: '1A2B3C4D' };
    case 'cancelPrint':
      return { type: 'printCancelled', effect: effect.id, confirmed: true };
    case 'reverse':
      return {
        type: 'reversalAnswered',
        effect: effect.id,
        answer: { outcome: 'acknowledged', responseCode: '00' },
      };
    case 'settle':
      return {
        type: 'settlementAnswered',
        effect: effect.id,
        answer: { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' },
      };
    case 'upload':
    case 'endBatch':
      return { type: 'uploadAnswered', effect: effect.id, answer: { outcome: 'accepted' } };
    case 'checkPassword':
      return { type: 'passwordChecked', effect: effect.id, answer: { result: 'accepted', role: 'supervisor' } };
    default:
      return undefined;
  }
};

export const provision = (disk: FileSystem) => new LedgerStore<Fact>(ledgerPlace, disk).provision(provisioned);

export const powerOn = async (
  disk: FileSystem,
  outcomeOf: (effect: Effect) => Happening | undefined = () => undefined,
  limits?: { readonly fileBytes: number; readonly allBytes: number },
) => {
  const reports = new ReportLog<Report>();
  const clock = new HandClock();
  const cards = new CardMemory();
  const ledger = new FileLedger<Fact>(ledgerPlace, disk);
  const idle = { claim: async () => undefined, release: async () => undefined };
  const identity = { merchant: '示例便利店', branch: '测试路店', terminalId: '00000001', hotline: '95516' };
  const about = { rules, identity, language: 'zh-CN' as const };
  const tailCode = () => ledger.tailCode();
  const recorder = new FlightRecorder(
    '/flight',
    disk,
    about,
    tailCode,
    (fault) => reports.add({ type: 'fault', fault }),
    limits,
  );
  const screens: string[] = [];
  let ids = 0;
  const runtime = new Runtime({
    ...about,
    devices: {
      keypad: idle,
      cardReader: { ...idle, disable: () => undefined },
      pinPad: idle,
      printer: idle,
      display: { ...idle, show: ({ lines }: { lines: readonly string[] }) => screens.push(lines.join('|')) },
      acquirer: idle,
    } as unknown as Devices,
    ledger,
    clock,
    cards,
    tokenOf: () => secretCard,
    perform: async (effect) => outcomeOf(effect) ?? usual(effect),
    freshId: () => `id${++ids}-${clock.wall()}`,
    report: (report) => {
      recorder.hear(report);
      reports.add(report);
    },
  });
  let seen = 0;
  /** Resolves when it comes, or has come since this was last asked, into one of those phases. */
  const phase = async (...names: readonly PhaseName[]): Promise<PhaseName> => {
    for (;;) {
      await reports.count(seen + 1);
      const report = reports.reports[seen++];
      if (report?.type !== 'stepped') continue;
      const { name } = report.state.phase;
      if (report.from !== name && names.includes(name)) return name;
    }
  };
  const keys = (...pressed: readonly Key[]): void => {
    for (const key of pressed) runtime.post({ type: 'key', key });
  };
  await runtime.start();
  if ((await phase('idle', 'notice')) === 'notice') {
    keys('enter');
    await phase('idle');
  }
  /** 5 分, to the end. */
  const sell = async (): Promise<void> => {
    clock.advance(1000);
    keys('5', 'enter', 'enter');
    await phase('tearOff');
    keys('enter');
    await phase('notice');
    keys('enter');
    await phase('idle');
  };
  return { runtime, reports, clock, ledger, screens, keys, phase, sell };
};
