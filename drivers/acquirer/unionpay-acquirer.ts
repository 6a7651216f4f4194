import type {
  Acquirer,
  AcquirerEvent,
  AuthorisationOutcome,
  BadAnswer,
  BalanceOutcome,
  CardSecrets,
  FinancialRequest,
  LinkOutcome,
  Refusal,
  ReversalOutcome,
  ReversalRequest,
  SettlementOutcome,
  SignOffOutcome,
  SignOnOutcome,
  UploadOutcome,
} from '../../hal/acquirer.ts';
import type { Clock } from '../../hal/clock.ts';
import type { DeviceFault, DeviceFaultCode, Health, LinkEvent } from '../../hal/device.ts';
import { type BatchNumber, minorUnits, type Stan } from '../../hal/units.ts';
import {
  approvalOf,
  identify,
  invalid,
  judge,
  type Repeated,
  reasonOf,
  repeatedOf,
  type Seal,
  type Success,
} from './answers.ts';
import type { BlockKey } from './block-key.ts';
import type { Message } from './codec.ts';
import { type Frame, type FrameHeader, frameHead, mostFrameBytes } from './frame.ts';
import { type KeySuite, keySuite, type Sm4Choices, type SuiteName } from './key-suite.ts';
import { type Dial, dialTcp, type Exchange, type Limits, Link } from './link.ts';
import { type LinkFault, linkFault } from './link-faults.ts';
import { hasMac, type MessageRow, messages, signOnRow, type TradeRow, trades } from './message-table.ts';
import {
  authorisationOf,
  frameOf,
  noticeUploadOf,
  requestOf,
  reversalOf,
  type Security,
  type Terminal,
} from './requests.ts';
import { packRecords, packTotals, packUploadCount, readFlags } from './sub-fields/field-48.ts';
import { readBalances } from './sub-fields/field-54.ts';
import { readBatch } from './sub-fields/field-60.ts';
import { packTerminalInfo } from './sub-fields/field-62.ts';
import { packOperator } from './sub-fields/field-63.ts';
import { unwrapKeys, type WorkingKeys, workingKeysBytes } from './working-keys.ts';

export interface AcquirerConfig extends Terminal {
  /** Name or address of the acquirer's front end. Nothing is ever sent elsewhere. */
  readonly host: string;
  readonly port: number;
  /** Where else the acquirer is reached, when no connection comes about there. */
  readonly backup?: { readonly host: string; readonly port: number };
  /** Ten digits, `6000030000`. */
  readonly tpdu: string;
  readonly header: FrameHeader;
  /** Whether a connection is kept from request to request; else each has its own. */
  readonly keepsOpen?: boolean;
  /** How long after the last message an echo test is sent, to know the line and to keep it; never when not given. */
  readonly echoMs?: number;
  /** How long a connection may take, and an answer from the connection on. */
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** How long a late answer is still listened for, so that the log has it. 60 000 by default. */
  readonly lingerMs?: number;
  /** The keys that the sign-on asks for: `003`, double-length DES, when not given. */
  readonly keySuite?: SuiteName;
  /** What the suite `sm4` leaves open. */
  readonly sm4?: Sm4Choices;
  /** TMK, of a length that the suite takes, copied: the caller may overwrite it. */
  readonly masterKey: Uint8Array;
  /** 入网认证编号 and serial number, in the sign-on's field 62: 12 characters for most acquirers. */
  readonly terminalSerial: string;
}

type Asked<Name extends 'signOn' | 'signOff' | 'settle' | 'upload' | 'uploadOne' | 'endBatch'> = Parameters<
  Acquirer[Name]
>[0];

/** Amount type of field 54: what can be spent. */
const availableBalance = '02';

const defaultLingerMs = 60_000;
const usualSm4: Sm4Choices = { networkCode: '005', algorithm: '3', mac: 'text' };

/** After this on the backup address the first one is tried again. */
const backToFirstMs = 600_000;

/** How often the way to the acquirer is tried while it is known to be cut. */
const probeIntervalMs = 30_000;

/** Half of what a health check may take each. */
const echoLimits: Limits = { connectMs: 250, answerMs: 250, lingerMs: 0 };

/**
 * An acquirer that speaks UnionPay's ISO 8583 (Q/CUP 009) over TCP, with a connection a request. The working keys of
 * the sign-on are in this object only; they go with the process.
 */
