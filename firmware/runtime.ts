/**
 * The loop: one mailbox; take an event, step, make the facts durable, only then perform the effects, whose
 * outcomes come back as events, and show the screen. Nothing else in the firmware decides anything.
 */

import type { Acquirer, AcquirerEvent } from '../hal/acquirer.ts';
import type { CardEvent, CardReader, ReadCard } from '../hal/card-reader.ts';
import type { Clock } from '../hal/clock.ts';
import type { DeviceFault, DeviceName, LinkEvent } from '../hal/device.ts';
import type { Display } from '../hal/display.ts';
import type { Keypad } from '../hal/keypad.ts';
import type { Ledger, LedgerTail } from '../hal/ledger.ts';
import type { PinPad } from '../hal/pin-pad.ts';
import type { Printer, PrinterCause, PrinterPlace } from '../hal/printer.ts';
import type { EpochMs, MonotonicMs } from '../hal/units.ts';
import type { Event, Happening } from '../state-machine/events.ts';
import type { Fact } from '../state-machine/facts.ts';
import type { Rules } from '../state-machine/rules.ts';
import type { CardToken } from '../state-machine/sale.ts';
import type { SlipFace } from '../state-machine/slip-face.ts';
import type { PhaseName, State } from '../state-machine/state.ts';
import { recover, step } from '../state-machine/step.ts';
import type { Rejection, Step } from '../state-machine/turn.ts';
import { type Identity, type Language, view } from '../state-machine/view.ts';
import type { CardMemory } from './card-memory.ts';
import { dayAlarm } from './day-alarm.ts';
import type { Perform } from './effects.ts';

export interface Devices {
  readonly keypad: Keypad;
  readonly cardReader: CardReader;
  readonly pinPad: PinPad;
  readonly printer: Printer;
  readonly display: Display;
  readonly acquirer: Acquirer;
}

/** What the runtime tells of itself. Nothing in it is card data. */
export type Report =
  /** The ledger is open, with so many facts in its current batch. */
  | { readonly type: 'opened'; readonly facts: number; readonly wall: EpochMs }
  | { readonly type: 'stepped'; readonly event: Event; readonly from: PhaseName; readonly state: State }
  | { readonly type: 'rejected'; readonly event: Event; readonly phase: PhaseName; readonly why: Rejection }
  /** `tookMs`: until it was durable. */
  | { readonly type: 'fact'; readonly fact: Fact; readonly state: State; readonly tookMs: number }
  | { readonly type: 'fault'; readonly fault: DeviceFault }
  | { readonly type: 'online'; readonly device: DeviceName }
  | { readonly type: 'acquirerEvent'; readonly event: AcquirerEvent }
  | { readonly type: 'tailSetRight'; readonly tail: Exclude<LedgerTail, 'whole'> }
  /**
   * `where`: of a driver that threw; its effect counts as the least that can be known, and trade goes on. Else trade has
   * stopped; `told`: where the machine threw, what it was told.
   */
  | {
      readonly type: 'bug';
      readonly error: unknown;
      readonly where?: string;
      readonly told?: { readonly event: Event; readonly phase: PhaseName };
    };

export interface RuntimeOptions {
  readonly rules: Rules;
  readonly identity: Identity;
  readonly language: Language;
  /** What the configuration says of slips. */
  readonly face?: SlipFace;
  readonly devices: Devices;
  readonly ledger: Ledger<Fact>;
  readonly clock: Clock;
  /** `HH:MM`: the time of day at which it settles by itself. */
  readonly settleAt?: string;
  readonly cards: CardMemory;
  /** What the records may know of a card. */
  readonly tokenOf: (card: ReadCard) => CardToken;
  readonly perform: Perform;
  /** Which of two printers is listened to from the start on; absent where there is one. */
  readonly usePrinter?: (place: PrinterPlace) => void;
  /** A fresh identifier, never the same twice. */
  readonly freshId: () => string;
  readonly report: (report: Report) => void;
}

/** Causes for which a technician is needed, who reads the log: the others a clerk sees and puts right. */
const needsMending: ReadonlySet<PrinterCause> = new Set(['silence', 'unrecoverable']);

/** 处理要求 3. The others ask for what this terminal doesn't have: parameters, keys and programs from the acquirer. */
const signOnAgain = 3;

/**
 * A reversal that is sent under another terminal's number is answered 25, no such request, and counts as done: the
 * money would stay with the acquirer (M2).
 */
const foreignLedger = (terminalId: string): DeviceFault => ({
  device: 'ledger',
  code: 'notSuitable',
  where: 'terminal.id',
  what: `The ledger is that of terminal ${terminalId}, and the configuration names another one.`,
  remedy: 'Put the number back, or mount the right disk. A terminal that gets another number is provisioned anew.',
});

