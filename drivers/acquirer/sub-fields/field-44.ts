import { packText, readText } from './text.ts';

export interface Institutions {
  readonly issuer: string | undefined;
  readonly acquirer: string | undefined;
}

const bytes = 11;

/** Field 44 of an answer, 附加响应数据: 44.1 issuer (发卡行), 11 bytes, 44.2 acquirer (收单行), 11 bytes. */
export const readInstitutions = (field44: string): Institutions => ({
  issuer: readText(field44.slice(0, bytes)),
  acquirer: readText(field44.slice(bytes, 2 * bytes)),
});

export const packInstitutions = ({ issuer, acquirer }: Institutions): string =>
  packText(issuer ?? '', bytes) + packText(acquirer ?? '', bytes);
