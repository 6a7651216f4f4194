import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Test, test } from 'tap';
import { EscPosPrinter } from '../../../drivers/printer/escpos-printer.ts';
import { lineSpeed, printerLine } from '../../../drivers/printer/printer-line.ts';
import { printerProfile } from '../../../drivers/printer/profile-files.ts';
import { TcpLine } from '../../../drivers/printer/tcp-line.ts';
import { SerialLine } from '../../../drivers/serial/serial-line.ts';
import { systemClock } from '../../../firmware/system-clock.ts';
import type { LinkEvent } from '../../../hal/device.ts';
import type { PrinterEvent } from '../../../hal/printer.ts';
import { listenFor } from '../../bench/printer/tcp-port.ts';
import { VirtualPrinter } from '../../bench/printer/virtual-printer.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';

const host = '127.0.0.1';
const slip = (lines: number) => ({
  elements: Array.from({ length: lines }, (_, n) => ({ type: 'text' as const, text: `line ${n + 1}` })),
});

const serverOf = async (t: Test, onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as { port: number }).port };
};

type Said = { readonly type: 'online' | 'offline' | 'data'; readonly what?: string };

const opened = async (t: Test, port: number) => {
  const clock = new HandClock();
  const line = new TcpLine('printer', { transport: 'tcp', host, port }, clock);
  const log = new ReportLog<Said>();
  t.teardown(() => line.close());
  await line.open({
    online: () => log.add({ type: 'online' }),
    offline: (fault) => log.add({ type: 'offline', what: fault.code }),
    data: (chunk) => log.add({ type: 'data', what: chunk.toString('hex') }),
  });
  return { clock, line, log };
};

test('a printer in the network prints, and each verdict is held against its paper', async (t) => {
  const bench = new VirtualPrinter({ speed: 1, mmPerSecond: 300, baudRate: 1_000_000 });
  const listening = await listenFor(bench);
  t.teardown(() => listening.close());
  const port = { transport: 'tcp', host, port: listening.port } as const;
  const printer = new EscPosPrinter({ port, profile: printerProfile('epson') }, systemClock);
  const log = new ReportLog<PrinterEvent | LinkEvent>();
  t.teardown(() => printer.release());
  await printer.claim(log.add);
  t.strictSame(await printer.print(slip(5)), { verdict: 'PRINTED' });
  t.match(bench.paper.text(1), /line 5$/, 'PRINTED: the last line is on paper');

  bench.fault({ line: 3 }, 'paperEnd');
  t.strictSame(await printer.print(slip(12)), { verdict: 'NOT_PRINTED', cause: 'paperEnd' });
  t.strictSame(await printer.cancel(), { confirmed: true });
  bench.loadPaper();
  t.notMatch(bench.paper.text(2), /line 12/);

  bench.fault({ line: 2 }, 'unplug');
  t.strictSame(await printer.print(slip(12)), { verdict: 'UNKNOWN', cause: 'linkLost' });
  const since = log.reports.findIndex(({ type }) => type === 'offline');
  await log.until((event) => event.type === 'online' && log.reports.indexOf(event) > since);
  t.match(await printer.checkReady(), { ready: true });
  t.match(await printer.checkHealth(), { healthy: true });
});

test('a connection that is refused is told once, and tried again until it comes about', async (t) => {
  const { server, port } = await serverOf(t, () => {});
  await new Promise((resolve) => server.close(resolve));
  const { clock, line, log } = await opened(t, port);
  t.strictSame(log.reports, [{ type: 'offline', what: 'missing' }]);
  t.notOk(line.online);
  t.equal(await line.write(Buffer.from('x')), false, 'nothing is kept for later');
  clock.advance(1000);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  while (!line.online) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  t.strictSame(log.reports, [{ type: 'offline', what: 'missing' }, { type: 'online' }]);
});

test('a connection that ends is taken up again; what it held is not sent on the next', async (t) => {
  const received: Buffer[][] = [];
  const sockets: Socket[] = [];
  const { port } = await serverOf(t, (socket) => {
    const chunks: Buffer[] = [];
    received.push(chunks);
    sockets.push(socket);
    socket.on('error', () => {});
    if (received.length === 1) socket.pause();
    else socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  });
  const { line, log } = await opened(t, port);
  // More than the system takes: the peer doesn't read.
  const stuck = line.write(Buffer.alloc(64 * 1024 * 1024, 0x41));
  await line.reset(line.fault('silent', 'It takes nothing.', 'Look at it.'));
  t.equal(await stuck, false);
  t.equal(await line.write(Buffer.from('B')), true);
  while (received[1]?.length !== 1) await new Promise(setImmediate);
  t.strictSame(Buffer.concat(received[1]).toString(), 'B');
  t.strictSame(log.reports, [{ type: 'online' }, { type: 'offline', what: 'silent' }, { type: 'online' }]);
  sockets[1]?.write(Buffer.from([0x12]));
  await log.until(({ type, what }) => type === 'data' && what === '12');
  sockets[1]?.end();
  await log.until(({ type, what }) => type === 'offline' && what === 'unplugged');
  await line.close();
  await line.close();
  t.notOk(line.online);
});

test('a port says which line it takes, and how fast that is', (t) => {
  const clock = new HandClock();
  const serial = { path: '/dev/ttyS4', baudRate: 19_200 };
  const tcp = { transport: 'tcp', host: 'printer.example', port: 9100 } as const;
  t.ok(printerLine(serial, clock) instanceof SerialLine);
  t.ok(printerLine(tcp, clock) instanceof TcpLine);
  t.equal(printerLine(tcp, clock).where, 'printer.example:9100');
  t.equal(lineSpeed(serial), 19_200);
  t.ok(lineSpeed(tcp) > 115_200);
  t.end();
});

test('M10: a printer that takes no bytes does not keep the line from being given up', async (t) => {
  const server = createServer((socket) => {
    socket.pause();
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const clock = new HandClock();
  const { port } = server.address() as AddressInfo;
  const line = new TcpLine('printer', { transport: 'tcp', host: '127.0.0.1', port }, clock);
  await line.open({ online: () => undefined, offline: () => undefined, data: () => undefined });
  void line.write(Buffer.alloc(16_000_000));
  const closed = line.close();
  clock.advance(2000);
  await closed;
  t.notOk(line.online);
});
