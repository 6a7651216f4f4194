/** The npm packages of a bundle: their licences, and the bill of materials (CycloneDX 1.5). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bundler.ts';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

const read = (folder: string): Package =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Package;

const lock = (): Readonly<Record<string, { readonly integrity?: string }>> =>
  (
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { readonly integrity?: string }>;
    }
  ).packages;

/** `sha512-…` of the lock file, as hex. */
const hashesOf = (integrity: string | undefined): readonly object[] =>
  integrity?.startsWith('sha512-') === true
    ? [{ alg: 'SHA-512', content: Buffer.from(integrity.slice(7), 'base64').toString('hex') }]
    : [];

/** @param folders such as `node_modules/pino` */
export const billOfMaterials = (build: string, at: Date, folders: readonly string[]): string => {
  const locked = lock();
  const components = folders.map((folder) => {
    const { name, version, license } = read(folder);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return {
      type: 'library',
      'bom-ref': folder,
      name,
      version,
      purl,
      licenses: license === undefined ? [] : [{ expression: license }],
      hashes: hashesOf(locked[folder]?.integrity),
    };
  });
  const firmware = { type: 'firmware', 'bom-ref': 'slipsafe', name: 'slipsafe', version: build };
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { timestamp: at.toISOString(), component: firmware },
    components,
    dependencies: [{ ref: 'slipsafe', dependsOn: folders }],
  };
  return `${JSON.stringify(bill, null, 1)}\n`;
};

/** Every package's licence, and ours, one after another. @throws where a package ships none */
export const licences = (folders: readonly string[]): string =>
  [
    `slipsafe\n\n${readFileSync(join(root, 'LICENSE'), 'utf8')}`,
    ...folders.map((folder) => {
      const { name, version, license } = read(folder);
      const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
      const texts = files.sort().map((file) => readFileSync(join(root, folder, file), 'utf8'));
      if (texts.length === 0 && license === undefined) throw new Error(`${folder} names no licence`);
      return `${name} ${version} (${license ?? 'see below'})\n\n${texts.join('\n')}`;
    }),
  ].join(`\n${'-'.repeat(80)}\n`);
