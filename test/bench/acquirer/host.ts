import { type Behaviour, hasMac, type Script, spoil } from './behaviours.ts';
import { type BenchCard, Book, maskPan } from './book.ts';
import { newKey } from './crypto.ts';
import { DayEnd, isBatch } from './day-end.ts';
import { type IsoMessage, pack, textOf, unpack, type Value } from './iso8583.ts';
import { KeySession } from './key-session.ts';
import { batchOf, faultsOf, isTrade, kindOf, type MessageKind, managementCode } from './rules.ts';
import { answering, type Case, type Fields, Trading } from './trading.ts';
import { openEnvelope, sealAnswer } from './wire.ts';

export interface HostOptions {
  /** Field 41, 8 characters, and field 42, 15 characters. */
  readonly terminalId: string;
  readonly merchantId: string;
  /** 终端主密钥 (TMK), 8 or 16 bytes. */
  readonly masterKey: Buffer;
  readonly cards: readonly BenchCard[];
  /** The batch (批次号) that is open, 1 … 999 999; 1 by default. */
  readonly batch?: number;
  /** Its clock; the line carries it as Chinese time. The machine's by default. */
  readonly now?: () => Date;
  /** Where working keys come from: random ones with odd parity by default. */
  readonly newKey?: (length: 8 | 16) => Buffer;
}

/** What may be told of a message: no card data but a masked PAN. */
export interface MessageSummary {
  /** `withheld`: an answer that the script kept back. */
  readonly direction: 'received' | 'sent' | 'withheld';
  readonly mti: string;
  /** Undefined for a message that is not spoken here. */
  readonly kind: MessageKind | undefined;
  readonly stan?: number;
  readonly batch?: number;
  /** In 分. */
  readonly amount?: number;
  readonly pan?: string;
  /** Field 39: of an answer its response code, of a reversal its reason. */
  readonly code?: string;
}

/** What the host made of a request; without `answer` there is none to it, without `request` it is still on its way. */
export interface Handled {
  readonly request?: MessageSummary;
  readonly behaviour: Behaviour | undefined;
  readonly answer?: { readonly frame: Buffer; readonly summary: MessageSummary };
}

const institution = '48021000';
const chinaMs = 8 * 3_600_000;

/**
 * The acquirer's mind, without a line: takes a request's payload, checks it, decides, keeps the book and makes the
 * answer. Refused are, in this order: what is malformed (30; 40 when only unknown), another's terminal (97) or
 * merchant (03), a wrong MAC or a trade before sign-on (A0), what the test's script declines; then come the merits.
 */
export class Host {
  readonly book: Book;
  /** What a right terminal never does, one line each, without card data. */
  readonly complaints: string[] = [];
  readonly dayEnd: DayEnd;
  /** 处理要求, the sixth digit of the header of every answer, 0 … 9. */
  processingRequest = 0;
  readonly #options: HostOptions;
  readonly #script: Script;
  readonly #keys: KeySession;
  readonly #trading: Trading;
  #references = 0;

  constructor(options: HostOptions, script: Script) {
    assertOptions(options);
    this.#options = options;
    this.#script = script;
    this.book = new Book(options.cards);
    this.dayEnd = new DayEnd(this.book, options.batch ?? 1);
    this.#keys = new KeySession(options.masterKey, options.newKey ?? newKey);
    this.#trading = new Trading(this.book, this.#keys);
  }

  get signedOn(): boolean {
    return this.#keys.open;
  }

  /** Handles the payload of one frame: TPDU, header and message, at least 21 bytes. A second time without script. */
  receive(payload: Buffer, scripted = true): Handled {
    const { envelope, iso, faults } = openEnvelope(payload);
    const message = this.#keys.inClear(unpack(iso));
    const kind = kindOf(message);
    const behaviour = scripted && kind !== undefined ? this.#script.take(kind) : undefined;
    if (behaviour?.kind === 'overtaken') return { behaviour };
    const request = summaryOf('received', kind, message);
    const complain = (what: string): void => {
      const stan = request.stan === undefined ? '' : ` STAN ${request.stan}`;
      this.complaints.push(`${request.mti} ${kind ?? 'unknown'}${stan}: ${what}`);
    };
    const wrong = [...faults, ...message.faults, ...(kind === undefined ? [] : faultsOf(kind, message))];
    for (const what of wrong) complain(what);
    if (kind === undefined) complain('MTI, 60.3 or, of a trade, 3, 25 and 60.1 name no message that is spoken here');

    if (!/^0[1-8][02468]0$/.test(message.mti) || behaviour?.kind === 'notBooked') return { request, behaviour };

    const at = this.#options.now?.() ?? new Date();
    const [today, time] = chineseTime(at);
    this.#references += 1;
    const reference = time + `${this.#references % 1_000_000}`.padStart(6, '0');
    const trade: Case = { message, at, today, reference, behaviour, complain };
    const decision = this.#decide(kind, trade, wrong.length > 0);
    const answer = {
      mti: message.mti.slice(0, 2) + (Number(message.mti.charAt(2)) + 1) + message.mti.slice(3),
      fields: new Map<number, Value>([
        ...repeatedFields(kind, message),
        [12, time],
        [13, today],
        [32, institution],
        [37, reference],
        ...decision,
      ]),
    };
    const mac = kind !== undefined && hasMac(kind) ? this.#keys.mac() : undefined;
    const spoilt = spoil(answer, mac, behaviour);
    if (spoilt.missing !== undefined) complain(`script: its answer has no field ${spoilt.missing} to spoil`);
    const frame = sealAnswer(envelope, this.processingRequest, pack(spoilt.answer, spoilt.mac));
    return { request, behaviour, answer: { frame, summary: summaryOf('sent', kind, answer) } };
  }

