import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Behaviour, type Occasion, Script } from './behaviours.ts';
import type { Book, Half } from './book.ts';
import { isBatch } from './day-end.ts';
import { Delivery, type Link, type Schedule } from './delivery.ts';
import { Host, type HostOptions, type MessageSummary } from './host.ts';
import type { Tally } from './reconciliation.ts';
import { FrameReader } from './wire.ts';

export interface BenchAcquirerOptions extends HostOptions {
  /** What its delays run on; the machine's timers by default. */
  readonly schedule?: Schedule;
  /** Certificate and key, and who may vouch for a terminal's, where it must show one; plain TCP without. */
  readonly tls?: TlsOptions;
}

/** A message on the line, and on which connection (1, 2, 3 …). */
export type LineMessage = MessageSummary & { readonly connection: number };

export interface ConnectionChange {
  readonly connection: number;
  readonly state: 'opened' | 'closed';
  /** It was closed inside of a request: the terminal may have lost its power there. */
  readonly midFrame: boolean;
  /** The system's code, when it did not end orderly: `ECONNRESET`. */
  readonly error?: string;
}

interface Events {
  message: [LineMessage];
  connection: [ConnectionChange];
}

const timers: Schedule = (delayMs, wake) => {
  const timer = setTimeout(wake, delayMs);
  return () => clearTimeout(timer);
};

/**
 * A UnionPay acquirer's front end (银联前置) for one terminal, with a ledger of its own, to put a terminal before: TCP,
 * TPDU, ISO 8583:1987 with UnionPay's fields and MACs, working keys handed out at sign-on. It books what it really
 * decided, refuses what a strict host would, notes what a right terminal never sends (`complaints`, to be asserted
 * empty), and misbehaves on demand (`next`, `always`). Its state outlives connections and `close()`.
 *
 * `message` is emitted for a request when it is decided and booked and no byte of its answer has left, and for an
 * answer when it was given to the line or withheld.
 */
export class BenchAcquirer extends EventEmitter<Events> {
  /** Every message so far, masked. */
  readonly messages: LineMessage[] = [];
  readonly #script = new Script();
  readonly #host: Host;
  readonly #delivery: Delivery;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<{ readonly look: () => void; readonly giveUp: () => void }>();
  #server: Server | undefined;
  #address: { readonly host: string; readonly port: number } | undefined;
  #connections = 0;

  readonly #tls: TlsOptions | undefined;
  readonly #others: Server[] = [];

  constructor(options: BenchAcquirerOptions) {
    super();
    this.#tls = options.tls;
    this.#host = new Host(options, this.#script);
    this.#delivery = new Delivery(options.schedule ?? timers);
  }

  /** What it really booked. */
  get book(): Book {
    return this.#host.book;
  }

  /** What a right terminal never does, one line each, without card data. */
  get complaints(): string[] {
    return this.#host.complaints;
  }

  get signedOn(): boolean {
    return this.#host.signedOn;
  }

  /** The batch that is open; to set it is an acquirer's right (the terminal learns by 77 and at sign-on). */
  get batch(): number {
    return this.#host.dayEnd.batch;
  }

  set batch(batch: number) {
    if (!isBatch(batch)) throw new RangeError('a batch is a number from 1 to 999999');
    this.#host.dayEnd.batch = batch;
    this.#changed();
  }

  /** 处理要求 0 … 9 in the header of every answer: 1 parameters, 3 sign on again … */
  set processingRequest(digit: number) {
    if (!/^\d$/.test(`${digit}`)) throw new RangeError('a processing request is a digit');
    this.#host.processingRequest = digit;
  }

  /** One-shot: the next such message is treated so. Several wait in a row. @throws RangeError when it can't be */
  next(occasion: Occasion, behaviour: Behaviour): void {
    this.#script.next(occasion, behaviour);
  }

  /** Every such message is treated so, when nothing is scripted for once, until `behave`. */
  always(occasion: Occasion, behaviour: Behaviour): void {
    this.#script.always(occasion, behaviour);
  }

  /** Forgets what is scripted, for one occasion or for all. */
  behave(occasion?: Occasion): void {
    this.#script.clear(occasion);
  }

  /** How many one-shot behaviours have not had their message yet. */
  get scripted(): number {
    return this.#script.waiting;
  }

  /** What waits for `release`. */
  get held(): number {
    return this.#delivery.held;
  }

  /** Lets go what `late` and `overtaken` hold back, and says how much found its connection still open. */
  release(): number {
    return this.#delivery.release();
  }

  /** Its totals of that half's sales are off by so much, until set again: the settlement won't balance. */
  skew(half: Half, by: Tally): void {
    this.#host.dayEnd.skew(half, by);
  }

