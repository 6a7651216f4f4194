import type { BlockKey } from './block-key.ts';
import { DesKey } from './des-key.ts';
import type { MacForm } from './mac.ts';
import { Sm4Key } from './sm4-key.ts';

/**
 * The keys and ciphers that terminal and acquirer share, by the network code (60.3) of the sign-on that asks for them:
 *
 * | suite | 60.3 | keys of field 62 | 53.2 | MAC |
 * |---|---|---|---|---|
 * | `001` | 001 | single-length DES: PIK 8, MAK 8 | 0 | DES |
 * | `003` | 003 | double-length DES: PIK 16, MAK 16 of which 8 count | 6 | DES |
 * | `004` | 004 | the same and TDK 16, under which tracks are encrypted | 6 | DES |
 * | `sm4` | 005 or 006 | SM4 (国密): PIK 16, MAK 16 | 3 or 4 | SM4 |
 *
 * Each key is followed by its check value of 4 bytes. What is told of SM4 differs between the sources and is confirmed
 * by none: 60.3, 53.2 and the form of the MAC are therefore configured.
 */
export interface KeySuite {
  /** 60.3 of the sign-on. */
  readonly networkCode: string;
  /** 53.2. */
  readonly algorithm: string;
  /** Lengths that the master key may have. */
  readonly masterKeyBytes: readonly number[];
  /** How long each key is in field 62. */
  readonly keyBytes: number;
  /** How much of the MAC key's place counts. */
  readonly macKeyBytes: number;
  /** One block of the cipher, in field 52. */
  readonly pinBlockBytes: 8 | 16;
  readonly encryptsTracks: boolean;
  readonly macForm: MacForm;
  key(bytes: Uint8Array): BlockKey;
}

/** Of a key, as 8 hex digits: what came with it in writing is compared with this. */
export const checkValueOf = (suite: KeySuite, key: Uint8Array): string =>
  suite.key(key).checkValue().toString('hex').toUpperCase();

export type SuiteName = '001' | '003' | '004' | 'sm4';

/** Where the sources on SM4 disagree. */
export interface Sm4Choices {
  readonly networkCode: '005' | '006';
  readonly algorithm: '3' | '4';
  readonly mac: MacForm;
}

const des = {
  algorithm: '6',
  masterKeyBytes: [8, 16],
  keyBytes: 16,
  macKeyBytes: 8,
  pinBlockBytes: 8,
  encryptsTracks: false,
  macForm: 'text',
  key: (bytes: Uint8Array) => new DesKey(bytes),
} as const;

export const keySuite = (name: SuiteName, sm4: Sm4Choices): KeySuite => {
  switch (name) {
    case '001':
      return { ...des, networkCode: '001', algorithm: '0', keyBytes: 8 };
    case '003':
      return { ...des, networkCode: '003' };
    case '004':
      return { ...des, networkCode: '004', encryptsTracks: true };
    case 'sm4':
      return {
        networkCode: sm4.networkCode,
        algorithm: sm4.algorithm,
        masterKeyBytes: [16],
        keyBytes: 16,
        macKeyBytes: 16,
        pinBlockBytes: 16,
        encryptsTracks: false,
        macForm: sm4.mac,
        key: (bytes) => new Sm4Key(bytes),
      };
  }
};
