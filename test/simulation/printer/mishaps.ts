import type { VirtualPrinter } from '../../bench/printer/virtual-printer.ts';
import type { Cable } from '../cable.ts';
import type { Scheduler } from '../scheduler.ts';
import type { Mishap, PlannedMishap } from './schedule.ts';

/** A moment that never comes, such as a line of a copy that isn't printed, is not waited for longer than this, in ms. */
const atLatestMs = 60_000;

/** How long a printer that somebody switches off stays off, and comes up, in ms. */
const offMs = 2000;

/** What goes wrong, and who puts it right. */
export class Mishaps {
  readonly #scheduler: Scheduler;
  readonly #printer: VirtualPrinter;
  readonly #cable: Cable;
  readonly #portObeys: boolean;
  /** When the last of them will have been put right, as far as is known. */
  quietFrom = atLatestMs;

  constructor(scheduler: Scheduler, printer: VirtualPrinter, cable: Cable, portObeys: boolean) {
    this.#portObeys = portObeys;
    this.#scheduler = scheduler;
    this.#printer = printer;
    this.#cable = cable;
  }

  babble(bytes: Buffer): void {
    this.#cable.babble(bytes);
  }

  plan({ what, when, mendedAfterMs }: PlannedMishap): void {
    let withdraw = (): void => {};
    let isOver = false;
    const strike = (): void => {
      if (isOver) return;
      isOver = true;
      // By itself, so that whoever waits at the terminal has his turn.
      this.#scheduler.after(0, () => this.#strike(what));
      const afterMs = Math.max(what === 'powerOff' ? offMs : 1, mendedAfterMs);
      this.quietFrom = Math.max(this.quietFrom, this.#scheduler.now + afterMs);
      this.#scheduler.after(afterMs, () => this.#mend(what));
    };
    if ('atMs' in when) this.#scheduler.after(when.atMs, strike);
    else withdraw = this.#printer.fault(when, strike);
    this.#scheduler.within(atLatestMs, () => {
      isOver = true;
      withdraw();
    });
  }

  #strike(what: Mishap): void {
    const printer = this.#printer;
    const deeds: Record<Mishap, () => void> = {
      paperEnd: () => printer.endPaper(),
      nearEnd: () => printer.nearEndPaper(),
      coverOpen: () => printer.openCover(),
      overheat: () => printer.overheat(),
      cutterJam: () => printer.jamCutter(),
      unrecoverable: () => printer.breakDown(),
      powerOff: () => printer.powerOff(),
      unplug: () => this.#cable.unplug(),
      stuckLine: () => this.#cable.stick(),
    };
    deeds[what]();
  }

  #mend(what: Mishap): void {
    const printer = this.#printer;
    const deeds: Record<Mishap, () => void> = {
      paperEnd: () => printer.loadPaper(),
      nearEnd: () => printer.loadPaper(),
      coverOpen: () => printer.closeCover(),
      overheat: () => {},
      cutterJam: () => {
        printer.freeCutter();
        // A port that obeys XOFF by itself holds the command to recover too.
        if (this.#portObeys) this.#switchOffAndOn();
      },
      unrecoverable: () => this.#switchOffAndOn(),
      powerOff: () => printer.powerOn(),
      unplug: () => {
        if (!this.#cable.pluggedIn) printer.attach(this.#cable.plugIn());
      },
      stuckLine: () => this.#cable.letGo(),
    };
    deeds[what]();
  }

  #switchOffAndOn(): void {
    this.#printer.powerOff();
    this.#scheduler.within(offMs, () => this.#printer.powerOn());
  }
}
