/** The picture at the top of slips: a PNG that the configuration names. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { errorCode, type FileSystem, unlinkIfThere, writeFully } from '../../drivers/storage/file-system.ts';
import type { DotImage } from '../../hal/printer.ts';
import { ConfiguredFileError } from '../tls-files.ts';

export interface Logo {
  /** SHA-256 of the file, hex: what the ledger keeps of it. */
  readonly digest: string;
  readonly file: Buffer;
  readonly picture: DotImage;
}

const mostBytes = 256 * 1024;
/** 4 cm: a logo is no poster. */
const mostRows = 320;
const dotsOf = { 58: 384, 80: 576 } as const;
const signature = '89504e470d0a1a0a';

/**
 * Any PNG: what is darker than the middle between black and white becomes black.
 *
 * @throws ConfiguredFileError, which names the key, the file and what to do
 */
export const readLogo = (path: string, paper: 58 | 80): Logo => {
  const refuse = (what: string): never => {
    throw new ConfiguredFileError(`slip.logo: ${path}: ${what}`);
  };
  let file: Buffer;
  try {
    if (statSync(path).size > mostBytes) refuse('it has more than 256 KB; save it smaller, with two colours');
    file = readFileSync(path);
  } catch (error) {
    if (error instanceof ConfiguredFileError) throw error;
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(
      gone ? 'there is no such file; name one, or leave the key away' : 'it can not be read; see its rights',
    );
  }
  const isPng = file.subarray(0, 8).toString('hex') === signature && file.length > 33;
  if (!isPng) return refuse('it is no PNG; save it as PNG');
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const most = dotsOf[paper];
  if (width > most) refuse(`it is ${width} dots wide, and ${paper} mm paper has ${most}; make it narrower`);
  if (height > mostRows) refuse(`it is ${height} dots high; make it at most ${mostRows}`);
  const picture = decoded(file);
  if (picture === undefined) return refuse('it is a PNG that is damaged; save it anew');
  return { digest: createHash('sha256').update(file).digest('hex'), file, picture };
};

const decoded = (file: Buffer): DotImage | undefined => {
  let png: PNG;
  try {
    png = PNG.sync.read(file);
  } catch {
    return undefined;
  }
  const { width: widthDots, height: heightDots, data } = png;
  const rowBytes = Math.ceil(widthDots / 8);
  const bits = new Uint8Array(rowBytes * heightDots);
  for (let y = 0; y < heightDots; y++) {
    for (let x = 0; x < widthDots; x++) {
      const [red = 0, green = 0, blue = 0, opacity = 0] = data.subarray(
        4 * (y * widthDots + x),
        4 * (y * widthDots + x) + 4,
      );
      // On white paper; weights of ITU-R BT.601, in thousandths.
      const grey = 255_000 - ((255_000 - 299 * red - 587 * green - 114 * blue) * opacity) / 255;
      const at = y * rowBytes + (x >> 3);
      if (grey < 127_500) bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { widthDots, heightDots, bits };
};

const nameOf = (digest: string): string => `${digest}.png`;

/**
 * Keeps a copy of the logo under its digest, so that an old slip still has the logo of its day. It isn't synced: one that
 * a power cut has torn doesn't fit its digest and is written again.
 *
 * @throws the file system's error
 */
export const keepLogo = (directory: string, { digest, file }: Logo, fileSystem: FileSystem): void => {
  if (keptLogo(directory, digest, fileSystem) !== undefined) return;
  try {
    fileSystem.mkdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const path = join(directory, nameOf(digest));
  unlinkIfThere(fileSystem, path);
  const copy = fileSystem.open(path, 'create');
  try {
    writeFully(copy, file, 0);
  } finally {
    copy.close();
  }
};

/** A logo that was kept; undefined when it isn't there, or isn't what its name says. */
export const keptLogo = (directory: string, digest: string, fileSystem: FileSystem): DotImage | undefined => {
  try {
    const kept = fileSystem.open(join(directory, nameOf(digest)), 'read');
    try {
      const file = Buffer.alloc(Math.min(kept.stat().sizeBytes, mostBytes));
      kept.pread(file, 0);
      return createHash('sha256').update(file).digest('hex') === digest ? decoded(file) : undefined;
    } finally {
      kept.close();
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
};
