import { once } from 'node:events';
import { type Test, test } from 'tap';
import { HandClock } from '../../support/hand-clock.ts';
import type { Behaviour, Occasion } from './behaviours.ts';
import { textOf, type Unpacked } from './iso8583.ts';
import { echo, framed, reversal, sale, settlement, signOn } from './sample-requests.ts';
import { dial, newAcquirer, plugInto, signedOn, takeApart } from './test-line.ts';

const code = (answer: Unpacked | undefined): string => (answer === undefined ? 'none' : textOf(answer, 39));

const onTcp = async (t: Test) => {
  const acquirer = newAcquirer();
  t.teardown(() => acquirer.close());
  const { port } = await acquirer.listen();
  return { acquirer, port };
};

/** One request on a connection of its own; resolves with all that came until it was closed by the other side. */
const untilClosed = async (port: number, frame: Buffer): Promise<Buffer> => {
  const socket = await dial(port);
  const got: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => got.push(bytes));
  socket.write(frame);
  await once(socket, 'close');
  return Buffer.concat(got);
};

test('a kept connection and one a transaction both work, and the port can be closed for a while', async (t) => {
  const { acquirer, port } = await onTcp(t);
  const kept = await dial(port);
  kept.write(signOn());
  t.equal(code(takeApart((await once(kept, 'data'))[0] as Buffer)), '00');
  kept.write(sale({ stan: 2 }));
  t.equal(code(takeApart((await once(kept, 'data'))[0] as Buffer)), '00');

  acquirer.refuseConnections();
  await t.rejects(dial(port), { code: 'ECONNREFUSED' });
  kept.write(echo);
  t.equal(code(takeApart((await once(kept, 'data'))[0] as Buffer)), '00', 'open connections stay');
  await acquirer.acceptConnections();
  const second = await dial(port);
  second.write(reversal({ stan: 2 }));
  t.equal(code(takeApart((await once(second, 'data'))[0] as Buffer)), '00');
  t.strictSame(
    acquirer.messages.filter(({ direction }) => direction === 'received').map(({ connection }) => connection),
    [1, 1, 1, 2],
  );

  acquirer.dropConnections();
  await Promise.all([once(kept, 'close'), once(second, 'close')]).catch(() => undefined);
  await acquirer.close();
  await t.rejects(dial(port), { code: 'ECONNREFUSED' });
  await acquirer.listen(port);
  const third = await dial(port);
  third.write(reversal({ stan: 2 }));
  t.equal(code(takeApart((await once(third, 'data'))[0] as Buffer)), '00', 'its state outlives its closing');
  third.destroy();
  t.strictSame(acquirer.complaints, []);
});

test('a connection is closed as soon as it is accepted, once', async (t) => {
  const { acquirer, port } = await onTcp(t);
  acquirer.next('connection', { kind: 'closeOnAccept' });
  t.equal((await untilClosed(port, signOn()).catch(() => Buffer.alloc(0))).length, 0);
  const socket = await dial(port);
  socket.write(signOn());
  await acquirer.until(() => acquirer.signedOn);
  socket.destroy();
  t.equal(acquirer.messages.filter(({ direction }) => direction === 'received').length, 1);
});

test('a connection that is closed in the place of an answer, or within it', async (t) => {
  const { acquirer, port } = await onTcp(t);
  const first = await dial(port);
  first.write(signOn());
  await once(first, 'data');
  first.destroy();
  acquirer.next('sale', { kind: 'closeAfterRequest' });
  t.equal((await untilClosed(port, sale({ stan: 2 }))).length, 0);
  t.equal(acquirer.book.find({ batch: 1, stan: 2 })?.state, 'approved');
  acquirer.next('sale', { kind: 'truncated', closes: true });
  t.equal((await untilClosed(port, sale({ stan: 3 }))).length, 0xd2 >> 1);
  acquirer.next('sale', { kind: 'notBooked', closes: true });
  t.equal((await untilClosed(port, sale({ stan: 4 }))).length, 0);
  t.equal(acquirer.book.find({ batch: 1, stan: 4 }), undefined);
  t.strictSame(acquirer.complaints, []);
});

