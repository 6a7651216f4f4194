/** A terminal over the system's own OpenSSH and rsync: whatever ssh_config, agents and jump hosts say holds here too. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** What could not be done on a terminal, for the person who flashes. */
export class Failed extends Error {}

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a board has things; `prefix` is empty but in tests. */
export const boardPaths = (prefix: string) => ({
  prefix,
  root: `${prefix}/opt/slipsafe`,
  incoming: `${prefix}/var/lib/slipsafe-incoming`,
  key: `${prefix}/etc/slipsafe/update.pub`,
  socket: `${prefix}/run/slipsafe/control.sock`,
});

export type BoardPaths = ReturnType<typeof boardPaths>;

/** Quotes for the shell at the other end. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** ssh: the connection itself failed. */
const noConnection = 255;
/** rsync: errors of the connection, which another try may not have. */
const worthAnotherTry = new Set([10, 12, 30, 35, noConnection]);
const tries = 5;

const run = (command: string, args: readonly string[], input: string, heard?: (text: string) => void): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.on('error', (error) => reject(new Failed(`${command} can't be run: ${error.message}`)));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
      heard?.(String(chunk));
    });
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('close', (code) => resolve({ code: code ?? noConnection, stdout, stderr }));
  });

export class Remote {
  readonly host: string;
  readonly #options: readonly string[];

  /**
   * @param config an ssh_config to be used in the place of the user's
   * @param sockets a folder for the connections that are shared by several commands
   */
  constructor(host: string, config: string | undefined, sockets: string) {
    this.host = host;
    const always = {
      BatchMode: 'yes',
      ConnectTimeout: '10',
      ServerAliveInterval: '10',
      ControlMaster: 'auto',
      ControlPath: join(sockets, '%C'),
      ControlPersist: '20',
    };
    this.#options = [
      ...(config === undefined ? [] : ['-F', config]),
      ...Object.entries(always).map(([name, value]) => `-o${name}=${value}`),
    ];
  }

  /** Runs a command there, whatever comes of it. @throws Failed when there is no connection */
  async ask(command: string, input = ''): Promise<Said> {
    const said = await run('ssh', [...this.#options, '--', this.host, command], input);
    if (said.code === noConnection) throw new Failed(`no connection: ${lastLine(said.stderr)}`);
    return said;
  }

  /** Runs a command there that must succeed, and gives what it printed. @throws Failed */
  async do(command: string, input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.ask(command, input);
    if (code !== 0) throw new Failed(lastLine(stderr) || `${command} ended with ${code}`);
    return stdout;
  }

  /**
   * Sends files into a folder. What is there already of one is gone on with, and checked; a line that breaks is tried
   * again.
   *
   * @param become what goes before a command there, such as `sudo -n `
   * @throws Failed
   */
  async send(
    files: readonly string[],
    folder: string,
    become: string,
    progress: (percent: number) => void,
  ): Promise<void> {
    const shell = ['ssh', ...this.#options].map(quoted).join(' ');
    const args = [
      '--append-verify',
      '--times',
      '--chmod=F600',
      '--timeout=30',
      '--info=progress2',
      '--no-inc-recursive',
      `--rsync-path=${become}rsync`,
      '--rsh',
      shell,
      '--',
      ...files,
      `${this.host}:${folder}/`,
    ];
    const heard = (text: string): void => {
      const percent = /(\d+)%/.exec(text)?.[1];
      if (percent !== undefined) progress(Number(percent));
    };
    for (let attempt = 1; ; attempt += 1) {
      const { code, stderr } = await run('rsync', args, '', heard);
      if (code === 0) return;
      if (attempt === tries || !worthAnotherTry.has(code)) throw new Failed(`sending failed: ${lastLine(stderr)}`);
    }
  }
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^(?:terminalctl|slots): /, '') ?? '';
