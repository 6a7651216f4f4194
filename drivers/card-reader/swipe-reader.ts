import type { CardEvent, CardReader } from '../../hal/card-reader.ts';
import { InputDevice } from '../input-device.ts';

/** What every swipe reader has in common: it reports nothing until it is enabled. */
export abstract class SwipeReader extends InputDevice<CardEvent> implements CardReader {
  #enabled = false;

  enable(): void {
    this.#enabled = true;
    this.forget();
  }

  disable(): void {
    this.#enabled = false;
    this.forget();
  }

  protected get enabled(): boolean {
    return this.#enabled;
  }

  /** Throws away what has come of a swipe, and what is still to come of the same. */
  protected abstract forget(): void;
}