test('a terminal that goes in the middle of a request is seen', async (t) => {
  const { acquirer, port } = await onTcp(t);
  const changes: [string, boolean][] = [];
  acquirer.on('connection', ({ state, midFrame }) => changes.push([state, midFrame]));
  const socket = await dial(port);
  socket.write(signOn().subarray(0, 20));
  socket.end();
  await acquirer.until(() => changes.length === 2);
  t.strictSame(changes, [
    ['opened', false],
    ['closed', true],
  ]);
  t.strictSame(acquirer.complaints, []);
});

test('messages are told masked, a request before its answer leaves', (t) => {
  const { acquirer, terminal } = signedOn();
  let leftBefore = -1;
  acquirer.once('message', () => {
    leftBefore = terminal.taken().length;
  });
  terminal.ask(sale({ stan: 2 }));
  t.equal(leftBefore, 0);
  acquirer.next('reversal', { kind: 'noAnswer' });
  terminal.ask(reversal({ stan: 2 }));
  const trade = { stan: 2, batch: 1, amount: 1234, connection: 1 };
  t.strictSame(
    acquirer.messages.slice(2),
    [
      { direction: 'received', mti: '0200', kind: 'sale', ...trade, pan: '621234******1232' },
      { direction: 'sent', mti: '0210', kind: 'sale', ...trade, pan: '621234******1232', code: '00' },
      { direction: 'received', mti: '0400', kind: 'reversal', ...trade, code: '98' },
      { direction: 'withheld', mti: '0410', kind: 'reversal', ...trade, code: '00' },
    ].map(({ connection, ...message }) => ({ ...message, connection })),
  );
  t.end();
});

/** A signed-on terminal asks for a sale that is treated so. */
const treated = (behaviour: Behaviour) => {
  const day = signedOn();
  day.acquirer.next('sale', behaviour);
  day.terminal.send(sale({ stan: 2 }));
  return { ...day, bytes: day.terminal.taken(), entry: day.acquirer.book.find({ batch: 1, stan: 2 }) };
};

/** The answer to the same sale when nothing is scripted. */
const straight = (): Buffer => {
  const { terminal } = signedOn();
  terminal.send(sale({ stan: 2 }));
  return terminal.taken();
};

test('refusals and other approvals by script', (t) => {
  const refused = treated({ kind: 'decline', code: '05' });
  t.equal(code(takeApart(refused.bytes)), '05');
  t.equal(refused.entry?.state, 'declined');
  const vip = treated({ kind: 'approve', code: '11' });
  t.equal(code(takeApart(vip.bytes)), '11');
  t.equal(vip.entry?.state, 'approved');
  t.equal(code(vip.terminal.ask(sale({ stan: 3 }))), '00', 'only once');
  t.end();
});

test('answers that never come', (t) => {
  const unanswered = treated({ kind: 'noAnswer' });
  t.equal(unanswered.bytes.length, 0);
  t.equal(unanswered.entry?.state, 'approved');
  t.ok(unanswered.terminal.open);
  const lost = treated({ kind: 'notBooked' });
  t.equal(lost.bytes.length, 0);
  t.equal(lost.entry, undefined);
  t.equal(code(lost.terminal.ask(reversal({ stan: 2 }))), '25');
  t.end();
});

test('answers that come late: at a word, or after a time', (t) => {
  const { acquirer, terminal, bytes } = treated({ kind: 'late' });
  t.equal(bytes.length, 0);
  t.equal(acquirer.held, 1);
  t.equal(code(terminal.ask(reversal({ stan: 2 }))), '00', 'the reversal overtakes the answer');
  t.equal(acquirer.release(), 1);
  t.equal(code(takeApart(terminal.taken())), '00');
  t.equal(acquirer.book.openTotal(), 0);
  acquirer.next('sale', { kind: 'late' });
  terminal.send(sale({ stan: 3 }));
  terminal.hangUp();
  t.equal(acquirer.release(), 0, 'nobody is there any more');

  const clock = new HandClock();
  const timed = signedOn({ schedule: (delayMs, wake) => clock.schedule(delayMs, wake) });
  timed.acquirer.next('sale', { kind: 'late', delayMs: 31_000 });
  timed.terminal.send(sale({ stan: 2 }));
  clock.advance(30_999);
  t.equal(timed.terminal.taken().length, 0);
  clock.advance(1);
  t.equal(code(takeApart(timed.terminal.taken())), '00');
  t.end();
});

