/** What a transaction still is with the acquirer, and what another one may be about. */
import type { MinorUnits } from '../hal/units.ts';
import { type EntryKind, kinds } from './kinds.ts';
import type { Sale } from './sale.ts';

/** What counts at settlement: captured, or kept by a supervisor. A sale that was voided counts, and so does its void. */
export const counts = (sale: Sale): boolean => sale.status === 'captured' || sale.status === 'kept';

/** What is a sale with the acquirer, and its slip valid. */
export const stands = (sale: Sale): boolean => counts(sale) && sale.voidedBy === undefined;

/**
 * What takes from its original, or may have: what counts, and what is in doubt, until a supervisor was told that the
 * acquirer has not booked it.
 */
export const takes = (sale: Sale): boolean =>
  counts(sale) ||
  sale.status === 'inDoubt' ||
  (sale.status === 'handedOver' && !kinds[sale.kind].reversible && sale.booked !== false);

/** Whether nothing can be made of its original any more: it voids or completes it. */
export const endsOriginal = ({ kind }: Pick<Sale, 'kind'>): boolean => {
  const does = kinds[kind].about?.amount;
  return does === 'whole' || does === 'over';
};

/** What is left of it to refund; of a pre-authorisation what it holds with its increments. Nothing once it was voided or completed. */
export const leftOf = (sale: Sale): MinorUnits =>
  (sale.voidedBy === undefined ? sale.amount + (sale.increased ?? 0) - (sale.refunded ?? 0) : 0) as MinorUnits;

/** Whether something of it may still be taken back. */
export const standsYet = (sale: Sale, left: MinorUnits): boolean => stands(sale) && left > 0;

/** Whether a transaction of that kind may be about this one: its kind, it stands, and something of it is left. */
export const mayBeAbout = (kind: EntryKind, sale: Sale): boolean => {
  const about = kinds[kind].about;
  if (about === undefined || !about.kinds.includes(sale.kind) || !stands(sale)) return false;
  return about.amount === 'part' ? leftOf(sale) > 0 : sale.refunded === undefined;
};

/** Whether a sale for the difference may follow it (补收): it took money, and stands. */
export const mayTakeDifference = (sale: Sale): boolean =>
  kinds[sale.kind].column === 'debit' && stands(sale) && leftOf(sale) > 0;

/** Only a sale that stands: not a void, not twice, and not one that was refunded in part. */
export const canVoid = (sale: Sale): boolean => mayBeAbout('void', sale);

/** The transactions after this one took from the one that it is about; with -1, after it gave that back. */
export const takingFrom = (
  sales: readonly Sale[],
  { id, original, kind, amount }: Sale,
  sign: 1 | -1,
): readonly Sale[] =>
  sales.map((sale): Sale => {
    if (sale.id !== original?.saleId) return sale;
    const does = kinds[kind].about?.amount;
    if (does === 'part') {
      const { refunded: before = 0, ...whole } = sale;
      const refunded = (before + sign * amount) as MinorUnits;
      return refunded === 0 ? whole : { ...sale, refunded };
    }
    if (does === 'more') return { ...sale, increased: ((sale.increased ?? 0) + sign * amount) as MinorUnits };
    if (sign === 1) return { ...sale, voidedBy: id };
    const { voidedBy: _, ...free } = sale;
    return free;
  });
