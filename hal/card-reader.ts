import type { Device } from './device.ts';

/**
 * A card as it was read, **in clear**: it lives in memory only, from the read until the acquirer's answer (M9).
 * Never log it, never store it.
 */
export interface ReadCard {
  /** How the card was entered: ISO 8583 field 22, positions 1–2. `swipe` 02. */
  readonly entry: 'swipe';
  /** Primary account number, 12–19 digits, Luhn-checked. */
  readonly pan: string;
  /** YYMM, as on the track; absent when the track says that the card has none. */
  readonly expiry?: string;
  /** Three digits (ISO/IEC 7813); the first, 2 or 6, tells that the card has a chip. */
  readonly serviceCode: string;
  /** Track 2 without sentinels and LRC, with `=` as separator, at most 37 characters. */
  readonly track2: string;
  /** Track 3 without sentinels and LRC, at most 104 characters. */
  readonly track3?: string;
}

/** By the first digit of its service code: 2 international, 6 national, both with a chip that is to be used. */
export const hasChip = ({ serviceCode }: Pick<ReadCard, 'serviceCode'>): boolean => /^[26]/.test(serviceCode);

/**
 * Why a swipe gave no card. `unreadable`: no track 2, or its decode failed; `badLrc`, `badLuhn`, `badLength`,
 * `badFormat`: read, and wrong in that respect; `expired` is not decided here.
 */
export type CardFault = 'unreadable' | 'badLrc' | 'badLuhn' | 'badLength' | 'badFormat';

export type CardEvent =
  | { readonly type: 'card'; readonly card: ReadCard }
  | { readonly type: 'cardFault'; readonly fault: CardFault };

/**
 * MSR. Disabled after claim: a swipe that nobody asked for is dropped unread. The runtime enables it while a card
 * is asked for (DataEventEnabled) and disables it on the first card, on cancel and on time-out.
 */
export interface CardReader extends Device<CardEvent> {
  /** From now on report swipes; what came before is discarded (clearInput). */
  enable(): void;
  /** From now on drop swipes. */
  disable(): void;
}
