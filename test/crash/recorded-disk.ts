import { basename, dirname } from 'node:path';
import type { FileSystem, OpenFile } from '../../drivers/storage/file-system.ts';
import { systemError } from '../drivers/storage/sim-disk.ts';
import { Content, type DiskImage, emptyImage, sectorBytes } from './disk-image.ts';
import { type Level, legalContents } from './legal-contents.ts';

interface Inode {
  durable: Content;
  live: Content;
  /** By sector; only those with more than one. */
  versions: Map<number, Buffer[]>;
  written: Set<number>;
  /** A sync has failed: nothing that isn't durable will ever be so for certain, whatever a later one says. */
  lost: boolean;
  /** By path, what a power cut may leave of it, as long as nothing changes. */
  legal: Map<string, readonly Legal[]>;
}

type Entry = Inode | 'directory';
type Names = Map<string, Entry>;

interface NameChange {
  readonly directory: string;
  /** What the change does to the names in it; a rename does two things at once. */
  readonly sets: readonly (readonly [path: string, entry: Entry | undefined])[];
  lost: boolean;
}

/** What goes wrong with an operation: its error, or that only half of the bytes are taken. */
export type Mishap = 'ENOSPC' | 'EDQUOT' | 'EROFS' | 'EIO' | 'short';

export interface RecordedDiskOptions {
  /** Before each operation that changes the disk, told as `pwrite /ledger/batch-000001.slip 4096`. */
  readonly mishap?: (operation: string, number: number) => Mishap | undefined;
  /** After each of them: a place where the power may go. */
  readonly done?: (operation: string) => void;
}

/**
 * A file system in memory that knows what a power cut at this instant may leave of it: `legalImages`. The rules are
 * POSIX's, as ALICE (OSDI '14) states them for a file system that journals its metadata:
 *
 * - Of what was written since the last sync of a file, each sector has arrived or not, apart from the others; one that
 *   was under way holds anything. A file that grew has its old length, its new one or one between, apart from the bytes.
 * - Of what was created, renamed and removed since the last sync of a folder, each change has arrived or not, apart
 *   from the others and from the bytes; a rename happens whole. ext4 and xfs keep such changes in their order, so that
 *   they leave a part of these images only; btrfs doesn't.
 * - A sync that succeeds keeps all before it, of its file or its folder, and nothing else. After one that failed nobody
 *   knows, and a later one that succeeds says nothing about it (“fsyncgate”, PostgreSQL 2018).
 */
export class RecordedDisk implements FileSystem {
  readonly operations: string[] = [];
  readonly #options: RecordedDiskOptions;
  #live: Names;
  #durable: Names;
  #changes: NameChange[] = [];
  readonly #locks = new Set<string>();

