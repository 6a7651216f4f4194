import { basename, dirname } from 'node:path';
import type { FileSystem, OpenFile } from '../../../drivers/storage/file-system.ts';

/**
 * What a power cut leaves of the writes that weren't synced. `torn`: every other sector arrived; `trashed`: the sectors
 * hold something else. Names: those of the last directory sync, the live ones, or half the changes since.
 */
export interface Loss {
  readonly writes: 'kept' | 'lost' | 'torn' | 'trashed';
  readonly names: 'kept' | 'lost' | 'half';
}

export const allLosses: readonly Loss[] = (['kept', 'lost', 'torn', 'trashed'] as const).flatMap((writes) =>
  (['kept', 'lost', 'half'] as const).map((names) => ({ writes, names })),
);

/** What a power cut leaves, thing by thing; each is asked for in the order in which it was done. */
export interface Fate {
  /** How many of so many changes of names have arrived: the first ones, as a journal keeps their order. */
  names(pending: number): number;
  /** Of a sector of a write; `position` is its place in the file. */
  sector(position: number): 'kept' | 'lost' | 'trashed';
}

const fateOf = ({ writes, names }: Loss): Fate => ({
  names: (pending) => ({ kept: pending, lost: 0, half: pending >> 1 })[names],
  sector: (position) => {
    if (writes !== 'torn') return writes;
    return (position / sectorBytes) % 2 === 0 ? 'kept' : 'lost';
  },
});

interface Inode {
  live: Buffer;
  /** The same buffer as `live` until something is written. */
  durable: Buffer;
  pending: { readonly position: number; readonly bytes: Buffer }[];
}

type Names = Map<string, Inode | 'directory'>;

/** A file system in memory that knows what of it is durable. One disk holds one parent folder, `/`. */
export class SimDisk implements FileSystem {
  #live: Names = new Map([['/', 'directory']]);
  #durable: Names = new Map(this.#live);
  #pendingNames: { readonly directory: string; readonly change: (names: Names) => void }[] = [];
  readonly #locks = new Set<string>();

  /** The disk as the next boot finds it. */
  afterPowerCut(loss: Loss | Fate): SimDisk {
    const next = new SimDisk();
    const fate = 'writes' in loss ? fateOf(loss) : loss;
    const kept = fate.names(this.#pendingNames.length);
    const names = new Map(this.#durable);
    for (const { change } of this.#pendingNames.slice(0, kept)) change(names);
    const seen = new Map<Inode, Inode>();
    const survivor = (inode: Inode | 'directory'): Inode | 'directory' => {
      if (inode === 'directory') return inode;
      const known = seen.get(inode);
      if (known !== undefined) return known;
      const content = remains(inode, fate);
      const made = { live: content, durable: content, pending: [] };
      seen.set(inode, made);
      return made;
    };
    // What is in a folder whose own name is lost is lost with it.
    const isThere = ([path]: readonly [string, unknown]): boolean => path === '/' || names.has(dirname(path));
    next.#live = new Map([...names].filter(isThere).map(([path, inode]) => [path, survivor(inode)]));
    next.#durable = new Map(next.#live);
    return next;
  }

  /** The live content of a file, to be looked at or tampered with. */
  content(path: string): Buffer {
    return this.#inode(path, 'open').live;
  }

  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile {
    if (access === 'create') {
      if (this.#live.has(path)) throw systemError('EEXIST', 'open');
      this.#directory(dirname(path), 'open');
      const made: Inode = { live: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] };
      this.#changeNames(dirname(path), (names) => names.set(path, made));
    }
    const inode = this.#inode(path, 'open');
    return {
      stat: () => ({ sizeBytes: inode.live.length, mode: 0o100600 }),
      pread: (into, position) => inode.live.copy(into, 0, position),
      pwrite: (bytes, position) => {
        const copy = Buffer.from(bytes);
        if (inode.live === inode.durable) inode.live = Buffer.from(inode.durable);
        inode.live = patched(inode.live, position, copy);
        inode.pending.push({ position, bytes: copy });
        return bytes.length;
      },
      fdatasync: async () => {
        for (const { position, bytes } of inode.pending) inode.durable = patched(inode.durable, position, bytes);
        inode.pending = [];
      },
      close: () => undefined,
    };
  }

  readdir(directory: string): string[] {
    this.#directory(directory, 'scandir');
    return [...this.#live.keys()]
      .filter((path) => path !== '/' && dirname(path) === directory)
      .map((path) => basename(path));
  }

  mkdir(directory: string): void {
    this.#directory(dirname(directory), 'mkdir');
    if (this.#live.has(directory)) throw systemError('EEXIST', 'mkdir');
    this.#changeNames(dirname(directory), (names) => names.set(directory, 'directory'));
  }

  rename(from: string, to: string): void {
    const inode = this.#inode(from, 'rename');
    this.#changeNames(dirname(to), (names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  unlink(path: string): void {
    this.#inode(path, 'unlink');
    this.#changeNames(dirname(path), (names) => names.delete(path));
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#directory(directory, 'fsync');
    for (const { change, ...pending } of this.#pendingNames) if (pending.directory === directory) change(this.#durable);
    this.#pendingNames = this.#pendingNames.filter((pending) => pending.directory !== directory);
  }

  async lock(directory: string): Promise<(() => void) | undefined> {
    this.#directory(directory, 'stat');
    if (this.#locks.has(directory)) return undefined;
    this.#locks.add(directory);
    return () => void this.#locks.delete(directory);
  }

  #changeNames(directory: string, change: (names: Names) => void): void {
    change(this.#live);
    this.#pendingNames.push({ directory, change });
  }

  #inode(path: string, call: string): Inode {
    const inode = this.#live.get(path);
    if (inode === undefined || inode === 'directory') throw systemError('ENOENT', call);
    return inode;
  }

  #directory(path: string, call: string): void {
    if (this.#live.get(path) !== 'directory') throw systemError('ENOENT', call);
  }
}

export const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });

const patched = (content: Buffer, position: number, bytes: Buffer): Buffer => {
  const end = position + bytes.length;
  const result = end <= content.length ? content : Buffer.concat([content, Buffer.alloc(end - content.length)]);
  bytes.copy(result, position);
  return result;
};

const sectorBytes = 512;

const remains = (inode: Inode, fate: Fate): Buffer => {
  let content: Buffer = Buffer.from(inode.durable);
  for (const { position, bytes } of inode.pending) {
    for (let at = 0; at < bytes.length; at += sectorBytes) {
      const became = fate.sector(position + at);
      if (became === 'lost') continue;
      const sector = bytes.subarray(at, at + sectorBytes);
      content = patched(content, position + at, became === 'kept' ? sector : Buffer.alloc(sector.length, 0xa5));
    }
  }
  return content;
};
