import type { Condition } from './status.ts';

/** What is the matter with the printer, live. */
export class Sensors implements Condition {
  power = true;
  paperOut = false;
  paperNearEnd = false;
  coverOpen = false;
  coverOpenInPrint = false;
  /** Something holds the blade; an error only once it is to move. */
  bladeStuck = false;
  cutterError = false;
  overheated = false;
  unrecoverable = false;
  readonly #motorMoving: () => boolean;

  constructor(motorMoving: () => boolean) {
    this.#motorMoving = motorMoving;
  }

  get stoppedByPaperEnd(): boolean {
    return this.paperOut && !this.#motorMoving();
  }
}
