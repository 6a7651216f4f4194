/**
 * What every device port has in common, in UnifiedPOS's words (claim, release, checkHealth; StatusUpdateEvent's
 * power states): the runtime claims a device once at boot and releases it once at the end. Between the two the
 * driver keeps the line by itself: it opens anew after an unplugging, and says so through the listener.
 */

export type DeviceName = 'keypad' | 'cardReader' | 'pinPad' | 'printer' | 'display' | 'acquirer' | 'ledger';

/**
 * Why a device can't be used, in precedence order: the first that applies is reported.
 * - `missing`: its path or identity isn't on the system
 * - `denied`: it is there, but this user may not open it
 * - `locked`: another process holds it
 * - `notSuitable`: it is there and isn't what the configuration says (not a tty, other HID report length)
 * - `unplugged`: it went away while it was claimed
 * - `silent`: it takes bytes and never answers
 * - `babbling`: it sends bytes that make no sense, beyond what noise explains
 * - `failed`: it says itself that it is broken
 */
export type DeviceFaultCode =
  | 'missing'
  | 'denied'
  | 'locked'
  | 'notSuitable'
  | 'unplugged'
  | 'silent'
  | 'babbling'
  | 'failed';

/** A device fault, told for the person who reads it. No card data, ever: `where` is a path or address. */
export interface DeviceFault {
  readonly device: DeviceName;
  readonly code: DeviceFaultCode;
  /** The port as configured, such as `/dev/ttyS1` or `HID 0801:0002`. */
  readonly where: string;
  /** What happened, one sentence. */
  readonly what: string;
  /** What to do about it, one sentence in the imperative. */
  readonly remedy: string;
}

/** The device's line came up (`online`) or went away (`offline`); the first one follows the claim. */
export type LinkEvent = { readonly type: 'online' } | { readonly type: 'offline'; readonly fault: DeviceFault };

export type Health = { readonly healthy: true } | { readonly healthy: false; readonly fault: DeviceFault };

export interface Device<Event> {
  /**
   * Takes the device and begins to report. Resolves when the first attempt to open has ended either way; an absent
   * device is no error but an `offline` event, and the driver goes on trying. Called once, at boot.
   * The listener must not throw and may be called at any time until `release` resolves.
   */
  claim(listener: (event: Event | LinkEvent) => void): Promise<void>;
  /** Lets the device go and closes its handle; nothing is reported after it resolves. May be called twice. */
  release(): Promise<void>;
  /** What is known of the device now, with at most one short question to it (500 ms). */
  checkHealth(): Promise<Health>;
}
