import { isLead, isTrail, knowsCodePage, knowsCountry } from './characters.ts';
import { QrCode, rasterBands } from './graphic-commands.ts';
import type { Job } from './mechanism.ts';
import type { PrinterProfile } from './profiles.ts';
import { Typesetter } from './typesetter.ts';
import { readOver } from './unmodelled-commands.ts';

/** What the interpreter asks of the printer around it. */
export interface InterpreterHost {
  /** The next byte of the receive buffer, unless there is none or it may not be read now. */
  read(): number | undefined;
  /** The mechanism can take another job. */
  readonly room: boolean;
  /** All that was given to the mechanism is on paper, and the printer is online. */
  readonly allPrinted: boolean;
  print(job: Job): void;
  /** `GS r n`, n 1 paper or 2 drawer: its turn has come. */
  transmitStatus(n: 1 | 2): void;
  /** `ESC v`: its turn has come. */
  transmitPaperStatus(): void;
  /** `GS a n` */
  setAutomaticStatusBack(n: number): void;
  /** `GS ( H` fn 48. `jobsToCome` is 1 when a line still waits for its line feed: it belongs to what the identifier stands for. */
  identifyProcess(id: Buffer, jobsToCome: 0 | 1): void;
  /** `ESC p` */
  pulseDrawer(): void;
  /** `GS ( D`: whether DLE DC4 fn 1 or 2 is obeyed in real time. */
  enableRealTime(command: 'drawer' | 'powerOff', enabled: boolean): void;
  /** `ESC @` has its turn: what is kept outside the interpreter is reset too. */
  initialised(): void;
  complain(what: string, bytes: readonly number[]): void;
}

/** What reading waits for: a byte, room for a job, or all to be printed. */
type Need = 'byte' | 'allPrinted' | Job;
type Reading<Result = void> = Generator<Need, Result, number>;

const dle = 0x10;
const esc = 0x1b;
const fs = 0x1c;
const gs = 0x1d;
const aligns = ['left', 'centre', 'right'] as const;
const bit = (n: number, mask: number): 1 | 2 => ((n & mask) === 0 ? 1 : 2);

/**
 * The second stage: reads the receive buffer byte for byte, as text and commands, and gives jobs to the mechanism.
 * It waits where a printer waits.
 */
export class Interpreter {
  readonly #profile: PrinterProfile;
  readonly #host: InterpreterHost;
  readonly #set: Typesetter;
  #qr = new QrCode();
  #reading: Reading<never> = this.#read();
  #need: Need = 'byte';
  #command: number[] = [];

  constructor(profile: PrinterProfile, host: InterpreterHost) {
    this.#profile = profile;
    this.#host = host;
    this.#set = new Typesetter(profile);
    this.powerOn();
  }

  /** Nothing that it has read waits to be printed or answered. Text without its line feed is not printed. */
  get idle(): boolean {
    return this.#need === 'byte';
  }

