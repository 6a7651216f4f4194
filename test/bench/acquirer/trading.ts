import type { Behaviour } from './behaviours.ts';
import type { BenchCard, Book, BookEntry, Key } from './book.ts';
import { type IsoMessage, textOf, type Unpacked, type Value } from './iso8583.ts';
import type { KeySession } from './key-session.ts';
import { batchOf, hasReversal, type TradeKind } from './rules.ts';

/** A request under decision, and what it may be told about. */
export interface Case {
  readonly message: Unpacked;
  readonly at: Date;
  /** Fields 13 and 37 of the answer. */
  readonly today: string;
  readonly reference: string;
  readonly behaviour: Behaviour | undefined;
  readonly complain: (what: string) => void;
}

/** The fields of an answer beyond those that every answer has; 39 among them. */
export type Fields = ReadonlyMap<number, Value>;

export const answering = (code: string): Fields => new Map([[39, code]]);

const acquirerCode = '48021000';

/** Field 63.1, 卡组织. */
const organisation = ({ pan, foreign }: BenchCard): string => {
  if (foreign !== true) return 'CUP';
  if (pan.startsWith('4')) return 'VIS';
  if (pan.startsWith('35')) return 'JCB';
  return pan.startsWith('3') ? 'AMX' : 'MCC';
};

/** What a reversal must repeat of its request. */
const repeated = [3, 22, 25, 49, 60] as const;

/** Decides trades (金融类交易), balances and reversals (冲正) whose form, terminal and MAC are right already. */
export class Trading {
  readonly #book: Book;
  readonly #keys: KeySession;
  readonly #originals = new Map<string, ReadonlyMap<number, string>>();

  constructor(book: Book, keys: KeySession) {
    this.#book = book;
    this.#keys = keys;
  }

  trade(kind: TradeKind, trade: Case, currentBatch: number): Fields {
    const { message, behaviour } = trade;
    const key: Key = { batch: batchOf(message), stan: Number(textOf(message, 11)) };
    if (key.batch !== currentBatch) return answering('77');
    if (this.#book.wasReversedUnseen(key)) return answering('22');
    if (this.#book.find(key) !== undefined) {
      trade.complain('its STAN was used in this batch already');
      return answering('94');
    }
    if ((textOf(message, 53).charAt(2) === '1') !== this.#keys.hidesTracks) {
      trade.complain('field 53.3 and the keys that were given out disagree on the tracks');
      return answering('30');
    }
    const [pan = '', rest = ''] = textOf(message, 35).split('=');
    const amount = Number(textOf(message, 4));
    const refusal = behaviour?.kind === 'decline' ? behaviour.code : this.#refusal(kind, trade, pan, amount);
    const responseCode = refusal ?? (behaviour?.kind === 'approve' ? behaviour.code : '00');
    const authorisationCode =
      refusal === undefined ? `${(Number(trade.reference) * 7919) % 1_000_000}`.padStart(6, '0') : '';
    const state = refusal === undefined ? 'approved' : 'declined';
    const answer = { responseCode, retrievalReference: trade.reference, authorisationCode };
    const original = this.#originalOf(kind, message, pan);
    const about = original === undefined ? {} : { about: { batch: original.batch, stan: original.stan } };
    const voids = kind === 'void' ? { voids: originalKey(message).stan } : {};
    const released = isCompletion(kind) && original !== undefined ? { released: this.#book.standing(original) } : {};
    const date = { hostDate: trade.today };
    this.#book.post(
      { ...key, kind, amount, at: trade.at, state, ...answer, ...voids, ...about, ...released, ...date },
      pan,
    );
    this.#originals.set(
      `${key.batch}/${key.stan}`,
      new Map([...repeated, 38].map((field) => [field, textOf(message, field)])),
    );
    const card = this.#book.card(pan);
    return new Map<number, Value>([
      [39, responseCode],
      ...(card === undefined ? [] : aboutCard(card)),
      ...(refusal === undefined ? approval(pan, rest.slice(0, 4), trade.today, authorisationCode) : []),
    ]);
  }

  reverse(reversal: Case, isClosed: (batch: number) => boolean): Fields {
    const { message } = reversal;
    const key: Key = { batch: batchOf(message), stan: Number(textOf(message, 11)) };
    const entry = this.#book.find(key);
    if (entry === undefined) {
      this.#book.reverseUnseen(key);
      return answering('25');
    }
    const original = this.#originals.get(`${key.batch}/${key.stan}`);
    const differs = repeated.filter((field) => textOf(message, field) !== original?.get(field));
    for (const field of differs) reversal.complain(`field ${field} is not its request's`);
    const sameAmount = Number(textOf(message, 4)) === entry.amount;
    if (!sameAmount) reversal.complain("field 4 is not its request's");
    const sameCard = !message.fields.has(2) || this.#book.isOf(key, textOf(message, 2));
    if (!sameCard) reversal.complain("field 2 is not its request's card");
    // A void names its sale's code there, and its reversal repeats that where no approval gave another.
    const codes = ['', entry.authorisationCode, original?.get(38)];
    const sameCode = codes.includes(textOf(message, 38));
    if (!sameCode) reversal.complain("field 38 is neither its approval's nor its request's");
    if (!sameAmount) return answering('64');
    if (differs.length > 0 || !sameCard || !sameCode) return answering('30');
    if (!hasReversal(entry.kind)) {
      reversal.complain(`a ${entry.kind} has no reversal`);
      return answering('12');
    }
    if (entry.state === 'declined') return answering('12');
    if (entry.state === 'reversed') return answering('00');
    if (isClosed(key.batch)) {
      reversal.complain('its request is in a batch that is closed');
      return answering('22');
    }
    this.#book.reverse(key);
    return answering('00');
  }

