import type { CardEvent } from '../../hal/card-reader.ts';
import type { Clock } from '../../hal/clock.ts';
import { HidLine, type HidSettings } from '../hid/hid-line.ts';
import { SwipeReader } from './swipe-reader.ts';
import { readTracks, type Tracks } from './tracks.ts';

const reportLength = 337;
const trackLength = 110;
const firstTrack = 7;
/** Encode types of driving licences, which are no cards to pay with. */
const aamva = 1;
const cadl = 2;

/**
 * One swipe as the MagTek USB HID swipe reader reports it, in 337 bytes without a report id (its technical reference
 * manual, "Card data"); ID TECH's SecureMag sends the same in its HID mode without encryption:
 *
 * | byte | content |
 * |---|---|
 * | 0, 1, 2 | decode status of tracks 1, 2, 3; bit 0 set: error, and the length is 0 |
 * | 3, 4, 5 | length of tracks 1, 2, 3; 0 also for a track that the card doesn't have |
 * | 6 | encode type: 0 ISO/ABA, 1 AAMVA, 2 CADL, 3 blank, 4 other, 5 undetermined, 6 none |
 * | 7 … 116 | track 1 in ASCII with sentinels, then anything |
 * | 117 … 226 | track 2 |
 * | 227 … 336 | track 3 |
 *
 * Example: `00 00 00 00 27 00 00`, 110 bytes, `;4111111111111111=25122010000000000000?`, 181 bytes.
 *
 * A length that is over 110, or isn't the track's own as its end sentinel shows, makes the card `badLength`.
 */
export const readMagTekReport = (report: Uint8Array): CardEvent => {
  const bytes = Buffer.from(report.buffer, report.byteOffset, report.byteLength);
  if (bytes.length !== reportLength) throw new RangeError(`a swipe report has ${reportLength} bytes`);
  const tracks: { -readonly [Name in keyof Tracks]: Tracks[Name] } = {};
  for (const [n, name] of (['track1', 'track2', 'track3'] as const).entries()) {
    const failed = (bytes.readUInt8(n) & 1) === 1;
    const length = bytes.readUInt8(3 + n);
    if (length > trackLength) return { type: 'cardFault', fault: 'badLength' };
    if (failed || length === 0) continue;
    const start = firstTrack + n * trackLength;
    const text = bytes.toString('latin1', start, start + length);
    if (!/^[^?\0]*\?[^\0]?$/.test(text)) return { type: 'cardFault', fault: 'badLength' };
    tracks[name] = text;
  }
  const encodeType = bytes.readUInt8(6);
  if (encodeType === aamva || encodeType === cadl) return { type: 'cardFault', fault: 'badFormat' };
  return readTracks(tracks);
};

/** A MagTek swipe reader in USB HID mode, 0801:0002. Each swipe is one report, the failed ones too. */
export class MagTekReader extends SwipeReader {
  constructor(settings: HidSettings, clock: Clock) {
    super(
      new HidLine(
        settings,
        {
          device: 'cardReader',
          expected: 'a swipe reader with 337-byte reports, not encrypting',
          usages: [{ page: 0xff00, usage: 0x01 }],
          reportLength,
        },
        clock,
      ),
    );
  }

  protected received(report: Buffer): void {
    if (this.enabled) this.emit(readMagTekReport(report));
  }

  protected forget(): void {
    // A report is a whole swipe: nothing is ever half received.
  }

  protected lost(): void {
    // The same.
  }
}
