import type { BlockKey } from './block-key.ts';
import { readDigits, writeDigits } from './digits.ts';

const digits = 16;
const anyNibble = 15;

/**
 * A track as it goes out when the sign-on gave a track key (磁道加密, 53.3 = 1): of its characters, taken as nibbles, the
 * 16 before the last one or two are encrypted as one block, and put back. What comes out may be any of `0` … `?`.
 *
 * | length | encrypted, counted from 0 |
 * |---|---|
 * | even | length - 18 … length - 3 |
 * | odd | length - 17 … length - 2 |
 *
 * A track that is too short goes out as it is.
 */
export const encryptTrack = (track: string, key: BlockKey): string => {
  const from = track.length - digits - (track.length % 2 === 0 ? 2 : 1);
  if (from < 0) return track;
  const block = Buffer.alloc(digits / 2);
  writeDigits(block, 0, track.slice(from, from + digits), anyNibble, 'left');
  const hidden = readDigits(key.encrypt(block), 0, digits, anyNibble, 'left') ?? '';
  block.fill(0);
  return track.slice(0, from) + hidden + track.slice(from + digits);
};
