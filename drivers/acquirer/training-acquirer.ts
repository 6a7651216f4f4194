import type {
  Acquirer,
  AcquirerEvent,
  AuthorisationOutcome,
  BalanceOutcome,
  FinancialRequest,
  LinkOutcome,
  ReversalOutcome,
  SettlementOutcome,
  SignOffOutcome,
  SignOnOutcome,
  UploadOutcome,
} from '../../hal/acquirer.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Health, LinkEvent } from '../../hal/device.ts';
import type { BatchNumber } from '../../hal/units.ts';

export interface TrainingSettings {
  /**
   * What the PIN pad takes for a PIN key, hex: what it encrypts under it goes nowhere. As long as the acquirer's, or a pad
   * may refuse it.
   */
  readonly pinKey: string;
}

/** In minor units. */
const balance = 123_456;

/** What an amount's last two digits (分) make the trainer's acquirer answer; everything else is approved. */
const refusals: { readonly [fen: number]: string } = { 5: '05', 51: '51', 55: '55' };
const unansweredFen = 98;

const beijingMs = 8 * 3_600_000;

/**
 * Plays the acquirer in training (培训): it has no line, so that nothing can leave the terminal. Amounts ending in .05,
 * .51 and .55 are refused with that code, .98 is never answered, everything else goes well; a settlement balances.
 */
export class TrainingAcquirer implements Acquirer {
  readonly #settings: TrainingSettings;
  readonly #clock: Pick<Clock, 'wall'>;

  constructor(settings: TrainingSettings, clock: Pick<Clock, 'wall'>) {
    this.#settings = settings;
    this.#clock = clock;
  }

  async claim(listener: (event: AcquirerEvent | LinkEvent) => void): Promise<void> {
    listener({ type: 'online' });
  }

  async release(): Promise<void> {
    return undefined;
  }

  async checkHealth(): Promise<Health> {
    return { healthy: true };
  }

  async signOn({ batch }: { readonly batch: BatchNumber }): Promise<SignOnOutcome> {
    return { outcome: 'signedOn', batch, ...this.#now(), pinKey: this.#settings.pinKey };
  }

  async signOff(): Promise<SignOffOutcome> {
    return { outcome: 'signedOff' };
  }

  async authorise({ amount, stan }: FinancialRequest): Promise<AuthorisationOutcome> {
    const fen = amount % 100;
    const responseCode = refusals[fen];
    if (fen === unansweredFen) return unanswered;
    if (responseCode !== undefined) return { outcome: 'declined', responseCode };
    const number = String(stan).padStart(6, '0');
    return {
      outcome: 'approved',
      responseCode: '00',
      retrievalReference: number.padStart(12, '0'),
      authorisationCode: number,
      ...this.#now(),
    };
  }

  async balance(): Promise<BalanceOutcome> {
    return { outcome: 'balance', amount: balance };
  }

  async reverse(): Promise<ReversalOutcome> {
    return { outcome: 'acknowledged', responseCode: '00' };
  }

  async settle(): Promise<SettlementOutcome> {
    return { outcome: 'reconciled', domestic: 'balanced', foreign: 'balanced' };
  }

  async upload(): Promise<UploadOutcome> {
    return { outcome: 'accepted' };
  }

  async uploadOne(): Promise<UploadOutcome> {
    return { outcome: 'accepted' };
  }

  async endBatch(): Promise<UploadOutcome> {
    return { outcome: 'accepted' };
  }

  #now(): { readonly hostTime: string; readonly hostDate: string } {
    const text = new Date(this.#clock.wall() + beijingMs).toISOString();
    return { hostTime: text.slice(11, 19).replaceAll(':', ''), hostDate: text.slice(5, 10).replace('-', '') };
  }
}

const unanswered: LinkOutcome = {
  outcome: 'unanswered',
  fault: {
    device: 'acquirer',
    code: 'silent',
    where: 'training',
    what: 'The amount asks for an answer that is lost.',
    remedy: 'See how the terminal reverses it.',
  },
};