  #decide(kind: MessageKind | undefined, trade: Case, malformed: boolean): Fields {
    const refusal = malformed ? '30' : this.#stranger(trade.message);
    if (kind === 'settlement') return this.dayEnd.settle(trade, refusal !== undefined);
    if (refusal !== undefined) return answering(refusal);
    if (kind === undefined) return answering('40');
    if (hasMac(kind) && !this.#macHolds(trade)) return answering('A0');
    if (isTrade(kind)) return this.#trading.trade(kind, trade, this.dayEnd.batch);
    if (trade.behaviour?.kind === 'decline') return answering(trade.behaviour.code);
    switch (kind) {
      case 'balance':
        return this.#trading.balance(trade);
      case 'noticeUpload':
        return this.dayEnd.uploadNotice(trade);
      case 'reversal':
        return this.#trading.reverse(trade, (batch) => this.dayEnd.isClosed(batch));
      case 'signOn':
        return this.#signOn(trade.message);
      case 'signOff':
        this.#keys.signOff();
        return answering('00');
      case 'echo':
        return answering('00');
      case 'upload':
        return this.dayEnd.upload(trade);
      case 'batchEnd':
        return this.dayEnd.endBatch(trade);
    }
  }

  #stranger(message: IsoMessage): string | undefined {
    if (textOf(message, 41) !== this.#options.terminalId) return '97';
    return textOf(message, 42) === this.#options.merchantId ? undefined : '03';
  }

  #macHolds({ message, complain }: Case): boolean {
    const verdict = this.#keys.judge(message);
    if (verdict === 'wrong' && this.#keys.open) complain('field 64 is no MAC under any key that was given out');
    return verdict === 'right';
  }

  /** 001 single, 003 double-length PIN key, 004 with a track key. Field 60.2 is the open batch. */
  #signOn(message: IsoMessage): Fields {
    const code = managementCode(message);
    const batch = `${this.dayEnd.batch}`.padStart(6, '0');
    return new Map<number, Value>([
      [39, '00'],
      [60, `00${batch}${code}`],
      [62, this.#keys.signOn(code)],
    ]);
  }
}

const assertOptions = ({ terminalId, merchantId, masterKey, cards, batch = 1 }: HostOptions): void => {
  if (terminalId.length !== 8) throw new RangeError('a terminal id has 8 characters');
  if (merchantId.length !== 15) throw new RangeError('a merchant id has 15 characters');
  if (masterKey.length !== 8 && masterKey.length !== 16) throw new RangeError('a master key has 8 or 16 bytes');
  if (!isBatch(batch)) throw new RangeError('a batch is a number from 1 to 999999');
  for (const { pan, issuer } of cards) {
    if (!/^\d{12,19}$/.test(pan)) throw new RangeError('a card number has 12 to 19 digits');
    if (!/^[\dA-Za-z]{1,11}$/.test(issuer)) throw new RangeError('an issuer has 1 to 11 letters and digits');
  }
};

/** What an answer repeats of its request. */
const repeatedFields = (kind: MessageKind | undefined, { fields }: IsoMessage): [number, Value][] => {
  const trade = kind === undefined || hasMac(kind);
  const repeated = trade ? [3, 4, 11, 25, 41, 42, 49, 60] : [11, 41, 42, 60, ...(kind === 'settlement' ? [49] : [])];
  return [...fields].filter(([field]) => repeated.includes(field));
};

/** MMDD and hhmmss in China, which keeps UTC+8 all the year. */
const chineseTime = (at: Date): [string, string] => {
  const local = new Date(at.getTime() + chinaMs).toISOString();
  return [local.slice(5, 10).replace('-', ''), local.slice(11, 19).replaceAll(':', '')];
};

const summaryOf = (
  direction: MessageSummary['direction'],
  kind: MessageKind | undefined,
  message: IsoMessage,
): MessageSummary => {
  const number = (field: number): number | undefined => {
    const value = textOf(message, field);
    return /^\d+$/.test(value) ? Number(value) : undefined;
  };
  const stan = number(11);
  const amount = number(4);
  const batch = batchOf(message);
  const pan = textOf(message, 2) || textOf(message, 35).split('=')[0] || '';
  const code = textOf(message, 39);
  return {
    direction,
    mti: message.mti,
    kind,
    ...(stan !== undefined && { stan }),
    ...(batch > 0 && { batch }),
    ...(amount !== undefined && { amount }),
    ...(pan !== '' && { pan: maskPan(pan) }),
    ...(code !== '' && { code }),
  };
};
