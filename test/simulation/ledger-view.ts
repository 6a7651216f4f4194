import type { TransactionKind } from '../../hal/acquirer.ts';
import type { Fact } from '../../state-machine/facts.ts';

export type Standing =
  | 'intended'
  | 'notSent'
  | 'declined'
  | 'approved'
  | 'captured'
  | 'kept'
  | 'reversalRequired'
  | 'inDoubt'
  | 'reversed'
  | 'handedOver';

/** A transaction as the facts tell it. */
export interface TerminalSale {
  readonly kind: TransactionKind;
  readonly batch: number;
  readonly stan: number;
  readonly amount: number;
  /** The number of the transaction that it is about. */
  readonly about: number | undefined;
  readonly standing: Standing;
}

/** What a fact makes of its sale. */
const standings: { readonly [T in Fact['type']]?: Standing } = {
  notSent: 'notSent',
  declined: 'declined',
  approved: 'approved',
  captured: 'captured',
  keptBySupervisor: 'kept',
  slipOwed: 'kept',
  inDoubt: 'inDoubt',
  reversalRequired: 'reversalRequired',
  reversed: 'reversed',
  handedOver: 'handedOver',
};

/** What each does to the money: a void takes its sale away, and a hold moves nothing. */
const columns: { readonly [K in TransactionKind]?: 'debit' | 'credit' } = {
  sale: 'debit',
  completion: 'debit',
  completionNotice: 'debit',
  void: 'credit',
  refund: 'credit',
  completionVoid: 'credit',
};
export const columnOf = ({ kind }: Pick<TerminalSale, 'kind'>): 'debit' | 'credit' | undefined => columns[kind];

/** What a shop gets by it, in 分. */
export const moved = (sale: Pick<TerminalSale, 'kind' | 'amount'>): number =>
  ({ debit: 1, credit: -1, none: 0 })[columnOf(sale) ?? 'none'] * sale.amount;

/** Money that the shop counts on. */
export const counts = ({ standing }: TerminalSale): boolean => standing === 'captured' || standing === 'kept';
export const isOpen = ({ standing }: TerminalSale): boolean =>
  standing === 'intended' || standing === 'approved' || standing === 'reversalRequired';

/** What the terminal's facts say, read by somebody who knows their meaning and nothing of the machine's code. */
export class LedgerView {
  readonly #sales = new Map<string, TerminalSale>();
  /** The sales since the last settlement. */
  readonly #current = new Set<string>();
  #last: string | undefined;
  /** The batch that new sales belong to. */
  batch = 0;
  /** The trace number that was taken last. */
  lastStan = 0;
  facts = 0;

  take(fact: Fact): void {
    this.facts += 1;
    if (fact.type === 'provisioned' || fact.type === 'signedOn' || fact.type === 'batchOpened') this.batch = fact.batch;
    if (fact.type === 'batchOpened') this.#current.clear();
    if ('stan' in fact) this.lastStan = fact.stan;
    if (fact.type === 'intended') {
      const { kind, stan, amount, original } = fact;
      const sale = { kind, batch: this.batch, stan, amount, about: original?.stan };
      this.#sales.set(fact.saleId, { ...sale, standing: 'intended' });
      this.#current.add(fact.saleId);
      this.#last = fact.saleId;
      return;
    }
    const standing = standings[fact.type];
    if (standing === undefined || !('saleId' in fact)) return;
    const sale = this.#sales.get(fact.saleId);
    if (sale !== undefined) this.#sales.set(fact.saleId, { ...sale, standing });
  }

  get sales(): readonly TerminalSale[] {
    return [...this.#sales.values()];
  }

  /** Those that the next settlement is of. */
  get current(): readonly TerminalSale[] {
    return [...this.#sales].filter(([id]) => this.#current.has(id)).map(([, sale]) => sale);
  }

  sale(id: string): TerminalSale | undefined {
    return this.#sales.get(id);
  }

  /** The sale that was begun last: all earlier ones are closed. */
  get last(): TerminalSale | undefined {
    return this.#last === undefined ? undefined : this.#sales.get(this.#last);
  }
}
