import type { IsoMessage } from './iso8583.ts';
import { isTrade, type MessageKind } from './rules.ts';

/**
 * What a test may script, for one message or until further notice. Unless it says otherwise the request is handled
 * and booked as ever, and only the answer suffers; MACs are right where they aren't the point.
 */
export type Behaviour =
  /** Refused with that response code (field 39); nothing is booked but the refusal. */
  | { readonly kind: 'decline'; readonly code: string }
  /** A sale or void that the acquirer takes is approved with another code than 00. */
  | { readonly kind: 'approve'; readonly code: '11' | 'A2' | 'A4' | 'A5' | 'A6' }
  /** Booked, and never answered. */
  | { readonly kind: 'noAnswer' }
  /** Lost before it was booked: neither booked nor answered; the connection stays open, unless it `closes`. */
  | { readonly kind: 'notBooked'; readonly closes?: boolean }
  /** Held up on its way for that time, or until `release()`, and only then decided: what comes meanwhile overtakes it. */
  | { readonly kind: 'overtaken'; readonly delayMs?: number }
  /** Answered after that time; without it, when the test calls `release()`. */
  | { readonly kind: 'late'; readonly delayMs?: number }
  /** Field 64 is wrong. */
  | { readonly kind: 'badMac' }
  /** That field's content is another one: the last digit, letter or byte is changed. 0 is the MTI. */
  | { readonly kind: 'wrongField'; readonly field: number }
  /** That field is missing; 64 too can be. */
  | { readonly kind: 'omitField'; readonly field: number }
  /** Half of the frame, or the first `bytes` of it, then nothing more, or the connection `closes`. */
  | { readonly kind: 'truncated'; readonly closes?: boolean; readonly bytes?: number }
  /** Bytes that are no answer in the place of one. */
  | { readonly kind: 'garbage'; readonly bytes?: Buffer }
  /** The frame's length is that much more (or less) than what follows; by default 7 more. */
  | { readonly kind: 'lyingLength'; readonly by?: number }
  /** Booked, and the connection is closed in the place of an answer. */
  | { readonly kind: 'closeAfterRequest' }
  /** The answer comes twice. */
  | { readonly kind: 'doubled' }
  /** The answer comes a byte at a time, that long from one to the next. */
  | { readonly kind: 'drip'; readonly everyMs?: number }
  /** Flags of a settlement, whatever the totals say: 2 unbalanced, 3 error. */
  | { readonly kind: 'disagree'; readonly domestic?: 2 | 3; readonly foreign?: 2 | 3 }
  /** Of a connection, not of a message: it is closed as soon as it is accepted. */
  | { readonly kind: 'closeOnAccept' };

/** What a behaviour is scripted for. */
export type Occasion = MessageKind | 'connection';

/** The answers that carry a MAC. */
export const hasMac = (occasion: Occasion): boolean =>
  occasion !== 'connection' && (isTrade(occasion) || occasion === 'balance' || occasion === 'reversal');

/** Two characters that no terminal takes for an approval. */
const refusals = /^(?!00|10|11|A[2456])[\dA-Z]{2}$/;

const fits = (occasion: Occasion, behaviour: Behaviour): boolean => {
  const { kind } = behaviour;
  if (occasion === 'connection' || kind === 'closeOnAccept') {
    return occasion === 'connection' && kind === 'closeOnAccept';
  }
  if (kind === 'disagree') return occasion === 'settlement';
  if (kind === 'approve') return isTrade(occasion);
  if (kind === 'decline') return occasion !== 'settlement' && refusals.test(behaviour.code);
  return kind !== 'badMac' || hasMac(occasion);
};

/** The behaviours that wait for their message: those for once in their order, then the one that stays. */
export class Script {
  readonly #once = new Map<Occasion, Behaviour[]>();
  readonly #standing = new Map<Occasion, Behaviour>();

  /** @throws RangeError when that message can't behave so: a mistake of the test */
  next(occasion: Occasion, behaviour: Behaviour): void {
    this.#check(occasion, behaviour);
    this.#once.set(occasion, [...(this.#once.get(occasion) ?? []), behaviour]);
  }

  always(occasion: Occasion, behaviour: Behaviour): void {
    this.#check(occasion, behaviour);
    this.#standing.set(occasion, behaviour);
  }

  /** Forgets what is scripted for an occasion, or for all. */
  clear(occasion?: Occasion): void {
    for (const scripted of [this.#once, this.#standing]) {
      if (occasion === undefined) scripted.clear();
      else scripted.delete(occasion);
    }
  }

  take(occasion: Occasion): Behaviour | undefined {
    return this.#once.get(occasion)?.shift() ?? this.#standing.get(occasion);
  }

  /** How many behaviours for once still wait. */
  get waiting(): number {
    return [...this.#once.values()].reduce((sum, { length }) => sum + length, 0);
  }

  #check(occasion: Occasion, behaviour: Behaviour): void {
    if (!fits(occasion, behaviour)) throw new RangeError(`${occasion} can't be scripted with ${behaviour.kind}`);
  }
}

type Mac = (input: Buffer) => Buffer;

/** An answer with what a behaviour changes inside of it. `missing`: the field that should be changed is not there. */
export const spoil = (
  answer: IsoMessage,
  mac: Mac | undefined,
  behaviour: Behaviour | undefined,
): { readonly answer: IsoMessage; readonly mac: Mac | undefined; readonly missing?: number } => {
  if (behaviour?.kind !== 'badMac' && behaviour?.kind !== 'wrongField' && behaviour?.kind !== 'omitField') {
    return { answer, mac };
  }
  const field = behaviour.kind === 'badMac' ? 64 : behaviour.field;
  const omit = behaviour.kind === 'omitField';
  if (field === 0 && !omit) return { answer: { ...answer, mti: otherText(answer.mti) }, mac };
  if (field === 64 && mac !== undefined) {
    return { answer, mac: omit ? undefined : (input) => Buffer.from(otherText(mac(input).toString('latin1'))) };
  }
  const value = answer.fields.get(field);
  if (value === undefined) return { answer, mac, missing: field };
  const fields = new Map(answer.fields);
  if (omit) fields.delete(field);
  else fields.set(field, typeof value === 'string' ? otherText(value) : otherBytes(value));
  return { answer: { ...answer, fields }, mac };
};

const otherText = (value: string): string => {
  const last = value.slice(-1);
  return value.slice(0, -1) + (/\d/.test(last) ? `${(Number(last) + 1) % 10}` : last === 'X' ? 'Y' : 'X');
};

const otherBytes = (value: Buffer): Buffer => {
  const bytes = Buffer.from(value);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1);
  return bytes;
};
