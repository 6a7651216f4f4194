/**
 * Facts and events as they may leave the terminal: in a ledger export, and in the flight recorder. What may stand in
 * them is listed here, key by key; everything else is dropped, so that nothing that is added to a fact later can leak
 * (M9). Of a card there is its masked number, how it was entered, and a tag: the first 8 hex digits of its keyed hash,
 * by which the same card is known again on the same terminal and nowhere else.
 */
import * as v from 'valibot';
import type { Approval, BatchTotals, HalfTotals, Tally } from '../../hal/acquirer.ts';
import type { DeviceFault } from '../../hal/device.ts';
import type { DeviceCheck } from '../../state-machine/effects.ts';
import type { Event, EventName, EventOf } from '../../state-machine/events.ts';
import type { Fact, FactOf, FactType, OnPaper } from '../../state-machine/facts.ts';
import type {
  CardToken,
  DayTotal,
  Found,
  KindTally,
  LastSettlement,
  Original,
  Remarks,
  Sale,
  SaleReference,
} from '../../state-machine/sale.ts';
import type { SlipFace } from '../../state-machine/slip-face.ts';
import type { Version } from '../../state-machine/state.ts';

/** Every key of `T` once: a key that is added there doesn't compile until it is listed here. */
type Keys<T, Known extends PropertyKey = never> = { readonly [K in Exclude<keyof T, Known>]-?: v.GenericSchema };

const text = v.pipe(v.string(), v.maxLength(4096));
const number = v.number();
const flag = v.boolean();
const maybe = v.exactOptional;

const card = v.object({
  masked: text,
  entry: text,
  chip: maybe(v.literal(true)),
  tag: v.pipe(v.string(), v.regex(/^[0-9a-f]{0,8}$/)),
});

const tally = v.object({ amount: number, count: number } satisfies Keys<Tally>);
const half = v.object({ debit: tally, credit: tally } satisfies Keys<HalfTotals>);
const totals = v.object({ domestic: half, foreign: half } satisfies Keys<BatchTotals>);
const flags = v.object({ domestic: text, foreign: text });

const approvalKeys = {
  responseCode: text,
  retrievalReference: text,
  authorisationCode: maybe(text),
  hostTime: text,
  hostDate: text,
  issuer: maybe(text),
  acquirer: maybe(text),
  cardOrganisation: maybe(text),
  expiry: maybe(text),
} satisfies Keys<Approval, 'outcome'>;
const approval = v.object(approvalKeys);

const originalKeys = {
  saleId: maybe(text),
  batch: number,
  stan: number,
  retrievalReference: text,
  authorisationCode: maybe(text),
  date: text,
  cardOrganisation: maybe(text),
} satisfies Keys<Original>;
const original = maybe(v.object(originalKeys));
const differenceOf = maybe(v.object({ saleId: text, batch: number, stan: number } satisfies Keys<SaleReference>));

const face = v.object({
  merchant: text,
  branch: text,
  merchantId: text,
  hotline: text,
  copies: number,
  header: maybe(text),
  footer: maybe(text),
  refundNotice: maybe(text),
  feeNotice: maybe(text),
  noSignatureUpTo: maybe(number),
  feeBasisPoints: maybe(v.object({ domestic: number, foreign: number })),
  qr: maybe(flag),
  training: maybe(flag),
  logo: maybe(text),
} satisfies Keys<SlipFace>);

const remarks = { orderNumber: maybe(text), note: maybe(text) } satisfies Keys<Remarks>;

const sale = v.object({
  ...remarks,
  id: text,
  kind: text,
  stan: number,
  batch: number,
  amount: number,
  card,
  pinEntered: flag,
  operator: text,
  supervisor: maybe(text),
  original,
  voidedBy: maybe(text),
  refunded: maybe(number),
  increased: maybe(number),
  twin: maybe(text),
  differenceOf,
  lateReason: maybe(text),
  at: number,
  status: text,
  approval: maybe(approval),
  responseCode: maybe(text),
  reason: maybe(text),
  incident: maybe(text),
  booked: maybe(flag),
  copies: v.object({ merchant: number, cardholder: number, reversal: number, bank: maybe(number) }),
  slipCode: maybe(text),
  face: maybe(face),
  reversalSlipSays: maybe(text),
} satisfies Keys<Sale>);

