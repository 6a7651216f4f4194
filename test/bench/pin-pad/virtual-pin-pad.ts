import iconv from 'iconv-lite';
import type { Clock } from '../../../hal/clock.ts';
import { EOT, frame } from './frame.ts';
import { clearPinBlock, decrypt, encrypt } from './pin-block.ts';
import { type PinEntryEnd, PinPadLine } from './pin-pad-line.ts';
import { masked, type PinRequest, readPinRequest } from './pin-request.ts';

type Cardholder =
  | { readonly does: 'enter'; readonly pin: string }
  | { readonly does: 'bypass' | 'cancel' | 'nothing' }
  | { readonly does: 'fail'; readonly code: string };

export interface PinPadSettings {
  /** The master key, 8 or 16 bytes; the working key of a request is encrypted under it. */
  readonly masterKey: Uint8Array;
  /** How long the pad waits for the cardholder before it tells a time-out; 60 s by default. */
  readonly entryTimeoutMs?: number;
}

/** Columns of the pad's text, two lines of 16. */
const textColumns = 32;

/**
 * A serial PIN pad of the VISA family, which really encrypts. The cardholder is scripted: what he `will…` do, he does
 * at the request that runs, and at each later one until told otherwise; at first he does nothing.
 *
 * | who | bytes | meaning |
 * |---|---|---|
 * | host | `02 "Z60." PAN 1C KEY 03 LRC` | ask for the PIN; KEY is 16 or 32 hex digits, the working key under the master key |
 * | pad | `06`, `15` | the frame is taken; it is bad, send it again |
 * | pad | `02 "71." fkey pinlen "01" block 03 LRC` | fkey `0`; pinlen 2 digits; block 16 hex digits, ISO 9564 format 0 under the working key. Without PIN: pinlen `00`, block 16 zeros |
 * | pad | `02 "71" code 03 LRC` | the request can't be served, see `readPinRequest` |
 * | pad | `04` | the cardholder cancelled, or nobody came |
 * | host | `06`, `15` | the answer is taken; it is bad, send it again (three times at most, then `04`) |
 * | host | `04` | the running request is off; the pad says nothing to it |
 * | host | `02 "Z2" text 03 LRC` | show a text, GBK, at most 32 columns |
 *
 * Example: PAN 4111111111111111, PIN 1234, working key 1111222233334444AAAABBBBCCCCDDDD, master key
 * 0123456789ABCDEFFEDCBA9876543210:
 *
 *     host  02 "Z60.4111111111111111" 1C "50F2CFA3619FFA3341BB09F1C30DAC35" 03 6A
 *     pad   06
 *     pad   02 "71.0040118AD8A3D8527B0FF" 03 66
 *     host  06
 *
 * Source: Uniform PP791 programmer's manual, section 9 (messages 70, Z60, 71); VeriFone PINpad 1000SE guide 22903.
 */
export class VirtualPinPad extends PinPadLine {
  readonly #masterKey: Buffer;
  readonly #entryTimeoutMs: number;
  #cardholder: Cardholder = { does: 'nothing' };
  #delayMs = 0;
  #earlyLeft = 0;
  /** The request that runs, and its frame's body, by which a repetition is known. */
  #running: { readonly request: PinRequest; readonly body: Buffer } | undefined;
  #cancelAct: (() => void) | undefined;
  #cancelTimeout: (() => void) | undefined;

  constructor(clock: Clock, { masterKey, entryTimeoutMs = 60_000 }: PinPadSettings) {
    super(clock);
    if (masterKey.length !== 8 && masterKey.length !== 16) {
      throw new RangeError(`A master key has 8 or 16 bytes, not ${masterKey.length}`);
    }
    this.#masterKey = Buffer.from(masterKey);
    this.#entryTimeoutMs = entryTimeoutMs;
  }

  /** The cardholder enters his PIN, 4–12 digits, and confirms. */
  willEnter(pin: string): void {
    if (!/^[0-9]{4,12}$/.test(pin)) throw new RangeError('A PIN has 4 to 12 digits');
    this.#will({ does: 'enter', pin });
  }

  /** The cardholder confirms without a PIN. */
  willBypass(): void {
    this.#will({ does: 'bypass' });
  }

  /** The cardholder presses 取消. */
  willCancel(): void {
    this.#will({ does: 'cancel' });
  }

  /** Nobody touches the pad: it tells a time-out after the entry time. */
  willStaySilent(): void {
    this.#will({ does: 'nothing' });
  }

