import { malformed, type Read, said } from './text.ts';

/**
 * Field 53, n16, 安全控制信息: 53.1 PIN block's format (0 no PIN, 1 ANSI X9.8 without, 2 with the PAN), 53.2 algorithm
 * (0 single DES, 6 double-length DES, 3 or 4 SM4), 53.3 tracks encrypted (1) or not (0), zeros. `2600000000000000`
 */
export interface Security {
  readonly pinEntered: boolean;
  /** One digit, of the key suite. */
  readonly algorithm: string;
  readonly tracksEncrypted: boolean;
}

export const packSecurity = ({ pinEntered, algorithm, tracksEncrypted }: Security): string =>
  `${pinEntered ? '2' : '0'}${algorithm}${tracksEncrypted ? '1' : '0'}`.padEnd(16, '0');

export const readSecurity = (field53: string): Read<Security> => {
  const [pin, algorithm, tracks] = field53;
  if (!/^\d{16}$/.test(field53) || algorithm === undefined) return malformed('53', 'must have 16 digits');
  if (pin !== '0' && pin !== '2') return malformed('53.1', 'is neither no PIN (0) nor one with the card number (2)');
  if (tracks !== '0' && tracks !== '1') return malformed('53.3', 'tells neither clear (0) nor encrypted tracks (1)');
  if (!field53.endsWith('0'.repeat(13))) return malformed('53', 'has digits where there must be zeros');
  return said({ pinEntered: pin === '2', algorithm, tracksEncrypted: tracks === '1' });
};
