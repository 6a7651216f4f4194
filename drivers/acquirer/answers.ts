import { timingSafeEqual } from 'node:crypto';
import type { Approval, BadAnswer, Refusal } from '../../hal/acquirer.ts';
import { type Stan, stan } from '../../hal/units.ts';
import type { BlockKey } from './block-key.ts';
import { type Message, unpack } from './codec.ts';
import { readDigits } from './digits.ts';
import type { Fields } from './field-table.ts';
import { type MacForm, macBytes, macOf } from './mac.ts';
import type { MessageRow } from './message-table.ts';
import { readInstitutions } from './sub-fields/field-44.ts';
import { readNotes } from './sub-fields/field-63.ts';

/** An answer that says yes, with its fields. */
export interface Success {
  readonly outcome: 'success';
  readonly responseCode: string;
  readonly fields: Fields;
}

/** What an answer's MAC is made with. */
export interface Seal {
  readonly macKey: BlockKey;
  readonly suite: { readonly macForm: MacForm };
}

/** Fields that repeat the request's where both have them; 11, like the MTI, tells whose answer it is. */
const repeatedFields = [3, 4, 11, 41, 42] as const;

/** Those fields of a request: all of it that must be kept to judge an answer, and no secret. */
export type Repeated = Pick<Fields, (typeof repeatedFields)[number]>;

export const repeatedOf = ({ fields }: Message): Repeated =>
  Object.fromEntries(repeatedFields.map((field) => [field, fields[field]]));

/** 部分金额批准: it approves less than was asked, which no kind of transaction here can take. */
const partialApproval = '10';

export const invalid = (field: string, what: string): BadAnswer => ({ outcome: 'invalid', field, what });

/** Why an answer is no yes, for a person. */
export const reasonOf = (answer: Refusal | BadAnswer): string => {
  switch (answer.outcome) {
    case 'declined':
      return `response code ${answer.responseCode}`;
    case 'invalid':
      return `field ${answer.field} ${answer.what}`;
    case 'badMac':
      return 'field 64 is wrong or missing';
  }
};

const answerMti = (mti: string): string => String(Number(mti) + 10).padStart(4, '0');

/** MTI and STAN of any message, for a report; empty and undefined where it has none. */
export const identify = (bytes: Buffer): { readonly mti: string; readonly stan: Stan | undefined } => {
  const unpacked = unpack(bytes);
  const trace = unpacked.ok ? Number(unpacked.message.fields[11] ?? 0) : 0;
  return { mti: readDigits(bytes, 0, 4, 9, 'left') ?? '', stan: trace > 0 ? stan(trace) : undefined };
};

/**
 * What an answer says to a request; undefined when it answers another one. In this order: is it well formed, does it
 * repeat the request, has it a response code, does that say yes, does the MAC prove it, is all there that a yes needs.
 */
export const judge = (
  row: MessageRow,
  request: Repeated,
  bytes: Buffer,
  seal: Seal | undefined,
): Success | Refusal | BadAnswer | undefined => {
  const expected = answerMti(row.mti);
  const unpacked = unpack(bytes);
  if (!unpacked.ok) {
    const mti = readDigits(bytes, 0, 4, 9, 'left');
    if (mti !== undefined && mti !== expected) return undefined;
    return invalid(unpacked.fault.field, unpacked.fault.what);
  }
  const { mti, fields } = unpacked.message;
  if (mti !== expected || differs(request[11], fields[11])) return undefined;
  const other = repeatedFields.find((field) => differs(request[field], fields[field]));
  if (other !== undefined) return invalid(`${other}`, "isn't the request's");

  const told = fields[39];
  if (told === undefined && row.answer.codeless === undefined) return invalid('39', 'is missing');
  const responseCode = told ?? '00';
  if (responseCode === partialApproval) return invalid('39', 'approves a part of the amount, which is not supported');
  if (!/^[0-9A-Z]{2}$/.test(responseCode)) return invalid('39', 'is not a response code');
  if (!row.answer.success.includes(responseCode)) return { outcome: 'declined', responseCode };

  if (row.answer.sealed.includes(responseCode) && !isSealed(bytes, fields[64], seal)) return { outcome: 'badMac' };
  const missing = row.answer.mandatory.find((field) => fields[field] === undefined || fields[field].length === 0);
  if (missing !== undefined) return invalid(`${missing}`, 'is missing');
  return { outcome: 'success', responseCode, fields };
};

const differs = (asked: string | undefined, told: string | undefined): boolean =>
  asked !== undefined && told !== undefined && asked.trimEnd() !== told;

/** Field 64 is the last, so that the MAC is over all before it. */
const isSealed = (bytes: Buffer, mac: Uint8Array | undefined, seal: Seal | undefined): boolean =>
  mac !== undefined &&
  seal !== undefined &&
  timingSafeEqual(mac, macOf(bytes.subarray(0, bytes.length - macBytes), seal.macKey, seal.suite.macForm));

/** The approval in an answer that says yes to a financial request. */
export const approvalOf = ({ responseCode, fields }: Success): Approval => {
  const { issuer, acquirer } = readInstitutions(fields[44] ?? '');
  const { cardOrganisation } = readNotes(fields[63] ?? '');
  return {
    outcome: 'approved',
    responseCode,
    retrievalReference: fields[37] ?? '',
    hostTime: fields[12] ?? '',
    hostDate: fields[13] ?? '',
    ...(fields[38] && { authorisationCode: fields[38] }),
    ...(issuer !== undefined && { issuer }),
    ...(acquirer !== undefined && { acquirer }),
    ...(cardOrganisation !== undefined && { cardOrganisation }),
    ...(fields[14] !== undefined && { expiry: fields[14] }),
  };
};
