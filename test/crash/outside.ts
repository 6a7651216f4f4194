/**
 * All that is outside of the terminal and outlives its power cuts: the acquirer's book, the paper, what the printer
 * holds, what the customer was told. It is a value that each happening replaces, so that a world can be had again.
 */
import type { Acquirer, LinkOutcome } from '../../hal/acquirer.ts';
import type { CardEvent, CardReader, ReadCard } from '../../hal/card-reader.ts';
import type { DeviceFault } from '../../hal/device.ts';
import type { Display } from '../../hal/display.ts';
import type { Keypad } from '../../hal/keypad.ts';
import type { PinPad } from '../../hal/pin-pad.ts';
import type { Printer, SlipDocument } from '../../hal/printer.ts';
import { batchNumber } from '../../hal/units.ts';
import { testCards } from '../bench/cards.ts';
import { approval } from '../state-machine/world.ts';

export type SlipKind = 'merchant' | 'cardholder' | 'reversal' | 'settlement';

export interface PaperSlip {
  readonly kind: SlipKind;
  /** The voucher that it names; 0 for a settlement. */
  readonly stan: number;
  readonly whole: boolean;
}

export interface Booked {
  readonly stan: number;
  readonly amount: number;
  readonly batch: number;
  readonly state: 'approved' | 'reversed';
  readonly settled: boolean;
}

export interface Outside {
  readonly booked: readonly Booked[];
  readonly batch: number;
  /** What the totals of the batch said, and what was uploaded since. */
  readonly reckoning?: { readonly balanced: boolean; readonly uploaded: readonly number[] };
  readonly closed: readonly number[];
  /** The trace numbers of all messages but reversals. */
  readonly used: readonly number[];
  /** A reversal has come, and the terminal doesn't know yet that it is done. */
  readonly reversing?: number;
  readonly paper: readonly PaperSlip[];
  /** What the printer holds and has not printed; it goes on with it by itself when it can. */
  readonly held?: PaperSlip;
  /** The vouchers of which the display has said 交易成功. */
  readonly told: readonly number[];
  /** What a right terminal never does. */
  readonly breaches: readonly string[];
}

export const atFirst: Outside = { booked: [], batch: 1, closed: [], used: [], paper: [], told: [], breaches: [] };

/** How the sale of a script goes. In a recovery all goes well. */
export interface Luck {
  /** `lost`: the acquirer books it, and its answer never comes. */
  readonly answer?: 'lost';
  /** In which slip the paper ends. */
  readonly paperEnd?: 'merchant' | 'cardholder';
  /** The acquirer calls the totals unbalanced, and wants the batch record by record. */
  readonly unbalanced?: true;
  /** The first reversal is done and its answer lost. */
  readonly reversalLost?: true;
}

const fault: DeviceFault = { device: 'acquirer', code: 'silent', where: 'host', what: 'w', remedy: 'r' };
const unanswered: LinkOutcome = { outcome: 'unanswered', fault };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const textOf = ({ elements }: SlipDocument): string =>
  elements
    .map((each) => (each.type === 'text' ? each.text : each.type === 'pair' ? `${each.left} ${each.right}` : ''))
    .join('\n');

const slipOf = (document: SlipDocument): PaperSlip => {
  const text = textOf(document);
  const kind: SlipKind = /冲正凭证|故障报告单/.test(text)
    ? 'reversal'
    : text.includes('商户存根')
      ? 'merchant'
      : text.includes('持卡人存根')
        ? 'cardholder'
        : 'settlement';
  const stan = kind === 'settlement' ? 0 : Number(/凭证号:(\d{6})/.exec(text)?.[1]);
  return { kind, stan, whole: false };
};

/** What the printer may do by itself while the terminal is off: nothing yet, or print what it holds. */
export const afterPowerCut = (outside: Outside): readonly Outside[] => {
  const { held, ...rest } = outside;
  return held === undefined
    ? [outside]
    : [outside, { ...rest, paper: [...unlessBegun(rest.paper), { ...held, whole: true }] }];
};

/** The paper without the slip that is half out. */
const unlessBegun = (paper: readonly PaperSlip[]): readonly PaperSlip[] =>
  paper.at(-1)?.whole === false ? paper.slice(0, -1) : paper;

const { pan, expiry, serviceCode, discretionary } = testCards.credit;
const readCard: ReadCard = {
  entry: 'swipe',
  pan,
  expiry,
  serviceCode,
  track2: `${pan}=${expiry}${serviceCode}${discretionary}`,
} as ReadCard;

const bare = {
  claim: async () => undefined,
  release: async () => undefined,
  checkHealth: async () => ({ healthy: true }) as const,
};

/** The devices of a terminal, at work in a world. `happened` is told of everything that outlives the terminal. */
export class Devices {
  outside: Outside;
  readonly #luck: Luck;
  readonly #happened: (what: string) => void;
  #swipe: (event: CardEvent) => void = () => undefined;
  #unlucky = true;

  constructor(outside: Outside, luck: Luck, happened: (what: string) => void) {
    this.outside = outside;
    this.#luck = luck;
    this.#happened = happened;
  }

  readonly keypad: Keypad = bare;
  readonly pinPad: PinPad = {
    ...bare,
    requestPin: async () => ({ outcome: 'bypassed' }),
    cancel: () => undefined,
    showText: async () => undefined,
  };

