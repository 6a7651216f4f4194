import iconv from 'iconv-lite';
import type { Test } from 'tap';
import type { SerialSettings } from '../../../drivers/serial/serial-line.ts';
import type { Clock } from '../../../hal/clock.ts';
import type { Display } from '../../../hal/display.ts';
import type { FarEnd } from '../../support/pty.ts';
import { ReportLog } from '../../support/report-log.ts';
import { farEndRig } from './far-end.ts';

/** A display driver, its clock and where to plug displays in. */
export const displayRig = (t: Test, make: (settings: SerialSettings, clock: Clock) => Display) => {
  const { settings, clock, plug } = farEndRig(t);
  const display = make(settings, clock);
  t.teardown(() => display.release());
  return { display, clock, plug };
};

/** The glass of a display at the far end: what stands in each row after each command. */
export class Glass {
  readonly #seen = new ReportLog<readonly string[]>();
  readonly #command: RegExp;
  readonly #obey: (rows: readonly string[], command: string) => readonly string[];
  readonly #blank: readonly string[];
  #rows: readonly string[];

  /** `command` matches one whole command at the start of the bytes (as Latin-1, with ␛ for ESC). */
  constructor(rows: number, command: RegExp, obey: (rows: readonly string[], command: string) => readonly string[]) {
    this.#blank = Array<string>(rows).fill('');
    this.#rows = this.#blank;
    this.#command = command;
    this.#obey = obey;
  }

  plugInto(end: FarEnd): void {
    let bytes = '';
    this.#rows = this.#blank;
    end.received.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1').replaceAll('\u001b', '␛');
      for (let match = this.#command.exec(bytes); match !== null; match = this.#command.exec(bytes)) {
        bytes = bytes.slice(match[0].length);
        this.#rows = this.#obey(this.#rows, match[0]);
        this.#seen.add(this.#rows);
      }
    });
  }

  /** Resolves when one of these is what stands there now, or next does; with its index. */
  async shows(...wanted: (readonly string[])[]): Promise<number> {
    const index = () => wanted.findIndex((rows) => JSON.stringify(rows) === JSON.stringify(this.#rows));
    await this.#seen.until(() => index() >= 0);
    return index();
  }
}

/** The text of a row's bytes, without the blanks at its end. */
export const textOf = (latin1: string): string => iconv.decode(Buffer.from(latin1, 'latin1'), 'gbk').trimEnd();