test('a sale that its reversal overtakes is refused when it comes', (t) => {
  const { acquirer, terminal, bytes, entry } = treated({ kind: 'overtaken' });
  t.equal(bytes.length, 0);
  t.equal(entry, undefined);
  t.equal(acquirer.messages.length, 2, 'it has not come yet');
  t.equal(code(terminal.ask(reversal({ stan: 2 }))), '25');
  t.equal(acquirer.release(), 1);
  t.equal(code(takeApart(terminal.taken())), '22');
  t.strictSame(acquirer.book.entries(), []);
  t.strictSame(acquirer.complaints, []);
  t.end();
});

test('answers with something wrong inside', (t) => {
  const good = straight();
  const mac = treated({ kind: 'badMac' });
  t.same(mac.bytes.subarray(0, -8), good.subarray(0, -8));
  t.notSame(mac.bytes.subarray(-8), good.subarray(-8));
  const amount = takeApart(treated({ kind: 'wrongField', field: 4 }).bytes);
  t.equal(amount && textOf(amount, 4), '000000001235');
  t.notSame(amount?.fields.get(64), good.subarray(-8), 'the MAC is right for what is wrong');
  t.equal(takeApart(treated({ kind: 'wrongField', field: 0 }).bytes)?.mti, '0211');
  t.equal(takeApart(treated({ kind: 'omitField', field: 39 }).bytes)?.fields.has(39), false);
  t.equal(takeApart(treated({ kind: 'omitField', field: 64 }).bytes)?.fields.has(64), false);
  const keys = newAcquirer();
  keys.next('signOn', { kind: 'wrongField', field: 62 });
  const wrapped = plugInto(keys).ask(signOn())?.fields.get(62);
  t.equal(Buffer.isBuffer(wrapped) && wrapped.toString('hex', 36), '00b8cc96', 'the check value of the MAK');
  const { acquirer } = treated({ kind: 'omitField', field: 54 });
  t.match(acquirer.complaints, [/script: its answer has no field 54 to spoil/]);
  t.end();
});

test('answers with something wrong around them', (t) => {
  const good = straight();
  t.same(treated({ kind: 'truncated' }).bytes, good.subarray(0, good.length >> 1));
  t.same(treated({ kind: 'truncated', bytes: 1 }).bytes, good.subarray(0, 1));
  t.equal(treated({ kind: 'garbage', bytes: Buffer.from('no') }).bytes.toString(), 'no');
  t.ok(treated({ kind: 'garbage' }).bytes.length > 0);
  const lie = treated({ kind: 'lyingLength', by: -3 }).bytes;
  t.equal(lie.readUInt16BE(0), good.readUInt16BE(0) - 3);
  t.same(lie.subarray(2), good.subarray(2));
  t.same(treated({ kind: 'doubled' }).bytes, Buffer.concat([good, good]));
  t.end();
});

test('an answer that drips comes a byte at a time', (t) => {
  const clock = new HandClock();
  const { acquirer, terminal } = signedOn({ schedule: (delayMs, wake) => clock.schedule(delayMs, wake) });
  acquirer.next('sale', { kind: 'drip', everyMs: 10 });
  terminal.send(sale({ stan: 2 }));
  const good = straight();
  for (const byte of good) {
    t.same(terminal.taken(), Buffer.of(byte));
    t.equal(acquirer.messages.at(-1)?.direction, byte === good.at(-1) && clock.pending === 0 ? 'sent' : 'received');
    clock.advance(10);
  }
  t.equal(terminal.taken().length, 0);
  t.end();
});

