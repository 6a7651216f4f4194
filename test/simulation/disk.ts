import type { FileSystem, OpenFile } from '../../drivers/storage/file-system.ts';
import { PowerCut } from '../drivers/storage/faulty-file-system.ts';
import { type Fate, SimDisk, systemError } from '../drivers/storage/sim-disk.ts';
import type { Chance } from './chance.ts';
import type { Scheduler } from './scheduler.ts';

/** A run of the terminal's process: what it asks for after its end does not happen. */
export interface Life {
  readonly ended: boolean;
}

/** The calls that can fail, by what they need of the disk. */
export type DiskCall = 'read' | 'write' | 'sync';

const sectorBytes = 512;

/**
 * The disk of the board. It outlives the terminal's process, and of what was not synced a power cut leaves what chance
 * will. A sync takes its time.
 */
export class Disk {
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  #disk = new SimDisk();
  /** Calls that are to fail with EIO, one after the other; and whom to tell. */
  readonly #failing: { readonly call: DiskCall; readonly told: () => void }[] = [];
  /** A power cut that waits for so many more operations that change the disk, and is done before or after the last. */
  #cut: { left: number; readonly after: boolean; readonly now: () => void } | undefined;
  /** No room: for new blocks, or, as on a file system that copies on write, for anything. */
  #full: 'no' | 'newBlocks' | 'all' = 'no';
  /** As after an error of the file system: it has mounted itself read-only. */
  #readOnly = false;
  /** For a negative control: a sync that says yes and does nothing. */
  syncDoesNothing = false;
  /** Told, once each, when the terminal has seen that the disk is full or read-only. */
  #tellFull: (() => void) | undefined;
  #tellReadOnly: (() => void) | undefined;
  /** A sync has failed since the power came: what the system's cache shows is worth nothing. */
  syncFailed = false;

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler;
    this.#chance = chance;
  }

  /** The next call of that kind fails. */
  failNext(call: DiskCall, told: () => void): void {
    this.#failing.push({ call, told });
  }

  fill(how: 'newBlocks' | 'all', told: () => void): void {
    this.#full = how;
    this.#tellFull = told;
  }

  makeRoom(): void {
    this.#full = 'no';
  }

  protect(told: () => void): void {
    this.#readOnly = true;
    this.#tellReadOnly = told;
  }

  unprotect(): void {
    this.#readOnly = false;
  }

  /** The power goes at the operation after so many more. */
  cutPowerAt(operations: number, after: boolean, now: () => void): void {
    this.#cut = { left: operations, after, now };
  }

  /** Nothing is wrong with it any more. */
  heal(): void {
    this.#failing.length = 0;
    this.#cut = undefined;
    this.makeRoom();
    this.unprotect();
  }

  /** Of what was not synced, some arrived. A file system that went read-only is checked at the next start. */
  losePower(): void {
    this.#disk = this.#disk.afterPowerCut(this.#fate());
    this.unprotect();
    this.syncFailed = false;
    this.#cut = undefined;
  }

  /** Where a technician looks at it: nothing is delayed or fails. */
  get content(): FileSystem {
    return this.#disk;
  }

  /** What a run of the terminal sees of it. */
  mountedBy(life: Life): FileSystem {
    const disk = this.#disk;
    const alive = (): void => {
      if (life.ended) throw new PowerCut();
    };
    /** Does something that changes the disk, unless the power goes before it. */
    const changing = <T>(change: () => T): T => {
      alive();
      const cut = this.#cut;
      if (cut === undefined) return change();
      cut.left -= 1;
      if (cut.left > 0) return change();
      if (cut.after) change();
      cut.now();
      throw new PowerCut();
    };
    return {
      open: (path, access) => {
        if (access === 'create') {
          this.#refuse('write', 'open', true);
          return this.#opened(
            changing(() => disk.open(path, access)),
            life,
            changing,
          );
        }
        alive();
        this.#fail('read', 'open');
        return this.#opened(disk.open(path, access), life, changing);
      },
      readdir: (directory) => {
        alive();
        this.#fail('read', 'scandir');
        return disk.readdir(directory);
      },
      mkdir: (directory) => {
        this.#refuse('write', 'mkdir', true);
        changing(() => disk.mkdir(directory));
      },
      rename: (from, to) => {
        this.#refuse('write', 'rename', false);
        changing(() => disk.rename(from, to));
      },
      unlink: (path) => {
        this.#refuse('write', 'unlink', false);
        changing(() => disk.unlink(path));
      },
      syncDirectory: (directory) => this.#sync(life, 'fsync', () => changing(() => void disk.syncDirectory(directory))),
      // One process at a time is all that there is here; the lock itself is tested elsewhere.
      lock: () => Promise.resolve(() => undefined),
    };
  }

  #opened(file: OpenFile, life: Life, changing: <T>(change: () => T) => T): OpenFile {
    return {
      stat: () => file.stat(),
      pread: (into, position) => {
        if (life.ended) throw new PowerCut();
        this.#fail('read', 'read');
        return file.pread(into, position);
      },
      pwrite: (bytes, position) => {
        const grows = position + bytes.length > file.stat().sizeBytes;
        const room = this.#roomFor(bytes.length, grows);
        this.#refuse('write', 'write', false);
        return changing(() => file.pwrite(bytes.subarray(0, room), position));
      },
      fdatasync: () => this.#sync(life, 'fdatasync', () => changing(() => void file.fdatasync())),
      close: () => file.close(),
    };
  }

  #sync(life: Life, call: string, sync: () => void): Promise<void> {
    if (life.ended) throw new PowerCut();
    return new Promise((resolve, reject) => {
      const tookMs = this.#chance.happens(0.01) ? this.#chance.between(100, 2000) : this.#chance.between(2, 12);
      this.#scheduler.after(tookMs, () => {
        if (life.ended) return;
        try {
          this.#refuse('sync', call, false);
          if (!this.syncDoesNothing) sync();
          resolve();
        } catch (error) {
          if (error instanceof PowerCut) return;
          this.syncFailed = true;
          reject(error);
        }
      });
    });
  }

  /** How many of the bytes find room; fails when none do. A write may be cut short on the last free blocks. */
  #roomFor(length: number, grows: boolean): number {
    if (this.#full === 'no' || (this.#full === 'newBlocks' && !grows)) return length;
    const room = this.#chance.happens(0.2) ? this.#chance.integer(0, Math.floor(length / sectorBytes) - 1) : 0;
    if (room > 0) return room * sectorBytes;
    throw this.#noRoom('write');
  }

  #refuse(call: DiskCall, name: string, needsRoom: boolean): void {
    if (this.#readOnly) {
      this.#tellReadOnly?.();
      this.#tellReadOnly = undefined;
      throw systemError('EROFS', name);
    }
    if (needsRoom && this.#full !== 'no') throw this.#noRoom(name);
    this.#fail(call, name);
  }

  #fail(call: DiskCall, name: string): void {
    const at = this.#failing.findIndex((failing) => failing.call === call);
    const [failing] = at < 0 ? [] : this.#failing.splice(at, 1);
    if (failing === undefined) return;
    failing.told();
    throw systemError('EIO', name);
  }

  #noRoom(call: string): Error {
    this.#tellFull?.();
    this.#tellFull = undefined;
    return systemError('ENOSPC', call);
  }

  /** Each power cut has a temper of its own: all arrives, nothing, or anything. */
  #fate(): Fate {
    const chance = this.#chance;
    const names = chance.one(['all', 'none', 'some'] as const);
    const temper = chance.one(['kept', 'lost', 'torn', 'torn', 'trashed'] as const);
    return {
      names: (pending) => ({ all: pending, none: 0, some: chance.integer(0, pending) })[names],
      sector: () => {
        if (temper === 'kept' || temper === 'lost') return temper;
        return chance.one(temper === 'torn' ? (['kept', 'lost'] as const) : (['kept', 'lost', 'trashed'] as const));
      },
    };
  }
}
