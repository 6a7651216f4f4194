import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

/** The far end of a pseudo-terminal whose near end is a path that the terminal opens as its serial port. */
export interface FarEnd {
  readonly path: string;
  /** What the terminal sends. */
  readonly received: Readable;
  /** What the device sends. */
  readonly send: Writable;
  /** Holds the wire: nothing is read or written until `resume`. */
  pause(): void;
  resume(): void;
  /** Pulls the plug: the terminal's end hangs up and the path goes away. Resolves when it has. */
  unplug(): Promise<void>;
}

/** Plugs a device in at a path, by socat. Resolves when the path is there. */
export const plugIn = async (path: string): Promise<FarEnd> => {
  const socat: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    'socat',
    ['-d', '-d', '-b', '65536', `PTY,link=${path},raw,echo=0`, 'STDIO'],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const exited = once(socat, 'exit');
  socat.stdin.on('error', () => {
    // A write that crosses with an unplugging is lost, as on a real cable.
  });
  while (!existsSync(path)) {
    await Promise.race([
      once(socat.stderr, 'data'),
      exited.then(() => Promise.reject(new Error(`socat gave no pty at ${path}`))),
    ]);
  }
  socat.stderr.resume();
  return {
    path,
    received: socat.stdout,
    send: socat.stdin,
    pause: () => void socat.kill('SIGSTOP'),
    resume: () => void socat.kill('SIGCONT'),
    unplug: async () => {
      socat.kill('SIGCONT');
      socat.kill('SIGTERM');
      await exited;
    },
  };
};
