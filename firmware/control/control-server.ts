import { chmodSync, chownSync, statSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { askerBy, makeAskersFolder } from './askers.ts';

/** What a command answers: a JSON value, or why not. */
export type Answer = { readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly why: string };

/**
 * A command of the control socket. `more` sends a further answer, for commands that go on; they end when `gone`
 * aborts. `by`: the Unix user who asks, where he proved it.
 */
export type Command = (more: (answer: Answer) => void, gone: AbortSignal, by?: string) => Answer | Promise<Answer>;

/** The longest request, in bytes: a name in JSON. */
const longestRequest = 1024;
/** The longest path of a unix socket, in bytes (sun_path of unix(7)): of a longer one Node would take the beginning. */
const longestPath = 107;
const mostConnections = 16;
/** Who doesn't say what he wants, or doesn't read what he is told. */
const patienceMs = 10_000;
const mostUnread = 1 << 20;

/**
 * The control socket: a unix socket, for root and the group of its folder. One JSON line in, `{"command":"status"}`;
 * one out, `{"ok":true,"answer":…}` or `{"ok":false,"why":"…"}`; of `watch` one at each change. With
 * it may come the proof of who asks (askers.ts). Nothing that comes in can name another file, an amount or a key, and
 * nothing else listens: a terminal has no open TCP port.
 */
export class ControlServer {
  readonly #path: string;
  readonly #commands: Readonly<Record<string, Command>>;
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;

  constructor(path: string, commands: Readonly<Record<string, Command>>) {
    this.#path = path;
    this.#commands = commands;
  }

  /** @returns why it can't be listened to, or undefined */
  async listen(): Promise<string | undefined> {
    if (Buffer.byteLength(this.#path) > longestPath) return 'ENAMETOOLONG';
    const why = await this.#tryListen();
    if (why !== 'EADDRINUSE') return why;
    if (await this.#isAnswered()) return 'EADDRINUSE';
    try {
      // Left behind by a process that was killed.
      unlinkSync(this.#path);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
    return this.#tryListen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const connection of this.#connections) connection.destroy();
    if (server?.listening === true) await new Promise((resolve) => server.close(resolve));
  }

  #tryListen(): Promise<string | undefined> {
    const server = createServer((connection) => this.#serve(connection));
    server.maxConnections = mostConnections;
    this.#server = server;
    // Nobody but this user until it is given to the group.
    const umask = process.umask(0o177);
    return new Promise<string | undefined>((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      server.listen(this.#path, () => {
        server.on('error', () => undefined);
        resolve(this.#giveToGroup());
      });
      process.umask(umask);
    });
  }

  #giveToGroup(): string | undefined {
    try {
      const { gid } = statSync(dirname(this.#path));
      // Under its unit it has that group already, and may give nothing away.
      if (statSync(this.#path).gid !== gid) chownSync(this.#path, -1, gid);
      makeAskersFolder(this.#path, gid);
      chmodSync(this.#path, 0o660);
      return undefined;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  }

  #isAnswered(): Promise<boolean> {
    return new Promise((resolve) => {
      const probe = createConnection(this.#path);
      probe.on('connect', () => {
        probe.destroy();
        resolve(true);
      });
      probe.on('error', () => resolve(false));
    });
  }

  #serve(connection: Socket): void {
    const gone = new AbortController();
    let request = '';
    this.#connections.add(connection);
    connection.setTimeout(patienceMs, () => connection.destroy());
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.#connections.delete(connection);
      gone.abort();
    });
    const hear = (chunk: Buffer): void => {
      request += chunk.toString('latin1');
      const end = request.indexOf('\n');
      if (end < 0 && request.length <= longestRequest) return;
      connection.off('data', hear);
      connection.on('data', () => undefined);
      connection.setTimeout(0);
      void this.#answer(connection, end < 0 ? '' : request.slice(0, end), gone.signal);
    };
    connection.on('data', hear);
  }

  async #answer(connection: Socket, line: string, gone: AbortSignal): Promise<void> {
    const say = (answer: Answer): void => {
      if (gone.aborted) return;
      connection.write(`${JSON.stringify(answer)}\n`);
      if (connection.writableLength > mostUnread) connection.destroy();
    };
    const { command: name, proof } = requestIn(line);
    const command = typeof name === 'string' && Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    if (command === undefined) say({ ok: false, why: 'there is no such command' });
    else {
      try {
        say(await command(say, gone, askerBy(this.#path, proof)));
      } catch (error) {
        // A bug of the command hinders no trade; whoever asks is told what to report.
        say({ ok: false, why: `a bug: ${error instanceof Error ? error.message : String(error)}` });
      }
    }
    connection.end();
  }
}

const requestIn = (line: string): { readonly command?: unknown; readonly proof?: unknown } => {
  try {
    return (JSON.parse(line) as object | null) ?? {};
  } catch {
    return {};
  }
};
