import type { Device, DeviceFault } from './device.ts';
import type { MinorUnits } from './units.ts';

export interface PinRequest {
  /** In clear, for the ISO 9564 format 0 block; 12–19 digits. */
  readonly pan: string;
  /** The PIN working key (PIK) as the acquirer sent it, under the pad's master key: 16 or 32 hex digits. */
  readonly pinKey: string;
  /** Shown to the cardholder, if the pad has a text line. */
  readonly amount: MinorUnits;
  /** How long the cardholder may take. */
  readonly timeoutMs: number;
}

/**
 * How a PIN entry ended.
 * - `entered`: `block` is the encrypted PIN block, 16 hex digits; the clear PIN never leaves the pad
 * - `bypassed`: the cardholder confirmed without a PIN
 * - `cancelled`, `timedOut`: by the cardholder, or nobody came
 * - `failed`: the pad answered an error, or not at all, or couldn't be asked: the fault says why
 */
export type PinOutcome =
  | { readonly outcome: 'entered'; readonly block: string }
  | { readonly outcome: 'bypassed' }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'timedOut' }
  | { readonly outcome: 'failed'; readonly fault: DeviceFault };

/** PINPad. There is no way to ask it for a clear PIN. One request at a time. */
export interface PinPad extends Device<never> {
  /** Asks for the PIN. Always resolves, at the latest `timeoutMs` + 5 s after the call. */
  requestPin(request: PinRequest): Promise<PinOutcome>;
  /** Ends a running request, which then resolves as `cancelled`; nothing to do otherwise. */
  cancel(): void;
  /** Shows a text of at most 2 × 16 characters between requests, such as 请取卡. */
  showText(text: string): Promise<void>;
}
