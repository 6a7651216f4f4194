import type { Swipe } from '../bench/card-reader/virtual-card-reader.ts';
import { type TestCard, testCards } from '../bench/cards.ts';
import type { Chance } from './chance.ts';

/** Somebody who buys something. */
export interface Customer {
  /** In 分. */
  readonly amount: number;
  readonly card: TestCard;
  /** Does at the PIN pad, try by try; the last one repeats. */
  readonly pins: readonly PinHabit[];
  /** How he pulls the card through the reader, try by try; the last one repeats. */
  readonly swipes: readonly Swipe[];
  /** How often he lets it be tried. */
  readonly patience: number;
  readonly walletMs: number;
  readonly pinMs: number;
}

export type PinHabit = 'right' | 'wrong' | 'bypass' | 'cancel' | 'nothing';

/** What things cost: mostly a few yuan, sometimes a lot, often a round sum. */
const priceOf = (chance: Chance): number => {
  const yuan = Math.min(4999, Math.max(1, Math.round(Math.exp(chance.between(0.5, 6.5)))));
  return 100 * yuan - (chance.happens(0.5) ? chance.integer(1, 99) : 0);
};

const badSwipe = (chance: Chance): Swipe =>
  chance.one<Swipe>([
    { badLuhn: true },
    { badLrc: true },
    { cut: chance.integer(-40, -1) },
    { twoHalvesWithPause: chance.integer(50, 900) },
    { noise: chance.bytes(chance.integer(1, 6)) },
    { tracks: [1] },
    { tracks: [2] },
    { tracks: [1, 2, 3] },
    { tracks: [2, 3], lrc: true },
  ]);

export const someCustomer = (chance: Chance): Customer => {
  const card = chance.weighted({
    debit: 40,
    debit16: 20,
    credit: 10,
    endless: 10,
    visa: 8,
    mastercard: 7,
    expired: 2,
    chip: 3,
  });
  const pin = chance.weighted<PinHabit>({ right: 88, wrong: 4, bypass: 5, cancel: 2, nothing: 1 });
  return {
    amount: priceOf(chance),
    card: testCards[card],
    pins: chance.happens(0.7) ? [pin, 'right'] : [pin],
    swipes: chance.happens(0.08) ? [badSwipe(chance), {}] : [chance.happens(0.005) ? badSwipe(chance) : {}],
    patience: chance.integer(1, 3),
    walletMs: chance.between(600, 6000),
    pinMs: chance.between(1500, 9000),
  };
};

/** A PIN of the same length, and wrong. */
export const wrongPin = ({ pin }: TestCard): string => pin.replace(/./g, (digit) => String((Number(digit) + 1) % 10));

/** How busy it is, from 0.3 to 2 times the usual, by the share of the day that is over: noon and evening are the waves. */
export const pressAt = (shareOfDay: number): number =>
  0.35 +
  1.6 * Math.max(0, Math.cos((shareOfDay - 0.28) * 9)) * 0.6 +
  Math.max(0, Math.cos((shareOfDay - 0.8) * 8)) * 0.8;
