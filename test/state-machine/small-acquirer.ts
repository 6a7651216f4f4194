/** A small acquirer beside a walking machine, with a book of its own: it knows only what reached it. */
import type { LinkOutcome, TransactionKind } from '../../hal/acquirer.ts';
import type { Stan } from '../../hal/units.ts';
import { type Book, findSale } from '../../state-machine/book.ts';
import type { Effect, EffectOf } from '../../state-machine/effects.ts';
import type { Happening } from '../../state-machine/events.ts';
import type { Dice } from './dice.ts';
import { approval, fault } from './world.ts';

interface Booked {
  readonly kind: TransactionKind;
  /** What it voids, refunds or completes. */
  readonly about?: string;
  readonly stan: Stan;
  readonly amount: number;
  readonly batch: number;
}

/** What each kind may be about; a refund and an increment again and again. */
const abouts: { readonly [K in TransactionKind]?: readonly TransactionKind[] } = {
  void: ['sale'],
  refund: ['sale', 'completion', 'completionNotice'],
  preAuthorisationIncrement: ['preAuthorisation'],
  preAuthorisationVoid: ['preAuthorisation'],
  completion: ['preAuthorisation'],
  completionNotice: ['preAuthorisation'],
  completionVoid: ['completion'],
};
const columns = {
  debit: ['sale', 'completion', 'completionNotice'],
  credit: ['void', 'refund', 'completionVoid'],
} as const;

const notSent = { outcome: 'notSent', fault } as const;
const unanswered = { outcome: 'unanswered', fault } as const;
const declined = (responseCode: string) => ({ outcome: 'declined', responseCode }) as const;

export class SmallAcquirer {
  readonly booked = new Map<string, Booked>();
  /** What totals or an upload have agreed on, in a batch whose end was accepted. */
  readonly settled = new Set<string>();
  /** What a right terminal never does. */
  readonly complaints: string[] = [];
  batch = 1;
  readonly #closed = new Set<number>();
  /** The trace numbers that came, of all messages but reversals. */
  readonly #received = new Set<Stan>();
  /** Of each batch since its last totals: whether they agreed, and what was uploaded. */
  readonly #reckonings = new Map<number, { readonly balanced: boolean; readonly uploaded: Set<string> }>();

  /** Leaves the batch without the terminal's batch end, as an acquirer may. */
  turnToAnotherBatch(): void {
    this.batch += 3;
  }

  /** What the acquirer does with what was asked for, and what its answer is, or the lack of one. */
  outcomeOf(effect: Effect, dice: Dice, book: Book): Happening | undefined {
    switch (effect.type) {
      case 'signOn': {
        const { batch } = this;
        const signedOn = {
          outcome: 'signedOn',
          batch: batch as never,
          hostTime: '000000',
          hostDate: '0101',
          pinKey: '',
        } as const;
        const refused = declined(dice.one(['77', '97', '38']));
        const answer = dice.one([signedOn, signedOn, signedOn, unanswered, notSent, refused] as const);
        if (answer.outcome !== 'notSent') this.#receive(effect.stan);
        return { type: 'signOnAnswered', effect: effect.id, answer };
      }
      case 'inquire': {
        const lost = this.#lose(effect.stan, dice);
        const told = { outcome: 'balance', amount: 100 } as const;
        const answer = lost ?? dice.one<typeof told | ReturnType<typeof declined>>([told, declined('55')]);
        return { type: 'balanceAnswered', effect: effect.id, answer };
      }
      case 'authorise':
        return { type: 'authorised', effect: effect.id, answer: this.#authorise(effect, dice, book) };
      case 'reverse': {
        const way = dice.one(['done', 'done', 'doneAndLost', 'lost', 'refused'] as const);
        if (way === 'done' || way === 'doneAndLost') this.booked.delete(effect.saleId);
        const answers = {
          done: { outcome: 'acknowledged', responseCode: '00' },
          doneAndLost: unanswered,
          lost: unanswered,
          refused: declined('96'),
        } as const;
        return { type: 'reversalAnswered', effect: effect.id, answer: answers[way] };
      }
      case 'settle': {
        const lost = this.#lose(effect.stan, dice);
        if (lost !== undefined) return { type: 'settlementAnswered', effect: effect.id, answer: lost };
        const flag = this.#reckon(effect, dice);
        const answer = { outcome: 'reconciled', domestic: flag, foreign: 'balanced' } as const;
        return { type: 'settlementAnswered', effect: effect.id, answer: dice.one([answer, answer, unanswered]) };
      }
      case 'upload':
      case 'uploadOne':
      case 'endBatch': {
        const lost = this.#lose(effect.stan, dice);
        if (lost !== undefined) return { type: 'uploadAnswered', effect: effect.id, answer: lost };
        const code = effect.type === 'endBatch' ? this.#endBatch(effect) : this.#upload(effect);
        const answer = code === '00' ? ({ outcome: 'accepted' } as const) : declined(code);
        return { type: 'uploadAnswered', effect: effect.id, answer: dice.one([answer, answer, unanswered]) };
      }
      default:
        return undefined;
    }
  }

  /** A request that ends on its way; one of which a byte left may not use its trace number again. */
  #lose(stan: Stan, dice: Dice): LinkOutcome | undefined {
    const way = dice.one(['arrives', 'arrives', 'arrives', 'lost', 'notSent'] as const);
    if (way !== 'notSent') this.#receive(stan);
    if (way === 'arrives') return undefined;
    return way === 'lost' ? unanswered : notSent;
  }

