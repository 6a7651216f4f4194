/** `terminalctl find`: transactions over all batches that are kept, by what a customer or a bank can tell of them. */
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { fold } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Sale } from '../../state-machine/sale.ts';
import { dateTime } from '../slips/slip.ts';
import { Refusal } from './configured.ts';
import { saleLine, withoutSecrets } from './ledger-command.ts';
import { ledgerSource, type SourceOptions } from './ledger-source.ts';
import type { Output } from './output.ts';

export interface FindOptions extends SourceOptions {
  readonly json?: boolean;
  /** 凭证号. */
  readonly voucher?: number;
  /** In 分. */
  readonly amount?: number;
  /** The card's last four digits. */
  readonly last?: string;
  /** 参考号, field 37. */
  readonly reference?: string;
  /** `2026-11-22`, Beijing time. */
  readonly date?: string;
}

const fits = (sale: Sale, { voucher, amount, last, reference, date }: FindOptions): boolean =>
  (voucher === undefined || sale.stan === voucher) &&
  (amount === undefined || sale.amount === amount) &&
  (last === undefined || sale.card.masked.endsWith(last)) &&
  (reference === undefined || sale.approval?.retrievalReference === reference) &&
  (date === undefined || dateTime(sale.at).startsWith(date.replaceAll('-', '/')));

/** 1 where none fits. @throws Refusal, VaultError */
export const find = (options: FindOptions, out: Output): number => {
  const { voucher, amount, last, reference, date } = options;
  if ([voucher, amount, last, reference, date].every((each) => each === undefined))
    throw new Refusal('say what is known: --voucher, --amount, --last, --reference or --date');
  let count = 0;
  for (const { path, facts, tail, verdict } of new LedgerStore<Fact>(ledgerSource(options).place).verify()) {
    for (const sale of fold(facts).sales.filter((each) => fits(each, options))) {
      count += 1;
      if (options.json === true) out.line(JSON.stringify({ batchFile: tail.generation, sale: withoutSecrets(sale) }));
      else out.line(`batch file ${tail.generation}  ${saleLine(sale)}`);
    }
    if (!verdict.intact) out.problem(`${path}: ${verdict.flaw}: ${verdict.what}`);
  }
  if (count === 0) out.problem('no such transaction');
  return count === 0 ? 1 : 0;
};