export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #mailbox: Event[] = [];
  #state: State | undefined;
  #working: Promise<void> | undefined;
  #workingSince: MonotonicMs | undefined;
  #stopped = false;
  #cancelAlarm: (() => void) | undefined;
  #cancelDayAlarm: (() => void) | undefined;

  constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  get state(): State {
    if (this.#state === undefined) throw new Error('The runtime has not been started');
    return this.#state;
  }

  /** Where it stands and since when it works on an event, for those who look after it; no state before it is recovered. */
  get monitored(): { readonly state: State | undefined; readonly workingSince: MonotonicMs | undefined } {
    return { state: this.#state, workingSince: this.#workingSince };
  }

  /**
   * Recovers from the ledger, takes the devices and goes on from the last fact. Resolves with the fault that keeps
   * the terminal out of service, if there is one: the display shows it. Rejects, and the display shows that, when the
   * facts are no legal line.
   */
  async start(): Promise<DeviceFault | undefined> {
    const { ledger, clock, report } = this.#options;
    const opening = await ledger.open();
    if (!opening.opened) return this.#refuseService(opening.fault);
    if (opening.tail !== 'whole') report({ type: 'tailSetRight', tail: opening.tail });
    for (const fault of opening.notes) report({ type: 'fault', fault });
    const wall = clock.wall();
    let recovered: Step;
    try {
      recovered = recover(opening.facts, wall);
    } catch (error) {
      await this.#showOutOfService('bug');
      throw error;
    }
    const { terminalId } = recovered.state.book;
    if (terminalId !== this.#options.identity.terminalId) return this.#refuseService(foreignLedger(terminalId));
    this.#state = recovered.state;
    report({ type: 'opened', facts: opening.facts.length, wall });
    for (const fact of recovered.facts) {
      const before = clock.monotonic();
      const stored = await ledger.append(fact);
      if (stored.result !== 'stored') return this.#refuseService(stored.fault);
      report({ type: 'fact', fact, state: recovered.state, tookMs: clock.monotonic() - before });
    }
    // A device that is taken after `stop` has let the others go would be open for ever, and keep the process.
    if (this.#stopped) return undefined;
    this.#options.usePrinter?.(recovered.state.book.printer ?? 'first');
    await this.#claimAll();
    if (this.#stopped) return undefined;
    this.#show();
    const { face } = this.#options;
    this.post({ type: 'started', ...(face !== undefined && { face }) });
    const { settleAt } = this.#options;
    if (settleAt !== undefined) {
      this.#cancelDayAlarm = dayAlarm(settleAt, clock, () => this.post({ type: 'settlementDue' }));
    }
    return undefined;
  }

  /** Without its ledger a terminal doesn't trade; it says so where the clerk looks. */
  async #refuseService(fault: DeviceFault): Promise<DeviceFault> {
    this.#options.report({ type: 'fault', fault });
    await this.#showOutOfService('storage');
    return fault;
  }

  async #showOutOfService(why: 'storage' | 'bug'): Promise<void> {
    const { clock, devices } = this.#options;
    this.#state = { ...(this.#state ?? recover([], clock.wall()).state), phase: { name: 'outOfService', why } };
    await devices.display.claim(() => undefined);
    this.#show();
  }

  /** Puts a happening into the mailbox, with the time and a fresh id: that is given back, unless it was stopped. */
  post(happening: Happening): string | undefined {
    if (this.#stopped) return undefined;
    const { clock, freshId } = this.#options;
    const id = freshId();
    this.#mailbox.push({ ...happening, at: clock.monotonic(), wall: clock.wall(), id });
    this.#working ??= Promise.resolve().then(() => this.#work());
    return id;
  }

  /**
   * Takes no more events, and lets the devices go, then the ledger, which may be making a fact durable. What is open is
   * taken up at the next start.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelAlarm?.();
    this.#cancelDayAlarm?.();
    const { devices, ledger, cards } = this.#options;
    cards.forget();
    await Promise.all(Object.values(devices).map((device) => device.release()));
    await this.#working;
    await ledger.close();
  }

  async #work(): Promise<void> {
    let event: Event | undefined;
    try {
      for (event = this.#mailbox.shift(); event !== undefined && !this.#stopped; event = this.#mailbox.shift()) {
        this.#workingSince = this.#options.clock.monotonic();
        await this.#handle(event);
      }
    } catch (error) {
      this.#outOfService(error, event);
    } finally {
      this.#working = undefined;
      this.#workingSince = undefined;
    }
  }

  async #handle(event: Event): Promise<void> {
    const { rules, report } = this.#options;
    const before = this.state;
    const result = step(rules, before, event);
    if ('rejected' in result) {
      report({ type: 'rejected', event, phase: before.phase.name, why: result.rejected });
      if (event.type === 'timeUp') this.#setAlarm();
      return;
    }
    const fault = await this.#store(result);
    // Stopped meanwhile, or out of service by a bug: what was asked for is not done any more.
    if (this.#stopped || this.#state !== before) return;
    const told = fault === undefined ? event : { ...event, ...fault };
    const done = fault === undefined ? result : step(rules, before, told);
    if ('rejected' in done) throw new Error(`A ledger fault was rejected: ${done.rejected}`);
    this.#state = done.state;
    report({ type: 'stepped', event: told, from: before.phase.name, state: done.state });
    // Before the screen: who reads 请刷卡 must not be quicker than the reader, and no request waits for a display.
    for (const effect of done.effects) void this.#perform(effect);
    this.#show();
    this.#setAlarm();
    if (done.state.phase.name === 'idle' && before.phase.name !== 'idle') void this.#rest();
  }

  /** The terminal has come to rest: the ledger does what it has time for now. */
  async #rest(): Promise<void> {
    const { ledger, report } = this.#options;
    try {
      const fault = await ledger.rest();
      if (fault !== undefined) report({ type: 'fault', fault });
    } catch (error) {
      this.#outOfService(error);
    }
  }

  /**
   * Makes the facts durable, one by one; those that open a batch together. The first that can't be ends it: then the
   * step has not happened.
   */
  async #store({ facts, state }: Step): Promise<Extract<Happening, { type: 'ledgerFault' }> | undefined> {
    const { ledger, report, clock } = this.#options;
    const [first, ...others] = facts;
    const opensBatch = first?.type === 'batchOpened';
    const groups = opensBatch ? [[first, ...others] as const] : facts.map((fact) => [fact] as const);
    for (const [index, group] of groups.entries()) {
      const before = clock.monotonic();
      const stored = opensBatch ? await ledger.rotate(group) : await ledger.append(group[0]);
      if (stored.fault !== undefined) report({ type: 'fault', fault: stored.fault });
      if (stored.result !== 'stored') {
        // With an earlier fact of this step on the disk, the book in memory is behind it: only a restart mends that.
        return { type: 'ledgerFault', result: index > 0 ? 'failed' : stored.result, fact: group[0].type };
      }
      // Its second copy is lost: trade goes on, and the idle screen says so.
      if (stored.fault !== undefined) this.post({ type: 'link', device: 'ledger', online: false });
      const tookMs = clock.monotonic() - before;
      for (const fact of group) report({ type: 'fact', fact, state, tookMs });
    }
    return undefined;
  }

  async #perform(effect: Step['effects'][number]): Promise<void> {
    try {
      const outcome = await this.#options.perform(effect, this.state.book);
      if (outcome !== undefined) this.post(outcome);
    } catch (error) {
      this.#outOfService(error);
    }
  }

  /** A bug. Nothing is traded any more; the facts are safe, and the next start goes on from them. */
  #outOfService(error: unknown, event?: Event): void {
    const told = event && { told: { event, phase: this.state.phase.name } };
    this.#options.report({ type: 'bug', error, ...told });
    this.#mailbox.length = 0;
    this.#state = { ...this.state, phase: { name: 'outOfService', why: 'bug' } };
    this.#options.cards.forget();
    this.#options.devices.cardReader.disable();
    this.#show();
  }

  #show(): void {
    const { devices, identity, language } = this.#options;
    devices.display.show(view(this.state, identity, language));
  }

  /** One alarm, for the deadline of the phase. One that rings early or for a phase that went on is rejected. */
  #setAlarm(): void {
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
    const { phase } = this.state;
    if (!('until' in phase)) return;
    const { clock } = this.#options;
    const delayMs = Math.max(0, Math.ceil(phase.until - clock.monotonic()));
    this.#cancelAlarm = clock.schedule(delayMs, () => this.post({ type: 'timeUp' }));
  }

  /** Has a device that isn't understood say what is wrong with it, for the log. */
  async #explain(device: Printer): Promise<void> {
    const { report } = this.#options;
    try {
      const health = await device.checkHealth();
      if (!health.healthy) report({ type: 'fault', fault: health.fault });
    } catch (error) {
      report({ type: 'bug', error, where: 'checkHealth' });
    }
  }

  async #claimAll(): Promise<void> {
    const { keypad, cardReader, pinPad, printer, display, acquirer } = this.#options.devices;
    const { report, cards, tokenOf } = this.#options;
    const link = (device: DeviceName, event: LinkEvent): void => {
      report(event.type === 'online' ? { type: 'online', device } : { type: 'fault', fault: event.fault });
      this.post({ type: 'link', device, online: event.type === 'online' });
    };
    const onCard = (event: CardEvent): void => {
      if (event.type === 'cardFault') this.post(event);
      else if (cards.take(event.card)) this.post({ type: 'card', card: tokenOf(event.card) });
    };
    const isLink = (event: { readonly type: string }): event is LinkEvent =>
      event.type === 'online' || event.type === 'offline';
    await Promise.all([
      display.claim((event) => link('display', event)),
      printer.claim((event) => {
        if (isLink(event)) return link('printer', event);
        if (!event.readiness.ready && needsMending.has(event.readiness.cause)) void this.#explain(printer);
        this.post(event);
      }),
      keypad.claim((event) => (isLink(event) ? link('keypad', event) : this.post(event))),
      cardReader.claim((event) => (isLink(event) ? link('cardReader', event) : onCard(event))),
      pinPad.claim((event) => link('pinPad', event)),
      acquirer.claim((event) => {
        if (isLink(event)) return link('acquirer', event);
        report({ type: 'acquirerEvent', event });
        if (event.type === 'processingRequest' && event.request === signOnAgain) this.post({ type: 'signOnAsked' });
      }),
    ]);
  }
}