const settled = v.object({
  batch: number,
  at: number,
  totals,
  flags,
  operator: maybe(text),
  rows: maybe(v.array(v.object({ half: text, kind: text, count: number, amount: number } satisfies Keys<KindTally>))),
  printed: flag,
  prints: maybe(number),
  slipCode: maybe(text),
  face: maybe(face),
} satisfies Keys<LastSettlement>);

const day = v.object({ day: number, amount: number } satisfies Keys<DayTotal>);

const saleId = text;
const onPaper = { code: maybe(text), on: maybe(number), by: maybe(text) } satisfies Keys<OnPaper>;

const facts: { readonly [T in FactType]: Keys<FactOf<T>, 'type' | 'at'> } = {
  provisioned: { terminalId: text, merchantId: text, batch: number, nextStan: number },
  slipFace: { face },
  traceTaken: { stan: number, purpose: text },
  signedOn: { batch: number, hostDate: text, hostTime: text },
  signedOff: { told: flag },
  intended: {
    saleId,
    kind: text,
    stan: number,
    amount: number,
    card,
    pinEntered: flag,
    operator: text,
    supervisor: maybe(text),
    original,
    twin: maybe(text),
    differenceOf,
    lateReason: maybe(text),
    ...remarks,
  },
  notSent: { saleId },
  declined: { saleId, responseCode: text },
  approved: { saleId, approval },
  captured: { saleId, number, ...onPaper },
  slipOwed: { saleId },
  inDoubt: { saleId, reason: text },
  keptBySupervisor: { saleId, supervisor: text },
  reversalRequired: { saleId, reason: text },
  reversed: { saleId, responseCode: text },
  handedOver: { saleId, incident: text, supervisor: text, booked: maybe(flag) },
  printed: { saleId, copy: text, number, ...onPaper },
  settlementStarted: { stan: number, totals, operator: maybe(text) },
  settlementAnswered: { domestic: text, foreign: text, stan: number },
  uploaded: { count: number, stan: number },
  batchOpened: {
    terminalId: text,
    batch: number,
    nextStan: number,
    settled,
    day: maybe(day),
    face: maybe(face),
    printer: maybe(text),
    locked: maybe(v.literal(true)),
    operator: maybe(text),
    maintainedAt: maybe(number),
  },
  carried: { sale },
  held: {
    saleId,
    batch: number,
    voucher: number,
    reference: text,
    authorisationCode: maybe(text),
    date: text,
    operator: text,
    since: number,
  },
  released: { saleId, batch: number, voucher: number, supervisor: text },
  incidentRecorded: {
    saleId,
    batch: number,
    voucher: number,
    branch: text,
    terminalId: text,
    causes: v.array(text),
    measures: v.array(text),
    reportedTo: v.array(text),
    operator: text,
    others: v.array(text),
  },
  settlementPrinted: onPaper,
  operatorSignedOn: { operator: text },
  operatorSignedOff: { operator: text },
  accountEvent: { what: text, operator: text, by: maybe(text) },
  locked: { operator: text },
  asked: { what: text, by: text },
  unlocked: { supervisor: text },
  parameterChanged: { key: text, from: text, to: text, by: text },
  trainingChosen: { on: flag, by: text },
  maintained: { work: text, by: text },
  printerChosen: { printer: text, supervisor: text },
  reprinted: { saleId, batch: number, voucher: number, supervisor: text, ...onPaper },
};

const fault = v.object({ device: text, code: text, where: text, what: text, remedy: text } satisfies Keys<DeviceFault>);

/** Of any answer; a sign-on's PIN key isn't among it. */
const answer = v.object({
  outcome: text,
  ...v.partial(approval).entries,
  batch: maybe(number),
  fault: maybe(fault),
  field: maybe(text),
  what: maybe(text),
  key: maybe(v.picklist(['PIK', 'MAK', 'TDK'])),
  domestic: maybe(text),
  foreign: maybe(text),
  amount: maybe(number),
});
const readiness = v.object({ ready: flag, paperNearEnd: maybe(flag), cause: maybe(text) });
const account = v.object({
  result: text,
  role: maybe(text),
  triesLeft: maybe(number),
  minutes: maybe(number),
  why: maybe(text),
});
const parameter = v.object({
  kind: text,
  low: maybe(number),
  high: maybe(number),
  unit: maybe(text),
  options: maybe(v.array(text)),
  key: text,
  label: text,
  digits: text,
});
const effect = text;

