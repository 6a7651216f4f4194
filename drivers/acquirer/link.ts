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

/**
 * A plain TCP connection. A host with several addresses is tried at each of them; Node's own limit of 250 ms for
 * each is too short for a mobile network.
 */
export const dialTcp: Dial = ({ host, port, connectTimeoutMs }) =>
  connect({
    host,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.ceil(connectTimeoutMs / 2)),
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

/** An acquirer may answer twice, or late; whoever sends more than so many answers to nothing on one connection isn't one. */
const mostStrays = 16;

interface Connection {
  /** Ends it now. Resolves when its handle is closed. */
  abort(): Promise<void>;
}

/** The way to one address, with a connection of its own for each request. */
export class Link {
  /** The address as messages name it. */
  readonly where: string;
  readonly #address: Address;
  readonly #clock: Clock;
  readonly #dial: Dial;
  readonly #onStray: (frame: Frame) => void;
  readonly #connections = new Set<Connection>();

  /** @param onStray is given every frame that no exchange waits for */
  constructor(address: Address, clock: Clock, dial: Dial, onStray: (frame: Frame) => void) {
    this.where = `${address.host}:${address.port}`;
    this.#address = address;
    this.#clock = clock;
    this.#dial = dial;
    this.#onStray = onStray;
  }

  /** Finds out whether a connection comes about, and sends nothing on it: that it does counts as an answer. */
  probe(): Promise<Exchange<undefined>> {
    const limits = { connectMs: this.#address.connectTimeoutMs, answerMs: 0, lingerMs: 0 };
    return this.#connect<undefined>(undefined, () => undefined, limits);
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
    return this.#connect(frame, accept, limits);
  }

  /** Ends all connections; a running exchange resolves. Nothing is reported any more. */
  async close(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.abort()));
  }

  #connect<Answer>(
    frame: Buffer | undefined,
    accept: (frame: Frame) => Answer | undefined,
    { connectMs, answerMs, lingerMs }: Limits,
  ): Promise<Exchange<Answer>> {
    return new Promise((resolve) => {
      let sent = false;
      let settled = false;
      const settle = (exchange: Exchange<Answer>): void => {
        if (settled) return;
        settled = true;
        resolve(exchange);
      };
      const fail = (fault: DeviceFault): void => settle({ ended: sent ? 'unanswered' : 'notSent', fault });

      const socket = this.#dial(this.#address);
      const closed = new Promise<void>((done) => socket.once('close', () => done()));
      const end = (fault: DeviceFault): void => {
        cancelTimer();
        fail(fault);
        if (!sent) frame?.fill(0);
        socket.destroy();
      };
      const connection: Connection = {
        abort: () => {
          end(linkFault('released', this.where));
          return closed;
        },
      };
      this.#connections.add(connection);

      const timeOut = (): void => {
        const fault = linkFault('noAnswer', this.where);
        fail(fault);
        if (lingerMs === 0) end(fault);
        else cancelTimer = this.#clock.schedule(lingerMs, () => end(fault));
      };
      let cancelTimer = this.#clock.schedule(connectMs, () => end(linkFault('noConnection', this.where)));

      let answered = false;
      let strays = 0;
      const reader = new FrameReader((received) => {
        const answer = settled ? undefined : accept(received);
        if (answer === undefined) {
          strays += 1;
          if (strays <= mostStrays) this.#onStray(received);
        } else {
          answered = true;
          settle({ ended: 'answered', answer });
        }
      });
      socket.on('connect', () => {
        if (settled) return;
        cancelTimer();
        if (frame === undefined) {
          settle({ ended: 'answered', answer: undefined as Answer });
          end(linkFault('closed', this.where));
        } else {
          cancelTimer = this.#clock.schedule(answerMs, timeOut);
          sent = true;
          socket.write(frame, () => frame.fill(0));
        }
      });
      socket.on('data', (chunk: Uint8Array) => {
        const broken = reader.push(chunk);
        if (broken !== undefined) end(linkFault('garbage', this.where, `it sent ${broken}`));
        else if (strays > mostStrays)
          end(linkFault('garbage', this.where, 'it sent answers without end that nobody asked for'));
        else if (answered) end(linkFault('closed', this.where));
      });
      socket.on('error', (error: NodeJS.ErrnoException) => end(socketFault(error, this.where)));
      socket.on('close', () => {
        end(linkFault('closed', this.where));
        this.#connections.delete(connection);
      });
    });
  }
}