  #receive(stan: Stan): void {
    if (this.#received.has(stan)) this.complaints.push(`M6: trace number ${stan} came twice`);
    this.#received.add(stan);
  }

  #authorise({ saleId }: EffectOf<'authorise'>, dice: Dice, book: Book) {
    const { kind, stan, amount, batch, original } = findSale(book, saleId);
    if (batch !== this.batch) {
      this.#receive(stan);
      return declined('77');
    }
    const about = original?.saleId;
    if (original !== undefined && !this.#mayBeAbout(kind, about, amount)) {
      // One before may have been handed over or be in doubt: then the terminal can't know.
      this.#receive(stan);
      return declined('12');
    }
    const ways = ['approve', 'approve', 'approve', 'lost', 'swallowed', 'badMac', 'decline', 'notSent'] as const;
    const way = dice.one(ways);
    if (way !== 'notSent') this.#receive(stan);
    if (way === 'approve' || way === 'lost' || way === 'badMac') {
      this.booked.set(saleId, { kind, stan, amount, batch, ...(about !== undefined && { about }) });
    }
    const answers = {
      approve: approval,
      lost: unanswered,
      swallowed: unanswered,
      badMac: { outcome: 'badMac' },
      decline: declined('51'),
      notSent,
    } as const;
    return answers[way];
  }

  /** Whether there is such a one, of which that is left. */
  #mayBeAbout(kind: TransactionKind, saleId: string | undefined, amount: number): boolean {
    const original = saleId === undefined ? undefined : this.booked.get(saleId);
    if (original === undefined || abouts[kind]?.includes(original.kind) !== true) return false;
    const all = [...this.booked.values()].filter(({ about }) => about === saleId);
    const others = all.filter((each) => each.kind !== 'preAuthorisationIncrement');
    const held = all.reduce((sum, each) => (others.includes(each) ? sum : sum + each.amount), original.amount);
    if (kind !== 'refund') return others.length === 0 && (kind !== 'preAuthorisationVoid' || amount === held);
    const refunded = others.reduce((sum, each) => sum + (each.kind === 'refund' ? each.amount : Infinity), 0);
    return refunded + amount <= original.amount;
  }

  #reckon({ batch, totals }: EffectOf<'settle'>, dice: Dice): 'balanced' | 'unbalanced' | 'error' {
    if (this.#closed.has(batch)) return this.#reckonings.get(batch)?.balanced === true ? 'balanced' : 'unbalanced';
    if (batch !== this.batch) return 'error';
    const own = [...this.booked.values()].filter((each) => each.batch === batch);
    const agrees = (['debit', 'credit'] as const).every((column) => {
      const { count, amount } = totals.domestic[column];
      const kinds: readonly TransactionKind[] = columns[column];
      const of = own.filter((each) => kinds.includes(each.kind));
      return of.length === count && of.reduce((sum, each) => sum + each.amount, 0) === amount;
    });
    const balanced = agrees && dice.one([true, true, false]);
    this.#reckonings.set(batch, { balanced, uploaded: new Set() });
    return balanced ? 'balanced' : 'unbalanced';
  }

  #upload(effect: EffectOf<'upload' | 'uploadOne'>): string {
    const { batch } = effect;
    const saleIds = effect.type === 'upload' ? effect.saleIds : [effect.saleId];
    if (batch !== this.batch && !this.#closed.has(batch)) return '77';
    const reckoning = this.#reckonings.get(batch);
    if (reckoning === undefined || reckoning.balanced || this.#closed.has(batch)) {
      this.complaints.push('M7: an upload where none is due');
      return '30';
    }
    for (const id of saleIds) reckoning.uploaded.add(id);
    return '00';
  }

  #endBatch({ batch, balanced, count }: EffectOf<'endBatch'>): string {
    if (this.#closed.has(batch)) return '00';
    if (batch !== this.batch) return '77';
    const reckoning = this.#reckonings.get(batch);
    if (reckoning === undefined || reckoning.balanced !== balanced || reckoning.uploaded.size !== count) {
      this.complaints.push('M7: a batch end that is not that of the totals and uploads before it');
      return '30';
    }
    for (const [id, sale] of this.booked) if (balanced && sale.batch === batch) this.settled.add(id);
    for (const id of reckoning.uploaded) this.settled.add(id);
    this.#closed.add(batch);
    this.batch = batch + 1;
    return '00';
  }
}
