/**
 * A card number as it may be shown and stored: its first six and last four digits, asterisks between (PCI DSS 4.0,
 * requirement 3.4.1). What isn't a card number of 12 … 19 digits is hidden altogether.
 */
export const maskPan = (pan: string): string =>
  /^\d{12,19}$/.test(pan) ? `${pan.slice(0, 6)}${'*'.repeat(pan.length - 10)}${pan.slice(-4)}` : '*'.repeat(pan.length);
