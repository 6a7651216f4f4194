/** `terminalctl slip`: a slip as it is, or would be, on paper, made of the ledger alone; as text and as an image. */
import { writeFileSync } from 'node:fs';
import { LedgerStore } from '../../drivers/ledger/ledger-store.ts';
import { textOf } from '../../drivers/printer/slip-layout.ts';
import { Glyphs } from '../../drivers/slip-image/glyphs.ts';
import { pngOf } from '../../drivers/slip-image/png.ts';
import { drawSlip } from '../../drivers/slip-image/slip-image.ts';
import type { SlipDocument } from '../../hal/printer.ts';
import type { EpochMs } from '../../hal/units.ts';
import { fold } from '../../state-machine/book.ts';
import type { Fact } from '../../state-machine/facts.ts';
import { type Copy, printsOf, type Sale } from '../../state-machine/sale.ts';
import { counts } from '../../state-machine/standing.ts';
import { configuredSlips } from '../slips/configured-slips.ts';
import type { Print } from '../slips/slip.ts';
import type { SlipMaker } from '../slips/slip-maker.ts';
import { configured, Refusal } from './configured.ts';
import { ledgerSource } from './ledger-source.ts';
import type { Output } from './output.ts';

/** Slips of a transaction, then those of a batch and of the terminal. */
const ofVoucher = ['merchant', 'cardholder', 'bank', 'reversal', 'query', 'incident', 'refundRequest'] as const;
const ofBatch = ['settlement', 'detail', 'totals', 'label', 'test'] as const;
export const slipNames = [...ofVoucher, ...ofBatch] as const;
export type SlipName = (typeof slipNames)[number];

const isOfVoucher = (name: SlipName): name is (typeof ofVoucher)[number] =>
  (ofVoucher as readonly SlipName[]).includes(name);

export interface SlipOptions {
  readonly config?: string;
  /** 凭证号; of the newest batch in which it is. */
  readonly voucher?: number;
  readonly batch?: number;
  readonly slip?: SlipName;
  readonly json?: boolean;
  /** Of an image: the file to write. */
  readonly out?: string;
}

/** Where a slip was never out there is no code yet. */
const noCode = '--------';

interface Found {
  readonly sale: Sale;
  readonly facts: readonly Fact[];
}

/** What is asked for when nothing is said: the slip that tells how the sale stands. */
const usualSlip = (sale: Sale): (typeof ofVoucher)[number] =>
  counts(sale) || sale.status === 'approved' ? 'merchant' : 'reversal';

/** The last print of a copy, as the ledger tells it. Before the first, the one that is to come. */
const lastPrint = ({ sale, facts }: Found, copy: Copy): Print => {
  const fact = facts.findLast(
    (each) =>
      (each.type === 'printed' && each.saleId === sale.id && each.copy === copy) ||
      (each.type === 'captured' && each.saleId === sale.id && copy === 'merchant'),
  );
  const { code, on, by } = fact?.type === 'printed' || fact?.type === 'captured' ? fact : {};
  const number = on === undefined && by === undefined && copy === 'reversal' ? 1 : Math.max(1, printsOf(sale, copy));
  return {
    number,
    code: (copy === 'reversal' ? code : (sale.slipCode ?? code)) ?? noCode,
    ...(on !== undefined && { on }),
    ...(by !== undefined && { by }),
  };
};

const ofSale = (maker: SlipMaker, found: Found, slip: (typeof ofVoucher)[number]): SlipDocument => {
  const { sale, facts } = found;
  const code = sale.slipCode ?? noCode;
  switch (slip) {
    case 'query':
      return maker.query(sale, code);
    case 'incident':
      return maker.incident(sale, facts, code);
    case 'refundRequest':
      return maker.refundRequest(sale, facts.at(-1)?.at ?? sale.at);
    case 'reversal':
      if (!['reversalRequired', 'reversed', 'handedOver', 'inDoubt'].includes(sale.status)) {
        throw new Refusal(`the voucher is ${sale.status}: it has no reversal slip`);
      }
      return maker.end(sale, lastPrint(found, 'reversal'));
    default:
      if (sale.approval === undefined) throw new Refusal(`the voucher is ${sale.status}: it never had a slip`);
      return maker.copy(sale, slip, lastPrint(found, slip));
  }
};