export class UnionPayAcquirer implements Acquirer {
  readonly #terminal: Terminal;
  readonly #serial: string;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #links: readonly [Link, ...Link[]];
  /** Which of them worked last, and until when it is tried before the first one. */
  #preferred = { index: 0, untilMs: 0 };
  readonly #suite: KeySuite;
  readonly #masterKey: BlockKey;
  /** Where messages are packed; it begins with the head that all of them have. */
  readonly #buffer = Buffer.alloc(mostFrameBytes);
  #keys: WorkingKeys | undefined;
  /** The batch that the last request named, for the echo test. */
  #batch: BatchNumber | 0 = 0;
  #busy = false;
  #released = false;
  #listener: ((event: AcquirerEvent | LinkEvent) => void) | undefined;
  /** What is known of the line: undefined is that it works, or was never tried. */
  #fault: DeviceFault | undefined;
  #reported: DeviceFaultCode | 'online' | undefined;
  #cancelProbe: (() => void) | undefined;
  readonly #echoMs: number | undefined;
  #cancelEcho: (() => void) | undefined;

  constructor(config: AcquirerConfig, clock: Clock, dial: Dial = dialTcp) {
    const { host, port, connectTimeoutMs, terminalId, merchantId, currency } = config;
    if (host === '' || !(port > 0 && port < 65536)) throw new RangeError('host and port must name the acquirer');
    if (terminalId.length !== 8) throw new RangeError('terminalId must have 8 characters');
    if (merchantId.length !== 15) throw new RangeError('merchantId must have 15 characters');
    this.#terminal = { terminalId, merchantId, currency, capability: config.capability ?? '2' };
    this.#serial = config.terminalSerial;
    this.#limits = {
      connectMs: connectTimeoutMs,
      answerMs: config.answerTimeoutMs,
      lingerMs: config.lingerMs ?? defaultLingerMs,
    };
    this.#clock = clock;
    this.#suite = keySuite(config.keySuite ?? '003', config.sm4 ?? usualSm4);
    if (!this.#suite.masterKeyBytes.includes(config.masterKey.length)) {
      throw new RangeError(`a master key of the suite must have ${this.#suite.masterKeyBytes.join(' or ')} bytes`);
    }
    this.#masterKey = this.#suite.key(config.masterKey);
    frameHead(config.tpdu, config.header).copy(this.#buffer);
    const link = (address: { readonly host: string; readonly port: number }): Link =>
      new Link({ ...address, connectTimeoutMs }, clock, dial, (frame) => this.#stray(frame), config.keepsOpen);
    this.#echoMs = config.echoMs;
    const { backup } = config;
    this.#links = backup === undefined ? [link({ host, port })] : [link({ host, port }), link(backup)];
  }

  /** Tries whether a connection comes about; it sends nothing. */
  async claim(listener: (event: AcquirerEvent | LinkEvent) => void): Promise<void> {
    this.#listener = listener;
    await this.#probe();
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#fault ??= linkFault('released', this.#where);
    this.#listener = undefined;
    this.#cancelProbe?.();
    this.#cancelEcho?.();
    this.#keys = undefined;
    await Promise.all(this.#links.map((link) => link.close()));
  }

  /**
   * Asks an echo test (回响测试 0820/301), or, while a request runs, says what is known. That an echo doesn't come back
   * within so short a time is no event: a slow line may still serve.
   */
  async checkHealth(): Promise<Health> {
    if (this.#busy || this.#released) {
      return this.#fault === undefined ? { healthy: true } : { healthy: false, fault: this.#fault };
    }
    const outcome = await this.#echo(echoLimits);
    if (outcome.outcome === 'success') return { healthy: true };
    if ('fault' in outcome) return { healthy: false, fault: outcome.fault };
    return { healthy: false, fault: linkFault('errorAnswer', this.#where, reasonOf(outcome)) };
  }

  signOn(request: Asked<'signOn'>): Promise<SignOnOutcome> {
    const row = signOnRow(this.#suite.networkCode);
    const message = requestOf(row, this.#terminal, request, {
      62: packTerminalInfo(this.#serial),
      63: packOperator(request.operator),
    });
    return this.#run(row, message, request.batch, ({ fields }): SignOnOutcome => {
      const batch = readBatch(fields[60] ?? '');
      if (batch === undefined) return invalid('60.2', 'is no batch number');
      const field62 = fields[62] ?? new Uint8Array();
      const length = workingKeysBytes(this.#suite);
      if (field62.length !== length) return invalid('62', `must have ${length} bytes of keys`);
      const unwrapped = unwrapKeys(field62, this.#masterKey, this.#suite);
      // The acquirer holds the new keys now: the old ones would only have every request refused.
      this.#keys = unwrapped.ok ? unwrapped.keys : undefined;
      if (!unwrapped.ok) return { outcome: 'badKeys', key: unwrapped.key };
      const { pinKey } = unwrapped.keys;
      return { outcome: 'signedOn', batch, hostTime: fields[12] ?? '', hostDate: fields[13] ?? '', pinKey };
    });
  }

  signOff(request: Asked<'signOff'>): Promise<SignOffOutcome> {
    const message = requestOf(messages.signOff, this.#terminal, request, {});
    const signedOff = (): SignOffOutcome => ({ outcome: 'signedOff' });
    return this.#run(messages.signOff, message, request.batch, signedOff).finally(() => {
      this.#keys = undefined;
    });
  }

  authorise(request: FinancialRequest, secrets: CardSecrets): Promise<AuthorisationOutcome> {
    // A block of another cipher would be taken for a wrong PIN, and the card has few tries.
    const { pinBlock } = secrets;
    if (pinBlock !== undefined && pinBlock.length !== 2 * this.#suite.pinBlockBytes) {
      return this.#notSent('otherPinBlock');
    }
    const message = authorisationOf(request, secrets, this.#terminal, this.#security);
    return this.#run(trades[request.kind].request, message, request.batch, approvalOf);
  }

  balance(request: Parameters<Acquirer['balance']>[0], secrets: CardSecrets): Promise<BalanceOutcome> {
    const { pinBlock } = secrets;
    if (pinBlock !== undefined && pinBlock.length !== 2 * this.#suite.pinBlockBytes) {
      return this.#notSent('otherPinBlock');
    }
    const amount = minorUnits(0);
    const message = authorisationOf({ ...request, kind: 'balance', amount }, secrets, this.#terminal, this.#security);
    return this.#run(trades.balance.request, message, request.batch, ({ fields }): BalanceOutcome => {
      const read = readBalances(fields[54] ?? '');
      if (!read.ok) return invalid(read.fault.field, read.fault.what);
      const available = read.value.find(({ amountType }) => amountType === availableBalance);
      return available === undefined
        ? invalid('54', 'tells no amount that can be spent')
        : { outcome: 'balance', amount: available.amount };
    });
  }

  reverse(request: ReversalRequest): Promise<ReversalOutcome> {
    const message = reversalOf(request, this.#terminal);
    const { reversal }: TradeRow = trades[request.kind];
    if (reversal === undefined) throw new Error(`a ${request.kind} has no reversal`);
    return this.#run(
      reversal,
      message,
      request.batch,
      ({ responseCode }): ReversalOutcome => ({ outcome: 'acknowledged', responseCode }),
    );
  }

  settle(request: Asked<'settle'>): Promise<SettlementOutcome> {
    const message = requestOf(messages.settlement, this.#terminal, request, {
      48: packTotals(request.totals),
      63: packOperator(request.operator),
    });
    const reconciled = ({ fields }: Success): SettlementOutcome => {
      const read = readFlags(fields[48] ?? '');
      if (!read.ok) return invalid(read.fault.field, read.fault.what);
      return { outcome: 'reconciled', ...read.value };
    };
    return this.#run(messages.settlement, message, request.batch, reconciled).then((outcome) =>
      outcome.outcome === 'declined' ? invalid('39', `refuses the settlement with ${outcome.responseCode}`) : outcome,
    );
  }

  upload(request: Asked<'upload'>): Promise<UploadOutcome> {
    return this.#sendUp(messages.upload, request, packRecords(request.records));
  }

  uploadOne({ stan, batch, pan, request }: Asked<'uploadOne'>): Promise<UploadOutcome> {
    const { kind } = request;
    if (kind !== 'refund' && kind !== 'completionNotice') throw new Error(`a ${kind} is uploaded among the records`);
    const row = kind === 'refund' ? messages.refundUpload : messages.completionNoticeUpload;
    const message = noticeUploadOf(row, { ...request, stan, batch }, pan, this.#terminal);
    return this.#run(row, message, batch, (): UploadOutcome => ({ outcome: 'accepted' }));
  }

  endBatch(request: Asked<'endBatch'>): Promise<UploadOutcome> {
    const row = request.balanced ? messages.balancedEnd : messages.unbalancedEnd;
    return this.#sendUp(row, request, packUploadCount(request.count));
  }

  #sendUp(
    row: MessageRow,
    ids: { readonly stan: Stan; readonly batch: BatchNumber },
    field48: string,
  ): Promise<UploadOutcome> {
    const message = requestOf(row, this.#terminal, ids, { 48: field48 });
    return this.#run(row, message, ids.batch, (): UploadOutcome => ({ outcome: 'accepted' }));
  }

  /** One request from its message to its outcome. Throws, at once, when one is running. */
  #run<Outcome>(
    row: MessageRow,
    message: Message,
    batch: BatchNumber,
    complete: (success: Success) => Outcome,
  ): Promise<Outcome | Refusal | LinkOutcome | BadAnswer> {
    if (this.#busy) throw new Error('the acquirer takes one request at a time');
    if (this.#released) return this.#notSent('released');
    if (hasMac(row) && this.#keys === undefined) return this.#notSent('notSignedOn');
    const exchange = this.#exchange(row, this.#frame(message), repeatedOf(message), this.#limits);
    this.#batch = batch;
    this.#busy = true;
    return exchange
      .then((outcome) => {
        if (outcome.outcome === 'notSent' || outcome.outcome === 'unanswered') this.#linkDown(outcome.fault);
        return outcome.outcome === 'success' ? complete(outcome) : outcome;
      })
      .finally(() => {
        this.#busy = false;
      });
  }

  #notSent(fault: LinkFault): Promise<LinkOutcome> {
    return Promise.resolve({ outcome: 'notSent', fault: linkFault(fault, this.#where) });
  }

  get #security(): Security {
    const trackKey = this.#keys?.trackKey;
    return { suite: this.#suite, ...(trackKey !== undefined && { trackKey }) };
  }

  get #seal(): Seal | undefined {
    return this.#keys && { macKey: this.#keys.macKey, suite: this.#suite };
  }

  #frame(message: Message): Buffer {
    return frameOf(message, this.#buffer, this.#seal);
  }

  /** Nothing in here may hold the request: it is kept as long as a late answer is listened for. */
  async #exchange(
    row: MessageRow,
    frame: Buffer,
    repeated: Repeated,
    limits: Limits,
  ): Promise<Success | Refusal | LinkOutcome | BadAnswer> {
    const seal = this.#seal;
    const accept = ({ message, processingRequest }: Frame) => {
      const judged = judge(row, repeated, message, seal);
      return judged && { judged, processingRequest };
    };
    const exchange = await this.#onLinks((link, isLast) =>
      // A frame is wiped once it can't be sent any more: the next address needs one of its own.
      link.exchange(isLast ? frame : Buffer.from(frame), accept, limits),
    );
    frame.fill(0);
    this.#echoLater();
    if (exchange.ended !== 'answered') return { outcome: exchange.ended, fault: exchange.fault };
    this.#linkUp();
    const { judged, processingRequest } = exchange.answer;
    if (processingRequest !== 0) this.#listener?.({ type: 'processingRequest', request: processingRequest });
    return judged;
  }

  #stray(frame: Frame): void {
    this.#listener?.({ type: 'lateAnswer', ...identify(frame.message) });
  }

  /** Tells of a line that went away while nobody needed it, and keeps one that is kept open from being forgotten on its way. */
  #echoLater(): void {
    this.#cancelEcho?.();
    if (this.#echoMs === undefined || this.#listener === undefined) return;
    this.#cancelEcho = this.#clock.schedule(this.#echoMs, () => {
      if (this.#busy) this.#echoLater();
      else void this.#echo(this.#limits).then((outcome) => 'fault' in outcome && this.#linkDown(outcome.fault));
    });
  }

  #echo(limits: Limits): Promise<Success | Refusal | LinkOutcome | BadAnswer> {
    const message = requestOf(messages.echo, this.#terminal, { batch: this.#batch }, {});
    return this.#exchange(messages.echo, this.#frame(message), repeatedOf(message), limits);
  }

  async #probe(): Promise<void> {
    this.#cancelProbe = undefined;
    const exchange = await this.#onLinks((link) => link.probe());
    if (exchange.ended === 'answered') this.#linkUp();
    else this.#linkDown(exchange.fault);
  }

  get #where(): string {
    return this.#links.map(({ where }) => where).join(' and ');
  }

