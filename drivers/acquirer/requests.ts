import type { CardSecrets, EntryMode, FinancialRequest, ReversalRequest } from '../../hal/acquirer.ts';
import type { BatchNumber, Stan } from '../../hal/units.ts';
import type { BlockKey } from './block-key.ts';
import { type Message, pack } from './codec.ts';
import { type FieldNumber, type Fields, fieldNumbers } from './field-table.ts';
import { messageOffset, writeLength } from './frame.ts';
import type { KeySuite } from './key-suite.ts';
import { macBytes, macOf } from './mac.ts';
import { hasMac, type MessageRow, type Trade, type TradeRow, trades } from './message-table.ts';
import { packEntryMode } from './sub-fields/field-22.ts';
import { packSecurity } from './sub-fields/field-53.ts';
import { chipDataOfReversal, packChipData } from './sub-fields/field-55.ts';
import { packKind, type ReadCapability } from './sub-fields/field-60.ts';
import { packOriginal } from './sub-fields/field-61.ts';
import { packOrganisation } from './sub-fields/field-63.ts';
import { packAmount, packStan } from './sub-fields/text.ts';
import { encryptTrack } from './track-encryption.ts';

/** Who sends. */
export interface Terminal {
  /** Field 41, 8 characters. */
  readonly terminalId: string;
  /** Field 42, 15 characters. */
  readonly merchantId: string;
  /** Field 49, such as `156` for CNY. */
  readonly currency: string;
  /** 60.4; `2`, magnetic stripe, when not given. */
  readonly capability?: ReadCapability;
}

/** A financial request of any trade. */
export interface TradeRequest extends Omit<FinancialRequest, 'kind'> {
  readonly kind: Trade;
}

