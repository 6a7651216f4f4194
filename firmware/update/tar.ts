/** Reads what `tar --format=ustar` wrote, from memory: regular files and folders, and nothing else. */

/** Why it can't be read, in words. */
export class BadTar extends Error {}

export interface TarFile {
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

const block = 512;

const field = (header: Buffer, from: number, to: number): string => {
  const text = header.subarray(from, to).toString('utf8');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

const octal = (header: Buffer, from: number, to: number): number => {
  const text = field(header, from, to).trim();
  if (!/^[0-7]+$/.test(text)) throw new BadTar('a header in it is damaged');
  return Number.parseInt(text, 8);
};

/** The sum of a header's bytes, its own field counted as spaces. */
const sumOf = (header: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < block; at += 1) sum += at >= 148 && at < 156 ? 32 : (header[at] as number);
  return sum;
};

const isPlain = (path: string): boolean =>
  path !== '' && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));

/** @throws BadTar */
export const readTar = (tar: Buffer): readonly TarFile[] => {
  const files: TarFile[] = [];
  for (let at = 0; ; ) {
    if (at + block > tar.length) throw new BadTar('it is cut off');
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return files;
    if (octal(header, 148, 156) !== sumOf(header)) throw new BadTar('a header in it is damaged');
    const size = octal(header, 124, 136);
    const prefix = field(header, 345, 500);
    const path = `${prefix}${prefix === '' ? '' : '/'}${field(header, 0, 100)}`.replace(/\/$/, '');
    if (!isPlain(path)) throw new BadTar(`it names a path that it must not: ${JSON.stringify(path)}`);
    const type = String.fromCharCode(header[156] as number);
    if (type !== '0' && type !== '5') throw new BadTar(`${path} is neither file nor folder`);
    if (at + block + size > tar.length) throw new BadTar('it is cut off');
    if (type === '0') {
      const executable = (octal(header, 100, 108) & 0o100) !== 0;
      files.push({ path, executable, content: tar.subarray(at + block, at + block + size) });
    }
    at += block + Math.ceil(size / block) * block;
  }
};