  /** Works off what it may now. */
  run(): void {
    for (;;) {
      let byte = 0;
      if (this.#need === 'byte') {
        const next = this.#host.read();
        if (next === undefined) return;
        byte = next;
      } else if (this.#need === 'allPrinted') {
        if (!this.#host.allPrinted) return;
      } else {
        if (!this.#host.room) return;
        this.#host.print(this.#need);
      }
      const reading = this.#reading;
      const need = reading.next(byte).value;
      // A listener to a complaint may have cut the power meanwhile.
      if (reading === this.#reading) this.#need = need;
    }
  }

  /** Both buffers are cleared: the command under way and the line are gone, the modes stay. */
  drop(): void {
    this.#set.dropLine();
    this.#reading = this.#read();
    this.#need = this.#reading.next(0).value;
  }

  powerOn(): void {
    this.#set.initialise();
    this.#qr = new QrCode();
    this.drop();
  }

  *#byte(): Reading<number> {
    const byte = yield 'byte';
    // Enough to know a command by in a complaint; the data after it needn't be kept.
    if (this.#command.length < 16) this.#command.push(byte);
    return byte;
  }

  *#word(): Reading<number> {
    const low = yield* this.#byte();
    return low + 256 * (yield* this.#byte());
  }

  *#skip(count: number): Reading {
    for (let left = count; left > 0; left--) yield 'byte';
  }

  #complain(what: string): void {
    this.#host.complain(what, this.#command);
  }

  *#read(): Reading<never> {
    let pushedBack: number | undefined;
    for (;;) {
      this.#command = pushedBack === undefined ? [] : [pushedBack];
      const byte: number = pushedBack ?? (yield* this.#byte());
      pushedBack = undefined;
      if (byte === esc) yield* this.#escape();
      else if (byte === fs) yield* this.#fileSeparator();
      else if (byte === gs) yield* this.#groupSeparator();
      else if (byte === dle && this.#profile.realTime) yield* this.#dataLink();
      else if (byte < 0x20) yield* this.#control(byte);
      else if (!this.#set.hanziMode || !isLead(byte)) yield* this.#set.singleByte(byte);
      else {
        const trail = yield* this.#byte();
        if (isTrail(trail)) yield* this.#set.hanzi(byte, trail);
        else {
          yield* this.#set.singleByte(0x3f);
          this.#complain('half a Chinese character');
          pushedBack = trail;
        }
      }
    }
  }

  *#control(byte: number): Reading {
    if (byte === 0x0a) yield this.#set.endLine();
    else if (byte === 0x09) yield* this.#set.tab();
    // NUL is idle time, CR is without meaning while automatic line feed is off.
    else if (byte !== 0x00 && byte !== 0x0d) this.#complain('unknown control character');
  }

  /** The scanner has obeyed it when it arrived; what is left is to read over it. */
  *#dataLink(): Reading {
    const kind = yield* this.#byte();
    if (kind === 0x04 || kind === 0x05) {
      yield* this.#byte();
      return;
    }
    const lengths: Record<number, number> = { 1: 2, 2: 2, 8: 7 };
    const length = kind === 0x14 ? lengths[yield* this.#byte()] : undefined;
    if (length === undefined) this.#complain('unknown DLE command');
    else yield* this.#skip(length);
  }

  *#escape(): Reading {
    const set = this.#set;
    const second = yield* this.#byte();
    switch (second) {
      case 0x40: // ESC @: the line and the modes, not what waits in the receive buffer
        set.initialise();
        this.#host.initialised();
        break;
      case 0x21: {
        const n = yield* this.#byte();
        set.fontB = (n & 0x01) !== 0;
        set.look = { bold: (n & 0x08) !== 0, heightTimes: bit(n, 0x10), widthTimes: bit(n, 0x20) };
        break;
      }
      case 0x45: // ESC E and ESC G: bold and double strike look the same
      case 0x47:
        set.look = { ...set.look, bold: ((yield* this.#byte()) & 1) !== 0 };
        break;
      case 0x4d:
        set.fontB = ((yield* this.#byte()) & 1) !== 0;
        break;
      case 0x61: {
        const align = aligns[(yield* this.#byte()) & ~0x30];
        if (align === undefined) this.#complain('ESC a takes 0, 1 or 2');
        else if (!set.align(align)) this.#complain('ESC a in the middle of a line is ignored');
        break;
      }
      case 0x64: {
        const lines = yield* this.#byte();
        if (lines > 0) yield set.endLine();
        else if (!set.lineEmpty) yield set.endLine(0);
        for (let left = lines - 1; left > 0; left--) yield set.endLine();
        break;
      }
      case 0x4a: {
        const feedDots = yield* this.#byte();
        yield set.lineEmpty ? { type: 'feed', feedDots } : set.endLine(feedDots);
        break;
      }
      case 0x32:
        set.defaultSpacing();
        break;
      case 0x33:
        set.spacing = yield* this.#byte();
        break;
      case 0x52: {
        const n = yield* this.#byte();
        if (knowsCountry(n)) set.country = n;
        else this.#complain('unknown international character set');
        break;
      }
      case 0x74: {
        const n = yield* this.#byte();
        if (knowsCodePage(n)) set.codePage = n;
        else this.#complain('unknown code page');
        break;
      }
      case 0x69: // ESC i, ESC m
      case 0x6d:
        yield* this.#cut();
        break;
      case 0x70:
        yield* this.#skip(3);
        this.#host.pulseDrawer();
        break;
      case 0x76:
        this.#host.transmitPaperStatus();
        break;
      case 0x2a: {
        const mode = yield* this.#byte();
        yield* this.#skip((yield* this.#word()) * (mode >= 32 ? 3 : 1));
        this.#complain('ESC * is not modelled: its image is left out');
        break;
      }
      default:
        yield* this.#other(esc, second);
    }
  }

  *#fileSeparator(): Reading {
    const second = yield* this.#byte();
    switch (second) {
      case 0x26:
        this.#set.hanziMode = true;
        break;
      case 0x2e:
        this.#set.hanziMode = false;
        break;
      case 0x21: {
        const n = yield* this.#byte();
        this.#set.hanziLook = { bold: false, widthTimes: bit(n, 0x04), heightTimes: bit(n, 0x08) };
        break;
      }
      case 0x57: {
        const times = bit(yield* this.#byte(), 0x01);
        this.#set.hanziLook = { bold: false, widthTimes: times, heightTimes: times };
        break;
      }
      default:
        yield* this.#other(fs, second);
    }
  }

  *#groupSeparator(): Reading {
    const second = yield* this.#byte();
    switch (second) {
      case 0x21: {
        const n = yield* this.#byte();
        const { bold } = this.#set.look;
        this.#set.look = { bold, heightTimes: 1 + (n & 0x07), widthTimes: 1 + ((n >> 4) & 0x07) };
        break;
      }
      case 0x56: {
        const mode = yield* this.#byte();
        const feedDots = mode === 65 || mode === 66 ? yield* this.#byte() : 0;
        if (![0, 1, 48, 49, 65, 66].includes(mode)) this.#complain('unknown kind of cut');
        else yield* this.#cut(feedDots);
        break;
      }
      case 0x72: {
        const n = (yield* this.#byte()) & ~0x30;
        if (n !== 1 && n !== 2) this.#complain('GS r takes 1 or 2');
        else {
          yield 'allPrinted';
          this.#host.transmitStatus(n);
        }
        break;
      }
      case 0x61:
        this.#host.setAutomaticStatusBack(yield* this.#byte());
        break;
      case 0x28:
        yield* this.#parenthesis();
        break;
      case 0x76:
        yield* this.#raster();
        break;
      case 0x6b: {
        const mode = yield* this.#byte();
        if (mode >= 65) yield* this.#skip(yield* this.#byte());
        else while ((yield 'byte') !== 0);
        this.#complain('bar codes are not modelled: left out');
        break;
      }
      default:
        yield* this.#other(gs, second);
    }
  }

  *#other(first: number, second: number): Reading {
    const known = readOver(first, second);
    if (known === undefined) this.#complain('unknown command');
    else {
      yield* this.#skip(known.parameters);
      if (known.changesLook) this.#complain('not modelled: paper may look different');
    }
  }

  /** Cuts, after the line that is being put together. */
  *#cut(feedDots = 0): Reading {
    if (!this.#profile.cutter) return;
    if (!this.#set.lineEmpty) yield this.#set.endLine();
    if (feedDots > 0) yield { type: 'feed', feedDots };
    yield { type: 'cut' };
  }

  /** `GS ( x pL pH …` */
  *#parenthesis(): Reading {
    const letter = yield* this.#byte();
    const length = yield* this.#word();
    const data = Buffer.alloc(length);
    for (let at = 0; at < length; at++) data[at] = yield 'byte';
    const [first, second] = data;
    if (letter === 0x6b && first === 0x31) {
      const result = this.#qr.obey(data, this.#set, this.#profile.widthDots);
      if (typeof result === 'string') this.#complain(result);
      else yield* result;
    } else if (letter === 0x48 && this.#profile.processId && first === 0x30 && second === 0x30) {
      const id = data.subarray(2);
      if (id.length !== 4 || id.some((digit) => digit < 0x20 || digit > 0x7e)) {
        this.#complain('a process identifier is four bytes 20..7E');
      } else this.#host.identifyProcess(id, this.#set.lineEmpty ? 0 : 1);
    } else if (letter === 0x44 && this.#profile.dleDc4 && first === 20) {
      for (let at = 1; at + 1 < length; at += 2) {
        const enabled = ((data[at + 1] ?? 0) & 1) === 1;
        if (data[at] === 1) this.#host.enableRealTime('drawer', enabled);
        else if (data[at] === 2) this.#host.enableRealTime('powerOff', enabled);
        else this.#complain('GS ( D knows 1 and 2');
      }
    } else this.#complain('unknown GS ( command');
  }

  /** `GS v 0 m xL xH yL yH d…` */
  *#raster(): Reading {
    if ((yield* this.#byte()) !== 0x30) {
      this.#complain('unknown command');
      return;
    }
    const mode = yield* this.#byte();
    const rowBytes = yield* this.#word();
    const rows = yield* this.#word();
    if (this.#set.lineEmpty) yield* rasterBands({ mode, rowBytes, rows }, this.#set, this.#profile.widthDots);
    else {
      yield* this.#skip(rowBytes * rows);
      this.#complain('an image in the middle of a line is left out');
    }
  }
}
