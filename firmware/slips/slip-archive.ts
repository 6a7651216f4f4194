import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { DeviceFault } from '../../hal/device.ts';
import type { SlipDocument } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import type { PhaseName } from '../../state-machine/state.ts';
import { yearMs } from '../retention.ts';
import { dateTime } from './slip.ts';

/** A slip that is out. */
export interface PrintedSlip {
  /** Of its image's file, without the ending. */
  readonly name: string;
  readonly at: EpochMs;
  readonly document: SlipDocument;
}

export interface ArchiveSettings {
  readonly directory: string;
  /** Of the paper. */
  readonly columns: number;
  readonly keepYears: number;
  readonly fault: (fault: DeviceFault) => void;
  /** Bytes that are left free for the ledger. Default 64 MiB. */
  readonly reserve?: number;
}

/** Slips that wait for their image: what comes beyond has none, and `terminalctl slip image` makes it when it is asked for. */
const mostWaiting = 200;

/** Folders by the day in Beijing, so that none has more files than a day has slips. */
const folderOf = (at: EpochMs): string => dateTime(at).slice(0, 10).replaceAll('/', '-');
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;
const endOf = (folder: string): EpochMs => Date.parse(`${folder}T23:59:59+08:00`) as EpochMs;

/**
 * An image of each slip that was printed, in `slips/2026-11-22/000001-000123-merchant-1.png`. It is drawn and written when
 * the terminal has come to rest, after the slip's fact, never in the way of a sale; it isn't synced, and nothing depends
 * on it: the ledger gives the same image again. What goes wrong is told once and ends it, and it leaves the ledger its
 * space.
 */
export class SlipArchive {
  readonly #settings: ArchiveSettings;
  readonly #waiting: PrintedSlip[] = [];
  #resting = false;
  #working: Promise<void> | undefined;
  #stopped = false;
  #toldFull = false;
  #tidied: string | undefined;

  constructor(settings: ArchiveSettings) {
    this.#settings = settings;
  }

  keep(slip: PrintedSlip): void {
    if (!this.#stopped && this.#waiting.length < mostWaiting) this.#waiting.push(slip);
  }

  /** To be told each phase that the terminal comes to. */
  hear(phase: PhaseName): void {
    this.#resting = phase === 'idle';
    if (!this.#resting || this.#working !== undefined || this.#waiting.length === 0) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when it is at rest itself. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { directory, columns } = this.#settings;
    try {
      if (!(await this.#hasRoom())) return;
      const [{ drawSlip }, { Glyphs }, { pngOf }] = await Promise.all([
        import('../../drivers/slip-image/slip-image.ts'),
        import('../../drivers/slip-image/glyphs.ts'),
        import('../../drivers/slip-image/png.ts'),
      ]);
      const glyphs = new Glyphs();
      try {
        for (let slip = this.#waiting[0]; this.#resting && slip !== undefined; slip = this.#waiting[0]) {
          const folder = join(directory, folderOf(slip.at));
          await mkdir(folder, { recursive: true, mode: 0o700 });
          const path = join(folder, `${slip.name}.png`);
          await writeFile(`${path}.new`, pngOf(drawSlip(slip.document, columns, glyphs)), { mode: 0o600 });
          await rename(`${path}.new`, path);
          this.#waiting.shift();
          await this.#tidy(folderOf(slip.at));
          await breathe();
        }
      } finally {
        glyphs.close();
      }
    } catch (error) {
      this.#stopped = true;
      this.#waiting.length = 0;
      const why = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : 'unknown error');
      this.#tell(`Images of slips can't be kept (${why}); trade goes on.`);
    }
  }

  async #hasRoom(): Promise<boolean> {
    const { directory, reserve = 64 * 1024 * 1024 } = this.#settings;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(directory);
    if (bavail * bsize >= reserve) return true;
    this.#waiting.length = 0;
    if (!this.#toldFull)
      this.#tell('The disk is nearly full: images of slips are not kept, so that the ledger has room.');
    this.#toldFull = true;
    return false;
  }

  /** Once a day: what is older than the batches that are kept. */
  async #tidy(today: string): Promise<void> {
    if (this.#tidied === today) return;
    this.#tidied = today;
    const { directory, keepYears } = this.#settings;
    const days = (await readdir(directory)).filter((name) => dayPattern.test(name) && name !== today).sort();
    const newest = days.at(-1);
    if (newest === undefined) return;
    // More than a year after the newest the clock isn't believed; what is lost by it the ledger gives again.
    const now = Math.min(endOf(today), endOf(newest) + yearMs);
    const over = days.filter((day) => endOf(day) < now - keepYears * yearMs);
    for (const day of over) await rm(join(directory, day), { recursive: true });
  }

  #tell(what: string): void {
    this.#settings.fault({
      device: 'ledger',
      code: 'failed',
      where: this.#settings.directory,
      what,
      remedy:
        'Free space on its disk, or replace the disk, and restart the terminal. The ledger gives each image again.',
    });
  }
}
