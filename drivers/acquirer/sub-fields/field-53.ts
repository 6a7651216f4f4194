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

export const readSecurity = (field53: string): Security | undefined => {
  const [, pin, algorithm, tracks] = /^([02])(\d)([01])0{13}$/.exec(field53) ?? [];
  if (pin === undefined || algorithm === undefined) return undefined;
  return { pinEntered: pin === '2', algorithm, tracksEncrypted: tracks === '1' };
};