const ofBatchFacts = (
  maker: SlipMaker,
  facts: readonly Fact[],
  slip: (typeof ofBatch)[number],
  operator: string,
  code: string,
): SlipDocument => {
  const book = fold(facts);
  const made = { at: facts.at(-1)?.at ?? (0 as EpochMs), operator, code };
  switch (slip) {
    case 'detail':
      return maker.detail(book, made);
    case 'totals':
      return maker.totals(book, made);
    case 'label':
      return maker.label(book);
    case 'test':
      return maker.test(book);
    case 'settlement': {
      const { lastSettlement } = book;
      if (lastSettlement === undefined)
        throw new Refusal('there was no settlement before this batch; or say which --voucher');
      const { on, by } = facts.findLast((each) => each.type === 'settlementPrinted') ?? {};
      const { printed, prints = printed ? 1 : 0, slipCode = noCode } = lastSettlement;
      const print = { number: Math.max(1, prints), code: slipCode };
      return maker.settlement(lastSettlement, operator, {
        ...print,
        ...(on !== undefined && { on }),
        ...(by !== undefined && { by }),
      });
    }
  }
};

/** @throws Refusal, VaultError, ConfiguredFileError */
const documentOf = (options: SlipOptions): { readonly document: SlipDocument; readonly columns: number } => {
  const configuration = configured(options.config);
  const { place, vault } = ledgerSource(options);
  const { maker } = configuredSlips(configuration, vault);
  const { voucher, slip } = options;
  const batches = [...new LedgerStore<Fact>(place).verify()].filter(
    ({ tail }) => options.batch === undefined || tail.generation === options.batch,
  );
  const { columns } = maker;
  if (voucher === undefined) {
    const name = slip ?? 'settlement';
    if (isOfVoucher(name)) throw new Refusal(`say of which transaction: --voucher N with --slip ${name}`);
    const last = batches.at(-1);
    const { operator } = configuration.terminal;
    return { document: ofBatchFacts(maker, last?.facts ?? [], name, operator, last?.tailCode ?? noCode), columns };
  }
  if (slip !== undefined && !isOfVoucher(slip)) throw new Refusal(`${slip} is of no voucher: leave --voucher away`);
  for (const { facts } of batches.toReversed()) {
    const sale = fold(facts).sales.findLast(({ stan }) => stan === voucher);
    // What was recorded of an incident may stand in a later batch.
    const told = slip === 'incident' ? batches.flatMap((batch) => batch.facts) : facts;
    if (sale !== undefined) return { document: ofSale(maker, { sale, facts: told }, slip ?? usualSlip(sale)), columns };
  }
  throw new Refusal(`no voucher ${voucher} in ${batches.length === 1 ? 'this batch' : 'this ledger'}`);
};

/** Its lines. @throws Refusal, VaultError, ConfiguredFileError */
export const showSlip = (options: SlipOptions, out: Output): number => {
  const { document, columns } = documentOf(options);
  const lines = textOf(document, columns);
  if (options.json === true) out.line(JSON.stringify({ columns, lines }));
  else for (const line of lines) out.line(line);
  return 0;
};

/** A PNG of one bit a dot, as wide as the paper. @throws Refusal, VaultError, ConfiguredFileError */
export const slipImage = (options: SlipOptions, out: Output): number => {
  const { out: path } = options;
  if (path === undefined) throw new Refusal('say where the image goes: --out FILE.png');
  const { document, columns } = documentOf(options);
  const glyphs = new Glyphs();
  const image = drawSlip(document, columns, glyphs);
  glyphs.close();
  const png = pngOf(image);
  try {
    writeFileSync(path, png);
  } catch (error) {
    throw new Refusal(`${path}: it can not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  const { widthDots, heightDots } = image;
  const told = { path, widthDots, heightDots, bytes: png.length };
  out.line(options.json === true ? JSON.stringify(told) : `${path}: ${widthDots} x ${heightDots} dots`);
  return 0;
};