test('one-shot behaviours wait in a row before a standing one, which lasts until it is taken back', (t) => {
  const { acquirer, terminal } = signedOn();
  acquirer.always('sale', { kind: 'decline', code: '91' });
  acquirer.next('sale', { kind: 'decline', code: '05' });
  acquirer.next('sale', { kind: 'decline', code: '61' });
  t.equal(acquirer.scripted, 2);
  const codes = [2, 3, 4, 5].map((stan) => code(terminal.ask(sale({ stan }))));
  t.strictSame(codes, ['05', '61', '91', '91']);
  acquirer.behave('sale');
  t.equal(code(terminal.ask(sale({ stan: 6 }))), '00');
  t.end();
});

test('what a message can not be scripted with is told at once', (t) => {
  const acquirer = newAcquirer();
  const wrong: [Occasion, Behaviour][] = [
    ['settlement', { kind: 'decline', code: '05' }],
    ['signOn', { kind: 'badMac' }],
    ['sale', { kind: 'disagree', domestic: 2 }],
    ['sale', { kind: 'closeOnAccept' }],
    ['connection', { kind: 'noAnswer' }],
    ['reversal', { kind: 'approve', code: '11' }],
    ['sale', { kind: 'decline', code: '00' }],
    ['sale', { kind: 'decline', code: '5' }],
  ];
  for (const [occasion, behaviour] of wrong) t.throws(() => acquirer.next(occasion, behaviour), RangeError);
  t.end();
});

test('a stream that is no protocol is told and closed', (t) => {
  const acquirer = newAcquirer();
  const terminal = plugInto(acquirer);
  terminal.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  t.notOk(terminal.open);
  t.match(acquirer.complaints, [/^connection 1: a frame's length is 18245/]);
  terminal.send(signOn());
  t.notOk(acquirer.signedOn, 'nothing is read behind it');
  t.end();
});

test('options and settings that no acquirer has are told at once', (t) => {
  t.throws(() => newAcquirer({ terminalId: '1' }), /8 characters/);
  t.throws(() => newAcquirer({ merchantId: '1' }), /15 characters/);
  t.throws(() => newAcquirer({ masterKey: Buffer.alloc(24) }), /8 or 16 bytes/);
  t.throws(() => newAcquirer({ batch: 0 }), /1 to 999999/);
  t.throws(() => newAcquirer({ cards: [{ pan: '1', issuer: '1' }] }), /12 to 19 digits/);
  t.throws(() => newAcquirer({ cards: [{ pan: '6212345678901232', issuer: '' }] }), /1 to 11/);
  const acquirer = newAcquirer();
  t.throws(() => Object.assign(acquirer, { batch: 1_000_000 }), /1 to 999999/);
  t.throws(() => Object.assign(acquirer, { processingRequest: 10 }), /digit/);
  acquirer.batch = 12;
  t.equal(acquirer.batch, 12);
  t.end();
});

test('who waits is woken, and let go when the acquirer is closed', async (t) => {
  const { acquirer, terminal } = signedOn();
  const approved = acquirer.until(() => acquirer.book.entries().find(({ state }) => state === 'approved'));
  terminal.send(sale({ stan: 2 }));
  t.equal((await approved).stan, 2);
  const held = acquirer.until(() => acquirer.held === 1);
  acquirer.next('sale', { kind: 'late' });
  terminal.send(sale({ stan: 3 }));
  t.equal(await held, true);
  const never = acquirer.until(() => acquirer.batch === 2);
  await acquirer.close();
  await t.rejects(never, /closed while something waited/);
});

test('a request in pieces is answered once it is whole, wherever it is split', (t) => {
  const { acquirer, terminal } = signedOn();
  for (let at = 1; at < echo.length; at++) {
    terminal.send(echo.subarray(0, at));
    t.equal(terminal.taken().length, 0);
    t.equal(code(terminal.ask(echo.subarray(at))), '00');
  }
  t.equal(
    code(terminal.ask(Buffer.concat([settlement({ domestic: [], foreign: [] }), framed('0210 0000000000000000')]))),
    '',
  );
  t.equal(acquirer.complaints.length > 0, true);
  t.end();
});
