/** The terminal's real runtime, effects, slips and ledger on a recorded disk, with devices of another world. */

import { FileLedger } from '../../drivers/ledger/file-ledger.ts';
import type { LedgerSettings } from '../../drivers/ledger/ledger-adapter.ts';
import type { FileSystem } from '../../drivers/storage/file-system.ts';
import { CardMemory } from '../../firmware/card-memory.ts';
import { makePerform } from '../../firmware/effects.ts';
import { Runtime } from '../../firmware/runtime.ts';
import type { Key } from '../../hal/keypad.ts';
import type { Book } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { aMaker } from '../firmware/slips/a-maker.ts';
import { card, rules } from '../state-machine/world.ts';
import { HandClock } from '../support/hand-clock.ts';
import { noCare } from '../support/no-care.ts';
import { nobodyLetIn } from '../support/operators.ts';
import { Devices, type Luck, type Outside } from './outside.ts';

export const terminalLedger: LedgerSettings<Fact> = {
  directory: '/ledger',
  anchor: '/ledger.anchor',
  ledgerKey: Buffer.alloc(32, 0x37),
  opensTransaction: (fact) => fact.type === 'intended',
};

/** What the clerk does when the terminal rests, one after the other. */
export type Deed = 'sell' | 'settle';

const deeds: { readonly [D in Deed]: readonly Key[] } = {
  sell: ['5', 'enter', 'enter'],
  settle: ['menu', '7', '5', 'enter'],
};

export interface Life {
  /** The world that it is switched on in. */
  readonly before: Outside;
  readonly luck?: Luck;
  readonly todo?: readonly Deed[];
  /** The terminal has told that a fact is on the disk. */
  readonly stored: (fact: Fact) => void;
  /** Something has happened that outlives the terminal. */
  readonly happened: (what: string, outside: Outside) => void;
}

export interface Rest {
  readonly outside: Outside;
  readonly book: Book;
}

/** The terminal has said that it doesn't trade. */
export class OutOfService extends Error {}

/** More than any way to rest takes. */
const maxMoves = 60;

/**
 * Switches the terminal on and attends to it until it rests and all is done.
 *
 * @throws when it doesn't come to rest (M10), has a bug or stops trading
 */
export const runTerminal = async (
  disk: FileSystem,
  { before, luck = {}, todo = [], stored, happened }: Life,
): Promise<Rest> => {
  let activity = 0;
  let bug: Error | undefined;
  const isBug = (error: unknown): void => {
    bug ??= error instanceof Error ? error : new Error('something that is no error was thrown');
  };
  const devices = new Devices(before, luck, (what) => {
    activity += 1;
    happened(what, devices.outside);
  });
  const clock = new HandClock();
  const cards = new CardMemory();
  const ledger = new FileLedger<Fact>(terminalLedger, disk);
  const identity = {
    merchant: '店',
    branch: '',
    hotline: '95516',
    language: 'zh-CN',
    terminalId: '00000001',
    merchantId: '1',
  } as const;
  let ids = 0;
  const runtime = new Runtime({
    rules,
    identity,
    language: 'zh-CN',
    devices,
    ledger,
    clock,
    cards,
    tokenOf: () => card,
    perform: makePerform({
      care: noCare,
      rules,
      slips: aMaker(),
      wall: () => clock.wall(),
      cardReader: devices.cardReader,
      pinPad: devices.pinPad,
      printer: devices.printer,
      acquirer: devices.acquirer,
      ledger,
      cards,
      pinTimeoutMs: 1,
      find: async () => ({ rows: [] }),
      unsealPan: (sealed) => sealed,
      operators: nobodyLetIn,
      bug: (_, error) => isBug(error),
      fault: () => undefined,
    }),
    freshId: () => `id${++ids}`,
    report: (report) => {
      activity += 1;
      if (report.type === 'fact') stored(report.fact);
      if (report.type === 'bug') isBug(report.error);
    },
  });
  /** Resolves when nothing goes on any more but alarms that are set; a step waits for two syncs at most. */
  const settled = async (): Promise<void> => {
    for (let quiet = 0; quiet < 6; ) {
      const then = activity;
      await new Promise(setImmediate);
      quiet = activity === then ? quiet + 1 : 0;
    }
  };
  const refused = await runtime.start();
  if (refused !== undefined) throw new OutOfService(`M8: service is refused: ${refused.what}`);
  const left = [...todo];
  for (let moves = 0; moves < maxMoves; moves++) {
    await settled();
    if (bug !== undefined) throw bug;
    const { phase, book } = runtime.state;
    if (phase.name === 'outOfService') throw new OutOfService('the terminal stops trading');
    if (phase.name === 'idle') {
      const deed = left.shift();
      if (deed === undefined) return { outside: devices.outside, book };
      for (const key of deeds[deed]) runtime.post({ type: 'key', key });
    } else if (phase.name === 'paperWait') {
      runtime.post({ type: 'key', key: 'cancel' });
    } else if (phase.name === 'tearOff') {
      runtime.post({ type: 'key', key: 'enter' });
    } else if (phase.name === 'notice') {
      runtime.post({ type: 'key', key: 'cancel' });
    } else {
      clock.advance(120_000);
    }
  }
  throw new Error(`M10: it does not come to rest, and is in ${runtime.state.phase.name}`);
};
