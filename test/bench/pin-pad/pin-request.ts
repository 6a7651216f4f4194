/** A request for a PIN as the host sends it, `Z60.` PAN `1C` KEY; the card number is in clear. */
export interface PinRequest {
  readonly pan: string;
  /** The working key under the pad's master key, 8 or 16 bytes. */
  readonly workingKey: Buffer;
}

/**
 * Reads a request's fields, after `Z60.`. A request that can't be served gives the one-character error code of the
 * reply `71`, in this order (Uniform PP791 programmer's manual, section 9, error codes of message 71):
 *
 * | code | meaning |
 * |---|---|
 * | `0` | no account number |
 * | `4` | it has a character other than a digit |
 * | `2`, `3` | it has fewer than 8 digits, more than 19 |
 * | `5` | the working key isn't 16 or 32 hexadecimal digits |
 * | `1` | the working key is longer than the master key |
 */
export const readPinRequest = (fields: string, masterKeyLength: number): PinRequest | { readonly error: string } => {
  const separator = fields.indexOf('\x1c');
  const pan = separator < 0 ? fields : fields.slice(0, separator);
  const key = separator < 0 ? '' : fields.slice(separator + 1);
  if (pan === '') return { error: '0' };
  if (!/^[0-9]+$/.test(pan)) return { error: '4' };
  if (pan.length < 8) return { error: '2' };
  if (pan.length > 19) return { error: '3' };
  if (!/^(?:[0-9A-Fa-f]{16}){1,2}$/.test(key)) return { error: '5' };
  if (key.length / 2 > masterKeyLength) return { error: '1' };
  return { pan, workingKey: Buffer.from(key, 'hex') };
};

/** A card number as it may be told: its first six and last four digits. */
export const masked = (pan: string): string =>
  pan.length < 12 ? '*'.repeat(pan.length) : pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);
