import { EventEmitter } from 'node:events';
import type { Dial, Stream } from '../../drivers/acquirer/link.ts';
import type { BenchAcquirer } from '../bench/acquirer/bench-acquirer.ts';
import type { Chance } from './chance.ts';
import type { Life } from './disk.ts';
import type { Scheduler } from './scheduler.ts';

/** How the way to the acquirer is. `silent`: what is sent gets lost, and nobody says so. */
export type Way = 'up' | 'refused' | 'unreachable' | 'silent';

/** What goes over a connection, as it leaves the terminal or reaches it. */
export interface Passing {
  readonly direction: 'sent' | 'received';
  readonly bytes: Buffer;
}

const codes = { refused: 'ECONNREFUSED', unreachable: 'EHOSTUNREACH' } as const;

/** The network between the terminal and its acquirer: slow, in pieces, and not always there. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #acquirer: BenchAcquirer;
  readonly #connections = new Set<Connection>();
  /** Of one packet one way, in ms. */
  readonly #latencyMs: number;
  way: Way = 'up';
  /** How many connections more are reset in the middle of things, and whom to tell. */
  #resets: (() => void)[] = [];
  onPassing: (passing: Passing) => void = () => undefined;
  /** Told when the acquirer has taken something in. */
  onArrived: () => void = () => undefined;

  constructor(scheduler: Scheduler, chance: Chance, acquirer: BenchAcquirer) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#acquirer = acquirer;
    this.#latencyMs = chance.between(5, 150);
  }

  /** The next connection on which a request was sent breaks. */
  resetNext(told: () => void): void {
    this.#resets.push(told);
  }

  heal(): void {
    this.way = 'up';
    this.#resets = [];
  }

  /** How a run of the terminal gets a connection. */
  dialledBy(life: Life): Dial {
    return () => {
      const connection = new Connection(this.#scheduler, life, (stream) => this.#begin(stream));
      this.#connections.add(connection);
      return connection;
    };
  }

  /** The terminal's process has ended: the system closes its connections, or the power is gone and nobody does. */
  lifeEnded(closed: boolean): void {
    for (const connection of this.#connections) connection.endOfLife(closed);
    this.#connections.clear();
  }

  #delayMs(): number {
    return this.#latencyMs * this.#chance.between(0.8, this.#chance.happens(0.02) ? 20 : 1.5);
  }

  #begin(connection: Connection): void {
    this.#scheduler.after(this.#delayMs() * 2, () => {
      if (connection.closed) return;
      const { way } = this;
      if (way === 'up') this.#accept(connection);
      else if (way !== 'silent') connection.fail(codes[way]);
    });
  }

  #accept(connection: Connection): void {
    let lastArrival = 0;
    /** In order, and only while the way is there; what finds it gone comes when it is back, or never. */
    const carry = (bytes: number, deliver: () => void): void => {
      const inMs = Math.max(lastArrival - this.#scheduler.now, this.#delayMs()) + bytes * 0.01;
      lastArrival = this.#scheduler.now + inMs;
      this.#scheduler.after(inMs, () => {
        if (this.way === 'up') deliver();
        else if (this.#chance.happens(0.5)) this.#scheduler.after(this.#chance.between(1000, 30_000), deliver);
      });
    };
    let serverOpen = true;
    const server = this.#acquirer.attach({
      get open() {
        return serverOpen;
      },
      write: (bytes) => {
        const answer = Buffer.from(bytes);
        carry(answer.length, () => {
          if (!connection.closed) this.onPassing({ direction: 'received', bytes: answer });
          connection.receive(answer);
        });
      },
      close: () => {
        serverOpen = false;
        carry(0, () => connection.close());
      },
    });
    connection.onSent = (bytes) => {
      this.onPassing({ direction: 'sent', bytes });
      const reset = this.#resets.shift();
      if (reset !== undefined) {
        this.#scheduler.after(this.#chance.between(0, 6 * this.#latencyMs), () => {
          if (connection.closed) return;
          reset();
          connection.fail('ECONNRESET');
        });
      }
      const cut = this.#chance.happens(0.05) ? this.#chance.integer(1, bytes.length - 1) : bytes.length;
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        if (piece.length === 0) continue;
        carry(piece.length, () => {
          server.receive(piece);
          this.onArrived();
        });
      }
    };
    connection.onGone = (error) => {
      this.#connections.delete(connection);
      carry(0, () => {
        serverOpen = false;
        server.closed(error);
      });
    };
    this.onArrived();
    connection.stand();
  }
}

/** The terminal's end of a connection: as much of a socket as the link uses. */
class Connection extends EventEmitter implements Stream {
  readonly #scheduler: Scheduler;
  readonly #life: Life;
  closed = false;
  onSent: (bytes: Buffer) => void = () => undefined;
  onGone: (error?: string) => void = () => undefined;

  constructor(scheduler: Scheduler, life: Life, begin: (connection: Connection) => void) {
    super();
    this.#scheduler = scheduler;
    this.#life = life;
    begin(this);
  }

  stand(): void {
    if (!this.#life.ended) this.emit('connect');
  }

  write(bytes: Uint8Array, taken: () => void): void {
    if (this.closed || this.#life.ended) return;
    this.onSent(Buffer.from(bytes));
    this.#scheduler.after(0, () => {
      if (!this.#life.ended) taken();
    });
  }

  receive(bytes: Buffer): void {
    if (!this.closed && !this.#life.ended) this.emit('data', bytes);
  }

  fail(code: string): void {
    if (this.closed || this.#life.ended) return;
    this.emit('error', Object.assign(new Error(code), { code }));
    this.close(code);
  }

  destroy(): void {
    this.close();
  }

  close(error?: string): void {
    if (this.closed) return;
    this.closed = true;
    this.onGone(error);
    this.#scheduler.after(0, () => {
      if (!this.#life.ended) this.emit('close');
    });
  }

  endOfLife(told: boolean): void {
    if (this.closed) return;
    this.closed = true;
    if (told) this.onGone('ECONNRESET');
  }
}
