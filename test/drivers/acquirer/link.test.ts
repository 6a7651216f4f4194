import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Test, test } from 'tap';
import type { Frame } from '../../../drivers/acquirer/frame.ts';
import { type Dial, dialTcp, Link } from '../../../drivers/acquirer/link.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { ReportLog } from '../../support/report-log.ts';
import { answers, bytes, hexOf, plain, requests } from './literal-frames.ts';
import { startPeer } from './literal-peer.ts';

const limits = { connectMs: 5_000, answerMs: 30_000, lingerMs: 60_000 };
const any = (frame: Frame): string => hexOf(frame.message);
const nothing = (): undefined => undefined;

const linkTo = (t: Test, port: number, dial: Dial = dialTcp, host = '127.0.0.1') => {
  const clock = new HandClock();
  const strays = new ReportLog<Frame>();
  const link = new Link({ host, port, connectTimeoutMs: limits.connectMs }, clock, dial, strays.add);
  t.teardown(() => link.close());
  return { clock, strays, link };
};

test('a request and its answer, on a connection that is then closed', async (t) => {
  const peer = await startPeer(t);
  const { link, clock } = linkTo(t, peer.port);
  const frame = bytes(requests.echo);
  const exchange = link.exchange(frame, any, limits);
  const request = await peer.request(1);
  t.equal(request.hex, plain(requests.echo));
  t.equal(hexOf(frame), '00'.repeat(frame.length), 'the frame is wiped');
  request.send(answers.echoed);
  t.strictSame(await exchange, { ended: 'answered', answer: plain(answers.echoed).slice(26) });
  t.equal(clock.pending, 0, 'no alarm is left');
});

test('an answer in single bytes, and one that comes twice', async (t) => {
  const peer = await startPeer(t);
  const { link, strays } = linkTo(t, peer.port);
  const exchange = link.exchange(bytes(requests.echo), any, limits);
  const request = await peer.request(1);
  for (const byte of bytes(answers.echoed)) request.send(hexOf(Uint8Array.of(byte)));
  t.match(await exchange, { ended: 'answered' });

  const twice = link.exchange(bytes(requests.echo), any, limits);
  (await peer.request(2)).send(answers.echoed + answers.echoed);
  t.match(await twice, { ended: 'answered' });
  await strays.count(1);
});

test('an answer to something else is reported and the wait goes on', async (t) => {
  const peer = await startPeer(t);
  const { link, strays } = linkTo(t, peer.port);
  const mine = (frame: Frame) => (frame.message[0] === 0x08 ? 'mine' : undefined);
  const exchange = link.exchange(bytes(requests.echo), mine, limits);
  const request = await peer.request(1);
  request.send(answers.approved);
  await strays.count(1);
  request.send(answers.echoed);
  t.strictSame(await exchange, { ended: 'answered', answer: 'mine' });
});

test('after a time-out it listens on for a while', async (t) => {
  const peer = await startPeer(t);
  const { link, strays, clock } = linkTo(t, peer.port);
  const exchange = link.exchange(bytes(requests.echo), any, limits);
  const request = await peer.request(1);
  clock.advance(limits.answerMs - 1);
  t.equal(clock.pending, 1);
  clock.advance(1);
  t.match(await exchange, { ended: 'unanswered', fault: { code: 'silent' } });
  request.send(answers.echoed);
  await strays.count(1);
  clock.advance(limits.lingerMs);
  t.equal(clock.pending, 0);
});

test('without lingering a time-out closes the connection', async (t) => {
  const peer = await startPeer(t);
  const { link, clock } = linkTo(t, peer.port);
  const exchange = link.exchange(bytes(requests.echo), any, { ...limits, lingerMs: 0 });
  await peer.request(1);
  clock.advance(limits.answerMs);
  t.match(await exchange, { ended: 'unanswered' });
  t.equal(clock.pending, 0);
});

test('what ends a wait after the request was sent leaves it unanswered', async (t) => {
  const peer = await startPeer(t);
  const { link } = linkTo(t, peer.port);
  const exchange = () => link.exchange(bytes(requests.echo), any, limits);
  const closed = exchange();
  (await peer.request(1)).hangUp();
  t.match(await closed, { ended: 'unanswered', fault: { code: 'unplugged', what: /closed/ } });
  const reset = exchange();
  (await peer.request(2)).reset();
  t.match(await reset, { ended: 'unanswered', fault: { code: 'unplugged', what: /broke/ } });
  const garbage = exchange();
  (await peer.request(3)).send(Buffer.from('SSH-2.0-OpenSSH').toString('hex'));
  t.match(await garbage, { ended: 'unanswered', fault: { code: 'babbling' } });
  const half = exchange();
  const request = await peer.request(4);
  request.send(plain(answers.echoed).slice(0, 40));
  request.hangUp();
  t.match(await half, { ended: 'unanswered', fault: { code: 'unplugged' } });
});

