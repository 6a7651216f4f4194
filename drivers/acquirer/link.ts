import { connect } from 'node:net';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault } from '../../hal/device.ts';
import { type Frame, FrameReader } from './frame.ts';
import { linkFault, socketFault } from './link-faults.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** How long the connection may take. */
  readonly connectTimeoutMs: number;
}

/** What a connection is used for: a socket of node:net, or what a test has in its place. */
export interface Stream {
  /** It stands; and, at the end of every connection, it is closed. */
  on(event: 'connect' | 'close', listener: () => void): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  /** With the system's code; `close` follows. */
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  /** `taken` is called when the bytes were given to the system, or can't be any more. */
  write(bytes: Uint8Array, taken: () => void): unknown;
  destroy(): unknown;
}

/** Begins a connection. */
export type Dial = (address: Address) => Stream;

/** How long each address of a host that has several is tried: Node's own 250 ms are too short for a mobile network. */
export const eachAddressMs = (connectTimeoutMs: number): number => Math.max(250, Math.ceil(connectTimeoutMs / 2));

/** A plain TCP connection. */
export const dialTcp: Dial = ({ host, port, connectTimeoutMs }) =>
  connect({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: eachAddressMs(connectTimeoutMs),
  });

export interface Limits {
  readonly connectMs: number;
  /** From the connection on. */
  readonly answerMs: number;
  /** How long after that a late answer is still listened for. */
  readonly lingerMs: number;
}

/**
 * How an exchange ended. `notSent`: the connection never stood, so no byte was given to the system. From the first
 * byte given it is `unanswered`, whatever the system says of it: what is in its buffers may still arrive.
 */
export type Exchange<Answer> =
  | { readonly ended: 'answered'; readonly answer: Answer }
  | { readonly ended: 'notSent' | 'unanswered'; readonly fault: DeviceFault };

/** The way to one address: a connection for each request, or one that is kept from request to request. */
export class Link {
  /** The address as messages name it. */
  readonly where: string;
  readonly #address: Address;
  readonly #clock: Clock;
  readonly #dial: Dial;
  readonly #onStray: (frame: Frame) => void;
  readonly #keepsOpen: boolean;
  readonly #connections = new Set<Connection>();

  /**
   * @param onStray is given every frame that no exchange waits for
   * @param keepsOpen whether a connection on which a request was answered is kept for the next
   */
  constructor(address: Address, clock: Clock, dial: Dial, onStray: (frame: Frame) => void, keepsOpen = false) {
    this.where = `${address.host}:${address.port}`;
    this.#address = address;
    this.#clock = clock;
    this.#dial = dial;
    this.#onStray = onStray;
    this.#keepsOpen = keepsOpen;
  }

