/**
 * Looks for card data in what is about to leave the terminal. It should never find any: what may leave is listed field
 * by field. This is the second lock (M9).
 */

export interface CardData {
  readonly kind: 'PAN' | 'track' | 'key';
  /** Where it begins; what it is is not repeated anywhere. */
  readonly offset: number;
}

const luhn = (digits: string): boolean => {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
};

/**
 * A run of 13 to 19 digits that stands alone, begins as the card organisations' numbers do (2221–2720, 3, 4, 5, 6, and
 * UnionPay's 8 and 9), and whose check digit is right. Times in ms (1…) and merchant numbers (field 42) are no such.
 */
const panLike = /(?<![0-9A-Za-z*.])(?:2[2-7]|[3-69]\d|81)\d{11,17}(?![0-9A-Za-z])/g;

/** Track 2 `;PAN=YYMM…` or, as in field 35, with a D; track 1 `B PAN ^NAME^`. */
const trackLike = /\d{12,19}[=D]\d{7,}|B\d{12,19}\^[^^\n]{2,26}\^\d{4}/g;

/**
 * @param secrets keys of the terminal, to be looked for as they are, in hex and in base64
 * @returns what was found, in the order of its place
 */
export const findCardData = (text: string, secrets: readonly Uint8Array[] = []): readonly CardData[] => {
  const found: CardData[] = [];
  for (const match of text.matchAll(panLike)) if (luhn(match[0])) found.push({ kind: 'PAN', offset: match.index });
  for (const match of text.matchAll(trackLike)) found.push({ kind: 'track', offset: match.index });
  const lower = text.toLowerCase();
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    // Of base64 only what doesn't hang on where in its group the key begins: here, from its beginning.
    const places = [
      lower.indexOf(bytes.toString('hex')),
      text.indexOf(bytes.toString('base64').replace(/=+$/, '').slice(0, -1)),
    ];
    for (const offset of places) if (offset >= 0) found.push({ kind: 'key', offset });
  }
  return found.sort((a, b) => a.offset - b.offset);
};