  constructor(image: DiskImage = emptyImage, options: RecordedDiskOptions = {}) {
    this.#options = options;
    this.#live = new Map(
      [...image].map(([path, content]) => [path, content === 'directory' ? content : inodeOf(content)]),
    );
    this.#durable = new Map(this.#live);
  }

  /** The disk as the next process finds it when this one is killed: what isn't synced still stands in the cache. */
  afterKill(options: RecordedDiskOptions = {}): RecordedDisk {
    const next = new RecordedDisk(emptyImage, options);
    const copies = new Map<Entry, Entry>();
    const copyOf = (entry: Entry): Entry => {
      const copy = copies.get(entry) ?? (entry === 'directory' ? entry : copied(entry));
      copies.set(entry, copy);
      return copy;
    };
    const copiesIn = (names: Names): Names => new Map([...names].map(([path, entry]) => [path, copyOf(entry)]));
    next.#live = copiesIn(this.#live);
    next.#durable = copiesIn(this.#durable);
    next.#changes = this.#changes.map(({ sets, ...change }) => ({
      ...change,
      sets: sets.map(([path, entry]) => [path, entry && copyOf(entry)] as const),
    }));
    return next;
  }

  /** What a process sees now. */
  get image(): DiskImage {
    return new Map([...this.#live].map(([path, entry]) => [path, entry === 'directory' ? entry : entry.live]));
  }

  /** What the disk holds for certain: what stays when all is lost that may be. */
  get durableImage(): DiskImage {
    return withoutOrphans(
      new Map([...this.#durable].map(([path, entry]) => [path, entry === 'directory' ? entry : entry.durable])),
    );
  }

  /**
   * Every image that a power cut now may leave; at least one. Of contents that make no difference one stands for all.
   * To be asked with the same level and classes always: what is known of a file that hasn't changed is kept.
   */
  *legalImages(level: Level, classOf: ClassOf = literally): Generator<LegalImage> {
    const contentsOf: Contents = (path, inode) => {
      const known = inode.legal.get(path) ?? legalIn(path, inode, level, classOf);
      inode.legal.set(path, known);
      return known;
    };
    for (const names of this.#legalNames(level)) {
      const files = [...names].filter((each): each is [string, Inode] => each[1] !== 'directory');
      const settled = new Map<string, Content | 'directory'>(
        [...names].map(([path, entry]) => [path, entry === 'directory' ? entry : entry.live]),
      );
      const open = files.filter(([path, inode]) => isUnsynced(inode) && contentsOf(path, inode).length > 1);
      for (const [path, inode] of files) settled.set(path, contentsOf(path, inode)[0]?.content ?? inode.live);
      const combinations = open.reduce((product, [path, inode]) => product * contentsOf(path, inode).length, 1);
      if (combinations <= level.choices * 16) yield* product(settled, open, contentsOf);
      else yield* eachAgainstEnds(settled, open, contentsOf);
    }
  }

  open(path: string, access: 'read' | 'readWrite' | 'create'): OpenFile {
    if (access === 'create') {
      this.#directory(dirname(path), 'open');
      if (this.#live.has(path)) throw systemError('EEXIST', 'open');
      this.#operate(`create ${path}`, () => this.#change(dirname(path), [[path, inodeOf(Content.empty)]]));
    }
    const inode = this.#inode(path, 'open');
    return {
      stat: () => ({ sizeBytes: inode.live.size, mode: 0o100600 }),
      pread: (into, position) => inode.live.read(into, position),
      pwrite: (bytes, position) =>
        this.#operate(`pwrite ${path} ${position}`, (short) => {
          const taken = short ? Math.max(1, bytes.length >> 1) : bytes.length;
          write(inode, bytes.subarray(0, taken), position);
          return taken;
        }),
      fdatasync: async () => {
        const asked = inode.live;
        await turn();
        if (inode.live !== asked) throw new Error(`${path} was written to while it was synced: this is not modelled`);
        this.#operate(
          `fdatasync ${path}`,
          () => {
            if (!inode.lost) sync(inode);
          },
          () => {
            inode.lost = true;
          },
        );
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
    this.#operate(`mkdir ${directory}`, () => this.#change(dirname(directory), [[directory, 'directory']]));
  }

  rename(from: string, to: string): void {
    const inode = this.#inode(from, 'rename');
    if (dirname(from) !== dirname(to)) throw new Error('A rename from folder to folder is not modelled');
    this.#operate(`rename ${from} ${to}`, () =>
      this.#change(dirname(to), [
        [from, undefined],
        [to, inode],
      ]),
    );
  }

  unlink(path: string): void {
    this.#inode(path, 'unlink');
    this.#operate(`unlink ${path}`, () => this.#change(dirname(path), [[path, undefined]]));
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#directory(directory, 'fsync');
    const mine = this.#changes.filter((change) => change.directory === directory);
    await turn();
    this.#operate(
      `syncDirectory ${directory}`,
      () => {
        for (const { sets, lost } of mine) if (!lost) assign(this.#durable, sets);
        this.#changes = this.#changes.filter((change) => change.lost || !mine.includes(change));
      },
      () => {
        for (const change of mine) change.lost = true;
      },
    );
  }

  async lock(directory: string): Promise<(() => void) | undefined> {
    this.#directory(directory, 'stat');
    if (this.#locks.has(directory)) return undefined;
    this.#locks.add(directory);
    return () => void this.#locks.delete(directory);
  }

  /** Each combination of the changes of names that weren't synced, each applied in its turn; of many, the ends. */
  *#legalNames({ choices }: Level): Generator<Names> {
    const count = this.#changes.length;
    const chosen = (keep: (index: number) => boolean): Names => {
      const names = new Map(this.#durable);
      for (const [index, { sets }] of this.#changes.entries()) if (keep(index)) assign(names, sets);
      return withoutOrphans(names);
    };
    if (2 ** count <= choices) {
      for (let choice = 0; choice < 2 ** count; choice++) yield chosen((index) => ((choice >> index) & 1) === 1);
      return;
    }
    for (let n = 0; n <= count; n++) {
      yield chosen((index) => index < n);
      yield chosen((index) => index === n);
      yield chosen((index) => index !== n);
    }
  }

  /** Does an operation, or has it go wrong; the power may go after either. */
  #operate<Result>(operation: string, work: (short: boolean) => Result, failed?: () => void): Result {
    const mishap = this.#options.mishap?.(operation, this.operations.length);
    this.operations.push(mishap === undefined ? operation : `${operation} (${mishap})`);
    try {
      if (mishap === undefined || mishap === 'short') return work(mishap === 'short');
      failed?.();
      throw systemError(mishap, operation);
    } finally {
      this.#options.done?.(operation);
    }
  }

  #change(directory: string, sets: NameChange['sets']): void {
    assign(this.#live, sets);
    this.#changes.push({ directory, sets, lost: false });
  }

  #inode(path: string, call: string): Inode {
    const entry = this.#live.get(path);
    if (entry === undefined || entry === 'directory') throw systemError('ENOENT', call);
    return entry;
  }

  #directory(path: string, call: string): void {
    if (this.#live.get(path) !== 'directory') throw systemError('ENOENT', call);
  }
}

