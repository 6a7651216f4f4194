import type { CardSecrets } from '../hal/acquirer.ts';
import type { ReadCard } from '../hal/card-reader.ts';

/**
 * The one place where clear card data is, from the read until the acquirer's answer (M9). It holds one card: the
 * first that is read after `await`; a second swipe can't replace the card that the machine was told of.
 */
export class CardMemory {
  #awaited = false;
  #card: ReadCard | undefined;
  #pinBlock: string | undefined;

  /** From now on the next card is taken; what was there is forgotten. */
  await(): void {
    this.forget();
    this.#awaited = true;
  }

  /** No card is taken any more; one that was taken stays. */
  stop(): void {
    this.#awaited = false;
  }

  /** True when the card was taken. */
  take(card: ReadCard): boolean {
    if (!this.#awaited) return false;
    this.#awaited = false;
    this.#card = card;
    return true;
  }

  /** Drops a block whose card was forgotten while its PIN was entered. */
  takePinBlock(block: string): void {
    if (this.#card !== undefined) this.#pinBlock = block;
  }

  get pan(): string | undefined {
    return this.#card?.pan;
  }

  secrets(): CardSecrets | undefined {
    const card = this.#card;
    if (card === undefined) return undefined;
    return {
      track2: card.track2,
      ...(card.track3 !== undefined && { track3: card.track3 }),
      ...(this.#pinBlock !== undefined && { pinBlock: this.#pinBlock }),
    };
  }

  forget(): void {
    this.#awaited = false;
    this.#card = undefined;
    this.#pinBlock = undefined;
  }
}
