import type { Clock } from '../../../hal/clock.ts';
import type { TestCard } from '../cards.ts';
import { LineDevice } from '../line-device.ts';
import { lrcOf, type Track, trackOf } from './tracks.ts';

/** What goes out with a swipe, and what goes wrong with it. */
export interface Swipe {
  /** Which tracks, in the order in which they are sent; 1 and 2 by default. */
  readonly tracks?: readonly Track[];
  /** Send each track's LRC after its end sentinel. Readers usually check it and keep it to themselves: default false. */
  readonly lrc?: boolean;
  /** Send a wrong LRC after each end sentinel. */
  readonly badLrc?: boolean;
  /** The card's number has a wrong check digit. */
  readonly badLuhn?: boolean;
  /** Only so many bytes come, and no more: the cable moved. Negative counts from the end. */
  readonly cut?: number;
  /** The swipe comes in two halves, with so many milliseconds between them. */
  readonly twoHalvesWithPause?: number;
  /** Bytes that come before the swipe. */
  readonly noise?: Uint8Array;
}

/**
 * A serial swipe reader: each swipe is sent once, the tracks one after the other, each by its sentinels, and at the
 * end one carriage return (0D). Example, tracks 1 and 2:
 *
 *     %B4111111111111111^DOE/JOHN^28121018250617394026?;4111111111111111=28121018250617394026?␍
 */
export class VirtualCardReader extends LineDevice<Record<never, never>> {
  readonly #clock: Clock;
  #dropSecondHalf: (() => void) | undefined;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  swipe(card: TestCard, swipe: Swipe = {}): void {
    const pan = swipe.badLuhn ? miscode(card.pan) : card.pan;
    const tracks = (swipe.tracks ?? [1, 2]).map((track) => {
      const text = trackOf(card, track, pan);
      if (!swipe.lrc && !swipe.badLrc) return text;
      const lrc = lrcOf(text, track);
      return text + (swipe.badLrc ? String.fromCharCode(lrc.charCodeAt(0) ^ 1) : lrc);
    });
    const read = Buffer.from(`${tracks.join('')}\r`, 'latin1').subarray(0, swipe.cut);
    const bytes = Buffer.concat([swipe.noise ?? new Uint8Array(), read]);
    const pauseMs = swipe.twoHalvesWithPause;
    const half = pauseMs === undefined ? bytes.length : bytes.length >> 1;
    this.send(bytes.subarray(0, half));
    if (pauseMs === undefined) return;
    this.#dropSecondHalf = this.#clock.schedule(pauseMs, () => this.send(bytes.subarray(half)));
  }

  override detach(): void {
    this.#dropSecondHalf?.();
    super.detach();
  }

  /** A swipe reader doesn't listen. */
  protected override receive(): void {}
}

const miscode = (pan: string): string => pan.slice(0, -1) + ((Number(pan.at(-1)) + 1) % 10);
