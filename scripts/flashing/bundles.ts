/** The bundle for each architecture: given, or built; and signed. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commentOf, type Manifest, parseManifest } from '../../firmware/update/bundle.ts';
import { readSecretKey, signFile } from '../../firmware/update/minisign.ts';
import { readTar } from '../../firmware/update/tar.ts';
import { architectures } from '../build-firmware/architectures.ts';
import { buildBundles } from '../build-firmware/build-bundle.ts';
import { root } from '../build-firmware/bundler.ts';

export interface Signed {
  readonly tar: string;
  readonly signature: string;
  readonly manifest: Manifest;
}

export const manifestIn = (tar: string): Manifest => {
  const found = readTar(readFileSync(tar)).find(({ path }) => /^[^/]+\/manifest\.json$/.test(path));
  return parseManifest(found?.content ?? Buffer.alloc(0));
};

/** @param secret the path of a secret key, not in the repository and nobody else's to read */
const sign = (tar: string, manifest: Manifest, secret: string): void => {
  if (secret.startsWith(`${root}/`))
    throw new TypeError(`${secret} is in the repository: a secret key is kept elsewhere`);
  if ((statSync(secret).mode & 0o077) !== 0)
    throw new TypeError(`${secret} can be read by others: chmod 600 ${secret}`);
  const key = readSecretKey(readFileSync(secret, 'utf8'));
  writeFileSync(`${tar}.minisig`, signFile(readFileSync(tar), commentOf(manifest), key));
};

export class Bundles {
  readonly #given: readonly string[];
  readonly #secret: string | undefined;
  readonly #made = new Map<string, Promise<Signed>>();

  /**
   * @param given paths of bundles that are there; else they are built
   * @param secret the path of the key to sign with; else they must be signed
   */
  constructor(given: readonly string[], secret: string | undefined) {
    this.#given = given;
    this.#secret = secret;
  }

  /** @param machine as `uname -m` names it. @throws TypeError where there is none */
  of(machine: string): Promise<Signed> {
    const made = this.#made.get(machine) ?? this.#make(machine);
    this.#made.set(machine, made);
    return made;
  }

  async #make(machine: string): Promise<Signed> {
    const found = Object.entries(architectures).find(([, { machines }]) => machines.includes(machine));
    if (found === undefined) throw new TypeError(`there is no build for ${machine}`);
    const [name, { node }] = found;
    const tar = this.#given.length === 0 ? await this.#build(name) : this.#chosen(node);
    const manifest = manifestIn(tar);
    const signature = `${tar}.minisig`;
    if (this.#secret !== undefined) sign(tar, manifest, this.#secret);
    if (!existsSync(signature)) throw new TypeError(`${tar} is not signed: say with which key, --key FILE`);
    return { tar, signature, manifest };
  }

  async #build(name: string): Promise<string> {
    const [built] = await buildBundles([name], join(root, 'dist', 'bundles'));
    return built?.tar ?? '';
  }

  #chosen(architecture: string): string {
    const fits = this.#given.find((tar) => manifestIn(tar).architecture === architecture);
    if (fits === undefined) throw new TypeError(`no bundle for ${architecture} was given`);
    return fits;
  }
}
