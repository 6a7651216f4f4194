import { createHash } from 'node:crypto';

/** What a disk writes whole or not at all, as SQLite's crash tests and ALICE take it too; a torn one counts as trash. */
export const sectorBytes = 512;
export const pageBytes = 4096;
const sectorsInPage = pageBytes / sectorBytes;

/** 4096 bytes that never change. Two with the same content are the same object. */
export interface Page {
  readonly id: number;
  readonly bytes: Buffer;
}

export const zeroPage: Page = { id: 0, bytes: Buffer.alloc(pageBytes) };

const known = new Map<string, Page>();
let pages = 0;

/** The page with that content; takes the buffer over. */
export const pageOf = (bytes: Buffer): Page => {
  if (bytes.equals(zeroPage.bytes)) return zeroPage;
  const hash = createHash('sha1').update(bytes).digest('base64');
  const found = known.get(hash);
  if (found !== undefined) return found;
  pages += 1;
  const page = { id: pages, bytes };
  known.set(hash, page);
  return page;
};

/** Lets the pages of explorations go that are over. Images made before must not be compared with later ones. */
export const forgetPages = (): void => known.clear();

/** The content of a file, which never changes; bytes of the last page past the size are zeros. */
export class Content {
  static readonly empty = new Content(0, []);
  readonly size: number;
  readonly pages: readonly Page[];
  #key: string | undefined;

  private constructor(size: number, pages: readonly Page[]) {
    this.size = size;
    this.pages = pages;
  }

  static of(bytes: Uint8Array): Content {
    return Content.empty.with(bytes, 0);
  }

  /** What tells it from other contents. */
  get key(): string {
    this.#key ??= `${this.size}:${this.pages.map(({ id }, n) => (id === 0 ? '' : `${n}.${id}`)).join(' ')}`.replace(
      / +/g,
      ' ',
    );
    return this.#key;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pages.map(({ bytes }) => bytes)).subarray(0, this.size);
  }

  read(into: Uint8Array, position: number): number {
    const taken = Math.max(0, Math.min(into.length, this.size - position));
    for (let done = 0; done < taken; ) {
      const at = position + done;
      const inPage = at % pageBytes;
      const piece = Math.min(taken - done, pageBytes - inPage);
      this.#page(Math.floor(at / pageBytes)).bytes.copy(into, done, inPage, inPage + piece);
      done += piece;
    }
    return taken;
  }

  /** With those bytes written there; it grows where they end past its size. */
  with(bytes: Uint8Array, position: number): Content {
    const pages = [...this.pages];
    for (let done = 0; done < bytes.length; ) {
      const at = position + done;
      const inPage = at % pageBytes;
      const piece = Math.min(bytes.length - done, pageBytes - inPage);
      const number = Math.floor(at / pageBytes);
      while (pages.length <= number) pages.push(zeroPage);
      const changed = Buffer.from((pages[number] ?? zeroPage).bytes);
      changed.set(bytes.subarray(done, done + piece), inPage);
      pages[number] = pageOf(changed);
      done += piece;
    }
    return new Content(Math.max(this.size, position + bytes.length), pages);
  }

  /** With some sectors replaced, by their number in the file. The size stays. */
  withSectors(sectors: ReadonlyMap<number, Buffer>): Content {
    const pages = [...this.pages];
    const changed = new Map<number, Buffer>();
    for (const [sector, bytes] of sectors) {
      const number = Math.floor(sector / sectorsInPage);
      if (number >= pages.length) continue;
      const page = changed.get(number) ?? Buffer.from((pages[number] ?? zeroPage).bytes);
      bytes.copy(page, (sector % sectorsInPage) * sectorBytes);
      changed.set(number, page);
    }
    for (const [number, bytes] of changed) pages[number] = pageOf(bytes);
    return new Content(this.size, cutOff(pages, this.size));
  }

  /** With those pages in the place of others, from there on. The size stays. */
  withPages(from: number, replacing: readonly Page[]): Content {
    return new Content(this.size, cutOff(this.pages.toSpliced(from, replacing.length, ...replacing), this.size));
  }

  sector(number: number): Buffer {
    const inPage = (number % sectorsInPage) * sectorBytes;
    return this.#page(Math.floor(number / sectorsInPage)).bytes.subarray(inPage, inPage + sectorBytes);
  }

  /** Cut off, or gone on in zeros. */
  resized(size: number): Content {
    if (size === this.size) return this;
    const pages = Array.from({ length: Math.ceil(size / pageBytes) }, (_, n) => this.#page(n));
    return new Content(size, cutOff(pages, size));
  }

  #page(number: number): Page {
    return this.pages[number] ?? zeroPage;
  }
}

/** Past the size the last page is zeros. */
const cutOff = (pages: readonly Page[], size: number): readonly Page[] => {
  const rest = size % pageBytes;
  const last = pages.at(-1);
  if (rest === 0 || last === undefined || last.bytes.subarray(rest).equals(zeroPage.bytes.subarray(rest))) return pages;
  return pages.with(-1, pageOf(Buffer.from(last.bytes).fill(0, rest)));
};

/** All that a disk holds, by path. It never changes. */
export type DiskImage = ReadonlyMap<string, Content | 'directory'>;

export const emptyImage: DiskImage = new Map([['/', 'directory']]);