  /**
   * Resolves with the first value that is neither undefined nor false: `look` is called now and after every message
   * and connection. Rejects when the acquirer is closed meanwhile.
   */
  until<Found>(look: () => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const found = look();
      if (found !== undefined && found !== false) {
        resolve(found);
        return;
      }
      const waiter = {
        look: () => {
          const seen = look();
          if (seen === undefined || seen === false) return;
          this.#waiting.delete(waiter);
          resolve(seen);
        },
        giveUp: () => reject(new Error('the bench acquirer was closed while something waited for it')),
      };
      this.#waiting.add(waiter);
    });
  }

  /** Opens its port; 0 takes a free one. */
  async listen(port = 0, host = '127.0.0.1'): Promise<{ host: string; port: number }> {
    if (this.#server !== undefined) throw new Error('the bench acquirer listens already');
    const server = this.#newServer();
    this.#server = server;
    try {
      await once(server.listen(port, host), 'listening');
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    const address = { host, port: (server.address() as AddressInfo).port };
    this.#address = address;
    return address;
  }

  /** Opens another port of the same acquirer, which stays open. */
  async listenAlso(host = '127.0.0.1'): Promise<{ host: string; port: number }> {
    const server = this.#newServer();
    this.#others.push(server);
    await once(server.listen(0, host), 'listening');
    return { host, port: (server.address() as AddressInfo).port };
  }

  #newServer(): Server {
    if (this.#tls === undefined) return createServer({ noDelay: true }, (socket) => this.#accept(socket));
    const server = createTlsServer({ minVersion: 'TLSv1.2', ...this.#tls }, (socket) => this.#accept(socket));
    // A terminal that breaks off in the handshake is no affair of the acquirer's.
    return server.on('tlsClientError', () => undefined);
  }

  /** Closes the port, so that a connection is refused at once. Open connections stay. */
  refuseConnections(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Opens the same port again. */
  async acceptConnections(): Promise<void> {
    if (this.#address === undefined) throw new Error('the bench acquirer has never listened');
    if (this.#server === undefined) await this.listen(this.#address.port, this.#address.host);
  }

  /** Cuts every open connection, without a word. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.#delivery.abandon();
    for (const { giveUp } of this.#waiting) giveUp();
    this.#waiting.clear();
    const server = this.#server;
    this.#server = undefined;
    const open = [server, ...this.#others.splice(0)].filter((each) => each !== undefined);
    const closed = open.map((each) => once(each.close(), 'close'));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** Puts a terminal on another line than TCP: its bytes go into `receive`, what is answered comes out of the link. */
  attach(link: Link): { receive(bytes: Buffer): void; closed(error?: string): void } {
    this.#connections += 1;
    const connection = this.#connections;
    const reader = new FrameReader();
    let deaf = false;
    this.#onConnection({ connection, state: 'opened', midFrame: false });
    if (this.#script.take('connection') !== undefined) {
      deaf = true;
      link.close();
    }
    return {
      receive: (bytes) => {
        if (deaf) return;
        const { payloads, fault } = reader.push(bytes);
        for (const payload of payloads) this.#answer(connection, link, payload);
        if (fault === undefined) return;
        deaf = true;
        this.complaints.push(`connection ${connection}: ${fault}`);
        link.close();
        this.#changed();
      },
      closed: (error) => {
        this.#onConnection({
          connection,
          state: 'closed',
          midFrame: !deaf && reader.midFrame,
          ...(error !== undefined && { error }),
        });
      },
    };
  }

  #answer(connection: number, link: Link, payload: Buffer, scripted = true): void {
    const { request, behaviour, answer } = this.#host.receive(payload, scripted);
    if (request !== undefined) this.#onMessage({ ...request, connection });
    if (answer !== undefined) {
      const tell = (direction: 'sent' | 'withheld') => (): void =>
        this.#onMessage({ ...answer.summary, direction, connection });
      this.#delivery.deliver(link, answer.frame, behaviour, { sent: tell('sent'), withheld: tell('withheld') });
    } else if (behaviour?.kind === 'notBooked' && behaviour.closes === true) {
      link.close();
    } else if (behaviour?.kind === 'overtaken') {
      this.#delivery.hold(behaviour.delayMs, () => {
        this.#answer(connection, link, payload, false);
        return link.open;
      });
    }
    this.#changed();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    let error: string | undefined;
    const line = this.attach({
      get open() {
        return socket.writable;
      },
      write: (bytes) => socket.write(bytes),
      close: () => socket.destroySoon(),
    });
    socket.on('data', (bytes: Buffer) => line.receive(bytes));
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      error = fault.code ?? fault.message;
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
      line.closed(error);
    });
  }

  #onMessage(message: LineMessage): void {
    this.messages.push(message);
    this.emit('message', message);
    this.#changed();
  }

  #onConnection(change: ConnectionChange): void {
    this.emit('connection', change);
    this.#changed();
  }

  #changed(): void {
    for (const { look } of this.#waiting) look();
  }
}