  /** Tries each address until a connection comes about, the one that worked last first. A byte goes to one of them only. */
  async #onLinks<Answer>(
    attempt: (link: Link, isLast: boolean) => Promise<Exchange<Answer>>,
  ): Promise<Exchange<Answer>> {
    const now = this.#clock.monotonic();
    const first = now < this.#preferred.untilMs ? this.#preferred.index : 0;
    const order = [first, ...this.#links.keys()].filter((index, at, all) => all.indexOf(index) === at);
    let exchange: Exchange<Answer> | undefined;
    for (const [place, index] of order.entries()) {
      exchange = await attempt(this.#links[index] as Link, place === order.length - 1);
      if (exchange.ended === 'notSent' && !this.#released) continue;
      if (index !== first) this.#preferred = { index, untilMs: now + backToFirstMs };
      return exchange;
    }
    return exchange as Exchange<Answer>;
  }

  #linkUp(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    this.#fault = undefined;
    this.#report('online', { type: 'online' });
  }

  #linkDown(fault: DeviceFault): void {
    this.#fault = fault;
    this.#report(fault.code, { type: 'offline', fault });
    if (this.#listener === undefined) return;
    this.#cancelProbe ??= this.#clock.schedule(probeIntervalMs, () => void this.#probe());
  }

  /** Says a state of the line once, not at every request. */
  #report(state: DeviceFaultCode | 'online', event: LinkEvent): void {
    if (this.#listener === undefined || this.#reported === state) return;
    this.#reported = state;
    this.#listener(event);
  }
}
