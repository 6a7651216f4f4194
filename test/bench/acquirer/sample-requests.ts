import { unionPayMac } from './crypto.ts';

/**
 * Requests of a right terminal as hex, a field after the other, for tests of the acquirer. They are written by hand
 * and not by the acquirer's own packing, so that a mistake there shows.
 */
export const masterKey = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
/** The working keys that `givenKey` hands out. */
export const pinKey = Buffer.from('1111222233334444AAAABBBBCCCCDDDD', 'hex');
export const macKey = Buffer.from('89ABCDEF01234567', 'hex');
export const givenKey = (length: 8 | 16): Buffer => (length === 16 ? pinKey : macKey);

export const terminalId = '00000001';
export const merchantId = '898110154110001';
export const domestic = { pan: '6212345678901232', pin: '123456', issuer: '01020000' };
export const foreign = { pan: '4111111111111111', pin: '123456', issuer: '03010000', foreign: true };

const ids = `${Buffer.from(terminalId + merchantId).toString('hex')}`;
const envelope = '6000030000 603100310100';

/** Hex with spaces to bytes. */
export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

/** A frame around a message's hex, with the length in front. */
export const framed = (message: string): Buffer => {
  const payload = bytes(envelope + message);
  return Buffer.concat([bytes(payload.length.toString(16).padStart(4, '0')), payload]);
};

/** The same with field 64 behind, which the bitmap must announce. */
export const sealed = (message: string, key: Buffer = macKey): Buffer =>
  framed(message + unionPayMac(key, bytes(message)).toString('hex'));

const digits = (value: number, length: number): string => `${value}`.padStart(length, '0');

interface Trade {
  readonly stan: number;
  readonly batch?: number;
  readonly amount?: number;
}

export const signOn = (code = '003', batch = 1): Buffer =>
  framed(`0800 0020000000c00012 000001 ${ids} 0011 00${digits(batch, 6)}${code}0 0003303120`);

export const echo = framed(`0820 0000000000c00010 ${ids} 0011 000000013010`);

export const signOff = framed(`0820 0020000000c00010 000009 ${ids} 0011 000000010020`);

/** The hex of a swiped sale without PIN, from MTI to field 60. */
export const saleHex = ({ stan, batch = 1, amount = 1234 }: Trade, pan = domestic.pan): string =>
  `0200 3020048020c08811 000000 ${digits(amount, 12)} ${digits(stan, 6)} 0220 00 32${pan}D251220100000000
  ${ids} 313536 0600000000000000 0014 22${digits(batch, 6)}000500`;

export const sale = (trade: Trade, pan = domestic.pan): Buffer => sealed(saleHex(trade, pan));

/** A swiped void without PIN of the sale with that STAN; `code` is the sale's field 38. */
export const voidOf = (
  { stan, batch = 1, amount = 1234 }: Trade,
  original: { readonly stan: number; readonly batch?: number; readonly reference: string; readonly code?: string },
  pan = domestic.pan,
): Buffer =>
  sealed(`0200 302004802${original.code === undefined ? '8' : 'c'}c08819 200000 ${digits(amount, 12)} ${digits(stan, 6)} 0220 00 32${pan}D251220100000000
  ${Buffer.from(original.reference).toString('hex')} ${Buffer.from(original.code ?? '').toString('hex')}
  ${ids} 313536 0600000000000000 0014 23${digits(batch, 6)}000500
  0016 ${digits(original.batch ?? batch, 6)}${digits(original.stan, 6)}1122`);

export const voidReversal = ({ stan, batch = 1, amount = 1234 }: Trade, reason = '98'): Buffer =>
  sealed(`0400 3020048002c08019 200000 ${digits(amount, 12)} ${digits(stan, 6)} 0220 00 ${Buffer.from(reason).toString('hex')}
  ${ids} 313536 0014 23${digits(batch, 6)}000500 0016 ${digits(batch, 6)}${digits(stan, 6)}0000`);

export const saleWithPin = ({ stan, batch = 1, amount = 1234 }: Trade, pinBlock: Buffer): Buffer =>
  sealed(`0200 302004c020c09811 000000 ${digits(amount, 12)} ${digits(stan, 6)} 0210 00 12
  32${domestic.pan}D251220100000000 ${ids} 313536 ${pinBlock.toString('hex')} 2600000000000000
  0014 22${digits(batch, 6)}000500`);

export const reversalHex = ({ stan, batch = 1, amount = 1234 }: Trade, reason = '98'): string =>
  `0400 3020048002c08011 000000 ${digits(amount, 12)} ${digits(stan, 6)} 0220 00 ${Buffer.from(reason).toString('hex')}
  ${ids} 313536 0014 22${digits(batch, 6)}000500`;

export const reversal = (trade: Trade, reason = '98'): Buffer => sealed(reversalHex(trade, reason));

/** Debit sides of the two halves; nothing on the credit sides. */
export const settlement = (
  { domestic: [amount, count], foreign: [foreignAmount, foreignCount] }: Record<'domestic' | 'foreign', number[]>,
  batch = 1,
): Buffer =>
  framed(`0500 0020000000c18012 000004 ${ids} 0062
  ${digits(amount ?? 0, 12)}${digits(count ?? 0, 3)} 000000000000000 0
  ${digits(foreignAmount ?? 0, 12)}${digits(foreignCount ?? 0, 3)} 000000000000000 0
  313536 0011 00${digits(batch, 6)}2010 0003303120`);

/** Records of 40 digits. */
export const upload = (records: readonly string[], batch = 1): Buffer =>
  framed(`0320 0020000000c10010 000005 ${ids} ${digits(2 + 40 * records.length, 4)} ${digits(records.length, 2)}
  ${records.join('')} 0011 00${digits(batch, 6)}2010`);

export const record = (half: '00' | '01', stan: number, pan: string, amount: number): string =>
  half + digits(stan, 6) + pan.padStart(20, '0') + digits(amount, 12);

export const batchEnd = (code: '202' | '207', count = 0, batch = 1): Buffer =>
  framed(`0320 0020000000c10010 000006 ${ids} 0004 ${digits(count, 4)} 0011 00${digits(batch, 6)}${code}0`);
