/** The terminal's ledger as `slipsafe ledger` and the log give it: masked facts, folded into vouchers. */
import type { TransactionKind } from '../../hal/acquirer.ts';
import { kinds } from '../../state-machine/kinds.ts';
import type { SaleStatus } from '../../state-machine/sale.ts';
import type { LogLine } from '../../test/bench/firmware-process.ts';

export interface TerminalSale {
  readonly batch: number;
  /** 凭证号, the STAN of its request. */
  readonly voucher: number;
  /** In 分, as it moves money to the shop: with a minus what is given back, and 0 for a pre-authorisation. */
  readonly amount: number;
  readonly status: SaleStatus;
  /** Field 39 of its reversal: 96 no slip, 98 no answer … */
  readonly reason?: string;
}

const outcomes: { readonly [fact: string]: SaleStatus } = {
  notSent: 'notSent',
  declined: 'declined',
  approved: 'approved',
  captured: 'captured',
  keptBySupervisor: 'kept',
  reversalRequired: 'reversalRequired',
  reversed: 'reversed',
  handedOver: 'handedOver',
  slipOwed: 'kept',
  inDoubt: 'inDoubt',
};

const signs = { debit: 1, credit: -1 } as const;
const signOf = (kind: string): number => {
  const { column } = kinds[kind as TransactionKind];
  return column === undefined ? 0 : signs[column];
};

/** A number of a fact, which is there unless the firmware writes other facts than this was made for. */
export const numberOf = (line: LogLine, name: string): number => {
  const value = line[name];
  if (typeof value !== 'number') throw new Error(`A fact ${String(line.fact)} has no number ${name}`);
  return value;
};

export class TerminalLedger {
  readonly #sales = new Map<unknown, TerminalSale>();
  #batch = 0;

  /** In the order of their intents. */
  get sales(): readonly TerminalSale[] {
    return [...this.#sales.values()];
  }

  get batch(): number {
    return this.#batch;
  }

  /** Takes the next fact, and gives the sale that it is about as it is now, if it is about one. */
  take(line: LogLine): TerminalSale | undefined {
    const fact = String(line.fact);
    const id = line.saleId;
    if (fact === 'provisioned' || fact === 'signedOn' || fact === 'batchOpened') this.#batch = numberOf(line, 'batch');
    if (fact === 'intended') {
      const amount = numberOf(line, 'amount') * signOf(String(line.kind));
      const sale = { voucher: numberOf(line, 'stan'), amount, batch: this.#batch };
      this.#sales.set(id, { ...sale, status: 'intended' });
    }
    const sale = this.#sales.get(id);
    const status = outcomes[fact];
    if (sale === undefined || status === undefined) return sale;
    const after = { ...sale, status, ...(fact === 'reversalRequired' && { reason: String(line.reason) }) };
    this.#sales.set(id, after);
    return after;
  }
}
