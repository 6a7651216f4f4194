import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Key } from '../../hal/keypad.ts';
import { type FarEnd, plugIn } from '../support/pty.ts';
import { BenchAcquirer } from './acquirer/bench-acquirer.ts';
import { newKey } from './acquirer/crypto.ts';
import { VirtualCardReader } from './card-reader/virtual-card-reader.ts';
import { type TestCard, testCards } from './cards.ts';
import { type DisplayKind, VirtualDisplay } from './display/virtual-display.ts';
import { FirmwareProcess, type LogLine, runFirmware } from './firmware-process.ts';
import { VirtualKeypad } from './keypad/virtual-keypad.ts';
import { VirtualPinPad } from './pin-pad/virtual-pin-pad.ts';
import { systemClock } from './play-by-hand.ts';
import { profiles } from './printer/profiles.ts';
import { VirtualPrinter } from './printer/virtual-printer.ts';

/** What can be set apart from the usual board; sections are laid over the configuration's. */
export interface BoardOptions {
  readonly printerProfile?: 'epson' | 'clone' | 'cheap58' | 'mute';
  /** How much faster than a real printer's line and paper; 1 for what a shop sees. */
  readonly printerSpeed?: number;
  /** Width of the paper in mm, 58 unless given. */
  readonly paper?: 58 | 80;
  /** A cash drawer is connected to the printer, and opened. */
  readonly drawer?: boolean;
  readonly display?: DisplayKind;
  readonly timers?: Readonly<Record<string, unknown>>;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly acquirer?: Readonly<Record<string, unknown>>;
  /** What the acquirer shows of itself, and asks for, where it speaks TLS. */
  readonly acquirerTls?: TlsOptions;
  /** The acquirer has a second address, which the terminal knows. */
  readonly backup?: boolean;
  /** Other sections of the configuration file, whole. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** The supervisor's password; without one there is no supervisor. */
  readonly supervisorPassword?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Hears of every key: the master key, and the working keys of each sign-on. */
  readonly onKey?: (key: Buffer) => void;
  /** The firmware's own file, where it is another build's. */
  readonly program?: string;
}

const terminalId = '00000001';
const merchantId = '898110154110001';

const lines = ['keypad', 'cardReader', 'pinPad', 'printer', 'display'] as const;
export type Line = (typeof lines)[number];

/** What a printer can print on, in dots of an eighth of a millimetre. */
const widthDots = { 58: 384, 80: 576 } as const;

/** Bits a second of each line. */
const baudRates: { readonly [L in Line]: number } = {
  keypad: 9600,
  cardReader: 9600,
  pinPad: 9600,
  printer: 115_200,
  display: 9600,
};

/**
 * The virtual board: everything outside the terminal, each device at the far end of a pty, the acquirer at a TCP port
 * of the loopback, and the built firmware in a process of its own between them. Its paper and the acquirer's book are
 * the truth that the terminal's ledger is compared with.
 */
export class VirtualBoard {
  readonly keypad = new VirtualKeypad(systemClock);
  readonly cardReader = new VirtualCardReader(systemClock);
  readonly display: VirtualDisplay;
  readonly pinPad: VirtualPinPad;
  readonly printer: VirtualPrinter;
  readonly acquirer: BenchAcquirer;
  readonly configurationPath: string;
  readonly #folder: string;
  readonly #masterKey: Buffer;
  readonly #options: BoardOptions;
  readonly #far = new Map<Line, FarEnd>();
  /** Every process that the terminal has been, from the first switching on. */
  readonly runs: FirmwareProcess[] = [];

