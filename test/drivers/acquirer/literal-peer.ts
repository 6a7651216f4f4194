import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';
import { ReportLog } from '../../support/report-log.ts';
import { bytes, hexOf } from './literal-frames.ts';

/** A request that came whole, and the connection that it came on. */
export interface Received {
  readonly hex: string;
  /** Answers with these bytes, as they are. */
  send(hex: string): void;
  hangUp(): void;
  /** Resets the connection. */
  reset(): void;
}

export interface LiteralPeer {
  readonly port: number;
  readonly requests: ReportLog<Received>;
  /** How many connections were taken, those without a request included. */
  readonly connections: () => number;
  /** The n-th request, from 1 on. */
  request(n: number): Promise<Received>;
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A host made of literal bytes; it knows nothing of messages but their length. */
export const startPeer = async (t: Test): Promise<LiteralPeer> => {
  const requests = new ReportLog<Received>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {
      // The terminal may drop the connection while an answer is under way.
    });
    socket.on('close', () => sockets.delete(socket));
    let collected = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      collected = Buffer.concat([collected, chunk]);
      if (collected.length < 2 || collected.length < 2 + collected.readUInt16BE(0)) return;
      const hex = hexOf(collected);
      collected = Buffer.alloc(0);
      requests.add({
        hex,
        send: (answer) => void socket.write(bytes(answer)),
        hangUp: () => void socket.end(),
        reset: () => void socket.resetAndDestroy(),
      });
    });
  });
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.teardown(close);
  return {
    port,
    requests,
    connections: () => connections,
    request: async (n) => {
      await requests.count(n);
      return requests.reports[n - 1] as Received;
    },
    close,
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
};
