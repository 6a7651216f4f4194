import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { HidSettings } from '../../drivers/hid/hid-line.ts';
import type { CardEvent, CardReader } from '../../hal/card-reader.ts';
import type { Health, LinkEvent } from '../../hal/device.ts';
import type { KeyEvent, Keypad } from '../../hal/keypad.ts';
import type { HidRig } from './hid-rig.ts';
import { ReportLog } from './report-log.ts';

type Message<Event> =
  | { readonly id: number; readonly result: unknown }
  | { readonly report: Event | LinkEvent }
  | { readonly received: true };

/** A driver in a process of its own among the rig's devices (see hid-child.ts), used through its port from here. */
export class RemoteDevice<Event extends CardEvent | KeyEvent> {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #messages = new ReportLog<Message<Event>>();
  readonly #exited: Promise<unknown>;
  #listener: ((event: Event | LinkEvent) => void) | undefined;
  #calls = 0;
  #sent = 0;

  constructor(rig: HidRig, kind: 'keypad' | 'reader', settings: HidSettings) {
    const main = fileURLToPath(new URL('hid-child.js', import.meta.url));
    this.#child = spawn(process.execPath, [main, kind, JSON.stringify(settings)], {
      env: { ...process.env, ...rig.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#exited = once(this.#child, 'exit');
    this.#child.stdin.on('error', () => {
      // It has ended; the call that was being written is reported as lost by the exit.
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as Message<Event>;
      if ('report' in message) this.#listener?.(message.report);
      this.#messages.add(message);
    });
  }

  claim(listener: (event: Event | LinkEvent) => void): Promise<void> {
    this.#listener = listener;
    return this.call<void>('claim');
  }

  release(): Promise<void> {
    return this.call<void>('release');
  }

  checkHealth(): Promise<Health> {
    return this.call<Health>('checkHealth');
  }

  enable(): void {
    void this.call('enable');
  }

  disable(): void {
    void this.call('disable');
  }

  /** Calls the driver, after all calls before. */
  async call<Result>(name: string): Promise<Result> {
    const id = ++this.#calls;
    this.#child.stdin.write(`${JSON.stringify({ id, call: name })}\n`);
    const ended = this.#exited.then(() => Promise.reject(new Error(`the driver's process ended during ${name}`)));
    const answer = this.#messages.until(
      (message): message is { id: number; result: unknown } => 'id' in message && message.id === id,
    );
    return (await Promise.race([answer, ended])).result as Result;
  }

  /** Has the device send a report, once all calls are done; resolves when the driver has dealt with it. */
  async deliver(send: () => Promise<void>): Promise<void> {
    await this.call('wait');
    const wanted = ++this.#sent;
    await send();
    await this.#messages.until(
      () => this.#messages.reports.filter((message) => 'received' in message).length >= wanted,
    );
  }

  /** Resolves when its process has ended: by itself once released and its stdin closed, or at `exit`. */
  async exit(how: 'process.exit' | 'by itself'): Promise<number | null> {
    if (how === 'process.exit') this.#child.stdin.write(`${JSON.stringify({ id: 0, call: 'exit' })}\n`);
    else this.#child.stdin.end();
    await this.#exited;
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

export const remoteKeypad = (rig: HidRig, settings: HidSettings): RemoteDevice<KeyEvent> & Keypad =>
  new RemoteDevice<KeyEvent>(rig, 'keypad', settings);

export const remoteReader = (rig: HidRig, settings: HidSettings): RemoteDevice<CardEvent> & CardReader =>
  new RemoteDevice<CardEvent>(rig, 'reader', settings);
