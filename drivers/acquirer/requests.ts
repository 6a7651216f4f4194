import type { CardSecrets, FinancialRequest, ReversalRequest } from '../../hal/acquirer.ts';
import type { BatchNumber, Stan } from '../../hal/units.ts';
import { type Message, pack } from './codec.ts';
import type { DesKey } from './des-key.ts';
import { type FieldNumber, type Fields, fieldNumbers } from './field-table.ts';
import { messageOffset, writeLength } from './frame.ts';
import { macBytes, macOf } from './mac.ts';
import { hasMac, type MessageRow, transactions } from './message-table.ts';
import { packAmount, packEntryMode, packKind, packOriginal, packSecurity, packStan } from './sub-fields.ts';

/** Who sends. */
export interface Terminal {
  /** Field 41, 8 characters. */
  readonly terminalId: string;
  /** Field 42, 15 characters. */
  readonly merchantId: string;
  /** Field 49, such as `156` for CNY. */
  readonly currency: string;
}

/** Field 26: PINs of up to twelve digits. */
const longestPin = '12';

/**
 * The message of a row: what every message of the terminal has, and the fields given.
 * @throws RangeError when a field is missing or not of this message: a bug
 */
export const requestOf = (
  row: MessageRow,
  terminal: Terminal,
  ids: { readonly stan?: Stan; readonly batch: BatchNumber | 0 },
  own: Fields,
): Message => {
  const fields: Fields = {
    ...(row.processingCode !== undefined && { 3: row.processingCode }),
    ...(ids.stan !== undefined && { 11: packStan(ids.stan) }),
    ...(row.conditionCode !== undefined && { 25: row.conditionCode }),
    41: terminal.terminalId,
    42: terminal.merchantId,
    ...(row.mandatory.includes(49) && { 49: terminal.currency }),
    60: packKind(row.kind, ids.batch),
    ...own,
    // The MAC is put in its place once the rest is packed.
    ...(hasMac(row) && { 64: new Uint8Array(macBytes) }),
  };
  for (const number of fieldNumbers) {
    const has = fields[number] !== undefined;
    const may: readonly FieldNumber[] = has ? [...row.mandatory, ...row.conditional] : row.mandatory;
    if (has !== may.includes(number))
      throw new RangeError(`field ${number} ${has ? 'is not of' : 'misses in'} a ${row.mti}`);
  }
  return { mti: row.mti, fields };
};

/** 0200 消费, 消费撤销 */
export const authorisationOf = (request: FinancialRequest, secrets: CardSecrets, terminal: Terminal): Message => {
  const { pinBlock, track2, track3 } = secrets;
  const { original } = request;
  if (request.pinEntered !== (pinBlock !== undefined)) {
    throw new RangeError('a PIN block must be there exactly when a PIN was entered');
  }
  return requestOf(transactions[request.kind].request, terminal, request, {
    4: packAmount(request.amount),
    22: packEntryMode(request.entry, request.pinEntered),
    35: track2,
    ...(track3 !== undefined && { 36: track3 }),
    ...(pinBlock !== undefined && { 26: longestPin, 52: Buffer.from(pinBlock, 'hex') }),
    53: packSecurity(request.pinEntered),
    ...(original !== undefined && {
      37: original.retrievalReference,
      ...(original.authorisationCode !== undefined && { 38: original.authorisationCode }),
      61: packOriginal(original),
    }),
  });
};

/** 0400 冲正 */
export const reversalOf = (request: ReversalRequest, terminal: Terminal): Message =>
  requestOf(transactions[request.kind].reversal, terminal, request, {
    4: packAmount(request.amount),
    22: packEntryMode(request.entry, request.pinEntered),
    ...(request.authorisationCode !== undefined && { 38: request.authorisationCode }),
    39: request.reason,
    // Of a void, as UnionPay's terminals send it: not the sale's numbers but the void's own.
    ...(request.original !== undefined && { 61: packOriginal({ ...request, date: '0000' }) }),
  });

/**
 * A message as it goes out, sealed where it has field 64.
 * @param buffer begins with the frame's head; what is behind that is overwritten, and clean again afterwards
 */
export const frameOf = (message: Message, buffer: Buffer, macKey: DesKey | undefined): Buffer => {
  let end = buffer.length;
  try {
    end = pack(message, buffer, messageOffset);
    if (message.fields[64] !== undefined && macKey !== undefined) {
      macOf(buffer.subarray(messageOffset, end - macBytes), macKey).copy(buffer, end - macBytes);
    }
    writeLength(buffer, end);
    return Buffer.from(buffer.subarray(0, end));
  } finally {
    buffer.fill(0, messageOffset, end);
  }
};
