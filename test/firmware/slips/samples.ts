/** One of each slip, made of a small shop's facts: for the pictures in docs/slips.md, and for tests of all of them. */
import { Bitmap } from '../../../drivers/slip-image/bitmap.ts';
import type { Print } from '../../../firmware/slips/slip.ts';
import { SlipMaker } from '../../../firmware/slips/slip-maker.ts';
import type { SettlementFlag, TransactionKind } from '../../../hal/acquirer.ts';
import type { DotImage, SlipDocument } from '../../../hal/printer.ts';
import type { BatchNumber, EpochMs, MinorUnits, SaleId, Stan } from '../../../hal/units.ts';
import { type Book, fold, totalsOf } from '../../../state-machine/book.ts';
import type { Fact } from '../../../state-machine/facts.ts';
import { type EntryKind, kinds } from '../../../state-machine/kinds.ts';
import { nextBatch } from '../../../state-machine/next-batch.ts';
import type { Original, Sale } from '../../../state-machine/sale.ts';
import type { SlipFace } from '../../../state-machine/slip-face.ts';
import { source } from './a-maker.ts';

export const sampleFace: SlipFace = {
  ...source.face,
  copies: 3,
  header: '欢迎光临',
  footer: '谢谢惠顾 Thank you',
  refundNotice: '款项将在7个工作日内退回原卡',
  feeNotice: '银行可能收取手续费',
  noSignatureUpTo: 1000 as MinorUnits,
  qr: true,
  logo: 'sample',
};

/** A shop front. */
const logo: DotImage = (() => {
  const picture = new Bitmap(120, 56);
  for (let y = 0; y < 20; y++) {
    for (let stripe = 0; stripe < 5; stripe++) picture.blacken(stripe * 24 + 10 - y / 2, y, stripe % 2 === 0 ? 14 : 2);
  }
  for (const y of [20, 21, 54, 55]) picture.blacken(4, y, 112);
  for (let y = 22; y < 54; y++) for (const x of [4, 114, 70, 100]) picture.blacken(x, y, 2);
  for (const y of [26, 27, 44, 45]) picture.blacken(14, y, 44);
  for (let y = 28; y < 44; y++) for (const x of [14, 56]) picture.blacken(x, y, 2);
  return picture;
})();

const begun = Date.UTC(2026, 10, 22, 5, 5, 9);
const code = '1A2B3C4D';

/** A ledger in the making: each call adds the facts of one happening, a minute after the last. */
class Shop {
  readonly facts: Fact[] = [];
  #stan = 1;
  #minutes = 0;

  constructor(face: SlipFace) {
    this.#write({
      type: 'provisioned',
      terminalId: source.terminalId,
      merchantId: face.merchantId,
      batch: 1 as BatchNumber,
      nextStan: 2 as Stan,
    });
    this.#write({ type: 'slipFace', face });
  }

  get book(): Book {
    return fold(this.facts);
  }

  get last(): Sale {
    const sale = this.book.sales.at(-1);
    if (sale === undefined) throw new Error('Nothing was sold');
    return sale;
  }

  #write(fact: Fact extends infer F ? (F extends Fact ? Omit<F, 'at'> : never) : never): void {
    this.facts.push({ ...fact, at: (begun + this.#minutes * 60_000) as EpochMs } as Fact);
  }

  intend(kind: TransactionKind, amount: number, about?: Sale): SaleId {
    this.#minutes += 1;
    this.#stan += 1;
    const saleId = `3f6c1d2e-0000-4000-8000-${String(this.#stan).padStart(12, '0')}` as SaleId;
    const original: Original | undefined = about && {
      saleId: about.id,
      batch: about.batch,
      stan: about.stan,
      retrievalReference: about.approval?.retrievalReference ?? '',
      ...(about.approval?.authorisationCode !== undefined && { authorisationCode: about.approval.authorisationCode }),
      date: '1122',
    };
    this.#write({
      type: 'intended',
      saleId,
      kind,
      stan: this.#stan as Stan,
      amount: amount as MinorUnits,
      card: { masked: '622200******1234', sealedPan: 'sealed', cardHash: 'hash', entry: 'swipe' },
      pinEntered: true,
      operator: '01',
      ...(kinds[kind].entry.includes('supervisor') && { supervisor: '00' }),
      ...(original !== undefined && { original }),
    });
    return saleId;
  }

  approve(saleId: SaleId): void {
    this.#write({
      type: 'approved',
      saleId,
      approval: {
        responseCode: '00',
        retrievalReference: `1705123456${String(this.#stan).padStart(2, '0')}`,
        authorisationCode: 'A1B2C3',
        hostTime: '130509',
        hostDate: '1122',
        issuer: '示例银行',
        acquirer: '示例收单机构',
        cardOrganisation: 'CUP',
        expiry: '3012',
      },
    });
  }

  /** From the intent to the merchant copy. */
  done(kind: TransactionKind, amount: number, about?: Sale): Sale {
    const saleId = this.intend(kind, amount, about);
    this.approve(saleId);
    this.#write({ type: 'captured', saleId, number: 1, code });
    return this.last;
  }

  reversing(saleId: SaleId): void {
    this.#write({ type: 'reversalRequired', saleId, reason: '96' });
  }

  reversed(saleId: SaleId): void {
    this.#write({ type: 'reversed', saleId, responseCode: '00' });
  }

  handedOver(saleId: SaleId): void {
    this.#write({ type: 'handedOver', saleId, incident: '20261122001', supervisor: '00' });
  }

  recordIncident(): void {
    const { id: saleId, batch, stan: voucher } = this.last;
    this.#write({
      type: 'incidentRecorded',
      saleId,
      batch,
      voucher,
      branch: source.face.branch,
      terminalId: source.terminalId,
      causes: ['chargedTwice'],
      measures: ['other'],
      reportedTo: ['acquirer'],
      operator: '01',
      others: ['02'],
    });
  }

  inDoubt(saleId: SaleId): void {
    this.#write({ type: 'inDoubt', saleId, reason: '98' });
  }

  settled(foreign: SettlementFlag = 'balanced'): void {
    this.#minutes += 1;
    const stan = this.book.nextStan;
    this.#write({ type: 'settlementStarted', stan, totals: totalsOf(this.book), operator: '01' });
    this.#write({ type: 'settlementAnswered', stan: (stan + 1) as Stan, domestic: 'balanced', foreign });
    for (const fact of nextBatch(this.book)) this.#write(fact);
  }
}

