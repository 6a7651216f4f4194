import { join } from 'node:path';
import { errorCode, type FileSystem, type OpenFile, writeFully } from '../drivers/storage/file-system.ts';
import type { DeviceFault } from '../hal/device.ts';
import type { Event } from '../state-machine/events.ts';
import type { Rules } from '../state-machine/rules.ts';
import { isSecret } from '../state-machine/secret-phases.ts';
import type { PhaseName, State } from '../state-machine/state.ts';
import type { Identity, Language } from '../state-machine/view.ts';
import { maskEvent } from './export/masked.ts';
import type { Report } from './runtime.ts';

export const recorderFormat = 'slipsafe flight recorder';
export const recorderVersion = 1;

/** What a recording needs to be played again: the first line of each file. */
export interface RecorderHead {
  readonly format: typeof recorderFormat;
  readonly version: typeof recorderVersion;
  /** When it begins, on the board's clock. */
  readonly wall: number;
  readonly rules: Rules;
  readonly identity: Identity;
  readonly language: Language;
  /** The ledger's short code where it begins, and how many facts of the current batch were there. */
  readonly code: string;
  readonly facts: number;
  /** What the facts don't tell, where it goes on from rest; absent where it begins with a start of the terminal. */
  readonly resumes?: Pick<State, 'signedOn' | 'printer' | 'printerMayHold' | 'offline'>;
}

const fileName = (number: number): string => `flight-${String(number).padStart(6, '0')}.jsonl`;
const numberOf = (name: string): number => Number(/^flight-(\d{6,9})\.jsonl$/.exec(name)?.[1] ?? Number.NaN);

/** The files of a recording, oldest first. */
export const recorderFiles = (directory: string, fileSystem: FileSystem): string[] =>
  fileSystem
    .readdir(directory)
    .filter((name) => !Number.isNaN(numberOf(name)))
    .sort((a, b) => numberOf(a) - numberOf(b));

/**
 * Every event that the machine was told, masked (M9), in files of bounded size of which the oldest go: what a dispute
 * is looked at with. It isn't synced, as money doesn't hang on it: a power cut may take the last moments, which the
 * ledger's facts still tell. When it can't go on, for whatever reason, it says so once and stops.
 */
export class FlightRecorder {
  readonly #directory: string;
  readonly #fileSystem: FileSystem;
  readonly #about: Pick<RecorderHead, 'rules' | 'identity' | 'language'>;
  readonly #limits: { readonly fileBytes: number; readonly allBytes: number };
  readonly #tailCode: () => string;
  readonly #fault: (fault: DeviceFault) => void;
  #file: OpenFile | undefined;
  #size = 0;
  /** Facts in the current batch. */
  #facts = 0;
  #stopped = false;

  constructor(
    directory: string,
    fileSystem: FileSystem,
    about: Pick<RecorderHead, 'rules' | 'identity' | 'language'>,
    tailCode: () => string,
    fault: (fault: DeviceFault) => void,
    limits = { fileBytes: 512 * 1024, allBytes: 4 * 1024 * 1024 },
  ) {
    this.#directory = directory;
    this.#fileSystem = fileSystem;
    this.#about = about;
    this.#tailCode = tailCode;
    this.#fault = fault;
    this.#limits = limits;
  }

  /** Takes in what the runtime tells of itself. */
  hear(report: Report): void {
    switch (report.type) {
      case 'opened':
        this.#facts = report.facts;
        this.#begin({ wall: report.wall });
        break;
      case 'fact':
        this.#facts = report.fact.type === 'batchOpened' ? 1 : this.#facts + 1;
        break;
      case 'rejected':
        this.#record(report.event, report.phase);
        break;
      case 'stepped':
        this.#record(report.event, report.from);
        this.#goOnIfFull(report.event.wall, report.state);
        break;
      case 'bug':
        if (report.told !== undefined) this.#record(report.told.event, report.told.phase);
        break;
      default:
    }
  }

  #record(event: Event, phase: PhaseName): void {
    const shown = event.type === 'key' && isSecret(phase, event.key) ? { ...event, key: '0' as const } : event;
    this.#guarded(() => this.#write(maskEvent(shown)));
  }

  /** A file ends at rest, where the facts and a few words tell all that the next one needs. */
  #goOnIfFull(wall: number, { phase, signedOn, printer, printerMayHold, offline }: State): void {
    if (this.#size < this.#limits.fileBytes || phase.name !== 'idle') return;
    this.#begin({ wall, resumes: { signedOn, printer, printerMayHold, offline } });
  }

  #begin(at: Pick<RecorderHead, 'wall' | 'resumes'>): void {
    this.#guarded(() => this.#beginFile({ ...at, code: this.#tailCode(), facts: this.#facts }));
  }

  #beginFile(at: Pick<RecorderHead, 'wall' | 'code' | 'facts' | 'resumes'>): void {
    this.#file?.close();
    this.#file = undefined;
    try {
      this.#fileSystem.mkdir(this.#directory);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const names = recorderFiles(this.#directory, this.#fileSystem);
    this.#dropOldest(names);
    const next = numberOf(names.at(-1) ?? fileName(0)) + 1;
    this.#file = this.#fileSystem.open(join(this.#directory, fileName(next)), 'create');
    this.#size = 0;
    this.#write({ format: recorderFormat, version: recorderVersion, ...this.#about, ...at });
  }

  #dropOldest(names: readonly string[]): void {
    let room = this.#limits.allBytes - this.#limits.fileBytes;
    for (const name of names.toReversed()) {
      const path = join(this.#directory, name);
      const file = this.#fileSystem.open(path, 'read');
      room -= file.stat().sizeBytes;
      file.close();
      if (room < 0) this.#fileSystem.unlink(path);
    }
  }

  #write(line: object): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (this.#file === undefined) return;
    writeFully(this.#file, bytes, this.#size);
    this.#size += bytes.length;
  }

  #guarded(deed: () => void): void {
    if (this.#stopped) return;
    try {
      deed();
    } catch (error) {
      this.#stopped = true;
      const why = errorCode(error) ?? (error instanceof Error ? error.message : 'unknown error');
      this.#fault({
        device: 'ledger',
        code: 'failed',
        where: this.#directory,
        what: `The flight recorder can't go on (${why}); trade does.`,
        remedy: 'Free space on its disk, or replace the disk, and restart the terminal.',
      });
    }
  }
}
