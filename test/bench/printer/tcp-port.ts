import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { VirtualPrinter } from './virtual-printer.ts';

export interface TcpPort {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Puts a printer into the network: it takes ESC/POS at a TCP port, as real ones do at 9100. Like most of them it talks to
 * one computer at a time and closes to whoever comes while another is there.
 */
export const listenFor = async (
  printer: VirtualPrinter,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<TcpPort> => {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    if (printer.state.plugged) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    printer.attach({ received: socket, send: socket, unplug: () => socket.destroy() });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    host,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};
