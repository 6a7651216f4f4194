/** A bundle: all that a board needs of one build, in a folder and as a tar file that is the same for the same commit. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { shipped } from '../../drivers/printer/profile-files.ts';
import { glyphFile, glyphFileName } from '../../drivers/slip-image/glyphs.ts';
import { dataFormat } from '../../firmware/update/migrations.ts';
import { architectures } from './architectures.ts';
import { bundle, root } from './bundler.ts';
import { billOfMaterials, licences } from './packages.ts';

export interface Built {
  readonly architecture: string;
  /** `<version>-<commit>`, with `-dirty` where the working tree is not that commit's. */
  readonly build: string;
  readonly folder: string;
  readonly tar: string;
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

interface Identity {
  readonly version: string;
  readonly epoch: number;
  readonly commit: string;
  readonly at: Date;
}

/** Which build this is, by git: the same commit gives the same. */
const identify = (): Identity => {
  const { version, slipsafe } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    slipsafe: { securityEpoch: number };
  };
  return { version, epoch: slipsafe.securityEpoch, ...commitHere() };
};

const commitHere = (): Pick<Identity, 'commit' | 'at'> => {
  try {
    const dirty = git('status', '--porcelain') === '' ? '' : '-dirty';
    return {
      commit: `${git('rev-parse', '--short=12', 'HEAD')}${dirty}`,
      at: new Date(git('show', '-s', '--format=%cI', 'HEAD')),
    };
  } catch {
    // Sources that were downloaded without their history.
    return { commit: 'unversioned', at: new Date(0) };
  }
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

const programFiles = ['slipsafe.cjs', 'terminalctl.cjs'];

/**
 * Makes the bundles of these architectures under `out`, which is emptied of them first.
 *
 * @param names keys of `architectures`
 */
export const buildBundles = async (names: readonly string[], out: string): Promise<readonly Built[]> => {
  const { version, epoch, commit, at } = identify();
  const build = `${version}-${commit}`;
  const { programs, packages } = await bundle(build);
  return names.map((name) => {
    const architecture = architectures[name];
    if (architecture === undefined) throw new TypeError(`there is no architecture ${name}`);
    const folder = join(out, name, build);
    rmSync(join(out, name), { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { file, content } of programs) writeFileSync(join(folder, file), content);
    cpSync(join(root, 'firmware', 'board', 'loader.cjs'), join(folder, 'slipsafe.cjs'));
    cpSync(shipped, join(folder, 'profiles'), { recursive: true });
    cpSync(glyphFile(), join(folder, glyphFileName));
    cpSync(`${glyphFile()}.license`, join(folder, `${glyphFileName}.license`));
    for (const [file, from] of Object.entries(architecture.addons)) cpSync(join(root, from), join(folder, file));
    cpSync(join(root, 'firmware', 'board'), join(folder, 'board'), {
      recursive: true,
      filter: (path) => !path.endsWith('loader.cjs'),
    });
    writeFileSync(join(folder, 'bill-of-materials.cdx.json'), billOfMaterials(build, at, packages));
    writeFileSync(join(folder, 'LICENCES.txt'), licences(packages));
    const files = filesIn(folder);
    for (const file of files) {
      const executable = programFiles.includes(file) || file.startsWith('board/libexec/');
      chmodSync(join(folder, file), executable ? 0o755 : 0o644);
    }
    const manifest = {
      product: 'slipsafe',
      build,
      version,
      epoch,
      architecture: architecture.node,
      node: '>=20.15',
      data: { oldest: 1, writes: dataFormat },
      files: Object.fromEntries(files.map((file) => [file, sha256(readFileSync(join(folder, file)))])),
    };
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o644 });
    const tar = join(out, `slipsafe-${build}-${name}.tar`);
    // GNU tar with nothing in it that depends on who builds, when and where.
    const stable = [
      '--format=ustar',
      '--sort=name',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u+rwX,go+rX-w',
    ];
    const made = `${tar}.partial`;
    execFileSync('tar', [...stable, `--mtime=${at.toISOString()}`, '-C', join(out, name), '-cf', made, build]);
    renameSync(made, tar);
    return { architecture: name, build, folder, tar };
  });
};

/** This machine's own bundle in that folder, as a board has it once it is staged: unpacked and compiled. */
export const stageHere = async (folder: string): Promise<void> => {
  const own = Object.keys(architectures).find((name) => architectures[name]?.node === process.arch);
  const made = `${folder}.partial`;
  const [built] = await buildBundles([own ?? process.arch], made);
  if (built === undefined) throw new Error('no bundle was made');
  execFileSync(process.execPath, [join(built.folder, 'slipsafe.cjs'), '--compile']);
  rmSync(folder, { recursive: true, force: true });
  renameSync(built.folder, folder);
  rmSync(made, { recursive: true });
};
