/**
 * Signatures as minisign makes them: Ed25519 over the BLAKE2b-512 of a file, and again over that signature and a
 * trusted comment. `minisign -V` accepts ours, and we accept its own.
 * Formats: https://jedisct1.github.io/minisign/#signature-format
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What isn't right about a key or a signature, in words. */
export class BadSignature extends Error {}

export interface PublicKey {
  /** By which a signature names its key. */
  readonly id: Buffer;
  readonly key: KeyObject;
}

export interface SecretKey {
  readonly id: Buffer;
  readonly key: KeyObject;
}

const algorithm = Buffer.from('Ed');
const prehashed = Buffer.from('ED');
const untrusted = 'untrusted comment: ';
const trusted = 'trusted comment: ';
/** What DER puts before the bytes of an Ed25519 key, public (SPKI) and secret (PKCS 8). */
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const hashOf = (content: Uint8Array): Buffer => createHash('blake2b512').update(content).digest();

/** The line below a comment, decoded. @throws BadSignature */
const decoded = (text: string, bytes: number, what: string): Buffer => {
  const lines = text.split('\n');
  const line = lines[0]?.startsWith(untrusted) === true ? lines[1] : lines[0];
  const content = Buffer.from(line ?? '', 'base64');
  if (content.length !== bytes) throw new BadSignature(`this is no ${what}`);
  return content;
};

/** `.pub`: two letters, 8 bytes of id, 32 of key. @throws BadSignature */
export const readPublicKey = (text: string): PublicKey => {
  const content = decoded(text, 42, 'public key of minisign');
  if (!content.subarray(0, 2).equals(algorithm)) throw new BadSignature('this is no public key of minisign');
  const key = createPublicKey({ key: Buffer.concat([spki, content.subarray(10)]), format: 'der', type: 'spki' });
  return { id: content.subarray(2, 10), key };
};

/**
 * A secret key that `minisign -G -W` made: without a password. Letters of the algorithm, two zeros for none, letters of
 * the checksum; 48 bytes of what a password would need; 8 of id, 32 of seed, 32 of public key, 32 of checksum.
 *
 * @throws BadSignature
 */
export const readSecretKey = (text: string): SecretKey => {
  const content = decoded(text, 158, 'secret key of minisign');
  if (!content.subarray(0, 2).equals(algorithm)) throw new BadSignature('this is no secret key of minisign');
  if (content.readUInt16BE(2) !== 0) {
    throw new BadSignature('the secret key has a password: make one without (minisign -G -W), and guard its file');
  }
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, content.subarray(62, 94)]), format: 'der', type: 'pkcs8' });
  return { id: content.subarray(54, 62), key };
};

/** @param comment one line, which the signature covers */
export const signFile = (content: Uint8Array, comment: string, { id, key }: SecretKey): string => {
  const signature = sign(null, hashOf(content), key);
  const global = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key);
  return [
    `${untrusted}signature of a Slipsafe bundle`,
    Buffer.concat([prehashed, id, signature]).toString('base64'),
    `${trusted}${comment}`,
    global.toString('base64'),
    '',
  ].join('\n');
};

/** @returns the trusted comment. @throws BadSignature */
export const verifyFile = (content: Uint8Array, signatureFile: string, { id, key }: PublicKey): string => {
  const [, , commentLine = '', globalLine = ''] = signatureFile.split('\n');
  const signed = decoded(signatureFile, 74, 'signature of minisign');
  const [letters, keyId, signature] = [signed.subarray(0, 2), signed.subarray(2, 10), signed.subarray(10)];
  if (!letters.equals(prehashed)) throw new BadSignature('the signature is of an old kind');
  if (!keyId.equals(id)) throw new BadSignature('it is signed with another key than the one that this terminal trusts');
  if (!verify(null, hashOf(content), key, signature)) throw new BadSignature('it was altered, or is not complete');
  const comment = commentLine.startsWith(trusted) ? commentLine.slice(trusted.length) : '';
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), key, Buffer.from(globalLine, 'base64'))) {
    throw new BadSignature("the signature's comment was altered");
  }
  return comment;
};
