import type { Happening } from '../../state-machine/events.ts';
import type { Rejection } from '../../state-machine/turn.ts';
import type { Report } from '../runtime.ts';

/** What became of what a technician asked for; `begun`: the terminal is at it. */
export type Became = 'begun' | Rejection | 'notStored' | 'bug' | 'stopped';

/** What is asked for goes through the machine as any event does, and its report is the answer. */
export class Requests {
  readonly #waiting = new Map<string, (became: Became) => void>();

  hear(report: Report): void {
    if (report.type === 'bug' && report.where === undefined) {
      for (const id of this.#waiting.keys()) this.#answer(id, 'bug');
    } else if (report.type === 'rejected') this.#answer(report.event.id, report.why);
    // In its stead the machine was told that its first fact is not on the disk.
    else if (report.type === 'stepped') {
      this.#answer(report.event.id, report.event.type === 'ledgerFault' ? 'notStored' : 'begun');
    }
  }

  /** @param post puts it into the mailbox, and gives the event's id, or undefined where nothing is taken any more */
  ask(happening: Happening, post: (happening: Happening) => string | undefined): Promise<Became> {
    const id = post(happening);
    if (id === undefined) return Promise.resolve('stopped');
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #answer(id: string, became: Became): void {
    this.#waiting.get(id)?.(became);
    this.#waiting.delete(id);
  }
}