  private constructor(folder: string, options: BoardOptions) {
    this.#folder = folder;
    this.#options = options;
    const heardKey = (length: 8 | 16): Buffer => {
      const key = newKey(length);
      options.onKey?.(key);
      return key;
    };
    this.#masterKey = heardKey(16);
    this.configurationPath = join(folder, 'terminal.json');
    this.pinPad = new VirtualPinPad(systemClock, { masterKey: this.#masterKey });
    this.display = new VirtualDisplay(options.display ?? 'lcd4x16');
    this.printer = new VirtualPrinter({
      profile: { ...profiles[options.printerProfile ?? 'epson'], widthDots: widthDots[options.paper ?? 58] },
      baudRate: baudRates.printer,
      speed: options.printerSpeed ?? 20,
    });
    this.acquirer = new BenchAcquirer({
      terminalId,
      merchantId,
      masterKey: this.#masterKey,
      newKey: heardKey,
      ...(options.acquirerTls !== undefined && { tls: options.acquirerTls }),
      cards: Object.values(testCards).map(({ pan, pin, institution, foreign }) => ({
        pan,
        pin,
        issuer: institution,
        foreign,
      })),
    });
  }

  /** Plugs everything in and provisions the terminal, which is still off. When that fails, nothing of it is left. */
  static async build(options: BoardOptions = {}): Promise<VirtualBoard> {
    const folder = mkdtempSync(join(tmpdir(), 'slipsafe-board-'));
    const board = new VirtualBoard(folder, options);
    try {
      for (const line of lines) await board.plugIn(line);
      const address = await board.acquirer.listen();
      const backup = options.backup === true ? { backup: await board.acquirer.listenAlso() } : {};
      await board.#configure({ ...address, ...backup });
      await runFirmware(['provision', '--config', board.configurationPath], `${board.#masterKey.toString('hex')}\n`);
    } catch (error) {
      await board.dismantle();
      throw error;
    }
    return board;
  }

  get firmware(): FirmwareProcess {
    const last = this.runs.at(-1);
    if (last === undefined) throw new Error('The terminal is off: powerOn first');
    return last;
  }

  /** Switches the terminal on. Resolves when it has taken its devices, before it signs on. */
  async powerOn(): Promise<void> {
    if (this.runs.at(-1)?.running === true) throw new Error('The terminal is on already');
    const firmware = new FirmwareProcess(this.configurationPath, this.#options.env, this.#options.program);
    this.runs.push(firmware);
    await firmware.until((line) => line.msg === 'ready' || line.to === 'outOfService');
  }

  /** Switches it on and waits until it rests, ready for a sale. */
  async powerOnToIdle(): Promise<void> {
    await this.powerOn();
    await this.phase('idle');
  }

  /** Resolves when the terminal has come into that phase, for the n-th time of this run. */
  async phase(name: string, nth = 1): Promise<LogLine> {
    let count = 0;
    return this.firmware.until((line) => {
      if (line.msg === 'step' && line.to === name && line.from !== name) count += 1;
      return count === nth;
    });
  }

  /** The path at which a line's device is plugged in. */
  portPath(line: Line): string {
    return join(this.#folder, line);
  }

  /** Bytes from a line's device that are none of its own: noise, or another device in its socket. */
  babble(line: Line, bytes: Uint8Array): void {
    const far = this.#far.get(line);
    if (far === undefined) throw new Error(`The ${line} is not plugged in`);
    far.send.write(bytes);
  }

  /** Hears what the terminal sends on a line, as it comes, until the returned function is called. */
  overhear(line: Line, listener: (bytes: Buffer) => void): () => void {
    const far = this.#far.get(line);
    if (far === undefined) throw new Error(`The ${line} is not plugged in`);
    far.received.on('data', listener);
    return () => void far.received.off('data', listener);
  }

  /** Plugs a line's device in, at the path that the configuration names. */
  async plugIn(line: Line): Promise<void> {
    const far = await plugIn(this.portPath(line));
    this.#far.set(line, far);
    this[line].attach(far);
  }

  async unplug(line: Line): Promise<void> {
    const far = this.#far.get(line);
    this.#far.delete(line);
    if (line !== 'printer') {
      this[line].detach();
      await far?.unplug();
    } else if (this.printer.state.plugged) {
      await this.printer.unplug();
    }
  }

  press(...keys: readonly Key[]): void {
    this.keypad.press(...keys);
  }

  /** Waits until that stands on the display, types what it asks for, and confirms. */
  async answer(asked: string, digits = ''): Promise<void> {
    await this.display.until(asked);
    this.keypad.type(digits);
    this.press('enter');
  }

  /** The clerk's and the customer's part of a sale, up to the PIN, which the pad enters by its script. */
  async sell(amount: string, card: TestCard = testCards.debit): Promise<void> {
    this.keypad.type(amount);
    this.press('enter');
    await this.pay(card);
  }

  /** The customer's part: he sees the amount, and swipes. */
  async pay(card: TestCard = testCards.debit): Promise<void> {
    await this.display.until('请顾客核对');
    this.pinPad.willEnter(card.pin);
    this.press('enter');
    await this.display.until('请刷卡');
    this.cardReader.swipe(card);
  }

  /** Everything that the terminal has written to its disk, file by file. */
  files(): readonly { readonly path: string; readonly content: Buffer }[] {
    const state = join(this.#folder, 'state');
    return readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .flatMap((path) => {
        try {
          return [{ path, content: readFileSync(path) }];
        } catch {
          // A file under another name by now: an image of a slip is renamed when it is whole.
          return [];
        }
      });
  }

  /** The terminal's own ledger as `slipsafe ledger` prints it, one object a fact. */
  async ledger(): Promise<readonly LogLine[]> {
    const text = await runFirmware(['ledger', '--config', this.configurationPath]);
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Takes everything down and removes its files. */
  async dismantle(): Promise<void> {
    if (this.runs.at(-1)?.running === true) await this.firmware.kill();
    for (const line of lines) if (this.#far.has(line)) await this.unplug(line);
    await this.acquirer.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #configure(address: object): Promise<void> {
    const { timers, policy, acquirer, sections, supervisorPassword } = this.#options;
    const { printerProfile = 'epson', paper = 58, drawer: openDrawer = false, display = 'lcd4x16' } = this.#options;
    const at = (line: Line) => ({ path: this.portPath(line), baudRate: baudRates[line] });
    const supervisor =
      supervisorPassword === undefined
        ? {}
        : { supervisor: { passwordHash: (await runFirmware(['hash-password'], `${supervisorPassword}\n`)).trim() } };
    const configuration = {
      terminal: { id: terminalId, merchantId },
      merchant: { name: '示例便利店', branch: '测试路店', hotline: '95516' },
      storage: { directory: 'state' },
      keypad: { driver: 'serial', port: at('keypad') },
      cardReader: { driver: 'serial', port: at('cardReader') },
      pinPad: { driver: 'visa', port: at('pinPad') },
      printer: { driver: 'escpos', profile: printerProfile, paper, openDrawer, port: at('printer') },
      display: { driver: display, port: at('display') },
      acquirer: { ...address, ...acquirer },
      // Tests swipe the same card for the same amount again and again.
      policy: { acceptUnverified: printerProfile === 'mute', twinMinutes: 0, ...policy },
      timers: { tearOffMs: 0, noticeMs: 300, ...timers },
      log: { level: 'debug' },
      ...supervisor,
      ...sections,
    };
    mkdirSync(join(this.#folder, 'state'), { recursive: true, mode: 0o700 });
    writeFileSync(this.configurationPath, JSON.stringify(configuration, null, 2));
  }
}
