import type { MinorUnits } from '../../hal/units.ts';
import { cutToColumns } from '../display/text-columns.ts';

/** Field separator between the account number and the key. */
const fs = 0x1c;

/**
 * Asks for the PIN and has it encrypted (Z60):
 *
 * | bytes | content |
 * |---|---|
 * | 4 | `Z60.` |
 * | 12 … 19 | PAN, ASCII digits |
 * | 1 | 1C, field separator |
 * | 16 or 32 | working key under the pad's master key, hex |
 *
 * Example: `Z60.4111111111111111` 1C `0123456789ABCDEFFEDCBA9876543210`.
 */
export const pinRequestMessage = (pan: string, pinKey: string): Buffer =>
  Buffer.concat([Buffer.from(`Z60.${pan}`, 'latin1'), Buffer.of(fs), Buffer.from(pinKey, 'latin1')]);

/** Two lines of sixteen. */
const textColumns = 32;

/** Shows a text: `Z2` and at most 32 columns, GBK. Example: `Z2PLEASE WAIT`. */
export const textMessage = (text: string): Buffer =>
  Buffer.concat([Buffer.from('Z2', 'latin1'), cutToColumns(text, textColumns, 'gbk')]);

/** An amount as the pad shows it: digits alone (two decimals, 元 and 分), so that it needs no language. */
export const amountText = (amount: MinorUnits): string => {
  const digits = String(amount).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/**
 * What a message of the pad says. `notUnderstood` is a `71` that isn't built as the table says; `other` any other
 * message, which this driver has no use for.
 */
export type PinReply =
  | { readonly type: 'entered'; readonly block: string }
  | { readonly type: 'bypassed' }
  | { readonly type: 'error'; readonly code: string }
  | { readonly type: 'notUnderstood' }
  | { readonly type: 'other' };

/**
 * Reads the answer to Z60 (71):
 *
 * | bytes | content |
 * |---|---|
 * | 3 | `71.` |
 * | 1 | the key that ended the entry; the pad sends this message on a confirming key only, so it isn't judged |
 * | 2 | PIN length: `04` … `12`, or `00`: confirmed without a PIN, and what follows is ignored |
 * | 2 | `01`, ISO 9564 format 0 |
 * | 16 | PIN block, encrypted, hex |
 *
 * or, when the pad couldn't, `71` and one character of error code. Examples: `71.00401` + `B1C2D3E4F5061728`;
 * `715`. Cancelling and the pad's own time-out are no message but EOT.
 */
export const readReply = (message: Buffer): PinReply => {
  const text = message.toString('latin1');
  if (!text.startsWith('71')) return { type: 'other' };
  const code = /^71([0-9A-Za-z])$/.exec(text)?.[1];
  if (code !== undefined) return { type: 'error', code };
  if (/^71\.[ -~]00/.test(text)) return { type: 'bypassed' };
  const block = /^71\.[ -~](?:0[4-9]|1[0-2])01([0-9A-Fa-f]{16})$/.exec(text)?.[1];
  return block === undefined ? { type: 'notUnderstood' } : { type: 'entered', block: block.toUpperCase() };
};
