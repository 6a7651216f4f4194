/** `terminalctl slip show`: a slip as it is, or would be, on paper, made of the ledger alone. */
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { layOut } from '../../drivers/printer/slip-layout.ts';
import type { SlipDocument } from '../../hal/printer.ts';
import { fold } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import type { Sale } from '../../state-machine/sale.ts';
import type { Configuration } from '../configuration.ts';
import { reversalSlip } from '../slips/reversal-slip.ts';
import { saleSlip } from '../slips/sale-slip.ts';
import { settlementSlip } from '../slips/settlement-slip.ts';
import { identityOf } from '../slips/slip.ts';
import { configured, Refusal } from './configured.ts';
import { ledgerSource } from './ledger-source.ts';
import type { Output } from './output.ts';

export const slipNames = ['merchant', 'cardholder', 'reversal', 'settlement'] as const;
export type SlipName = (typeof slipNames)[number];

export interface SlipOptions {
  readonly config?: string;
  /** 凭证号; of the newest batch in which it is. */
  readonly voucher?: number;
  readonly batch?: number;
  readonly slip?: SlipName;
  readonly json?: boolean;
}

/** Where a slip was never out there is no code yet. */
const noCode = '--------';

interface Found {
  readonly sale: Sale;
  readonly facts: readonly Fact[];
}

/** What is asked for when nothing is said: the slip that tells how the sale stands. */
const usualSlip = ({ status }: Sale): SlipName =>
  status === 'captured' || status === 'kept' || status === 'approved' ? 'merchant' : 'reversal';

const documentOf = (configuration: Configuration, { sale, facts }: Found, slip: SlipName): SlipDocument => {
  const identity = identityOf(configuration);
  if (slip === 'reversal') {
    const printed = facts.findLast(
      (fact) => fact.type === 'printed' && fact.saleId === sale.id && fact.copy === 'reversal',
    );
    if (!['reversalRequired', 'reversed', 'handedOver'].includes(sale.status)) {
      throw new Refusal(`the voucher is ${sale.status}: it has no reversal slip`);
    }
    return reversalSlip(sale, (printed?.type === 'printed' ? printed.code : undefined) ?? noCode, identity);
  }
  if (slip === 'settlement') throw new Refusal('a settlement has no voucher: leave --voucher away');
  if (sale.approval === undefined) throw new Refusal(`the voucher is ${sale.status}: it never had a slip`);
  return saleSlip(sale, slip, Math.max(1, sale.copies[slip]), sale.slipCode ?? noCode, identity);
};

/** @throws Refusal, VaultError */
export const showSlip = (options: SlipOptions, out: Output): number => {
  const configuration = configured(options.config);
  const { place } = ledgerSource(options);
  const batches = [...new LedgerStore<Fact>(place).verify()].filter(
    ({ tail }) => options.batch === undefined || tail.generation === options.batch,
  );
  const document =
    options.voucher === undefined
      ? settlementOf(configuration, batches.at(-1)?.facts ?? [])
      : saleDocument(configuration, batches, options.voucher, options.slip);
  const { columns } = configuration.printer.profile;
  const lines = layOut(document, columns).map(({ text }) => text.trimEnd());
  if (options.json === true) out.line(JSON.stringify({ columns, lines }));
  else for (const line of lines) out.line(line);
  return 0;
};

const settlementOf = (configuration: Configuration, facts: readonly Fact[]): SlipDocument => {
  const { lastSettlement } = fold(facts);
  if (lastSettlement === undefined)
    throw new Refusal('there was no settlement before this batch; or say which --voucher');
  const { operator } = configuration.terminal;
  return settlementSlip(lastSettlement, operator, lastSettlement.slipCode ?? noCode, identityOf(configuration));
};

const saleDocument = (
  configuration: Configuration,
  batches: readonly { readonly facts: readonly Fact[] }[],
  voucher: number,
  slip: SlipName | undefined,
): SlipDocument => {
  for (const { facts } of batches.toReversed()) {
    const sale = fold(facts).sales.findLast(({ stan }) => stan === voucher);
    if (sale !== undefined) return documentOf(configuration, { sale, facts }, slip ?? usualSlip(sale));
  }
  throw new Refusal(`no voucher ${voucher} in ${batches.length === 1 ? 'this batch' : 'this ledger'}`);
};
