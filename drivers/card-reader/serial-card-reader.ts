import { ReadlineParser } from '@serialport/parser-readline';
import type { Clock } from '../../hal/clock.ts';
import type { InputLine } from '../input-device.ts';
import { SerialLine, type SerialSettings } from '../serial/serial-line.ts';
import { SwipeReader } from './swipe-reader.ts';
import { readTracks, sortTracks, tracksIn } from './tracks.ts';

const carriageReturn = '\r';
/** Three tracks are 226 characters; the rest is for pre- and postambles. */
const longestLine = 512;
/** A pause in the middle of a line: the rest won't come. */
const midLineMs = 500;
/** A pause after a line: the reader sends each track as a line of its own, and this was the last. */
const betweenLinesMs = 100;

/**
 * A swipe reader that sends the tracks as ASCII on a serial line, each swipe, or each track of it, ended by 0D:
 *
 *     %B4111111111111111^DOE/JOHN^25122010000000000000?;4111111111111111=25122010000000000000?<0D>
 *
 * The tracks are found by their sentinels; preamble, line feed and LRC may be there or not. The reader must be set to
 * end with 0D (most are) and its pre- and postamble must hold none of `% ; + ?`.
 *
 * A line with one track may be followed by others of the same swipe, so that the swipe is reported 100 ms after it, or
 * with its third track; a line with several is reported at once. A line that stops for 500 ms is dropped; when a track
 * had begun in it, that is an `unreadable` card. So is a line of more than 512 characters.
 */
export class SerialCardReader extends SwipeReader {
  readonly #clock: Clock;
  #parser: ReadlineParser;
  /** Bytes since the last 0D, the reader enabled or not. */
  #unended = 0;
  /** The next line began before it was asked for, or is too long. */
  #skipLine = false;
  #trackBegan = false;
  #texts: string[] = [];
  #cancelPause: (() => void) | undefined;

  constructor(settings: SerialSettings, clock: Clock, line: InputLine = new SerialLine('cardReader', settings, clock)) {
    super(line);
    this.#clock = clock;
    this.#parser = this.#newParser();
  }

  protected received(chunk: Buffer): void {
    const end = chunk.lastIndexOf(carriageReturn);
    const unended = chunk.toString('latin1', end + 1).replaceAll('\n', '');
    this.#unended = end === -1 ? this.#unended + unended.length : unended.length;
    this.#trackBegan = (end === -1 && this.#trackBegan) || /[%;+]/.test(unended);
    this.#cancelPause?.();
    this.#cancelPause = this.#clock.schedule(this.#unended > 0 ? midLineMs : betweenLinesMs, () => this.#paused());
    if (!this.enabled || (this.#skipLine && end === -1)) return;
    this.#parser.write(this.#skipLine ? chunk.subarray(chunk.indexOf(carriageReturn)) : chunk);
    this.#skipLine = false;
    if (this.#unended > longestLine) {
      this.forget();
      this.emit({ type: 'cardFault', fault: 'unreadable' });
    }
  }

  protected forget(): void {
    this.#parser = this.#newParser();
    this.#texts = [];
    this.#skipLine = this.#unended > 0;
  }

  protected lost(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#unended = 0;
    this.#trackBegan = false;
    this.forget();
  }

  /** A parser keeps a half line, without limit; so each beginning has one of its own, and the old one is not heard. */
  #newParser(): ReadlineParser {
    const parser = new ReadlineParser({ delimiter: carriageReturn, encoding: 'latin1' });
    parser.on('data', (line: string) => {
      if (this.#parser === parser) this.#take(line);
    });
    return parser;
  }

  #take(line: string): void {
    if (line.length > longestLine) {
      this.emit({ type: 'cardFault', fault: 'unreadable' });
      return;
    }
    const texts = tracksIn(line);
    this.#texts.push(...texts);
    if (texts.length > 1 || this.#texts.length > 2) this.#report(this.#texts.splice(0));
  }

  /** Nothing more will come of the swipe. */
  #paused(): void {
    const texts = this.#texts;
    const cutOff = this.enabled && this.#trackBegan && !this.#skipLine;
    this.lost();
    if (cutOff) this.emit({ type: 'cardFault', fault: 'unreadable' });
    else if (texts.length > 0) this.#report(texts);
  }

  #report(texts: readonly string[]): void {
    const tracks = sortTracks(texts);
    this.emit(tracks === undefined ? { type: 'cardFault', fault: 'badFormat' } : readTracks(tracks));
  }
}
