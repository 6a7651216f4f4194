import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** scrypt's cost: 2^14 × 8 × 128 B = 16 MiB and some tens of milliseconds on a POS board. */
const cost = { N: 16_384, r: 8, p: 1 };
const derive = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: typeof cost,
) => Promise<Buffer>;

/** `scrypt$SALT$HASH`, both base64url: what the configuration keeps instead of a password. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, cost);
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`;
};

/** False for a wrong password and for a hash that isn't one. Takes the same time for every password. */
export const checkPassword = async (password: string, stored: string): Promise<boolean> => {
  const [scheme, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), 32, cost);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
