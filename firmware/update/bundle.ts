/** What makes a bundle fit for this board: who signed it, what it is for, and that it is whole. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { BadSignature, type PublicKey, verifyFile } from './minisign.ts';
import { BadTar, readTar, type TarFile } from './tar.ts';

/** Why a bundle is refused, in words; the terminal goes on untouched. */
export class Refused extends Error {}

export const buildName = v.pipe(v.string(), v.regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,63}$/));

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const manifestSchema = v.strictObject({
  product: v.literal('slipsafe'),
  build: buildName,
  version: v.string(),
  /** Raised when an older build must never run again. */
  epoch: whole,
  /** As `process.arch` names it. */
  architecture: v.string(),
  node: v.pipe(v.string(), v.regex(/^>=\d+\.\d+$/)),
  /** The formats of a terminal's data: the one it writes, and the oldest that it brings there, or back to. */
  data: v.strictObject({ oldest: whole, writes: whole }),
  files: v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
});

export type Manifest = v.InferOutput<typeof manifestSchema>;

export interface Board {
  readonly architecture: string;
  /** Such as `20.20.0`. */
  readonly node: string;
  /** The highest security epoch that was confirmed here. */
  readonly floor: number;
  /** The formats of the build that runs here; absent where none does yet. */
  readonly data?: Manifest['data'];
}

export interface Bundle {
  readonly manifest: Manifest;
  /** Paths without the folder of the build; the manifest is among them. */
  readonly files: readonly TarFile[];
}

/** What stands in a signature's trusted comment: it is read without opening the bundle. */
export const commentOf = ({ build, architecture, epoch }: Manifest): string =>
  `slipsafe ${build} ${architecture} epoch ${epoch}`;

/** @throws Refused */
export const parseManifest = (content: Uint8Array): Manifest => {
  try {
    return v.parse(manifestSchema, JSON.parse(Buffer.from(content).toString('utf8')));
  } catch {
    throw new Refused('its manifest is not one of this product');
  }
};

const older = (has: string, needs: string): boolean => {
  const [hasMajor = 0, hasMinor = 0] = has.split('.').map(Number);
  const [major = 0, minor = 0] = needs.slice(2).split('.').map(Number);
  return hasMajor < major || (hasMajor === major && hasMinor < minor);
};

/** Whether a build has the way between what another one writes and what it writes itself. */
const leads = (has: Manifest['data'], other: Manifest['data']): boolean =>
  has.oldest <= other.writes && other.writes <= has.writes;

/** Whether this board may run it. @throws Refused */
export const checkFits = (manifest: Manifest, board: Board): void => {
  const { architecture, epoch, node, data } = manifest;
  if (architecture !== board.architecture)
    throw new Refused(`it is for another board: ${architecture}, and this one is ${board.architecture}`);
  if (epoch < board.floor)
    throw new Refused(
      `it is older than this terminal allows: security epoch ${epoch}, and the floor is ${board.floor}`,
    );
  if (older(board.node, node)) throw new Refused(`it needs Node ${node}, and this board has ${board.node}`);
  if (board.data !== undefined && !leads(data, board.data) && !leads(board.data, data))
    throw new Refused(
      `it reads data of the formats ${data.oldest} to ${data.writes}, and this board's are of ${board.data.writes}: ` +
        'flash a build between them first',
    );
};

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Opens a bundle that is signed, whole, and for this board. @throws Refused */
export const openBundle = (tar: Buffer, signature: string | undefined, key: PublicKey, board: Board): Bundle => {
  if (signature === undefined) throw new Refused('it is not signed');
  let comment: string;
  let all: readonly TarFile[];
  try {
    comment = verifyFile(tar, signature, key);
    all = readTar(tar);
  } catch (error) {
    if (error instanceof BadSignature || error instanceof BadTar) throw new Refused(error.message);
    throw error;
  }
  const [build = ''] = all[0]?.path.split('/') ?? [];
  const files = all.map((file) => {
    if (!file.path.startsWith(`${build}/`)) throw new Refused('it holds more than one build');
    return { ...file, path: file.path.slice(build.length + 1) };
  });
  const manifest = parseManifest(files.find(({ path }) => path === 'manifest.json')?.content ?? Buffer.alloc(0));
  if (manifest.build !== build) throw new Refused('its folder is not named as its manifest says');
  if (comment !== commentOf(manifest)) throw new Refused('its signature is for another build');
  checkFits(manifest, board);
  const listed = new Map(Object.entries(manifest.files));
  for (const { path, content } of files) {
    if (path === 'manifest.json') continue;
    if (listed.get(path) !== sha256(content)) throw new Refused(`${path} is not as its manifest says`);
    listed.delete(path);
  }
  const [missing] = listed.keys();
  if (missing !== undefined) throw new Refused(`${missing} is missing in it`);
  return { manifest, files };
};
