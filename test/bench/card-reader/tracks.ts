import type { TestCard } from '../cards.ts';

/**
 * The tracks of a magnetic stripe as a reader hands them over, in ASCII with their sentinels and without the LRC.
 *
 * | track | layout | longest, LRC included | source |
 * |---|---|---|---|
 * | 1 | `%B` PAN `^` name `^` YYMM service code, issuer's digits `?` | 79 | ISO/IEC 7813 |
 * | 2 | `;` PAN `=` YYMM service code, issuer's digits `?` | 40 | ISO/IEC 7813 |
 * | 3 | `;99` PAN `=` country 156, currency 156, then the issuer's use-and-security data `?` | 107 | ISO 4909 |
 *
 * Example: `;4111111111111111=28121018250617394026?`
 */
export type Track = 1 | 2 | 3;

/** What stands on a track of the card. The PAN may be given apart, for a card that was miscoded. */
export const trackOf = (card: TestCard, track: Track, pan = card.pan): string => {
  const end = `${card.expiry}${card.serviceCode}${card.discretionary}?`;
  switch (track) {
    case 1:
      return `%B${pan}^${card.holder}^${end}`;
    case 2:
      return `;${pan}=${end}`;
    case 3:
      return `;99${pan}=1561560${'0'.repeat(21)}${card.expiry}1=${card.discretionary}==1=${'0'.repeat(12)}?`;
  }
};

/**
 * The longitudinal redundancy check character of a track (ISO/IEC 7811-2), over all its characters with both
 * sentinels: the exclusive-or of their data bits, which are the character less 20h on track 1 and less 30h on tracks
 * 2 and 3. `;4111111111111111=25122010000000000000?` gives `;`.
 */
export const lrcOf = (text: string, track: Track): string => {
  const base = track === 1 ? 0x20 : 0x30;
  let sum = 0;
  for (const character of text) sum ^= character.charCodeAt(0) - base;
  return String.fromCharCode(sum + base);
};