  #refusal(kind: TradeKind, trade: Case, pan: string, amount: number): string | undefined {
    if (amount === 0) return '13';
    const card = this.#book.card(pan);
    if (card === undefined) return '14';
    const block = trade.message.fields.get(52);
    if (Buffer.isBuffer(block)) {
      const pin = this.#keys.pin(block, pan);
      const right = textOf(trade.message, 53).charAt(1) === this.#keys.pinCipher;
      if (!right) trade.complain("field 53.2 is not the PIN key's cipher");
      if (pin === undefined) trade.complain('field 52 is no PIN block of this card under the PIN key');
      if (!right || pin === undefined) return '99';
      if (card.pin !== undefined && pin !== card.pin) return '55';
    }
    if (kind !== 'sale' && kind !== 'preAuthorisation') return this.#noOriginal(kind, trade, pan, amount);
    return this.#book.canSpend(pan, amount) ? undefined : '51';
  }

  /** 余额查询: field 54 tells the account's balance, in 20 characters; a card without a limit has plenty. */
  balance({ message, behaviour }: Case): Fields {
    if (behaviour?.kind === 'decline') return answering(behaviour.code);
    const [pan = ''] = textOf(message, 35).split('=');
    if (this.#book.card(pan) === undefined) return answering('14');
    const amount = this.#book.balance(pan) ?? 99_999_999;
    return new Map<number, Value>([
      [39, '00'],
      [54, `3002156${amount < 0 ? 'D' : 'C'}${`${Math.abs(amount)}`.padStart(12, '0')}`],
    ]);
  }

  /** What a trade is about: by its numbers in this batch, by the reference (refund), or by the authorisation code. */
  #originalOf(kind: TradeKind, message: IsoMessage, pan: string): BookEntry | undefined {
    if (kind === 'refund') return this.#book.withReference(textOf(message, 37), textOf(message, 61).slice(12), pan);
    const key = originalKey(message);
    if (kind === 'void' || key.stan > 0) return this.#book.find(key);
    return this.#book.withCode(textOf(message, 38), textOf(message, 61).slice(12), pan);
  }

  /** Why it isn't taken: there is none (25), it is none that stands or of another kind (12), too much (64, 61), another card (22). */
  #noOriginal(kind: TradeKind, trade: Case, pan: string, amount: number): string | undefined {
    const { message, complain } = trade;
    const original = this.#originalOf(kind, message, pan);
    const reference = textOf(message, 37);
    if (original === undefined || (reference !== '' && original.retrievalReference !== reference)) return '25';
    const code = textOf(message, 38);
    if (code !== '' && code !== original.authorisationCode) {
      complain("field 38 is not its original's");
      return '25';
    }
    const key = { batch: original.batch, stan: original.stan };
    if (!this.#book.isOf(key, pan)) return '22';
    if (!aboutOf[kind]?.includes(original.kind) || original.state !== 'approved' || this.#book.isEnded(key))
      return '12';
    if (kind === 'refund') return amount + this.#book.refunded(key) > original.amount ? '61' : undefined;
    if (kind === 'preAuthorisationIncrement') return this.#book.canSpend(pan, amount) ? undefined : '51';
    const standing = this.#book.standing(original);
    if (isCompletion(kind)) return amount * 100 > standing * 115 ? '61' : undefined;
    if (this.#book.refunded(key) > 0) return '12';
    return amount === standing ? undefined : '64';
  }
}

const aboutOf: Readonly<Partial<Record<TradeKind, readonly TradeKind[]>>> = {
  void: ['sale'],
  refund: ['sale', 'completion', 'completionNotice'],
  preAuthorisationIncrement: ['preAuthorisation'],
  preAuthorisationVoid: ['preAuthorisation'],
  completion: ['preAuthorisation'],
  completionNotice: ['preAuthorisation'],
  completionVoid: ['completion'],
};

const isCompletion = (kind: TradeKind): boolean => kind === 'completion' || kind === 'completionNotice';

/** Field 61: batch 6, STAN 6. */
const originalKey = (message: IsoMessage): Key => {
  const field61 = textOf(message, 61);
  return { batch: Number(field61.slice(0, 6)), stan: Number(field61.slice(6, 12)) };
};

/** Fields 44 (发卡行 and 收单行, 11 characters each) and 63 (card organisation 3, texts of 20 each). */
const aboutCard = (card: BenchCard): [number, Value][] => [
  [44, card.issuer.padEnd(11) + acquirerCode.padEnd(11)],
  [63, organisation(card) + ['ISSUER', 'CENTRE', 'ACQUIRER'].map((name) => `${name} NOTE`.padEnd(20)).join('')],
];

const approval = (pan: string, expiry: string, today: string, authorisationCode: string): [number, Value][] => [
  [2, pan],
  [14, expiry],
  [15, today],
  [38, authorisationCode],
];