const events: { readonly [E in EventName]: Keys<EventOf<E>, 'type' | 'at' | 'wall' | 'id'> } = {
  started: { face: maybe(face) },
  key: { key: text },
  timeUp: {},
  card: { card },
  cardFault: { fault: text },
  pin: { effect, outcome: text },
  readiness: { readiness },
  link: { device: text, online: flag },
  signOnAsked: {},
  settlementDue: {},
  settlementAsked: { by: text },
  reversalAsked: { by: text },
  printerChecked: { effect, readiness },
  printed: { effect, verdict: v.object({ verdict: text, cause: maybe(text) }), ...onPaper },
  printCancelled: { effect, confirmed: flag },
  signOnAnswered: { effect, answer },
  signOffAnswered: { effect, answer },
  authorised: { effect, answer },
  balanceAnswered: { effect, answer },
  reversalAnswered: { effect, answer },
  settlementAnswered: { effect, answer },
  uploadAnswered: { effect, answer },
  found: { effect, rows: v.array(v.object({ sale, left: number } satisfies Keys<Found>)), unread: maybe(flag) },
  passwordChecked: { effect, answer: account },
  accountAnswered: { effect, answer: account },
  operatorsListed: { effect, operators: v.array(text) },
  parametersListed: { effect, parameters: v.array(parameter) },
  parameterWritten: {
    effect,
    answer: v.object({ result: text, from: maybe(text), to: maybe(text), why: maybe(text) }),
  },
  versionTold: {
    effect,
    version: v.object({
      build: text,
      checksum: text,
      merchantId: text,
      acquirers: v.array(text),
    } satisfies Keys<Version>),
  },
  selfTested: {
    effect,
    checks: v.array(v.object({ device: text, fault: maybe(text), faults: number } satisfies Keys<DeviceCheck>)),
  },
  trainingSwitched: { effect, stored: flag },
  ledgerFault: { result: text, fact: text },
};

/** The types can't follow a table into a schema; what they would say stands in the table. */
const variant = <Output>(
  rows: { readonly [type: string]: { readonly [key: string]: v.GenericSchema } },
  common: v.ObjectEntries,
): v.GenericSchema<unknown, Output> => {
  const options = Object.entries(rows).map(([type, keys]) => v.object({ type: v.literal(type), ...common, ...keys }));
  return v.variant('type', options) as unknown as v.GenericSchema<unknown, Output>;
};

/** A fact or an event with its cards masked. */
export type Masked<T> = T extends string | number | boolean
  ? T
  : T extends CardToken
    ? v.InferOutput<typeof card>
    : T extends object
      ? { readonly [K in keyof T]: Masked<T[K]> }
      : T;

export const maskedFactSchema = variant<Masked<Fact>>(facts, { at: number });
export const maskedEventSchema = variant<Masked<Event>>(events, { at: number, wall: number, id: text });

const isToken = (value: object): value is CardToken => 'sealedPan' in value && 'cardHash' in value;

/** Puts what `change` makes of a card in the place of each, however deep. */
const withCards = (value: unknown, change: (card: object) => object | undefined): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => withCards(each, change));
  return (
    change(value) ?? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withCards(each, change)]))
  );
};

const withChip = (card: object): object => ('chip' in card ? { chip: card.chip } : {});

const maskCards = (value: object): unknown =>
  withCards(value, (found) =>
    isToken(found)
      ? { ...withChip(found), masked: found.masked, entry: found.entry, tag: found.cardHash.slice(0, 8) }
      : undefined,
  );

export const maskFact = (fact: Fact): Masked<Fact> => v.parse(maskedFactSchema, maskCards(fact));
export const maskEvent = (event: Event): Masked<Event> => v.parse(maskedEventSchema, maskCards(event));

/** What a machine can be stepped with again. The card's number is gone, its tag stands for its hash. */
const unmask = (value: object): unknown =>
  withCards(value, (found) =>
    'masked' in found && 'tag' in found
      ? {
          ...withChip(found),
          masked: found.masked,
          sealedPan: '',
          cardHash: found.tag,
          entry: 'entry' in found ? found.entry : '',
        }
      : undefined,
  );
export const unmaskFact = (fact: Masked<Fact>): Fact => unmask(fact) as Fact;
export const unmaskEvent = (event: Masked<Event>): Event => unmask(event) as Event;
