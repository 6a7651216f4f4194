import type { CardEvent, CardFault } from '../../hal/card-reader.ts';

/**
 * The magnetic stripe's tracks (ISO/IEC 7811-2 coding, 7813 tracks 1 and 2, 4909 track 3), as readers send them in
 * ASCII:
 *
 * | track | at most | layout |
 * |---|---|---|
 * | 1 | 79 | `%` `B` PAN `^` name, 2–26 `^` YYMM or `^`, service code or `^`, discretionary data `?` LRC |
 * | 2 | 40 | `;` PAN `=` YYMM or `=`, service code or `=`, discretionary data `?` LRC |
 * | 3 | 107 | `;` (many readers write `+`) format code, 2 digits, PAN `=` … `?` LRC |
 *
 * Example of track 2: `;4111111111111111=25122010000000000000?` and, where the reader sends it, the LRC `;`.
 *
 * The LRC is the even parity of each bit over all characters, both sentinels included: in ASCII the XOR of
 * (character − 20h) on track 1, of (character − 30h) on tracks 2 and 3. Most readers check it and leave it out.
 */
export interface Tracks {
  readonly track1?: string;
  readonly track2?: string;
  readonly track3?: string;
}

interface Coding {
  readonly start: string;
  /** The ASCII character that codes zero. */
  readonly base: number;
  readonly size: number;
  /** Longest content between the sentinels. */
  readonly longest: number;
}

const track1: Coding = { start: '%', base: 0x20, size: 64, longest: 76 };
const track2: Coding = { start: ';', base: 0x30, size: 16, longest: 37 };
const track3: Coding = { start: ';+', base: 0x30, size: 16, longest: 104 };

const isOf = (coding: Coding, character: string): boolean => {
  const value = character.charCodeAt(0) - coding.base;
  return value >= 0 && value < coding.size;
};

/** LRC of a track's text from its start to its end sentinel. The `+` of track 3 is `;` on the card. */
const lrcOf = (text: string, coding: Coding): string => {
  let parity = 0;
  for (const character of text.replace(/^\+/, ';')) parity ^= character.charCodeAt(0) - coding.base;
  return String.fromCharCode((parity & (coding.size - 1)) + coding.base);
};

/**
 * Finds the tracks in what a serial reader sent for a swipe, by their sentinels: preambles, line feeds and the like
 * around them don't matter. Each comes with its sentinels, and with its LRC when there is one: a character of the
 * track's own alphabet after the end sentinel, with nothing or the next track after it. What begins and is cut off by
 * another track's begin is left out. A second end sentinel belongs to the track before it, which is then damaged.
 */
export const tracksIn = (line: string): string[] => {
  const found: string[] = [];
  const track = /%[^%?]*\?|[;+][^%;+]*\?/g;
  for (let match = track.exec(line); match !== null; match = track.exec(line)) {
    const text = match[0];
    const lrc = line[track.lastIndex];
    const after = line[track.lastIndex + 1];
    const coding = text.startsWith('%') ? track1 : track2;
    const hasLrc = lrc !== undefined && isOf(coding, lrc) && (after === undefined || '%;+\n'.includes(after));
    found.push(hasLrc ? text + lrc : text);
    if (hasLrc) track.lastIndex += 1;
  }
  return found;
};

/**
 * Says which is which: `%` track 1, the first `;` track 2, the second, or `+`, track 3. Undefined when a track comes
 * twice, as when two swipes ran together.
 */
export const sortTracks = (texts: readonly string[]): Tracks | undefined => {
  const tracks: { track1?: string; track2?: string; track3?: string } = {};
  for (const text of texts) {
    const name = text.startsWith('%')
      ? 'track1'
      : text.startsWith(';') && tracks.track2 === undefined
        ? 'track2'
        : 'track3';
    if (tracks[name] !== undefined) return undefined;
    tracks[name] = text;
  }
  return tracks;
};

type Decoded = { readonly content: string } | { readonly fault: CardFault };

/** Takes sentinels and LRC off. Readers write `E` for a track that they couldn't decode. */
const decode = (text: string | undefined, coding: Coding): Decoded => {
  const parts = /^(.)([^?]*)\?(.?)$/s.exec(text ?? '');
  const [, start = '', content = '', lrc = ''] = parts ?? [];
  if (text === undefined || content === 'E') return { fault: 'unreadable' };
  if (parts === null || !coding.start.includes(start)) return { fault: 'badFormat' };
  if (lrc !== '' && lrc !== lrcOf(`${start}${content}?`, coding)) return { fault: 'badLrc' };
  if (content.length > coding.longest) return { fault: 'badLength' };
  return { content };
};

/** The check digit of ISO/IEC 7812-1, annex B. */
const passesLuhn = (pan: string): boolean => {
  let sum = 0;
  for (let place = 0; place < pan.length; place++) {
    const digit = Number(pan[pan.length - 1 - place]);
    const weighted = place % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
};

/** How a track says that the card has no expiry: a separator, or GB/T 19584's 4912 (0000 in its first edition). */
const noExpiry = new Set(['=', '4912', '0000']);

const panOfTrack1 = (text: string | undefined): string | undefined => {
  const decoded = decode(text, track1);
  if ('fault' in decoded) return undefined;
  return /^B(\d{12,19})\^[^^]{2,26}\^(?:\d{4}|\^)(?:\d{3}|\^)/.exec(decoded.content)?.[1];
};

const track3Content = (text: string | undefined): string | undefined => {
  const decoded = decode(text, track3);
  return 'content' in decoded && /^\d{14,21}=[\d=]*$/.test(decoded.content) ? decoded.content : undefined;
};

/**
 * The card that these tracks make, or what is wrong with them; in precedence order: `unreadable` no track 2, `badLrc`,
 * `badLength` of the track, `badFormat`, `badLength` of the PAN, `badLuhn`.
 *
 * Track 2 is what counts. Track 3 is passed on when it is in order. Track 1 must name the same card when it is in
 * order: otherwise two swipes were mixed, or the stripe was tampered with (`badFormat`).
 */
export const readTracks = (tracks: Tracks): CardEvent => {
  const decoded = decode(tracks.track2, track2);
  if ('fault' in decoded) return faulty(decoded.fault);
  const { content } = decoded;
  const [, pan, expiry, serviceCode] = /^(\d+)=(\d{4}|=)(\d{3})[\d=]*$/.exec(content) ?? [];
  if (pan === undefined || expiry === undefined || serviceCode === undefined) return faulty('badFormat');
  const expires = !noExpiry.has(expiry);
  if (expires && !/^..(0[1-9]|1[0-2])$/.test(expiry)) return faulty('badFormat');
  if (pan.length < 12 || pan.length > 19) return faulty('badLength');
  if (!passesLuhn(pan)) return faulty('badLuhn');
  const pan1 = panOfTrack1(tracks.track1);
  if (pan1 !== undefined && pan1 !== pan) return faulty('badFormat');
  const third = track3Content(tracks.track3);
  return {
    type: 'card',
    card: {
      entry: 'swipe',
      pan,
      ...(expires ? { expiry } : {}),
      serviceCode,
      track2: content,
      ...(third === undefined ? {} : { track3: third }),
    },
  };
};

const faulty = (fault: CardFault): CardEvent => ({ type: 'cardFault', fault });