/** What secures a request: the suite's algorithm, and the key for its tracks where they are encrypted. */
export interface Security {
  readonly suite: Pick<KeySuite, 'algorithm'>;
  readonly trackKey?: BlockKey;
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
  ids: { readonly stan?: Stan; readonly batch: BatchNumber | 0; readonly entry?: EntryMode },
  own: Fields,
): Message => {
  const fields: Fields = {
    ...(row.processingCode !== undefined && { 3: row.processingCode }),
    ...(ids.stan !== undefined && { 11: packStan(ids.stan) }),
    ...(row.conditionCode !== undefined && { 25: row.conditionCode }),
    41: terminal.terminalId,
    42: terminal.merchantId,
    ...(row.mandatory.includes(49) && { 49: terminal.currency }),
    60: packKind(row.kind, ids.batch, terminal.capability, ids.entry === 'fallback' ? '2' : '0'),
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

/** Of these fields those that the row has. */
const ofRow = (row: MessageRow, fields: Fields): Fields => {
  const may: readonly FieldNumber[] = [...row.mandatory, ...row.conditional];
  return Object.fromEntries(Object.entries(fields).filter(([number]) => may.includes(Number(number) as FieldNumber)));
};

/** Fields 37, 38, 61 and 63 of what the request is about. */
const aboutOriginal = (row: MessageRow, { original }: Pick<TradeRequest, 'original'>): Fields => {
  if (original === undefined) return {};
  const { batch, stan, date, cardOrganisation } = original;
  const numbers = {
    number: { batch, stan },
    numberAndDate: { batch, stan, date },
    date: { batch: 0, stan: 0, date },
  } as const;
  return ofRow(row, {
    37: original.retrievalReference,
    ...(original.authorisationCode !== undefined && { 38: original.authorisationCode }),
    ...(row.original !== undefined && { 61: packOriginal(numbers[row.original]) }),
    63: packOrganisation(cardOrganisation),
  });
};

/** A financial request: 0100, 0200 or 0220. */
export const authorisationOf = (
  request: TradeRequest,
  secrets: CardSecrets,
  terminal: Terminal,
  { suite, trackKey }: Security,
): Message => {
  const { pinBlock, track2, track3, pan, expiry, cardSequence, chipData } = secrets;
  if (request.pinEntered !== (pinBlock !== undefined)) {
    throw new RangeError('a PIN block must be there exactly when a PIN was entered');
  }
  const { request: row }: TradeRow = trades[request.kind];
  const hidden = (track: string): string => (trackKey === undefined ? track : encryptTrack(track, trackKey));
  const hasTrack = track2 !== undefined || track3 !== undefined;
  return requestOf(row, terminal, request, {
    ...(pan !== undefined && { 2: pan }),
    ...ofRow(row, { 4: packAmount(request.amount) }),
    ...(expiry !== undefined && { 14: expiry }),
    22: packEntryMode(request.entry, request.pinEntered),
    ...(cardSequence !== undefined && { 23: cardSequence }),
    ...(track2 !== undefined && { 35: hidden(track2) }),
    ...(track3 !== undefined && { 36: hidden(track3) }),
    ...(pinBlock !== undefined && { 26: longestPin, 52: Buffer.from(pinBlock, 'hex') }),
    ...((hasTrack || pinBlock !== undefined) && {
      53: packSecurity({
        pinEntered: request.pinEntered,
        algorithm: suite.algorithm,
        tracksEncrypted: hasTrack && trackKey !== undefined,
      }),
    }),
    ...(chipData !== undefined && { 55: packChipData(chipData) }),
    ...aboutOriginal(row, request),
  });
};

/** 0320 批上送 of a refund or a completion notice: the request once more, without track, PIN and MAC. */
export const noticeUploadOf = (row: MessageRow, request: TradeRequest, pan: string, terminal: Terminal): Message =>
  requestOf(row, terminal, request, {
    2: pan,
    4: packAmount(request.amount),
    22: packEntryMode(request.entry, request.pinEntered),
    ...aboutOriginal(row, request),
  });

/**
 * 0400 冲正. Field 61, where the request has it, names the request itself, without a date, as UnionPay's terminals send
 * it; 38 is the approval's code, else what the request had there.
 */
export const reversalOf = (
  request: Omit<ReversalRequest, 'kind'> & { readonly kind: Trade },
  terminal: Terminal,
  card: Pick<CardSecrets, 'pan' | 'expiry' | 'cardSequence' | 'chipData'> = {},
): Message => {
  const { reversal: row }: TradeRow = trades[request.kind];
  if (row === undefined) throw new RangeError(`a ${request.kind} has no reversal`);
  const code = request.authorisationCode ?? (row.original && request.original?.authorisationCode);
  const { pan, expiry, cardSequence, chipData } = card;
  return requestOf(row, terminal, request, {
    ...(pan !== undefined && { 2: pan }),
    4: packAmount(request.amount),
    ...(expiry !== undefined && { 14: expiry }),
    22: packEntryMode(request.entry, request.pinEntered),
    ...(cardSequence !== undefined && { 23: cardSequence }),
    ...(code !== undefined && { 38: code }),
    39: request.reason,
    ...(chipData !== undefined && { 55: packChipData(chipDataOfReversal(chipData)) }),
    ...(row.original !== undefined && { 61: packOriginal({ batch: request.batch, stan: request.stan, date: '0000' }) }),
  });
};

/**
 * A message as it goes out, sealed where it has field 64.
 * @param buffer begins with the frame's head; what is behind that is overwritten, and clean again afterwards
 */
export const frameOf = (
  message: Message,
  buffer: Buffer,
  seal: { readonly macKey: BlockKey; readonly suite: Pick<KeySuite, 'macForm'> } | undefined,
): Buffer => {
  let end = buffer.length;
  try {
    end = pack(message, buffer, messageOffset);
    if (message.fields[64] !== undefined && seal !== undefined) {
      const mac = macOf(buffer.subarray(messageOffset, end - macBytes), seal.macKey, seal.suite.macForm);
      mac.copy(buffer, end - macBytes);
    }
    writeLength(buffer, end);
    return Buffer.from(buffer.subarray(0, end));
  } finally {
    buffer.fill(0, messageOffset, end);
  }
};