/** A sync takes its time: the process goes on meanwhile with what doesn't wait for it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const inodeOf = (content: Content): Inode => ({
  durable: content,
  live: content,
  versions: new Map(),
  written: new Set(),
  lost: false,
  legal: new Map(),
});

const copied = ({ versions, written, ...inode }: Inode): Inode => ({
  ...inode,
  legal: new Map(),
  versions: new Map([...versions].map(([sector, of]) => [sector, [...of]])),
  written: new Set(written),
});

const isUnsynced = ({ durable, live, written }: Inode): boolean => written.size > 0 || durable.size !== live.size;

const write = (inode: Inode, bytes: Uint8Array, position: number): void => {
  const before = inode.live;
  inode.legal.clear();
  inode.live = before.with(bytes, position);
  const last = Math.floor((position + bytes.length - 1) / sectorBytes);
  for (let sector = Math.floor(position / sectorBytes); sector <= last; sector++) {
    inode.written.add(sector);
    const now = inode.live.sector(sector);
    const then = before.sector(sector);
    if (now.equals(then)) continue;
    const versions = inode.versions.get(sector) ?? [then];
    versions.push(now);
    inode.versions.set(sector, versions);
  }
};

const sync = (inode: Inode): void => {
  inode.legal.clear();
  inode.durable = inode.live;
  inode.versions = new Map();
  inode.written = new Set();
};

const assign = (names: Names, sets: NameChange['sets']): void => {
  for (const [path, entry] of sets) {
    if (entry === undefined) names.delete(path);
    else names.set(path, entry);
  }
};

/** Without what stands in a folder that isn't there. */
const withoutOrphans = <T>(names: Map<string, T>): Map<string, T> =>
  new Map([...names].filter(([path]) => path === '/' || names.has(dirname(path))));

/**
 * What of a file makes a difference: the content that stands for all of its class, and the class's name. The name is
 * empty where no content makes one.
 */
export type ClassOf = (path: string, content: Content) => readonly [content: Content, name: string];

export interface LegalImage {
  readonly image: DiskImage;
  /** For how many images it stands. */
  readonly weight: number;
}

interface Legal {
  readonly content: Content;
  readonly weight: number;
}

const literally: ClassOf = (_path, content) => [content, content.key];

type Contents = (path: string, inode: Inode) => readonly Legal[];

/** One content of each class that a file may have, each with how many it stands for. */
const legalIn = (path: string, inode: Inode, level: Level, classOf: ClassOf): readonly Legal[] => {
  if (!isUnsynced(inode) || classOf(path, Content.empty)[1] === '') return [{ content: inode.live, weight: 1 }];
  const found = new Map<string, Legal>();
  for (const each of legalContents({ ...inode, written: [...inode.written] }, level)) {
    const [content, name] = classOf(path, each);
    found.set(name, { content, weight: 1 + (found.get(name)?.weight ?? 0) });
  }
  return [...found.values()];
};

function* product(
  settled: ReadonlyMap<string, Content | 'directory'>,
  open: readonly [string, Inode][],
  contentsOf: Contents,
): Generator<LegalImage> {
  const [first, ...rest] = open;
  if (first === undefined) {
    yield { image: settled, weight: 1 };
    return;
  }
  for (const { content, weight } of contentsOf(...first)) {
    for (const each of product(new Map([...settled, [first[0], content]]), rest, contentsOf)) {
      yield { image: each.image, weight: each.weight * weight };
    }
  }
}

/** Of many files or contents: each content of each file, with the others as they were or as they are. */
function* eachAgainstEnds(
  settled: ReadonlyMap<string, Content | 'directory'>,
  open: readonly [string, Inode][],
  contentsOf: Contents,
): Generator<LegalImage> {
  for (const [path, inode] of open) {
    for (const end of ['durable', 'live'] as const) {
      const others = new Map([...settled, ...open.map(([other, of]) => [other, of[end]] as const)]);
      for (const { content, weight } of contentsOf(path, inode)) {
        yield { image: new Map([...others, [path, content]]), weight };
      }
    }
  }
}