  readonly cardReader: CardReader = {
    ...bare,
    claim: async (listener) => {
      this.#swipe = listener;
    },
    enable: () => setImmediate(() => this.#swipe({ type: 'card', card: readCard })),
    disable: () => undefined,
  };

  readonly display: Display = {
    ...bare,
    show: ({ lines }) => {
      const stan = this.outside.booked.at(-1)?.stan;
      if (!lines.join().includes('交易成功') || stan === undefined || this.outside.told.includes(stan)) return;
      this.#become({ told: [...this.outside.told, stan] }, 'the display says 交易成功');
    },
  };

  readonly printer: Printer = {
    ...bare,
    checkReady: async () => ({ ready: true, paperNearEnd: false }),
    print: async (document) => {
      const slip = slipOf(document);
      this.#become({ held: slip }, `the printer has a ${slip.kind} slip`);
      await turn();
      const { paper } = this.outside;
      this.#become({ paper: [...paper, slip] }, `half of a ${slip.kind} slip is on paper`);
      if (this.#luck.paperEnd === slip.kind) return { verdict: 'NOT_PRINTED', cause: 'paperEnd' };
      await turn();
      this.#release({ paper: [...paper, { ...slip, whole: true }] }, `a ${slip.kind} slip is on paper`);
      return { verdict: 'PRINTED' };
    },
    cancel: async () => {
      if (this.outside.held !== undefined) this.#release({}, 'the printer is cleared');
      return { confirmed: true };
    },
  };

  readonly acquirer: Acquirer = {
    ...bare,
    signOn: async ({ stan }) => {
      this.#receive(stan, 'sign-on');
      await turn();
      return { outcome: 'signedOn', batch: batchNumber(this.outside.batch), hostTime: '0', hostDate: '0', pinKey: '0' };
    },
    signOff: async () => ({ outcome: 'signedOff' }),
    authorise: async ({ stan, amount, batch }) => {
      const { reversing, booked } = this.outside;
      if (reversing !== undefined) this.#breach(`M5: sale ${stan} left while the reversal of ${reversing} was open`);
      this.#receive(stan, 'sale');
      this.#become({ booked: [...booked, { stan, amount, batch, state: 'approved', settled: false }] }, 'it is booked');
      await turn();
      return this.#luck.answer === 'lost' ? unanswered : approval;
    },
    balance: async () => unanswered,
    reverse: async ({ stan }) => {
      const booked = this.outside.booked.map((each) =>
        each.stan === stan ? { ...each, state: 'reversed' as const } : each,
      );
      if (this.outside.booked.some((each) => each.stan === stan && each.settled))
        this.#breach(`M4: settled ${stan} is reversed`);
      this.#become({ booked, reversing: stan }, 'a reversal is done');
      await turn();
      if (this.#luck.reversalLost === true && this.#unlucky) {
        this.#unlucky = false;
        return unanswered;
      }
      const { reversing: _, ...rest } = this.outside;
      this.outside = rest;
      return { outcome: 'acknowledged', responseCode: '00' };
    },
    settle: async ({ stan, batch, totals }) => {
      this.#receive(stan, 'settlement');
      if (this.outside.closed.includes(batch)) {
        await turn();
        return { outcome: 'reconciled', domestic: this.#flag(), foreign: 'balanced' };
      }
      const own = this.outside.booked.filter((each) => each.batch === batch && each.state === 'approved');
      const { count, amount } = totals.domestic.debit;
      const agrees = own.length === count && own.reduce((sum, each) => sum + each.amount, 0) === amount;
      if (!agrees) this.#breach('M7: the totals are not those of the acquirer');
      this.#become(
        { reckoning: { balanced: agrees && this.#luck.unbalanced !== true, uploaded: [] } },
        'totals are compared',
      );
      await turn();
      return { outcome: 'reconciled', domestic: this.#flag(), foreign: 'balanced' };
    },
    uploadOne: async () => {
      this.#breach('M7: an upload of what was never sold');
      return unanswered;
    },
    upload: async ({ stan, records }) => {
      this.#receive(stan, 'upload');
      const { reckoning } = this.outside;
      if (reckoning === undefined || reckoning.balanced) this.#breach('M7: an upload where none is due');
      const uploaded = [...new Set([...(reckoning?.uploaded ?? []), ...records.map((record) => record.stan)])];
      this.#become({ reckoning: { balanced: false, uploaded } }, 'records are uploaded');
      await turn();
      return { outcome: 'accepted' };
    },
    endBatch: async ({ stan, batch, balanced, count }) => {
      this.#receive(stan, 'batch end');
      await turn();
      const { reckoning, booked, closed } = this.outside;
      if (closed.includes(batch)) return { outcome: 'accepted' };
      const uploaded = reckoning?.uploaded ?? [];
      if (reckoning?.balanced !== balanced || uploaded.length !== count)
        this.#breach('M7: a batch end that fits no totals');
      const settled = booked.map((each) =>
        each.batch === batch && each.state === 'approved' && (balanced || uploaded.includes(each.stan))
          ? { ...each, settled: true }
          : each,
      );
      this.#become({ booked: settled, closed: [...closed, batch], batch: batch + 1 }, 'the batch is closed');
      await turn();
      return { outcome: 'accepted' };
    },
  };

  #flag(): 'balanced' | 'unbalanced' {
    return this.outside.reckoning?.balanced === true ? 'balanced' : 'unbalanced';
  }

  #receive(stan: number, what: string): void {
    if (this.outside.used.includes(stan)) this.#breach(`M6: trace number ${stan} came twice, now with a ${what}`);
    this.#become({ used: [...this.outside.used, stan] }, `a ${what} has come`);
  }

  #breach(what: string): void {
    this.outside = { ...this.outside, breaches: [...this.outside.breaches, what] };
  }

  #become(change: Partial<Outside>, what: string): void {
    this.outside = { ...this.outside, ...change };
    this.#happened(what);
  }

  /** The printer holds nothing any more. */
  #release(change: Partial<Outside>, what: string): void {
    const { held: _, ...rest } = this.outside;
    this.outside = { ...rest, ...change };
    this.#happened(what);
  }
}