  /** The pad answers an error, one character. */
  willFail(code: string): void {
    if (!/^[!-~]$/.test(code)) throw new RangeError('An error code is one printable character');
    this.#will({ does: 'fail', code });
  }

  /** The cardholder takes so long, from now on; 0 for none. Say it before what he will do. */
  willAnswerLate(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** The next so many requests are answered by the acknowledgement after the answer: the wrong order. */
  replyBeforeAckNext(count: number): void {
    this.#earlyLeft = count;
  }

  override detach(): void {
    this.#endRequest();
    super.detach();
  }

  protected override takeFrame(body: Buffer): void {
    const text = body.toString('latin1');
    if (this.#running?.body.equals(body)) {
      // The host missed our acknowledgement: the request runs already.
      this.acknowledge();
    } else if (text.startsWith('Z60.')) {
      if (this.#running === undefined) this.#ask(body, text.slice('Z60.'.length));
      else this.#reject('a request came while another one ran');
    } else if (text.startsWith('Z2')) {
      this.acknowledge();
      this.#show(body.subarray('Z2'.length));
    } else {
      this.#reject(`a frame of ${body.length} bytes holds no message that the pad knows`);
    }
  }

  protected override takeEot(): void {
    if (this.#running === undefined) return;
    this.#endRequest();
    this.note({ type: 'withdrawn' });
  }

  #reject(what: string): void {
    this.complain(what);
    this.refuse();
  }

  #ask(body: Buffer, fields: string): void {
    this.forgetAnswer();
    const early = this.#earlyLeft > 0;
    if (early) this.#earlyLeft--;
    else this.acknowledge();
    const request = readPinRequest(fields, this.#masterKey.length);
    if ('error' in request) {
      this.complain(`a request can't be served: error ${request.error}`);
      this.#end('failed', frame(`71${request.error}`));
    } else {
      this.#running = { request, body };
      this.note({ type: 'request', pan: masked(request.pan), keyBytes: request.workingKey.length });
      this.#cancelTimeout = this.clock.schedule(this.#entryTimeoutMs, () => this.#end('timedOut', Buffer.of(EOT)));
      this.#act();
    }
    if (early) this.acknowledge();
  }

  #will(cardholder: Cardholder): void {
    this.#cardholder = cardholder;
    this.#act();
  }

  /** What the cardholder does at the request that runs, once he has taken his time. */
  #act(): void {
    this.#cancelAct?.();
    this.#cancelAct = undefined;
    const running = this.#running;
    if (running === undefined) return;
    if (this.#delayMs === 0) this.#actNow(running.request);
    else this.#cancelAct = this.clock.schedule(this.#delayMs, () => this.#actNow(running.request));
  }

  #actNow({ pan, workingKey }: PinRequest): void {
    const cardholder = this.#cardholder;
    if (cardholder.does === 'enter') {
      const block = encrypt(decrypt(this.#masterKey, workingKey), clearPinBlock(cardholder.pin, pan));
      const length = String(cardholder.pin.length).padStart(2, '0');
      this.#end('entered', frame(`71.0${length}01${block.toString('hex').toUpperCase()}`));
    } else if (cardholder.does === 'bypass') {
      this.#end('bypassed', frame(`71.00001${'0'.repeat(16)}`));
    } else if (cardholder.does === 'cancel') {
      this.#end('cancelled', Buffer.of(EOT));
    } else if (cardholder.does === 'fail') {
      this.#end('failed', frame(`71${cardholder.code}`));
    }
  }

  /** Ends the request that runs and tells the host, by a frame or by 04, which nobody acknowledges. */
  #end(end: PinEntryEnd, bytes: Buffer): void {
    this.#endRequest();
    if (bytes.length > 1) this.answer(bytes);
    else this.transmit(bytes);
    this.note({ type: 'answered', end });
  }

  #endRequest(): void {
    this.#running = undefined;
    this.#cancelAct?.();
    this.#cancelTimeout?.();
    this.#cancelAct = undefined;
    this.#cancelTimeout = undefined;
  }

  #show(bytes: Buffer): void {
    if (bytes.length > textColumns) {
      this.complain(`a text of ${bytes.length} columns is longer than the ${textColumns} of the pad`);
    }
    this.note({ type: 'text', text: iconv.decode(bytes.subarray(0, textColumns), 'gbk') });
  }
}
