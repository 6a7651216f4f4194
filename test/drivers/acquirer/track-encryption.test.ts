import { test } from 'tap';
import { DesKey } from '../../../drivers/acquirer/des-key.ts';
import { encryptTrack } from '../../../drivers/acquirer/track-encryption.ts';
import { bytes, track2, track3 } from './literal-frames.ts';

const key = new DesKey(bytes('00112233445566778899AABBCCDDEEFF'));

test('of a track the sixteen characters before its last one or two are encrypted, and nothing else', async (t) => {
  for (const [track, from] of [
    [track2, track2.length - 17],
    [`${track2}0`, track2.length + 1 - 18],
    [track3, track3.length - (track3.length % 2 === 0 ? 18 : 17)],
  ] as const) {
    const hidden = encryptTrack(track, key);
    t.equal(hidden.length, track.length);
    t.equal(hidden.slice(0, from), track.slice(0, from));
    t.equal(hidden.slice(from + 16), track.slice(from + 16));
    const nibbles = (text: string) =>
      Buffer.from(Array.from(text, (c) => (c.charCodeAt(0) - 0x30).toString(16)).join(''), 'hex');
    t.strictSame(key.decrypt(nibbles(hidden.slice(from, from + 16))), nibbles(track.slice(from, from + 16)));
  }
});

test('a track that is too short goes out as it is', async (t) => {
  t.equal(encryptTrack('1234567890123456', key), '1234567890123456');
});
