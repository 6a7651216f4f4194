import { dirname, join } from 'node:path';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, Health, LinkEvent } from '../../hal/device.ts';
import type { Printer, PrinterEvent, PrinterReadiness, PrintVerdict, SlipDocument } from '../../hal/printer.ts';
import { errorCode, type FileSystem, unlinkIfThere, writeFully } from '../storage/file-system.ts';
import type { PaperWidth } from './printer-profile.ts';

export interface FilePrinterOptions {
  /** The folder that slips go to; the one above must be there. */
  readonly directory: string;
  /** Width, in mm, of the paper that they would be on. */
  readonly paper: PaperWidth;
}

/** How often, in ms, a folder that took nothing is tried again. */
const retryMs = 5000;
/** Beijing's clock, which is on the slips too. */
const beijingMs = 8 * 3_600_000;
const numberPattern = /^(\d{6})-\d{8}-\d{6}\.png$/;

const isReady: PrinterReadiness = { ready: true, paperNearEnd: false };

export const columnsOf = { 58: 32, 80: 48 } as const;

/**
 * A folder as a printer, for when there is no other: each slip is an image in it, as the paper would look, numbered in the
 * order of printing, `000001-20261126-130509.png`. `PRINTED` is the disk's word: file and name are synced. They are not
 * removed by the terminal; who prints or sends them takes them away.
 *
 * A disk that fails is `unrecoverable`, and the fault says which code the system gave.
 */
export class FilePrinter implements Printer {
  readonly #directory: string;
  readonly #columns: number;
  readonly #clock: Clock;
  readonly #fileSystem: FileSystem;
  #listener: ((event: PrinterEvent | LinkEvent) => void) | undefined;
  #fault: DeviceFault | undefined;
  /** The call under way; one at a time. */
  #call: string | undefined;
  #retrying: Promise<PrinterReadiness> | undefined;
  /** A slip of which nobody knows whether it will be there after a power cut. */
  #doubtful: string | undefined;
  #dropRetry: () => void = () => {};

  constructor({ directory, paper }: FilePrinterOptions, clock: Clock, fileSystem: FileSystem) {
    this.#directory = directory;
    this.#columns = columnsOf[paper];
    this.#clock = clock;
    this.#fileSystem = fileSystem;
  }

  async claim(listener: (event: PrinterEvent | LinkEvent) => void): Promise<void> {
    if (this.#listener !== undefined) throw new Error('the printer is claimed already');
    this.#listener = listener;
    const readiness = await this.#try();
    if (readiness.ready) listener({ type: 'online' });
    listener({ type: 'readiness', readiness });
  }

  release(): Promise<void> {
    this.#listener = undefined;
    this.#dropRetry();
    return Promise.resolve();
  }

  async checkHealth(): Promise<Health> {
    if (this.#call === undefined) await this.#exclusively('checkHealth', () => this.#try());
    return this.#fault === undefined ? { healthy: true } : { healthy: false, fault: this.#fault };
  }

  checkReady(): Promise<PrinterReadiness> {
    return this.#exclusively('checkReady', () => this.#try());
  }

  print(slip: SlipDocument): Promise<PrintVerdict> {
    return this.#exclusively('print', async () => {
      const unfinished = join(this.#directory, 'slip.new');
      let path: string;
      try {
        await this.#makeFolder();
        path = join(this.#directory, this.#nextName());
        await this.#write(unfinished, await this.#imageOf(slip));
      } catch (error) {
        this.#failed(error);
        return { verdict: 'NOT_PRINTED', cause: 'unrecoverable' };
      }
      try {
        this.#fileSystem.rename(unfinished, path);
        await this.#fileSystem.syncDirectory(this.#directory);
      } catch (error) {
        this.#doubtful = path;
        this.#failed(error);
        return { verdict: 'UNKNOWN', cause: 'unrecoverable' };
      }
      this.#worked();
      return { verdict: 'PRINTED' };
    });
  }

  /** Takes away a slip that is in doubt. */
  cancel(): Promise<{ readonly confirmed: boolean }> {
    return this.#exclusively('cancel', async () => {
      if (this.#doubtful === undefined) return { confirmed: true };
      try {
        unlinkIfThere(this.#fileSystem, this.#doubtful);
        await this.#fileSystem.syncDirectory(this.#directory);
      } catch (error) {
        this.#failed(error);
        return { confirmed: false };
      }
      this.#doubtful = undefined;
      return { confirmed: true };
    });
  }

  /** Whether the folder takes a file now. */
  async #try(): Promise<PrinterReadiness> {
    const path = join(this.#directory, 'try.new');
    try {
      await this.#makeFolder();
      await this.#write(path, Buffer.from('?'));
      this.#fileSystem.unlink(path);
    } catch (error) {
      this.#failed(error);
      return { ready: false, cause: 'unrecoverable' };
    }
    this.#worked();
    return isReady;
  }

  async #makeFolder(): Promise<void> {
    try {
      this.#fileSystem.mkdir(this.#directory);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    await this.#fileSystem.syncDirectory(dirname(this.#directory));
  }

  #nextName(): string {
    const taken = this.#fileSystem.readdir(this.#directory).map((name) => Number(numberPattern.exec(name)?.[1] ?? 0));
    const number = taken.reduce((most, each) => Math.max(most, each), 0) + 1;
    const [date = '', time = ''] = new Date(this.#clock.wall() + beijingMs).toISOString().split('T');
    return `${String(number).padStart(6, '0')}-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}.png`;
  }

  /** What draws is loaded when it is needed: most terminals have a printer. */
  async #imageOf(slip: SlipDocument): Promise<Buffer> {
    const [{ drawSlip }, { Glyphs }, { pngOf }] = await Promise.all([
      import('../slip-image/slip-image.ts'),
      import('../slip-image/glyphs.ts'),
      import('../slip-image/png.ts'),
    ]);
    const glyphs = new Glyphs();
    try {
      return pngOf(drawSlip(slip, this.#columns, glyphs));
    } finally {
      glyphs.close();
    }
  }

  async #write(path: string, content: Uint8Array): Promise<void> {
    unlinkIfThere(this.#fileSystem, path);
    const file = this.#fileSystem.open(path, 'create');
    try {
      writeFully(file, content, 0);
      await file.fdatasync();
    } finally {
      file.close();
    }
  }

  /** Tells it, and tries again by itself: whoever waits for this printer must hear when it is well. */
  #failed(error: unknown): void {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const isNews = this.#fault?.what.includes(code) !== true;
    this.#fault = {
      device: 'printer',
      code: 'failed',
      where: this.#directory,
      what: `The folder that slips go to takes none (${code}).`,
      remedy: 'Free space on its disk, and see that it belongs to the terminal.',
    };
    if (isNews) this.#listener?.({ type: 'offline', fault: this.#fault });
    this.#dropRetry();
    if (this.#listener === undefined) return;
    this.#dropRetry = this.#clock.schedule(retryMs, () => {
      if (this.#call !== undefined) return;
      this.#retrying = this.#try();
      void this.#retrying.finally(() => {
        this.#retrying = undefined;
      });
    });
  }

  #worked(): void {
    if (this.#fault === undefined) return;
    this.#fault = undefined;
    this.#dropRetry();
    this.#listener?.({ type: 'online' });
    this.#listener?.({ type: 'readiness', readiness: isReady });
  }

  async #exclusively<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    if (this.#call !== undefined) throw new Error(`printer: ${name} was called while ${this.#call} runs`);
    this.#call = name;
    await this.#retrying;
    try {
      return await run();
    } finally {
      this.#call = undefined;
    }
  }
}
