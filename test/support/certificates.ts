/** The certificates of the virtual board: see `certificates/README.md`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Tests run from where they are compiled to; the files stand with the sources. */
export const certificatePath = (name: string): string => resolve('test/support/certificates', `${name}.pem`);
export const certificate = (name: string): string => readFileSync(certificatePath(name), 'utf8');
export const ownCertificate = (name: string): { readonly cert: string; readonly key: string } => ({
  cert: certificate(name),
  key: certificate(`${name}.key`),
});
