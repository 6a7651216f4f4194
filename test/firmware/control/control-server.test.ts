import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Test, test } from 'tap';
import { ask, askOnce, NotReached } from '../../../firmware/control/control-client.ts';
import { type Answer, type Command, ControlServer } from '../../../firmware/control/control-server.ts';

const socketFor = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-control-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'control.sock');
};

const serve = async (t: Test, socket: string, commands: Readonly<Record<string, Command>>): Promise<ControlServer> => {
  const server = new ControlServer(socket, commands);
  t.teardown(() => server.close());
  t.equal(await server.listen(), undefined);
  return server;
};

const greet = { hello: () => ({ ok: true, answer: 'good day' }) as const };

/** Sends these bytes as they are, and gives all that comes back until the other side ends it. */
const send = async (socket: string, bytes: string): Promise<string> => {
  const connection = createConnection(socket);
  let heard = '';
  connection.on('data', (chunk) => (heard += String(chunk)));
  connection.on('error', () => undefined);
  connection.write(bytes);
  await once(connection, 'close');
  return heard;
};

test('a command is answered, and nobody but owner and group may ask', async (t) => {
  const socket = socketFor(t);
  await serve(t, socket, greet);
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' });
  t.equal(statSync(socket).mode & 0o777, 0o660);
});

test('what is no command is refused, whatever it is', async (t) => {
  const socket = socketFor(t);
  await serve(t, socket, greet);
  const refused = '{"ok":false,"why":"there is no such command"}\n';
  for (const line of [
    '{"command":"pay"}',
    '{"command":"toString"}',
    '{"command":7}',
    'null',
    '[]',
    '{',
    '',
    '\0\xff',
  ]) {
    t.equal(await send(socket, `${line}\n`), refused, line);
  }
  t.equal(await send(socket, 'x'.repeat(5000)), refused, 'a request without an end');
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' }, 'and it answers on');
});

test('who never reads is dropped, and the others are answered', async (t) => {
  const socket = socketFor(t);
  const dropped = new Promise<number>((resolve) => {
    void serve(t, socket, {
      ...greet,
      watch: (more, gone) => {
        const told = { ok: true, answer: 'x'.repeat(10_000) } as const;
        let count = 0;
        for (; !gone.aborted && count < 1000; count += 1) more(told);
        return new Promise((over) => {
          gone.addEventListener('abort', () => {
            resolve(count);
            over({ ok: true, answer: null });
          });
        });
      },
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  const deaf = createConnection(socket).pause();
  deaf.on('error', () => undefined);
  deaf.write('{"command":"watch"}\n');
  t.ok((await dropped) > 100, 'after a megabyte that nobody took');
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' });
  deaf.destroy();
});

test('a command that goes on ends when its asker is gone', async (t) => {
  const socket = socketFor(t);
  let tell: (answer: Answer) => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    void serve(t, socket, {
      watch: (more, gone) => {
        tell = more;
        more({ ok: true, answer: 1 });
        return new Promise((over) => {
          gone.addEventListener('abort', () => {
            resolve();
            over({ ok: true, answer: null });
          });
        });
      },
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  const seen: unknown[] = [];
  for await (const answer of ask(socket, 'watch')) {
    seen.push(answer.ok && answer.answer);
    if (seen.length === 3) break;
    tell({ ok: true, answer: seen.length + 1 });
  }
  t.strictSame(seen, [1, 2, 3]);
  await ended;
});

test('a socket that a killed process left is taken over; one that is answered is not', async (t) => {
  const socket = socketFor(t);
  const code = `require('net').createServer().listen(${JSON.stringify(socket)},()=>console.log('up'))`;
  const left = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(left.stdout, 'data');
  left.kill('SIGKILL');
  await once(left, 'exit');
  await serve(t, socket, greet);
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' });
  const second = new ControlServer(socket, greet);
  t.equal(await second.listen(), 'EADDRINUSE');
  await second.close();
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' });
});

test('a path that is too long for a socket is told, and nothing is made at its beginning', async (t) => {
  const folder = dirname(socketFor(t));
  const deep = join(folder, 'a'.repeat(100));
  mkdirSync(deep);
  t.equal(await new ControlServer(join(deep, 'control.sock'), greet).listen(), 'ENAMETOOLONG');
  t.strictSame(readdirSync(folder), [basename(deep)]);
});

test('who asks a terminal that is off is told so', async (t) => {
  const socket = socketFor(t);
  await t.rejects(askOnce(socket, 'status'), new NotReached(), 'no socket');
  await t.rejects(askOnce(socket, 'status'), { message: /it does not run/ });
});

test('a command with a bug answers that, and the next one is answered', async (t) => {
  const socket = socketFor(t);
  const boom = (): Answer => {
    throw new Error('no such row');
  };
  await serve(t, socket, { ...greet, boom });
  t.strictSame(await askOnce(socket, 'boom'), { ok: false, why: 'a bug: no such row' });
  t.strictSame(await askOnce(socket, 'hello'), { ok: true, answer: 'good day' });
});
