import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import type { Test } from 'tap';
import { type FarEnd, plugIn } from '../support/pty.ts';

/** The terminal's end of a line: the test sits here and does by literal bytes what a driver would do. */
export interface NearEnd {
  /** Resolves when the bytes are on the line. */
  write(bytes: Uint8Array): Promise<void>;
  /** The next bytes that come from the device, so many; waits for them. */
  take(count: number): Promise<Buffer>;
}

/** A path for a pty, in a folder that goes away with the test. */
export const ptyPath = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'slipsafe-bench-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'tty');
};

/** Opens a path as its serial port. */
export const openNearEnd = async (t: Test, path: string): Promise<NearEnd> => {
  const port = new SerialPort({ path, baudRate: 9600, autoOpen: false });
  let arrived = Buffer.alloc(0);
  port.on('data', (chunk: Buffer) => {
    arrived = Buffer.concat([arrived, chunk]);
    port.emit('arrived');
  });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  t.teardown(() => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())));
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        port.write(bytes);
        port.drain((error) => (error ? reject(error) : resolve()));
      }),
    take: async (count) => {
      while (arrived.length < count) await once(port, 'arrived');
      const taken = arrived.subarray(0, count);
      arrived = arrived.subarray(count);
      return taken;
    },
  };
};

/** A pty with both ends: the far one for the device, the near one for the test. */
export const openLine = async (t: Test): Promise<{ far: FarEnd; near: NearEnd }> => {
  const path = ptyPath(t);
  const far = await plugIn(path);
  t.teardown(() => far.unplug());
  return { far, near: await openNearEnd(t, path) };
};

/** A device that is played by its command line. */
export interface Played {
  readonly child: ChildProcess;
  /** Types a line. */
  type(line: string): void;
  /** Resolves when that text has been printed. */
  printed(text: string): Promise<void>;
}

/** Starts the `main.js` beside a test; the test ends it. */
export const play = (t: Test, testUrl: string, ...options: string[]): Played => {
  const child = spawn(process.execPath, [new URL('./main.js', testUrl).pathname, ...options]);
  let closed = false;
  const ended = once(child, 'close').then(() => {
    closed = true;
  });
  t.teardown(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      child.emit('printed');
    });
  }
  return {
    child,
    type: (line) => void child.stdin.write(`${line}\n`),
    printed: async (text) => {
      while (!output.includes(text)) {
        if (closed) throw new Error(`It ended without printing "${text}":\n${output}`);
        await Promise.race([once(child, 'printed'), ended]);
      }
    },
  };
};
