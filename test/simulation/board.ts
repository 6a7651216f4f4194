import { lineSpeed } from '../../drivers/printer/printer-line.ts';
import type { Configuration } from '../../firmware/configuration.ts';
import { firstFact, provisionTerminal } from '../../firmware/provisioning.ts';
import type { Report } from '../../firmware/runtime.ts';
import { filesOf } from '../../firmware/terminal-files.ts';
import type { Occasion } from '../bench/acquirer/behaviours.ts';
import { BenchAcquirer } from '../bench/acquirer/bench-acquirer.ts';
import { newKey } from '../bench/acquirer/crypto.ts';
import { VirtualCardReader } from '../bench/card-reader/virtual-card-reader.ts';
import { testCards } from '../bench/cards.ts';
import { VirtualDisplay } from '../bench/display/virtual-display.ts';
import { VirtualKeypad } from '../bench/keypad/virtual-keypad.ts';
import { VirtualPinPad } from '../bench/pin-pad/virtual-pin-pad.ts';
import { type ProfileName, profiles } from '../bench/printer/profiles.ts';
import { VirtualPrinter } from '../bench/printer/virtual-printer.ts';
import { Cable } from './cable.ts';
import type { Chance } from './chance.ts';
import { beginning, LifeClock, peerClock, printerClock } from './clocks.ts';
import { baudRate, merchantId, shopOf, terminalId } from './configuration.ts';
import { Disk } from './disk.ts';
import { Network } from './network.ts';
import { type LedgerInstead, Run } from './run.ts';
import type { Scheduler } from './scheduler.ts';

export const cableNames = ['keypad', 'cardReader', 'pinPad', 'printer', 'display'] as const;
export type CableName = (typeof cableNames)[number];

/** Who wants to know what happens at the board. */
export interface Observer {
  /** A run of the terminal begins, on a disk as the power cut has left it. */
  starting(): void;
  report(report: Report): void;
  /** The power came or went. */
  power(on: boolean): void;
  /** Nobody can read the display any more, or a screen goes before it is read. */
  displayGone(): void;
}

export interface BoardOptions {
  /** For the negative controls. */
  readonly syncDoesNothing?: boolean;
  readonly ledgerInstead?: LedgerInstead;
}

/**
 * The virtual board of `test/bench/`, on simulated lines, disk and clock: everything that a terminal stands among. It
 * is the board that goes on when the terminal's run ends.
 */
export class SimulatedBoard {
  readonly configuration: Configuration;
  readonly disk: Disk;
  readonly network: Network;
  readonly acquirer: BenchAcquirer;
  readonly keypad: VirtualKeypad;
  readonly cardReader: VirtualCardReader;
  readonly pinPad: VirtualPinPad;
  readonly display = new VirtualDisplay('lcd4x16');
  readonly printer: VirtualPrinter;
  readonly cables: { readonly [N in CableName]: Cable };
  readonly scheduler: Scheduler;
  readonly #chance: Chance;
  readonly ledgerInstead: LedgerInstead | undefined;
  readonly #masterKey: Buffer;
  #observer: Observer | undefined;
  #run: Run | undefined;
  #wrongByMs = 0;
  readonly #scripted: { readonly occasion: Occasion; readonly told: () => void }[] = [];
  readonly #awaited: { readonly occasion: Occasion; readonly direction: string; readonly told: () => void }[] = [];
  /** How often the terminal's process has begun. */
  starts = 0;