const first: Print = { number: 1, code };
const again: Print = { number: 2, code, on: (begun + 86_400_000) as EpochMs, by: '02' };

/** Each slip by the name that its picture has. */
export const sampleSlips = (columns: number, face: SlipFace = sampleFace): ReadonlyMap<string, SlipDocument> => {
  const maker = new SlipMaker({
    ...source,
    columns,
    narrowest: columns,
    checkCode: () => 'C0DEC0DE',
    picture: () => logo,
  });
  const shop = new Shop(face);
  const slips = new Map<string, SlipDocument>();
  const sale = shop.done('sale', 123_456);
  slips.set('merchant', maker.copy(sale, 'merchant', first));
  slips.set('cardholder', maker.copy(sale, 'cardholder', first));
  slips.set('bank', maker.copy(sale, 'bank', first));
  slips.set('duplicate', maker.copy(sale, 'merchant', again));
  const { id: saleId, batch, stan } = sale;
  const difference: Sale = { ...shop.done('sale', 8_000), differenceOf: { saleId, batch, stan } };
  slips.set('difference', maker.copy(difference, 'merchant', first));
  slips.set('no-signature', maker.copy(shop.done('sale', 990), 'merchant', first));
  const original = (kind: TransactionKind, amount: number): Sale => shop.done(kind, amount);
  const about: { readonly [K in TransactionKind]?: () => Sale } = {
    void: () => original('sale', 5_000),
    refund: () => sale,
    preAuthorisationIncrement: () => original('preAuthorisation', 40_000),
    preAuthorisationVoid: () => original('preAuthorisation', 80_000),
    completion: () => original('preAuthorisation', 90_000),
    completionNotice: () => original('preAuthorisation', 70_000),
    completionVoid: () => shop.done('completion', 60_000, original('preAuthorisation', 60_000)),
  };
  // A balance inquiry leaves nothing in the ledger, and has no slip.
  const withSlip = (Object.keys(kinds) as EntryKind[]).filter((kind) => kind !== 'sale' && kind !== 'balance');
  for (const kind of withSlip) {
    const of = about[kind]?.();
    slips.set(
      kind,
      maker.copy(
        shop.done(kind, of === undefined ? 50_000 : kind === 'refund' ? 23_400 : of.amount, of),
        'merchant',
        first,
      ),
    );
  }
  slips.set('detail', maker.detail(shop.book, { at: (begun + 7_200_000) as EpochMs, operator: '01', code }));
  slips.set('totals', maker.totals(shop.book, { at: (begun + 7_200_000) as EpochMs, operator: '01', code }));
  slips.set('query', maker.query(sale, code));
  slips.set('refund-request', maker.refundRequest(sale, again.on as EpochMs));

  const unprinted = shop.intend('sale', 8_800);
  shop.approve(unprinted);
  shop.reversing(unprinted);
  slips.set('reversing', maker.end(shop.last, first));
  shop.reversed(unprinted);
  slips.set('reversal', maker.end(shop.last, first));
  const stuck = shop.intend('sale', 6_600);
  shop.approve(stuck);
  shop.reversing(stuck);
  shop.handedOver(stuck);
  slips.set('fault', maker.end(shop.last, first));
  shop.recordIncident();
  slips.set('incident', maker.incident(shop.last, shop.facts, code));
  shop.inDoubt(shop.intend('refund', 1_000, sale));
  slips.set('in-doubt', maker.end(shop.last, first));

  shop.settled();
  const { lastSettlement } = shop.book;
  if (lastSettlement === undefined) throw new Error('Nothing was settled');
  slips.set('settlement', maker.settlement(lastSettlement, '01', first));
  slips.set('settlement-duplicate', maker.settlement(lastSettlement, '01', again));
  slips.set('label', maker.label(shop.book));
  slips.set('test', maker.test(shop.book));
  const trainee = new Shop({ ...face, training: true });
  slips.set('training', maker.copy(trainee.done('sale', 100), 'merchant', first));
  return slips;
};