/** A peer that takes a request and does what the test has it do; tells how much of it the terminal let come. */
const hostile = async (t: Test, does: (socket: Socket) => void) => {
  let closed: Promise<unknown> | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    socket.once('data', () => does(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { ...linkTo(t, port), closed: () => closed };
};

test('a length that lies, and a hundred megabytes behind it: given up at the first frame that can be none', async (t) => {
  const megabyte = Buffer.alloc(1 << 20, 0x60);
  let sent = 0;
  const { link, clock, closed } = await hostile(t, (socket) => {
    const more = (): void => {
      if (sent < 100 && !socket.destroyed) socket.write(megabyte, () => more());
      sent += 1;
    };
    more();
  });
  t.match(await link.exchange(bytes(requests.echo), any, limits), { ended: 'unanswered', fault: { code: 'babbling' } });
  await closed();
  t.ok(sent < 100, `the connection was closed before they had come (${sent})`);
  t.equal(clock.pending, 0);
});

test('answers to nothing without end are given up too, and not all of them reported', async (t) => {
  const flood = Buffer.concat(Array.from({ length: 2000 }, () => bytes(answers.approved)));
  const { link, strays } = await hostile(t, (socket) => void socket.write(flood));
  const mine = (): undefined => undefined;
  t.match(await link.exchange(bytes(requests.echo), mine, limits), {
    ended: 'unanswered',
    fault: { code: 'babbling', what: /without end/ },
  });
  t.equal(strays.reports.length, 16);
});

test('a peer that drips, and one that never closes, cost the time-out and no more', async (t) => {
  let dripping: Socket | undefined;
  const { link, clock, closed } = await hostile(t, (socket) => {
    dripping = socket;
    socket.write(bytes(answers.echoed).subarray(0, 1));
  });
  const exchange = link.exchange(bytes(requests.echo), any, { ...limits, lingerMs: 0 });
  while (dripping === undefined) await new Promise(setImmediate);
  dripping.write(bytes(answers.echoed).subarray(1, 2));
  clock.advance(limits.answerMs);
  t.match(await exchange, { ended: 'unanswered', fault: { code: 'silent' } });
  await closed();

  const open = await hostile(t, (socket) => void socket.write(bytes(answers.echoed)));
  t.match(await open.link.exchange(bytes(requests.echo), any, limits), { ended: 'answered' });
  await open.closed();
  t.equal(open.clock.pending, 0, 'the terminal closes');
});

test('a kept connection serves the next request too, and one that went away is replaced', async (t) => {
  const peer = await startPeer(t);
  const clock = new HandClock();
  const strays = new ReportLog<Frame>();
  const link = new Link(
    { host: '127.0.0.1', port: peer.port, connectTimeoutMs: 5_000 },
    clock,
    dialTcp,
    strays.add,
    true,
  );
  t.teardown(() => link.close());
  const ask = async (number: number) => {
    const exchange = link.exchange(bytes(requests.echo), any, limits);
    const request = await peer.request(number);
    request.send(answers.echoed);
    t.match(await exchange, { ended: 'answered' });
    return request;
  };
  await ask(1);
  const second = await ask(2);
  t.equal(peer.connections(), 1);
  t.equal(clock.pending, 0, 'no alarm is left while it is idle');
  second.send(answers.approved);
  await strays.count(1);
  second.hangUp();
  while (peer.connections() === 1) {
    await new Promise(setImmediate);
    const probed = await link.probe();
    t.match(probed, { ended: 'answered' });
  }
  await ask(3);
  t.equal(peer.connections(), 2);
});

test('where no connection came about nothing was sent', async (t) => {
  const peer = await startPeer(t);
  await peer.close();
  const { link } = linkTo(t, peer.port);
  const frame = bytes(requests.echo);
  t.match(await link.exchange(frame, any, limits), {
    ended: 'notSent',
    fault: { code: 'missing', where: `127.0.0.1:${peer.port}` },
  });
  t.equal(hexOf(frame), '00'.repeat(frame.length), 'the frame is wiped all the same');
  t.match(await link.probe(), { ended: 'notSent', fault: { code: 'missing' } });
  const nowhere = linkTo(t, 1, dialTcp, 'acquirer.invalid');
  const outcome = await nowhere.link.exchange(bytes(requests.echo), any, limits);
  t.match(outcome, { ended: 'notSent', fault: { code: /missing|silent/, where: 'acquirer.invalid:1' } });
});

/** A connection under the test's hand. It says `connect` when told to, and keeps what is written. */
class HandSocket extends Duplex {
  readonly written: Buffer[] = [];
  override _read(): void {
    // The test pushes.
  }
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.written.push(Buffer.from(chunk));
    done();
  }
}

test('a connection that comes too late sends nothing', async (t) => {
  const socket = new HandSocket();
  const { link, clock } = linkTo(t, 1, () => socket);
  const exchange = link.exchange(bytes(requests.echo), any, limits);
  clock.advance(limits.connectMs);
  t.match(await exchange, { ended: 'notSent', fault: { code: 'silent' } });
  socket.emit('connect');
  t.strictSame(socket.written, []);
  t.equal(clock.pending, 0);
});

test('a write that fails may have left all the same', async (t) => {
  const socket = new HandSocket();
  socket._write = (_chunk, _encoding, done) => done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' }));
  const { link } = linkTo(t, 1, () => socket);
  const exchange = link.exchange(bytes(requests.echo), any, limits);
  socket.emit('connect');
  t.match(await exchange, { ended: 'unanswered', fault: { code: 'unplugged' } });
});

test('a probe connects and sends nothing', async (t) => {
  const peer = await startPeer(t);
  const { link, clock } = linkTo(t, peer.port);
  t.match(await link.probe(), { ended: 'answered' });
  t.equal(clock.pending, 0);
  t.equal(peer.requests.reports.length, 0);
});

test('closing ends a wait before and after the request was sent, and a lingering one', async (t) => {
  const socket = new HandSocket();
  const early = linkTo(t, 1, () => socket);
  const notSent = early.link.exchange(bytes(requests.echo), nothing, limits);
  await early.link.close();
  t.match(await notSent, { ended: 'notSent' });
  t.ok(socket.destroyed);

  const late = new HandSocket();
  const { link, clock } = linkTo(t, 1, () => late);
  const unanswered = link.exchange(bytes(requests.echo), nothing, limits);
  late.emit('connect');
  clock.advance(limits.answerMs);
  t.match(await unanswered, { ended: 'unanswered' });
  const closed = once(late, 'close');
  await link.close();
  await closed;
  t.equal(clock.pending, 0);
});
