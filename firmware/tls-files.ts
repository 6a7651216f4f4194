/** Reads the files that `acquirer.tls` names. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TlsSettings } from '../drivers/acquirer/tls-dial.ts';
import type { TlsFiles } from './configuration.ts';

/** A file of the configuration that can't be used, for the person who set it. */
export class ConfiguredFileError extends Error {}

const read = (key: keyof TlsFiles, path: string, check: (pem: string) => unknown): string => {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it can not be read';
    throw new ConfiguredFileError(`acquirer.tls.${key}: ${path}: ${why}`);
  }
  try {
    check(pem);
  } catch {
    // What OpenSSL says of it could hold a part of a key.
    throw new ConfiguredFileError(
      `acquirer.tls.${key}: ${path}: it holds no ${key === 'key' ? 'private key' : 'certificate'} in PEM`,
    );
  }
  return pem;
};

const isCertificate = (pem: string): unknown => new X509Certificate(pem);

const ownCertificate = (
  certificatePath: string,
  keyPath: string,
): Required<Pick<TlsSettings, 'certificate' | 'key'>> => {
  const certificate = read('certificate', certificatePath, isCertificate);
  const key = read('key', keyPath, createPrivateKey);
  if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
    throw new ConfiguredFileError(`acquirer.tls.key: ${keyPath}: it is not the key of the certificate`);
  }
  return { certificate, key };
};

/** @throws ConfiguredFileError, which names the key and the file */
export const readTls = ({ ca, certificate, key, pin, serverName }: TlsFiles): TlsSettings => {
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ConfiguredFileError('acquirer.tls: certificate and key go together');
  }
  return {
    ...(certificate !== undefined && key !== undefined && ownCertificate(certificate, key)),
    ...(ca !== undefined && { ca: read('ca', ca, isCertificate) }),
    ...(pin !== undefined && { pin }),
    ...(serverName !== undefined && { serverName }),
  };
};
