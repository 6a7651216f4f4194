import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of the firmware's log: JSON, see firmware/log.ts. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** dist/test/bench → dist/board: the firmware and its tool as a board has them, bundled and compiled. */
const board = join(import.meta.dirname, '..', '..', 'board');
export const programs = { slipsafe: join(board, 'slipsafe.cjs'), terminalctl: join(board, 'terminalctl.cjs') };

/** Runs a command of the firmware to its end, and gives what it printed. Rejects with its words when it fails. */
export const runFirmware = (args: readonly string[], input = ''): Promise<string> =>
  runToEnd(programs.slipsafe, args, input);

/** Runs a command of the technician's tool likewise. */
export const runTerminalctl = (args: readonly string[]): Promise<string> => runToEnd(programs.terminalctl, args, '');

const runToEnd = async (program: string, args: readonly string[], input: string): Promise<string> => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${out}${err.trim()}`);
  return out;
};

/** The firmware in its own process, as it runs on a board. */
export class FirmwareProcess extends EventEmitter<{ line: [LogLine]; exit: [] }> {
  readonly log: LogLine[] = [];
  /** What it wrote to its standard error: nothing, unless something is wrong. */
  errors = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #ended = false;

  /** @param program the firmware's own file, where it is another build's */
  constructor(configuration: string, env: NodeJS.ProcessEnv = {}, program = programs.slipsafe) {
    super();
    this.setMaxListeners(0);
    const child = spawn(process.execPath, [program, 'run', '--config', configuration], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = JSON.parse(text) as LogLine;
      this.log.push(line);
      this.emit('line', line);
    });
    child.stderr.on('data', (chunk) => (this.errors += String(chunk)));
    this.#exited = once(child, 'close').then(() => {
      this.#ended = true;
      this.emit('exit');
    });
  }

  get running(): boolean {
    return !this.#ended;
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  /** As it ended; null while it runs, and when a signal ended it. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Resolves with the first line that fits, past ones included; rejects when the process ends before. */
  async until(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (let seen = 0; ; ) {
      for (; seen < this.log.length; seen++) {
        const line = this.log[seen] as LogLine;
        if (fits(line)) return line;
      }
      if (this.#ended) throw new Error(`The firmware ended before it logged that. ${this.errors}`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.off('line', wake);
          this.off('exit', wake);
          resolve();
        };
        this.on('line', wake);
        this.on('exit', wake);
      });
    }
  }

  /** Resolves when a fact of that type has been made durable, the n-th of this run. */
  async fact(type: string, nth = 1): Promise<LogLine> {
    let count = 0;
    return this.until((line) => {
      if (line.msg === 'fact' && line.fact === type) count += 1;
      return count === nth;
    });
  }

  /** Pulls its power: SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Ends it in order. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }
}