  constructor(scheduler: Scheduler, chance: Chance, options: BoardOptions = {}) {
    this.scheduler = scheduler;
    this.#chance = chance.of('terminal');
    this.ledgerInstead = options.ledgerInstead;
    this.configuration = shopOf(chance.of('shop'));
    const { printer, terminal } = this.configuration;
    const things = chance.of('things');
    const clock = peerClock(scheduler);
    this.#masterKey = things.bytes(16);
    this.disk = new Disk(scheduler, chance.of('disk'));
    this.disk.syncDoesNothing = options.syncDoesNothing ?? false;
    this.keypad = new VirtualKeypad(clock);
    this.cardReader = new VirtualCardReader(clock);
    this.pinPad = new VirtualPinPad(clock, { masterKey: this.#masterKey });
    this.printer = new VirtualPrinter({
      profile: { ...profiles[printer.profile.name as ProfileName], widthDots: printer.paper === 58 ? 384 : 576 },
      baudRate: lineSpeed(printer.port),
      mmPerSecond: printer.profile.name === 'cheap58' ? things.between(50, 80) : things.between(60, 200),
      keepLines: 1000,
      // The driver's port is set to no flow control: the driver obeys XOFF, and asks on while it is held off.
      portObeys: false,
      clock: printerClock(scheduler),
    });
    const keys = chance.of('keys');
    this.acquirer = new BenchAcquirer({
      terminalId,
      merchantId,
      masterKey: this.#masterKey,
      cards: Object.values(testCards).map(({ name, pan, pin, institution, foreign }) => ({
        pan,
        pin,
        issuer: institution,
        foreign,
        ...(name === 'debit16' && { balance: 500_000 }),
      })),
      batch: terminal.batch,
      now: () => new Date(Math.floor(beginning + scheduler.now)),
      newKey: (length) => newKey(length, keys.bytes),
      schedule: (delayMs, wake) => scheduler.within(delayMs, wake),
    });
    this.network = new Network(scheduler, chance.of('network'), this.acquirer);
    const cable = (device: CableName): Cable =>
      new Cable(scheduler, chance.of(`cable ${device}`), {
        device,
        baudRate: device === 'printer' ? lineSpeed(printer.port) : baudRate,
        paced: device !== 'printer',
      });
    this.cables = {
      keypad: cable('keypad'),
      cardReader: cable('cardReader'),
      pinPad: cable('pinPad'),
      printer: cable('printer'),
      display: cable('display'),
    };
    for (const name of cableNames) this.plugIn(name);
    this.acquirer.on('message', ({ direction, kind }) => this.#onMessage(direction, kind));
  }

  /** Told when the next such message gets what was scripted for it. */
  onScripted(occasion: Occasion, told: () => void): void {
    this.#scripted.push({ occasion, told });
  }

  /** Told when the acquirer has taken in the next such message, or given its answer to the line. */
  onNextMessage(occasion: Occasion, direction: 'received' | 'sent', told: () => void): void {
    this.#awaited.push({ occasion, direction, told });
  }

  #onMessage(direction: string, kind: Occasion | undefined): void {
    if (direction === 'received' && this.acquirer.scripted < this.#scripted.length) {
      const at = this.#scripted.findIndex(({ occasion }) => occasion === kind);
      if (at >= 0) this.#scripted.splice(at, 1)[0]?.told();
    }
    const at = this.#awaited.findIndex((each) => each.occasion === kind && each.direction === direction);
    if (at >= 0) this.#awaited.splice(at, 1)[0]?.told();
  }

  /** Makes the terminal's keys and ledger, as a technician does at his desk. */
  async provision(): Promise<void> {
    const fileSystem = this.disk.content;
    fileSystem.mkdir('/state');
    await fileSystem.syncDirectory('/');
    const clock = new LifeClock(this.scheduler, { ended: false }, 0);
    const files = filesOf(this.configuration);
    const first = firstFact(this.configuration, clock);
    const { bytes } = this.#chance.of('provisioning');
    const { ledger } = await provisionTerminal(files, this.#masterKey, first, fileSystem, bytes);
    if (ledger.result !== 'stored') throw new Error('The terminal can not be provisioned');
  }

  /** A key that repeats by itself takes a screen away before anybody has read it. */
  passesUnread(): void {
    this.#observer?.displayGone();
  }

  observe(observer: Observer): void {
    this.#observer = observer;
  }

  /** Whether the terminal's process is there. */
  get isOn(): boolean {
    return this.#run !== undefined;
  }

  /** The terminal's process begins. */
  start(): void {
    if (this.#run !== undefined) return;
    this.starts += 1;
    this.#observer?.starting();
    const { scheduler, configuration, disk, network, cables, ledgerInstead } = this;
    const own = { chance: this.#chance.of(this.starts), wrongByMs: this.#wrongByMs };
    const outside = { scheduler, configuration, disk, network, cables, ledgerInstead, ...own };
    this.#run = new Run(outside, (report) => this.#observer?.report(report));
    this.#observer?.power(true);
  }

  /**
   * The board loses its power. `with`: which of the devices lose theirs, being fed by it. `dateIsLost`: its battery is
   * empty, so that it believes in another date at the next start.
   */
  cutPower(also: { readonly printer: boolean; readonly pinPad: boolean; readonly dateIsLost: boolean }): void {
    this.#end();
    this.network.lifeEnded(false);
    this.disk.losePower();
    if (also.dateIsLost) this.#wrongByMs = Date.UTC(2000, 0, 1) - beginning - this.scheduler.now;
    for (const name of cableNames) this.cables[name].losePower();
    // What the port hadn't sent yet will never come.
    if (this.cables.printer.pluggedIn) {
      this.printer.detach();
      this.printer.attach(this.cables.printer.plugIn());
    }
    if (also.printer) this.printer.powerOff();
    if (also.pinPad && this.cables.pinPad.pluggedIn) {
      this.pinPad.detach();
      this.pinPad.attach(this.cables.pinPad.plugIn());
    }
    this.#observer?.power(false);
  }

  /** The terminal's process is ended by the system, which goes on: what was written is in its cache. */
  kill(): void {
    this.#end();
    this.network.lifeEnded(true);
    this.#observer?.power(false);
  }

  unplug(name: CableName): void {
    if (!this.cables[name].pluggedIn) return;
    if (name === 'display') this.#observer?.displayGone();
    this[name].detach();
    this.cables[name].unplug();
  }

  /** A line takes nothing for a while. */
  stick(name: CableName): void {
    if (name === 'display') this.#observer?.displayGone();
    this.cables[name].stick();
  }

  plugIn(name: CableName): void {
    if (!this.cables[name].pluggedIn) this[name].attach(this.cables[name].plugIn());
  }

  /** Nothing is wrong any more with anything that stands around the terminal. */
  heal(): void {
    this.disk.heal();
    this.network.heal();
    this.acquirer.behave();
    this.#scripted.length = 0;
    this.#awaited.length = 0;
    this.acquirer.release();
    this.acquirer.skew('domestic', { amount: 0, count: 0 });
    this.acquirer.skew('foreign', { amount: 0, count: 0 });
    this.acquirer.processingRequest = 0;
    this.keypad.letGo();
    this.pinPad.unmute();
    for (const name of cableNames) {
      this.cables[name].heal();
      this.plugIn(name);
    }
    this.mendPrinter();
  }

  /** Somebody sees to the printer: its switch, its cover, its blade, its paper. */
  mendPrinter(): void {
    const { printer } = this;
    printer.freeCutter();
    printer.closeCover();
    if (printer.state.error === 'unrecoverable') printer.powerOff();
    printer.powerOn();
    if (printer.state.paper !== 'ok') printer.loadPaper();
  }

  #end(): void {
    if (this.#run !== undefined) this.#run.ended = true;
    this.#run = undefined;
  }
}
