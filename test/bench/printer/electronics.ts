import { Interpreter, type InterpreterHost } from './interpreter.ts';
import type { Mechanism } from './mechanism.ts';
import type { ResolvedOptions } from './printer-options.ts';
import type { PrinterProfile } from './profiles.ts';
import { type RealTimeCommand, RealTimeScanner } from './real-time-scanner.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import type { ReplyKind } from './replies.ts';
import type { Sensors } from './sensors.ts';
import {
  type AutomaticStatus,
  automaticStatus,
  changedCategories,
  isOnline,
  moduleStatus,
  paperSensors,
  realTimeStatus,
} from './status.ts';
import type { Wire } from './wire.ts';

const xon = 0x11;
const xoff = 0x13;
/** What a terminal's transmitter has already taken when XOFF reaches it: its queue in a common UART. */
const transmitterBytes = 16;

/** Bytes that the interpreter didn't know what to do with, or a misuse of the protocol. */
export interface Complaint {
  readonly what: string;
  /** Where in the bytes that the interpreter has read, from 1. */
  readonly atByte: number;
  /** The command, in hex, its first 16 bytes. */
  readonly bytes: string;
}

export interface ElectronicsEvents {
  reply(kind: ReplyKind, bytes: Buffer): void;
  complaint(complaint: Complaint): void;
  drawer(): void;
  /** Both buffers were cleared on command, and nothing of them comes out any more. */
  cleared(): void;
  /** DLE DC4 fn 2 */
  powerOff(): void;
}

/**
 * What stands between line and mechanism: the scanner that obeys on arrival, the receive buffer with its flow control,
 * the interpreter behind it, and what the printer says of itself. `arrive` and `settle` are called from outside.
 */
export class Electronics {
  readonly #options: ResolvedOptions;
  readonly #profile: PrinterProfile;
  readonly #sensors: Sensors;
  readonly #mechanism: Mechanism;
  readonly #wire: Wire;
  readonly #events: ElectronicsEvents;
  readonly #buffer: ReceiveBuffer;
  readonly #scanner = new RealTimeScanner();
  readonly #interpreter: Interpreter;
  #bytesRead = 0;
  #xoffSent = false;
  #clearing = false;
  #realTimeEnabled = { drawer: true, powerOff: true };
  #automaticStatus: { readonly mask: number; readonly last: AutomaticStatus } | undefined;
  #processId: { readonly id: Buffer; readonly whenFinished: number } | undefined;
  /** Bytes that found the receive buffer full, or came while it was being cleared. */
  bytesLost = 0;

  constructor(
    options: ResolvedOptions,
    parts: { sensors: Sensors; mechanism: Mechanism; wire: Wire; events: ElectronicsEvents },
  ) {
    this.#options = options;
    this.#profile = options.profile;
    this.#sensors = parts.sensors;
    this.#mechanism = parts.mechanism;
    this.#wire = parts.wire;
    this.#events = parts.events;
    this.#buffer = new ReceiveBuffer(options.receiveBuffer);
    this.#interpreter = new Interpreter(this.#profile, this.#interpreterHost());
  }

  /** Bytes that wait in the receive buffer. */
  get held(): number {
    return this.#buffer.length;
  }

  /** So many bytes can come at once before the buffer is full, or the terminal must be held off. */
  get bytesToFlowControl(): number {
    const { free } = this.#buffer;
    return this.#controlsFlow && !this.#xoffSent ? free - this.#options.xoffFree : free;
  }

  /** Nothing waits to be read, printed or answered. */
  get idle(): boolean {
    return this.held === 0 && this.#interpreter.idle;
  }

