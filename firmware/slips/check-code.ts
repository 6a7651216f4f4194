import { createHmac } from 'node:crypto';
import type { Sale } from '../../state-machine/sale.ts';

/**
 * 校验码, 8 hex digits: the first four bytes of HMAC-SHA256 under the terminal's slip key over what a slip says of a
 * transaction. The ledger's short code (账本校验) tells that the ledger went at least so far; it would fit any amount. This
 * one fits only this terminal, card, amount and time: who makes a slip up, or alters one, can't make its code, and
 * `terminalctl slip show` tells the right one as long as the batch is kept (002-23).
 */
export const checkCode = (slipKey: Uint8Array, terminalId: string, sale: Sale): string => {
  const { id, kind, batch, stan, amount, card, at, approval } = sale;
  const said = [terminalId, id, kind, batch, stan, amount, card.masked, at, approval?.retrievalReference ?? ''];
  return createHmac('sha256', slipKey).update(JSON.stringify(said)).digest('hex').slice(0, 8).toUpperCase();
};
