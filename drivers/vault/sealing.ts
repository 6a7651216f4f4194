import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { VaultError } from './vault-error.ts';

/** So many bytes that nobody can foretell: node:crypto's `randomBytes`, save in a simulation, which must be repeatable. */
export type RandomBytes = (size: number) => Buffer;

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts with AES-256-GCM. The context isn't secret and isn't stored: it says what the value is and whose, and only
 * who names the same one can open it. Base64 of:
 *
 * | offset | bytes | what                                        |
 * |--------|-------|---------------------------------------------|
 * | 0      | 1     | version of this layout, 1                   |
 * | 1      | 12    | IV, random                                  |
 * | 13     | n     | ciphertext, as long as the plain value      |
 * | 13 + n | 16    | tag, over the context too                   |
 */
export const sealWith = (
  key: Uint8Array,
  plain: Uint8Array,
  context: string,
  random: RandomBytes = randomBytes,
): string => {
  const iv = random(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  const secret = [cipher.update(plain), cipher.final()];
  return Buffer.concat([Buffer.of(version), iv, ...secret, cipher.getAuthTag()]).toString('base64');
};

/** @throws VaultError `malformed` or `altered` */
export const unsealWith = (key: Uint8Array, sealed: string, context: string): Buffer => {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < 1 + ivBytes + tagBytes || bytes[0] !== version) {
    throw new VaultError('malformed', context, 'This is no sealed value.', 'Check the ledger with terminalctl.');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(1 + ivBytes, -tagBytes)), decipher.final()]);
  } catch {
    throw new VaultError(
      'altered',
      context,
      'The sealed value was changed, or was sealed by another terminal or for another purpose.',
      'Put back the device key file that this terminal was provisioned with.',
    );
  }
};