  /** Finds out whether a connection comes about, and sends nothing on it: that it does counts as an answer. */
  probe(): Promise<Exchange<undefined>> {
    const limits = { connectMs: this.#address.connectTimeoutMs, answerMs: 0, lingerMs: 0 };
    return this.#run<undefined>(undefined, () => undefined, limits);
  }

  /**
   * Connects, sends a frame and waits for its answer. Always resolves.
   * @param frame is overwritten with zeros once it is sent, or can't be any more
   * @param accept what a received frame is as an answer; undefined: not one to this request, and the wait goes on
   */
  exchange<Answer>(
    frame: Buffer,
    accept: (frame: Frame) => Answer | undefined,
    limits: Limits,
  ): Promise<Exchange<Answer>> {
    return this.#run(frame, accept, limits);
  }

  /** Ends all connections; a running exchange resolves. Nothing is reported any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.end(linkFault('released', this.where))));
  }

  async #run<Answer>(
    frame: Buffer | undefined,
    accept: (frame: Frame) => Answer | undefined,
    limits: Limits,
  ): Promise<Exchange<Answer>> {
    const connection = [...this.#connections].find(({ isIdle }) => isIdle) ?? this.#open();
    const exchange = await connection.exchange(frame, accept, limits);
    if (!this.#keepsOpen && connection.isIdle) void connection.end(linkFault('closed', this.where));
    return exchange;
  }

  #open(): Connection {
    const socket = this.#dial(this.#address);
    const connection = new Connection(socket, this.where, this.#clock, this.#onStray);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    return connection;
  }
}

/** An acquirer may answer twice, or late; whoever sends more than so many answers to nothing on one connection isn't one. */
const mostStrays = 16;

/** What a connection is at work on. */
interface Pending {
  /** Absent: whether it comes about is all that is asked. */
  readonly frame: Buffer | undefined;
  readonly answerMs: number;
  readonly lingerMs: number;
  /** Whether a frame is the answer. */
  readonly take: (frame: Frame) => boolean;
  readonly settle: (ended: 'connected' | { readonly fault: DeviceFault; readonly wasSent: boolean }) => void;
}

/** One connection, with at most one request at a time. */
class Connection {
  /** Resolves when its handle is closed. */
  readonly closed: Promise<void>;
  readonly #socket: Stream;
  readonly #where: string;
  readonly #clock: Clock;
  readonly #onStray: (frame: Frame) => void;
  readonly #reader: FrameReader;
  #pending: Pending | undefined;
  #stands = false;
  #ended = false;
  /** The request was given to the system, and isn't answered. */
  #isSent = false;
  #strays = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(socket: Stream, where: string, clock: Clock, onStray: (frame: Frame) => void) {
    this.#socket = socket;
    this.#where = where;
    this.#clock = clock;
    this.#onStray = onStray;
    this.closed = new Promise<void>((done) => socket.once('close', () => done()));
    this.#reader = new FrameReader((frame) => this.#heard(frame));
    socket.on('connect', () => {
      if (this.#ended) return;
      this.#stands = true;
      if (this.#pending !== undefined) this.#send(this.#pending);
    });
    socket.on('data', (chunk: Uint8Array) => {
      const broken = this.#reader.push(chunk);
      if (broken !== undefined) void this.end(linkFault('garbage', where, `it sent ${broken}`));
      else if (this.#strays > mostStrays) void this.end(linkFault('garbage', where, withoutEnd));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => void this.end(socketFault(error, where)));
    socket.on('close', () => void this.end(linkFault('closed', where)));
  }

  /** It stands, and nothing is waited for on it. */
  get isIdle(): boolean {
    return this.#stands && !this.#ended && this.#pending === undefined && !this.#isSent;
  }

  exchange<Answer>(
    frame: Buffer | undefined,
    accept: (frame: Frame) => Answer | undefined,
    { connectMs, answerMs, lingerMs }: Limits,
  ): Promise<Exchange<Answer>> {
    return new Promise((resolve) => {
      const pending: Pending = {
        frame,
        answerMs,
        lingerMs,
        take: (received) => {
          const answer = accept(received);
          if (answer !== undefined) resolve({ ended: 'answered', answer });
          return answer !== undefined;
        },
        settle: (ended) => {
          if (ended === 'connected') resolve({ ended: 'answered', answer: undefined as Answer });
          else resolve({ ended: ended.wasSent ? 'unanswered' : 'notSent', fault: ended.fault });
        },
      };
      this.#pending = pending;
      if (this.#stands) this.#send(pending);
      else this.#in(connectMs, () => void this.end(linkFault('noConnection', this.#where)));
    });
  }

  /** Ends it now, and what waits for it. */
  end(fault: DeviceFault): Promise<void> {
    if (this.#ended) return this.closed;
    this.#ended = true;
    this.#cancelTimer();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.settle({ fault, wasSent: this.#isSent });
    if (!this.#isSent) pending?.frame?.fill(0);
    this.#socket.destroy();
    return this.closed;
  }

  #send(pending: Pending): void {
    this.#cancelTimer();
    const { frame, answerMs, lingerMs } = pending;
    if (frame === undefined) {
      this.#pending = undefined;
      pending.settle('connected');
      return;
    }
    this.#isSent = true;
    this.#in(answerMs, () => this.#timeOut(pending, lingerMs));
    this.#socket.write(frame, () => frame.fill(0));
  }

  /** After its time an answer is listened for a while longer; then nobody can tell any more whose it would be. */
  #timeOut(pending: Pending, lingerMs: number): void {
    const fault = linkFault('noAnswer', this.#where);
    this.#pending = undefined;
    pending.settle({ fault, wasSent: true });
    if (lingerMs === 0) void this.end(fault);
    else this.#in(lingerMs, () => void this.end(fault));
  }

  #heard(frame: Frame): void {
    const pending = this.#isSent ? this.#pending : undefined;
    if (pending?.take(frame) === true) {
      this.#cancelTimer();
      this.#pending = undefined;
      this.#isSent = false;
      return;
    }
    this.#strays += 1;
    if (this.#strays <= mostStrays) this.#onStray(frame);
  }

  #in(ms: number, then: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.schedule(ms, then);
  }
}

const withoutEnd = 'it sent answers without end that nobody asked for';