  /** A byte has come over the line. The power is on. */
  arrive(byte: number): void {
    if (this.#clearing) {
      this.bytesLost++;
      this.#complain('sent before the clearing was confirmed: lost', [byte]);
    } else if (!this.#buffer.push(byte)) this.bytesLost++;
    const command = this.#profile.realTime ? this.#scanner.scan(byte) : undefined;
    if (command !== undefined) this.#obey(command);
  }

  /** After whatever has happened: reads on as far as it may, and says what is to be said. */
  settle(): void {
    this.#interpreter.run();
    if (!this.#sensors.power) return;
    this.#answerProcessId();
    this.#controlFlow();
    this.#reportStatus();
  }

  /** Both buffers are gone, and all settings. */
  powerOff(): void {
    this.#buffer.clear();
    this.#scanner.reset();
    this.#clearing = false;
    this.#processId = undefined;
    this.#resetOutsideModes();
    this.#interpreter.powerOn();
  }

  /** A terminal that was held off before the power went would wait for ever: it gets XON. */
  powerOn(): void {
    if (this.#controlsFlow) this.#flow(xon);
  }

  /** The first stage: obeyed on arrival, whatever state it is in. */
  #obey(command: RealTimeCommand): void {
    switch (command.type) {
      case 'status':
        this.#reply('dleEot', [realTimeStatus(command.n, this.#sensors, this.#profile)]);
        break;
      case 'recover':
        if (this.#profile.dleEnqOnlyInError && !this.#sensors.cutterError) break;
        if (command.n === 1) this.#recover();
        else this.#clear(() => this.#recover());
        break;
      case 'drawer':
        if (this.#profile.dleDc4 && this.#realTimeEnabled.drawer) this.#events.drawer();
        break;
      case 'clear':
        if (this.#profile.dleDc4) this.#clear(() => this.#reply('cleared', [0x37, 0x25, 0x00]));
        break;
      case 'powerOff':
        if (!this.#profile.dleDc4 || !this.#realTimeEnabled.powerOff) break;
        this.#reply('powerOff', [0x3b, 0x30, 0x00]);
        this.#events.powerOff();
        break;
    }
  }

  /** Works only once the blade is free again. */
  #recover(): void {
    if (!this.#sensors.bladeStuck) this.#sensors.cutterError = false;
  }

  #clear(then: () => void): void {
    this.#clearing = true;
    this.#buffer.clear();
    this.#interpreter.drop();
    this.#processId = undefined;
    this.#mechanism.clear(() => {
      this.#clearing = false;
      this.#events.cleared();
      then();
    });
  }

  #reply(kind: ReplyKind, bytes: readonly number[] | Buffer): void {
    if (this.#profile.answers) this.#events.reply(kind, Buffer.from(bytes));
  }

  #complain(what: string, bytes: readonly number[]): void {
    this.#events.complaint({ what, atByte: this.#bytesRead, bytes: Buffer.from(bytes).toString('hex') });
  }

  get #mayRead(): boolean {
    if (!this.#sensors.power || this.#clearing) return false;
    return !this.#profile.stopsReadingOffline || isOnline(this.#sensors);
  }

  #interpreterHost(): InterpreterHost {
    const mechanism = this.#mechanism;
    const sensors = this.#sensors;
    return {
      read: () => {
        const byte = this.#mayRead ? this.#buffer.shift() : undefined;
        if (byte !== undefined) this.#bytesRead++;
        return byte;
      },
      get room() {
        return mechanism.room;
      },
      get allPrinted() {
        return sensors.power && mechanism.idle && isOnline(sensors);
      },
      print: (job) => mechanism.take(job),
      transmitStatus: (n) => this.#reply('gsR', [n === 1 ? paperSensors(sensors, this.#profile) : 0x00]),
      transmitPaperStatus: () => {
        const epson = this.#profile.escV === 'epson';
        this.#reply('escV', [epson ? paperSensors(sensors, this.#profile) : moduleStatus(sensors)]);
      },
      setAutomaticStatusBack: (mask) => {
        if (!this.#profile.automaticStatusBack) return;
        const last = automaticStatus(sensors, this.#profile);
        this.#automaticStatus = mask === 0 ? undefined : { mask, last };
        if (mask !== 0) this.#reply('automaticStatus', last);
      },
      identifyProcess: (id, jobsToCome) => {
        // Where several wait, only the latest is answered.
        this.#processId = { id, whenFinished: mechanism.taken + jobsToCome };
      },
      pulseDrawer: () => this.#events.drawer(),
      enableRealTime: (command, enabled) => {
        this.#realTimeEnabled[command] = enabled;
      },
      initialised: () => this.#resetOutsideModes(),
      complain: (what, bytes) => this.#complain(what, bytes),
    };
  }

  #resetOutsideModes(): void {
    this.#automaticStatus = undefined;
    this.#realTimeEnabled = { drawer: true, powerOff: true };
  }

  #answerProcessId(): void {
    if (this.#processId === undefined || this.#mechanism.finished < this.#processId.whenFinished) return;
    const { id } = this.#processId;
    this.#processId = undefined;
    this.#reply('processId', [0x37, 0x22, ...id, 0x00]);
  }

  get #controlsFlow(): boolean {
    return this.#options.flowControl === 'xonxoff' && this.#profile.answers;
  }

  #controlFlow(): void {
    if (!this.#controlsFlow) return;
    const { free } = this.#buffer;
    if (!this.#xoffSent && free <= this.#options.xoffFree) this.#flow(xoff);
    else if (this.#xoffSent && free >= this.#options.xonFree) this.#flow(xon);
  }

  #flow(byte: typeof xon | typeof xoff): void {
    this.#xoffSent = byte === xoff;
    if (this.#options.portObeys) {
      if (this.#xoffSent) this.#wire.hold(Math.min(transmitterBytes, this.#options.xoffFree));
      else this.#wire.release();
    }
    this.#reply('flowControl', [byte]);
  }

  #reportStatus(): void {
    if (this.#automaticStatus === undefined) return;
    const { mask, last } = this.#automaticStatus;
    const status = automaticStatus(this.#sensors, this.#profile);
    const changed = changedCategories(last, status);
    if (changed === 0) return;
    this.#automaticStatus = { mask, last: status };
    if ((changed & mask) !== 0) this.#reply('automaticStatus', status);
  }
}
